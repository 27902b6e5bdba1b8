"""A machine's cards, addresses, routes and neighbours against the site file (requirements B01, B08, B09; spec/site.md 7.2)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Interface

from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.checking.links import Address, Link, LiveRoute, Neighbour
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.routes import routes_of
from sekisho.site.plan.site import SitePlan

LOOPBACK = "lo"
HOME = IPv4Interface("127.0.0.1/8")
ROUTING_RULES = {
    4: ("0: src=all table=local", "32766: src=all table=main", "32767: src=all table=default"),
    6: ("0: src=all table=local", "32766: src=all table=main"),
}
Known = Mapping[tuple[str, Address], str]
"""Card and address on its line, with the card that answered for it."""


def check_cards(host: Host, links: tuple[Link, ...]) -> Iterator[Drift]:
    """Give what differs of cards and addresses: those that are up are the declared ones, with their addresses and no other."""
    plugs = {one.interface: one for one in host.plugs}
    there = {one.name: one for one in links}
    for name, plug in plugs.items():
        link = there.get(name)
        if link is None or not link.up:
            yield drift(DriftKind.CARD_MISSING, name, plug.address)
        elif plug.address not in link.addresses:
            yield drift(DriftKind.ADDRESS_MISSING, name, plug.address)
        if link is not None and plug.mac and link.mac != plug.mac:
            yield drift(DriftKind.CARD_OTHER, name, link.mac)
    for link in links:
        if link.up and link.name != LOOPBACK and link.name not in plugs:
            yield drift(DriftKind.CARD_ADDED, link.name, link.mac)
        if link.program:
            yield drift(DriftKind.CARD_PROGRAM, link.name, "XDP")
        own = HOME if link.name == LOOPBACK else plugs[link.name].address if link.name in plugs else None
        yield from (drift(_kind_of(one), link.name, one) for one in link.addresses if one != own)


def _kind_of(address: IPv4Interface | IPv6Interface) -> DriftKind:
    if address.ip.is_global:
        return DriftKind.ADDRESS_PUBLIC
    return DriftKind.ADDRESS_ADDED if address.version == 4 else DriftKind.ADDRESS_IPV6


def check_routes(site: SitePlan, host: Host, found: tuple[LiveRoute, ...]) -> Iterator[Drift]:
    """Give what differs of the routes: none more, none less, in any table; above all no default route."""
    wanted = Counter(_wanted(site, host))
    ours = _ours(host)
    live = Counter(one for one in found if not _is_ours(one, ours))
    for one in (live - wanted).elements():
        kind = DriftKind.ROUTE_DEFAULT if one.target.prefixlen == 0 else DriftKind.ROUTE_ADDED
        yield drift(kind, one.device or one.table, one.text)
    for one in (wanted - live).elements():
        yield drift(DriftKind.ROUTE_MISSING, one.device, one.text)


def _wanted(site: SitePlan, host: Host) -> Iterator[LiveRoute]:
    for plug in host.plugs:
        if plug.address.network.prefixlen < 32:
            yield LiveRoute("main", "unicast", plug.address.network, None, plug.interface)
    for target, via in routes_of(site, host):
        plug = next(one for one in host.plugs if via in one.address.network)
        yield LiveRoute("main", "unicast", target, via, plug.interface)


def _ours(host: Host) -> dict[tuple[str, str], frozenset[IPv4Network]]:
    """Give back what the kernel itself writes into the table `local`, by kind and card."""
    found: dict[tuple[str, str], frozenset[IPv4Network]] = {
        ("local", LOOPBACK): frozenset({HOME.network, _one(HOME.ip)})
    }
    for name, address in ((LOOPBACK, HOME), *((one.interface, one.address) for one in host.plugs)):
        edges = {_one(address.network.network_address), _one(address.network.broadcast_address)}
        found["broadcast", name] = frozenset(edges)
        found.setdefault(("local", name), frozenset({_one(address.ip)}))
    return found


def _one(address: IPv4Address) -> IPv4Network:
    return IPv4Network(address)


def _is_ours(one: LiveRoute, ours: dict[tuple[str, str], frozenset[IPv4Network]]) -> bool:
    return one.table == "local" and one.via is None and one.target in ours.get((one.kind, one.device), frozenset())


def check_routing_rules(found: tuple[str, ...], version: int) -> Iterator[Drift]:
    """Give the rules that choose another table than the kernel's own order does; IPv6 may have none at all."""
    wanted = Counter(ROUTING_RULES[version])
    for one in (Counter(found) - wanted).elements():
        yield drift(DriftKind.ROUTING_RULE, f"IPv{version}", one)
    for one in (wanted - Counter(found)).elements() if version == 4 else ():
        yield drift(DriftKind.ROUTING_RULE, f"IPv{version}", f"− {one}")


def check_neighbours(site: SitePlan, host: Host, found: tuple[Neighbour, ...], known: Known) -> Iterator[Drift]:
    """Give those on a line whom the site file does not name, and those who came with another card than declared or seen before."""
    named = {
        (plug.interface, one.plug(plug.line).ip): one.plug(plug.line).mac
        for plug in host.plugs
        for one in site.on(plug.line)
        if one is not host
    }
    for one in found:
        here = (one.device, one.address)
        if here not in named:
            yield drift(DriftKind.NEIGHBOUR_UNKNOWN, one.device, f"{one.address} ({one.mac})")
        elif one.mac != (before := named[here] or known.get(here, one.mac)):
            yield drift(DriftKind.NEIGHBOUR_OTHER, one.device, f"{one.address}: {before} → {one.mac}")
