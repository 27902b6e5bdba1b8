"""Everything that is tried: each machine against each address of every other, and frames on each line (spec/site.md 6.2)."""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from sekisho.site.plan.flows import Transport, flows_of
from sekisho.site.plan.hosts import Host, Line
from sekisho.site.plan.routes import path_to
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving.agent import PROTOCOL, checksum
from sekisho.site.proving.network import Network

ANY_TCP = (7, 443)  # ports that no flow has
ANY_UDP = (53, 500)
BROADCAST = IPv4Address("255.255.255.255")
NO_CALL, NO_QUESTION = "TCP without a call", "TCP answer to nobody"
STRAY = frozenset({NO_CALL, NO_QUESTION})  # what a card alone cannot tell from a true packet
ACK_PUSH = 0x18
NO_NEXT_HEADER = 59  # IPv6
EXPERIMENT = 0x88B5  # EtherType for local experiments (IEEE 802)


class Sort(Enum):
    """What a probe is made of."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    OTHER = "other"
    FRAME = "frame"


_Told = tuple[Sort, tuple[Host, ...], IPv4Address, int, Line, str, bytes]


@dataclass(frozen=True)
class Probe:
    """One thing that is tried.

    `path`: the machines it would meet, from the first to the last. `line`: of the address; of a frame, where it is put on.

    `port`: for other IP protocols the protocol's number. `frame`: what a raw frame is, for those who read a failure.
    """

    number: int
    sort: Sort
    path: tuple[Host, ...]
    address: IPv4Address
    port: int
    line: Line
    frame: str
    raw: bytes

    @property
    def source(self) -> Host:
        return self.path[0]

    @property
    def text(self) -> str:
        what = f"{self.sort.value} {self.frame or self.port}".strip()
        return f"{self.source.name} → {self.path[-1].name} {self.address} {what}"


def tcp_ports(site: SitePlan) -> tuple[int, ...]:
    """Give back the ports of all flows, and some of none."""
    return _ports(site, Transport.TCP, ANY_TCP)


def udp_ports(site: SitePlan) -> tuple[int, ...]:
    return _ports(site, Transport.UDP, ANY_UDP)


def _ports(site: SitePlan, transport: Transport, more: tuple[int, ...]) -> tuple[int, ...]:
    flows = (flow for flow in flows_of(site) if flow.transport is transport)
    return tuple(sorted({port for flow in flows for _, port in flow.targets} | set(more)))


def is_a_flow(site: SitePlan, probe: Probe) -> bool:
    """Say whether a probe is what some flow of the site is for."""
    return any(
        flow.transport.value == probe.sort.value
        and any(probe.source is one for one in flow.callers)
        and (probe.address, probe.port) in flow.targets
        for flow in flows_of(site)
    )


def probes_of(network: Network) -> tuple[Probe, ...]:
    """Give back all probes of a site, numbered from 1 on; what meets no machine of ours is not ours to prove."""
    found = [one for one in (*_packets(network), *_frames(network)) if any(host.kind.is_ours for host in one[1])]
    return tuple(Probe(number, *one) for number, one in enumerate(found, 1))


def _packets(network: Network) -> Iterator[_Told]:
    site = network.site
    kinds = [(Sort.TCP, port) for port in tcp_ports(site)] + [(Sort.UDP, port) for port in udp_ports(site)]
    kinds += [(Sort.ICMP, 0), (Sort.OTHER, PROTOCOL)]
    for source in network.hosts:
        for target in network.hosts:
            for plug in target.plugs:
                path = _path(site, source, target, plug.line)
                if source is not target and path:
                    yield from ((sort, path, plug.ip, port, plug.line, "", b"") for sort, port in kinds)


def _path(site: SitePlan, source: Host, target: Host, line: Line) -> tuple[Host, ...]:
    """Give back the machines from one to the other; the last is the owner of the address, from whichever side one comes."""
    if source.has(line):
        return source, target
    way = path_to(site, source, line)
    if target in way:
        return way[: way.index(target) + 1]
    return (*way, target) if way else ()


def _frames(network: Network) -> Iterator[_Told]:
    """Frames that a root of the machine makes by hand, past everything that looks at connections."""
    for source in network.hosts:
        for plug in source.plugs:
            for target in network.hosts:
                if target is source or not target.has(plug.line):
                    continue
                head = _mac(network.cards[(target.name, plug.line)]) + _mac(network.cards[(source.name, plug.line)])
                there = target.plug(plug.line).ip
                for name, kind, body in _bodies(plug.ip, there):
                    yield Sort.FRAME, (source, target), there, 0, plug.line, name, head + kind + body
    yield from _forged(network)


def _forged(network: Network) -> Iterator[_Told]:
    """Packets in the middle of a connection that nobody opened, from one end of a flow to the other."""
    for flow in (one for one in flows_of(network.site) if one.transport is Transport.TCP):
        for caller in flow.callers:
            for called, port in flow.called:
                way = (caller, *flow.between, called)
                here, there = caller.plug(flow.lines[0]), called.plug(flow.lines[-1])
                yield _stray(network, way, flow.lines[0], NO_CALL, (here.ip, ANY_UDP[1], there.ip, port))
                back = (there.ip, port, here.ip, ANY_UDP[1])
                yield _stray(network, way[::-1], flow.lines[-1], NO_QUESTION, back)


def _stray(
    network: Network, way: tuple[Host, ...], line: Line, name: str, ends: tuple[IPv4Address, int, IPv4Address, int]
) -> _Told:
    source, source_port, target, target_port = ends
    cards = _mac(network.cards[(way[1].name, line)]) + _mac(network.cards[(way[0].name, line)])
    head = struct.pack("!HHIIBBHHH", source_port, target_port, 1, 1, 5 << 4, ACK_PUSH, 1024, 0, 0)
    body = _ip(source, target, socket.IPPROTO_TCP, head)
    return Sort.FRAME, way, target, target_port, line, name, cards + b"\x08\x00" + body


def _bodies(here: IPv4Address, there: IPv4Address) -> Iterator[tuple[str, bytes, bytes]]:
    yield "unknown Ethernet type", struct.pack("!H", EXPERIMENT), b"\0" * 32
    yield "UDP past the connection table", b"\x08\x00", _ip(here, there, socket.IPPROTO_UDP, _udp(64))
    yield "UDP broadcast", b"\x08\x00", _ip(here, BROADCAST, socket.IPPROTO_UDP, _udp(64))
    yield "IPv6", b"\x86\xdd", struct.pack("!IHBB", 6 << 28, TOKEN_BYTES, NO_NEXT_HEADER, 64) + bytes(32)
    yield "VLAN", b"\x81\x00\x00\x05\x08\x00", _ip(here, there, socket.IPPROTO_UDP, _udp(64))
    yield (
        "ICMP redirect",
        b"\x08\x00",
        _ip(here, there, socket.IPPROTO_ICMP, struct.pack("!BBH4s", 5, 1, 0, here.packed)),
    )


def _ip(here: IPv4Address, there: IPv4Address, protocol: int, body: bytes) -> bytes:
    """Give back an IPv4 packet; its length leaves room for the token that the agent puts behind it."""
    length = 20 + len(body) + TOKEN_BYTES
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, protocol, 0, here.packed, there.packed)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


TOKEN_BYTES = 18


def _udp(port: int) -> bytes:
    return struct.pack("!HHHH", port, ANY_UDP[0], 8 + TOKEN_BYTES, 0)


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))
