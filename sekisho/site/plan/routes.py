"""Who is reached through whom: what each machine's routes are, and which machines a packet would meet (spec/site.md 5)."""

from collections import deque
from ipaddress import IPv4Address, IPv4Network

from sekisho.site.plan.flows import legs_of
from sekisho.site.plan.hosts import Host, Line
from sekisho.site.plan.site import SitePlan

Route = tuple[IPv4Network, IPv4Address]


def path_to(site: SitePlan, start: Host, line: Line) -> tuple[Host, ...]:
    """Give back the machines from `start` to the nearest one with a card on `line`, both with; () if there is no way."""
    ways: deque[tuple[Host, ...]] = deque([(start,)])
    met = {start.name}
    while ways:
        way = ways.popleft()
        if way[-1].has(line):
            return way
        for plug in way[-1].plugs:
            for one in site.on(plug.line):
                if one.name not in met:
                    met.add(one.name)
                    ways.append((*way, one))
    return ()


def all_routes(site: SitePlan, host: Host) -> tuple[Route, ...]:
    """Give back a way to every network of the site that the machine is not on: what somebody who took it over would set."""
    found = []
    for line in Line:
        way = path_to(site, host, line)
        if len(way) > 1:
            found.append((_network(site, line), _met_at(host, way[1])))
    return tuple(found)


def routes_of(site: SitePlan, host: Host) -> tuple[Route, ...]:
    """Give back what the machine's flows need, and nothing more: above all no default route."""
    needed = set()
    for leg in legs_of(site, host):
        needed |= {address for address, _ in leg.flow.targets} if leg.leaves else set()
        needed |= set(leg.flow.sources) if leg.enters else set()
    return tuple(one for one in all_routes(site, host) if any(address in one[0] for address in needed))


def _network(site: SitePlan, line: Line) -> IPv4Network:
    return site.on(line)[0].plug(line).address.network


def _met_at(host: Host, neighbour: Host) -> IPv4Address:
    """Give back the neighbour's address on the line that both are on."""
    return next(neighbour.plug(one.line).ip for one in host.plugs if neighbour.has(one.line))
