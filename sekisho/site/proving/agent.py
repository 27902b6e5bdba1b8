"""What runs inside each machine of the proof: answers whoever gets through, tries what it is told, and says what it saw.

Only Python's own library, so that the same file also runs on a real machine that has nothing else. Lines of JSON come in
(`go`, `tell`, `end`), one line goes out for each. A probe is `[number, kind, address, port]`; a frame
`[number, interface, bytes in hex]`. Whoever gets a probe knows its number: it is what the packet carries.
"""

import json
import select
import socket
import struct
import sys
from typing import Any

MAGIC = b"sekisho-probe "
PROTOCOL = 253  # for experiments (RFC 3692)
ETH_P_ALL = 3
PACKET_OUTGOING = 4
MOST_AT_ONCE = 20_000
SO_RCVBUFFORCE = 33  # Linux; Python has no name for it
ROOM_BYTES = 16 * 1024 * 1024  # everything that comes at once, so that nothing that came is taken for refused
_ECHO_REQUEST, _ECHO_REPLY = 8, 0


def token(number: int) -> bytes:
    """Give back what a packet of a probe carries."""
    return MAGIC + struct.pack("!I", number)


def number_in(raw: bytes) -> int | None:
    """Give back the number of the probe whose token stands anywhere in a packet."""
    at = raw.find(MAGIC)
    if at < 0 or len(raw) < at + len(MAGIC) + 4:
        return None
    return int(struct.unpack_from("!I", raw, at + len(MAGIC))[0])


class Agent:
    """Listens on all the ports there are in the site, and remembers what came."""

    def __init__(self, tcp: list[int], udp: list[int]) -> None:
        self.poll = select.epoll()
        self.kept: dict[int, tuple[str, socket.socket]] = {}
        self.answered: set[int] = set()
        self.begun: set[int] = set()
        self.heard: set[int] = set()
        self.seen: set[int] = set()
        self.syns: set[tuple[str, int, str, int]] = set()
        self.sent: dict[tuple[str, int, str, int], int] = {}
        self.calls: dict[int, int] = {}
        for port in tcp:
            self._keep("door", self._bound(socket.SOCK_STREAM, port))
        for port in udp:
            self._keep("udp", self._bound(socket.SOCK_DGRAM, port))
        for kind, protocol in (("icmp", socket.IPPROTO_ICMP), ("other", PROTOCOL)):
            self._keep(kind, socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol))
        self._keep("wire", socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)))

    @staticmethod
    def _bound(kind: socket.SocketKind, port: int) -> socket.socket:
        made = socket.socket(socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("0.0.0.0", port))  # noqa: S104 - every address is to be tried
        if kind is socket.SOCK_STREAM:
            made.listen(256)
        return made

    def _keep(self, kind: str, held: socket.socket) -> None:
        held.setblocking(False)
        if kind in {"wire", "udp", "icmp", "other"}:
            held.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM_BYTES)
        self.kept[held.fileno()] = (kind, held)
        self.poll.register(held, select.EPOLLIN | (select.EPOLLOUT if kind == "call" else 0))

    def _drop(self, descriptor: int) -> None:
        _, held = self.kept.pop(descriptor)
        self.poll.unregister(descriptor)
        self.calls.pop(descriptor, None)
        held.close()

    # what is asked of it

    def go(self, probes: list[list[Any]], frames: list[list[Any]]) -> dict[str, Any]:
        for number, kind, address, port in probes:
            try:
                getattr(self, f"_try_{kind}")(number, address, port)
            except OSError:
                continue  # refused in this machine: it has not left
        for number, interface, frame in frames:
            self._try_frame(interface, bytes.fromhex(frame) + token(number))
        return {"tried": len(probes) + len(frames)}

    def tell(self) -> dict[str, Any]:
        """Give back what came since the last time, all of it, and forget it."""
        for kind, held in list(self.kept.values()):
            if kind == "wire":
                self._on_wire(0, held, 0)
        calls = [[*ends, number] for ends, number in self.sent.items()]
        said = {
            "answered": sorted(self.answered),
            "heard": sorted(self.heard),
            "seen": sorted(self.seen),
            "syns": sorted(self.syns),
            "calls": calls,
        }
        for descriptor in list(self.calls):
            self._drop(descriptor)
        for known in (self.answered, self.begun, self.heard, self.seen, self.syns, self.sent):
            known.clear()
        return said

    def _try_tcp(self, number: int, address: str, port: int) -> None:
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        made.connect_ex((address, port))
        host, own = made.getsockname()[:2]
        self.sent[(host, own, address, port)] = number
        self._keep("call", made)
        self.calls[made.fileno()] = number

    def _try_udp(self, number: int, address: str, port: int) -> None:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._keep("asked", made)
        self.calls[made.fileno()] = number
        made.sendto(token(number), (address, port))

    def _try_icmp(self, number: int, address: str, port: int) -> None:
        body = token(number)
        head = struct.pack("!BBHHH", _ECHO_REQUEST, 0, 0, port, 0)
        packet = struct.pack("!BBHHH", _ECHO_REQUEST, 0, checksum(head + body), port, 0) + body
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as made:
            made.sendto(packet, (address, 0))

    def _try_other(self, number: int, address: str, port: int) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, port) as made:
            made.sendto(token(number), (address, 0))

    @staticmethod
    def _try_frame(interface: str, frame: bytes) -> None:
        try:
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as made:
                made.bind((interface, 0))
                made.send(frame)
        except OSError:
            return  # refused in this machine: it has not left

    # what comes

    def listen(self, seconds: float, orders: "Orders") -> None:
        for descriptor, event in self.poll.poll(seconds):
            if descriptor == 0:
                orders.read()
            elif descriptor in self.kept:
                kind, held = self.kept[descriptor]
                getattr(self, f"_on_{kind}")(descriptor, held, event)

    def _on_door(self, _: int, held: socket.socket, __: int) -> None:
        try:
            made, _where = held.accept()
        except OSError:
            return
        self._keep("caller", made)

    def _on_caller(self, descriptor: int, held: socket.socket, _: int) -> None:
        try:
            said = held.recv(256)
            if (number := number_in(said)) is not None:
                self.heard.add(number)
                held.send(said)
        except OSError:
            pass
        self._drop(descriptor)

    def _on_call(self, descriptor: int, held: socket.socket, event: int) -> None:
        number = self.calls[descriptor]
        try:
            if event & select.EPOLLIN:
                if number_in(held.recv(256)) == number:
                    self.answered.add(number)
                self._drop(descriptor)
            elif event & (select.EPOLLERR | select.EPOLLHUP):
                self._drop(descriptor)
            else:
                held.send(token(number))
                self.poll.modify(descriptor, select.EPOLLIN)
        except OSError:
            self._drop(descriptor)

    def _on_udp(self, _: int, held: socket.socket, __: int) -> None:
        said, sender = held.recvfrom(2048)
        if (number := number_in(said)) is None:
            return
        self.heard.add(number)
        try:
            held.sendto(said[::-1], sender)  # turned round: on a card it is not taken for what was asked
        except OSError:
            return

    def _on_asked(self, descriptor: int, held: socket.socket, _: int) -> None:
        """Ask once more, as the first packet meets other rules than those after it; two answers are one."""
        number = self.calls[descriptor]
        try:
            said, sender = held.recvfrom(2048)
            if number_in(said[::-1]) != number:
                return
            if number in self.begun:
                self.answered.add(number)
            else:
                held.sendto(token(number), sender)
            self.begun.add(number)
        except OSError:
            return

    def _on_icmp(self, _: int, held: socket.socket, __: int) -> None:
        raw = held.recv(2048)
        head = (raw[0] & 15) * 4
        if raw[head] == _ECHO_REPLY and (number := number_in(raw)) is not None:
            self.answered.add(number)

    def _on_other(self, _: int, held: socket.socket, __: int) -> None:
        if (number := number_in(held.recv(2048))) is not None:
            self.heard.add(number)

    def _on_wire(self, _: int, held: socket.socket, __: int) -> None:
        for _turn in range(MOST_AT_ONCE):
            try:
                raw, where = held.recvfrom(2048)
            except OSError:
                return
            if where[2] == PACKET_OUTGOING or where[0] == "lo":
                continue
            if (number := number_in(raw)) is not None:
                self.seen.add(number)
            if (syn := _syn(raw)) is not None:
                self.syns.add(syn)


