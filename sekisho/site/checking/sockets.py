"""Reads the kernel's lists of sockets in /proc/net: who listens for packets on this machine."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from sekisho.errors import Reason, Unavailable

PROC = Path("/proc")
_LISTENING = "0A"
_LISTS = ("tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6")


@dataclass(frozen=True)
class Listener:
    """A socket that packets reach. `port`: of TCP and UDP; for raw and icmp the number of the protocol, else 0.

    `inode` tells whose it is.
    """

    protocol: str
    address: IPv4Address | IPv6Address | None
    port: int
    inode: int

    @property
    def text(self) -> str:
        match self.address:
            case None:
                return self.protocol
            case IPv6Address():
                return f"{self.protocol} [{self.address}]:{self.port}"
            case _:
                return f"{self.protocol} {self.address}:{self.port}"


def listeners(proc: Path = PROC) -> tuple[Listener, ...]:
    """Give back every listener in this process's network namespace; a list that this kernel does not have is empty."""
    found: list[Listener] = []
    for name in _LISTS:
        found += read_sockets(name, _text(proc / "self" / "net" / name))
    found += read_packet_sockets(_text(proc / "self" / "net" / "packet"))
    found += read_sctp(_text(proc / "self" / "net" / "sctp" / "eps"))
    return tuple(found)


def read_sockets(protocol: str, text: str, byteorder: str = sys.byteorder) -> Iterator[Listener]:
    """Give the listeners of one list: of TCP those that accept; of the others all, since each takes what comes."""
    for line in text.splitlines()[1:]:
        place, state, inode = (line.split()[at] for at in (1, 3, 9))
        if protocol.startswith("tcp") and state != _LISTENING:
            continue
        address, _, port = place.partition(":")
        yield Listener(protocol, read_hex_address(address, byteorder), int(port, 16), int(inode))


def read_hex_address(text: str, byteorder: str = sys.byteorder) -> IPv4Address | IPv6Address:
    """Give back an address as /proc writes it: words of 32 bits, each in the order of the machine."""
    raw = bytes.fromhex(text)
    if byteorder == "little":
        raw = b"".join(raw[at : at + 4][::-1] for at in range(0, len(raw), 4))
    return IPv4Address(raw) if len(raw) == 4 else IPv6Address(raw)


def read_packet_sockets(text: str) -> Iterator[Listener]:
    """Give the sockets that see frames of a card, before and behind all rules."""
    for line in text.splitlines()[1:]:
        yield Listener("packet", None, 0, int(line.split()[8]))


def read_sctp(text: str) -> Iterator[Listener]:
    for line in text.splitlines()[1:]:
        columns = line.split()
        address = columns[8] if len(columns) > 8 else "0.0.0.0"  # noqa: S104 - every address, as the kernel means it
        made = IPv6Address(address) if ":" in address else IPv4Address(address)
        yield Listener("sctp", made, int(columns[5]), int(columns[7]))


def programs_of(inodes: Iterable[int], proc: Path = PROC) -> dict[int, str]:
    """Give back the names of the programs that hold these sockets, as far as we may see them."""
    wanted = {f"socket:[{one}]": one for one in inodes}
    found: dict[int, str] = {}
    for process in (one for one in proc.iterdir() if one.name.isdigit()) if wanted else ():
        with suppress(OSError):  # it ended, or it is somebody else's
            for held in (process / "fd").iterdir():
                with suppress(OSError):
                    if (inode := wanted.get(os.readlink(held))) is not None:  # noqa: PTH115 - "socket:[1]" is no path
                        found.setdefault(inode, (process / "comm").read_text(errors="replace").strip())
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise Unavailable(Reason.HOST_UNREADABLE, source=str(path)) from error
