"""Reads what `ip -j` lists of cards, addresses, routes and neighbours. Machines have the iproute2 of their Debian (12 or 13)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)
from typing import Any

from sekisho.errors import Reason, Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
EVERYTHING = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class Link:
    """A network interface. `program`: whether one of the kernel's programs (XDP) takes packets before any rule."""

    name: str
    up: bool
    mac: str
    addresses: tuple[IPv4Interface | IPv6Interface, ...]
    program: bool


@dataclass(frozen=True)
class LiveRoute:
    """A route; `via` is None where the target is on the line itself, `device` "" where packets end."""

    table: str
    kind: str
    target: Network
    via: Address | None
    device: str

    @property
    def text(self) -> str:
        via = f" via {self.via}" if self.via else ""
        device = f" dev {self.device}" if self.device else ""
        table = "" if self.table == "main" else f" table {self.table}"
        return f"{'' if self.kind == 'unicast' else self.kind + ' '}{self.target}{via}{device}{table}"


@dataclass(frozen=True)
class Neighbour:
    """Who answered for an address on a line."""

    device: str
    address: Address
    mac: str


def read_links(raw: str) -> tuple[Link, ...]:
    """Give back the interfaces of `ip -j -d addr`."""
    return tuple(
        Link(
            name=one["ifname"],
            up="UP" in one["flags"],
            mac=one.get("address", ""),
            addresses=tuple(ip_interface(f"{each['local']}/{each['prefixlen']}") for each in one.get("addr_info", ())),
            program="xdp" in one,
        )
        for one in _listed(raw, "addr")
        if "ifname" in one  # iproute2 lists {} for what it was asked to leave out
    )


def read_routes(raw: str, version: int) -> tuple[LiveRoute, ...]:
    """Give back the routes of `ip -j -4 route show table all`, or of -6; one of several ways is a route for each way."""
    return tuple(route for one in _listed(raw, "route") for route in _ways(one, version))


def _ways(one: dict[str, Any], version: int) -> Iterator[LiveRoute]:
    target = one["dst"]
    network = ip_network(EVERYTHING[version] if target == "default" else target)
    for way in one.get("nexthops") or (one,):
        via = way.get("gateway") or way.get("via", {}).get("host")
        yield LiveRoute(
            table=str(one.get("table", "main")),
            kind=one.get("type", "unicast"),
            target=network,
            via=ip_address(via) if via else None,
            device=way.get("dev", ""),
        )


def read_routing_rules(raw: str) -> tuple[str, ...]:
    """Give back the rules of `ip -j rule` that choose a routing table, each as `priority: key=value …`."""
    return tuple(
        f"{one['priority']}: " + " ".join(f"{key}={told}" for key, told in sorted(one.items()) if key != "priority")
        for one in _listed(raw, "rule")
    )


def read_neighbours(raw: str) -> tuple[Neighbour, ...]:
    """Give back those of `ip -j neigh` that are there; an address that was asked for in vain has no card."""
    return tuple(
        Neighbour(one["dev"], ip_address(one["dst"]), one["lladdr"].lower())
        for one in _listed(raw, "neigh")
        if "lladdr" in one
    )


def _listed(raw: str, what: str) -> list[dict[str, Any]]:
    """Give back a listing; iproute2 prints nothing at all where there is nothing."""
    try:
        found = json.loads(raw or "[]")
    except json.JSONDecodeError as error:
        raise Unavailable(Reason.HOST_UNREADABLE, source=f"ip {what}") from error
    assert isinstance(found, list)
    return found