def _syn(raw: bytes) -> tuple[str, int, str, int] | None:
    """Give back the ends of a first TCP packet over IPv4 in an Ethernet frame."""
    if len(raw) < 54 or raw[12:14] != b"\x08\x00" or raw[23] != socket.IPPROTO_TCP:
        return None
    at = 14 + (raw[14] & 15) * 4
    if len(raw) < at + 14 or raw[at + 13] & 0x17 != 2:
        return None
    here, there = struct.unpack_from("!HH", raw, at)
    return socket.inet_ntoa(raw[26:30]), here, socket.inet_ntoa(raw[30:34]), there


def checksum(raw: bytes) -> int:
    """Give back the Internet checksum (RFC 1071)."""
    total = sum(struct.unpack(f"!{len(raw) // 2}H", raw[: len(raw) // 2 * 2])) + (raw[-1] << 8 if len(raw) % 2 else 0)
    total = (total >> 16) + (total & 0xFFFF)
    folded: int = total + (total >> 16)
    return ~folded & 0xFFFF


class Orders:
    """Reads orders from standard input as they come, and answers each on standard output."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        self.input = open(0, "rb", buffering=0)  # noqa: SIM115 - unbuffered, as the poll sees it; it lives as long as we do
        self.waiting = b""
        self.ended = False
        agent.poll.register(0, select.EPOLLIN)

    def read(self) -> None:
        piece = self.input.read(1 << 20)
        self.ended = not piece
        self.waiting += piece or b""
        while b"\n" in self.waiting:
            line, _, self.waiting = self.waiting.partition(b"\n")
            asked = json.loads(line)
            say(self.agent.tell() if asked["do"] == "tell" else self.agent.go(asked["probes"], asked["frames"]))


def say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve whoever started it, until its input ends. The ports to listen on are its arguments: `tcp=1,2 udp=3`."""
    ports = {
        name: [int(one) for one in many.split(",")] for name, _, many in (each.partition("=") for each in sys.argv[1:])
    }
    agent = Agent(ports["tcp"], ports["udp"])
    orders = Orders(agent)
    say({})
    while not orders.ended:
        agent.listen(1.0, orders)


if __name__ == "__main__":
    main()
