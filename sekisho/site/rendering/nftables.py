"""The packet filter of one machine, from the flows that go through it (spec/site.md 4; requirements B01, B02, B04, B08).

Two tables, each enough alone for TCP: `inet` knows connections, and who opened them; `netdev` stands at the card itself,
before and behind everything else, and so meets raw frames, which `inet` never sees on their way out. Nothing is accepted
that no flow names: no ICMP, no UDP but a VPN's outside, no IPv6, no broadcast but ARP among the addresses of a line.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address

from sekisho.site.plan.flows import Flow, Leg, Transport, legs_of
from sekisho.site.plan.hosts import Host, Plug
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.ruleset import Chain, Rule, Ruleset, Table

NAME = "sekisho"
BARE_SYN = "tcp flags & (fin | syn | rst | ack) == syn"
NO_BARE_SYN = "tcp flags & (syn | ack) != syn"
ACKNOWLEDGEMENT_BYTES = 200  # average packet up to which an answer is acknowledgements only
_LOG = "limit rate 10/second log prefix"


def ruleset_of(site: SitePlan, host: Host) -> Ruleset:
    """Give back the rules of one machine of the site."""
    legs = legs_of(site, host)
    return Ruleset((_connections(site, host, legs), _cards(site, host, legs)))


def _connections(site: SitePlan, host: Host, legs: tuple[Leg, ...]) -> Table:
    into, out = list(_input(site, legs)), list(_output(site, legs))
    through = [rule for leg in legs if leg.enters and leg.leaves for rule in _forward(site, leg)]
    lo = (Rule(('iifname "lo"',), "accept"),), (Rule(('oifname "lo"',), "accept"),)
    chains = (
        Chain("input", "input priority filter", "drop", (*lo[0], *into, *_refused("in", host))),
        Chain("output", "output priority filter", "drop", (*lo[1], *out, *_refused("out", host))),
        Chain("forward", "forward priority filter", "drop", (*through, *_refused("forward", host))),
    )
    counters = (*(_counter(leg.flow) for leg in legs), "reply_cap", "in_refused", "out_refused", "forward_refused")
    return Table("inet", NAME, counters, chains)


def _counter(flow: Flow) -> str:
    return f"{flow.name.replace('-', '_')}_new"


def _refused(way: str, host: Host) -> tuple[Rule, Rule]:
    """Count what is refused and tell of it; the chain's policy then drops it."""
    return Rule((), f"counter name {way}_refused"), Rule((), f'{_LOG} "{host.kind.value} {way} refused "')


def _input(site: SitePlan, legs: tuple[Leg, ...]) -> Iterator[Rule]:
    for leg in legs:
        if leg.enters and not leg.leaves:
            yield from _asking(leg.flow, f'iifname "{leg.enters.interface}"')
        if leg.leaves and not leg.enters:
            yield from _answering(site, leg.flow, f'iifname "{leg.leaves.interface}"')


def _output(site: SitePlan, legs: tuple[Leg, ...]) -> Iterator[Rule]:
    for leg in legs:
        if leg.leaves and not leg.enters:
            yield from _asking(leg.flow, f'oifname "{leg.leaves.interface}"')
        if leg.enters and not leg.leaves:
            yield from _answering(site, leg.flow, f'oifname "{leg.enters.interface}"')


def _forward(site: SitePlan, leg: Leg) -> Iterator[Rule]:
    if leg.enters and leg.leaves:
        there, back = (leg.enters, leg.leaves), (leg.leaves, leg.enters)
        yield from _asking(leg.flow, *_through(*there))
        yield from _answering(site, leg.flow, *_through(*back))


def _through(enters: Plug, leaves: Plug) -> tuple[str, str]:
    return f'iifname "{enters.interface}"', f'oifname "{leaves.interface}"'


def _asking(flow: Flow, *cards: str) -> Iterator[Rule]:
    """Packets from caller to called: the first of a connection, and those after it."""
    ends = _there(flow)
    first = (BARE_SYN,) if flow.transport is Transport.TCP else ()
    yield Rule((*cards, *ends, *first, "ct state new"), f"counter name {_counter(flow)} accept")
    yield Rule((*cards, *ends, "ct state established", "ct direction original"), "accept")


def _answering(site: SitePlan, flow: Flow, *cards: str) -> Iterator[Rule]:
    """Packets from called to caller; where only short answers may go, no more than so many bytes of them."""
    ends = _back(flow)
    if flow.capped:
        more = (f"ct reply bytes > {site.bounds.reply_bytes}", f"ct reply avgpkt > {ACKNOWLEDGEMENT_BYTES}")
        yield Rule((*cards, "ct direction reply", *more), "counter name reply_cap drop")
    yield Rule((*cards, *ends, "ct state established", "ct direction reply"), "accept")


def _cards(site: SitePlan, host: Host, legs: tuple[Leg, ...]) -> Table:
    chains = [chain for plug in host.plugs for chain in _card(site, host, plug, legs)]
    return Table("netdev", NAME, (), tuple(chains))


def _card(site: SitePlan, host: Host, plug: Plug, legs: tuple[Leg, ...]) -> Iterator[Chain]:
    """Give the two chains at a card. A bare SYN goes only with a flow, whoever made the frame."""
    into, out = list(_who_has(site, host, plug)), list(_who_is(site, host, plug))
    for leg in legs:
        ends = _there(leg.flow)
        back = (*_back(leg.flow), *((NO_BARE_SYN,) if leg.flow.transport is Transport.TCP else ()))
        if leg.enters is plug:
            into.append(Rule(ends, "accept"))
            out.append(Rule(back, "accept"))
        if leg.leaves is plug:
            out.append(Rule(ends, "accept"))
            into.append(Rule(back, "accept"))
    at = f'device "{plug.interface}" priority filter'
    yield Chain(f"{plug.interface}_in", f"ingress {at}", "drop", tuple(into))
    yield Chain(f"{plug.interface}_out", f"egress {at}", "drop", tuple(out))


def _who_has(site: SitePlan, host: Host, plug: Plug) -> Iterator[Rule]:
    """ARP from the others on the line, about them and this card."""
    others = [one.plug(plug.line).ip for one in site.on(plug.line) if one is not host]
    ends = (f"arp saddr ip {_set(tuple(others))}", f"arp daddr ip {plug.ip}")
    yield Rule((*ends, "arp operation { request, reply }"), "accept")


def _who_is(site: SitePlan, host: Host, plug: Plug) -> Iterator[Rule]:
    others = [one.plug(plug.line).ip for one in site.on(plug.line) if one is not host]
    ends = (f"arp saddr ip {plug.ip}", f"arp daddr ip {_set(tuple(others))}")
    yield Rule((*ends, "arp operation { request, reply }"), "accept")


def _there(flow: Flow) -> tuple[str, str]:
    return f"ip saddr {_set(flow.sources)}", f"ip daddr . {flow.transport.value} dport {_pairs(flow)}"


def _back(flow: Flow) -> tuple[str, str]:
    return f"ip saddr . {flow.transport.value} sport {_pairs(flow)}", f"ip daddr {_set(flow.sources)}"


def _set(addresses: tuple[IPv4Address, ...]) -> str:
    return str(addresses[0]) if len(addresses) == 1 else "{ " + ", ".join(map(str, addresses)) + " }"


def _pairs(flow: Flow) -> str:
    return "{ " + ", ".join(f"{address} . {port}" for address, port in flow.targets) + " }"
