"""Every kind of connection that a site allows, and through which cards it goes: the one list all rules come from (spec/site.md 3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from sekisho.site.plan.hosts import CARRIED, Host, Kind, Line, Plug
from sekisho.site.plan.site import SitePlan

IKE, IKE_AND_ESP = 500, 4500
"""UDP ports of a VPN (RFC 3947, RFC 3948); ESP goes inside UDP always, so that there is one way to let through."""


class Transport(Enum):
    """What a flow is carried by; the value is its name in nftables."""

    TCP = "tcp"
    UDP = "udp"


@dataclass(frozen=True)
class Flow:
    """Connections that `callers` may open to `called`: TCP, but for the outside of a VPN.

    `path`: the machines from caller to called. `capped`: whether what goes back is bounded, because nothing but short
    answers may (receiving towards outside, outside towards delivery).
    """

    name: str
    callers: tuple[Host, ...]
    called: tuple[tuple[Host, int], ...]
    lines: tuple[Line, ...]
    between: tuple[Host, ...]
    capped: bool
    transport: Transport = Transport.TCP

    @property
    def sources(self) -> tuple[IPv4Address, ...]:
        return tuple(one.plug(self.lines[0]).ip for one in self.callers)

    @property
    def targets(self) -> tuple[tuple[IPv4Address, int], ...]:
        return tuple((one.plug(self.lines[-1]).ip, port) for one, port in self.called)


@dataclass(frozen=True)
class Leg:
    """A flow as one machine sees it: the card where calls come in (None: they begin here), and where they go out."""

    flow: Flow
    enters: Plug | None
    leaves: Plug | None


def flows_of(site: SitePlan) -> tuple[Flow, ...]:
    """Give back what may be opened in a site; nothing else may."""
    return tuple(_flows(site))


def _flows(site: SitePlan) -> Iterator[Flow]:
    municipalities = tuple(one for one in site.hosts if one.kind is Kind.MUNICIPALITY)
    receiving, processing = site.host(Kind.RECEIVING), site.host(Kind.PROCESSING)
    delivery = site.host(Kind.DELIVERY)
    way_in = (Line.MUNICIPALITIES, Line.INTAKE)
    gateway_in, gateway_out = (site.host(Kind.GATEWAY_IN),), (site.host(Kind.GATEWAY_OUT),)
    yield Flow("senders", municipalities, ((receiving, site.ports.senders),), way_in, gateway_in, capped=True)
    if site.ports.drop_box:
        yield Flow("drop-box", municipalities, ((receiving, site.ports.drop_box),), way_in, gateway_in, capped=True)
    yield Flow("pull", (processing,), ((receiving, site.ports.pull),), (Line.PULL,), (), capped=False)
    yield Flow("push", (processing,), ((delivery, site.ports.push),), (Line.PUSH,), (), capped=False)
    recipients = tuple((site.named(f"recipient-{one.recipient}"), one.port) for one in site.outlets)
    yield Flow("deliver", (delivery,), recipients, (Line.OUTLET, Line.RECIPIENTS), gateway_out, capped=True)
    if site.ports.console:
        console = (site.host(Kind.CONSOLE),)
        yield Flow("console", console, ((processing, site.ports.console),), (Line.CONSOLE,), (), capped=False)
    yield from _tunnels(site)


def _tunnels(site: SitePlan) -> Iterator[Flow]:
    """Give the outside of each VPN: municipalities call gw1, gw2 calls recipients, as on the lines inside."""
    ends = (
        (Line.MUNICIPALITIES, Kind.MUNICIPALITY, Kind.GATEWAY_IN),
        (Line.RECIPIENTS, Kind.GATEWAY_OUT, Kind.RECIPIENT),
    )
    for line, calling, called in ends:
        outside = CARRIED[line]
        on = site.on(outside)
        if on:
            callers = tuple(one for one in on if one.kind is calling)
            doors = tuple((one, port) for one in on if one.kind is called for port in (IKE, IKE_AND_ESP))
            yield Flow(f"vpn-{line.value}", callers, doors, (outside,), (), capped=False, transport=Transport.UDP)


def legs_of(site: SitePlan, host: Host) -> tuple[Leg, ...]:
    """Give back how each flow that touches a machine goes through it."""
    return tuple(leg for flow in flows_of(site) if (leg := _leg(flow, host)) is not None)


def _leg(flow: Flow, host: Host) -> Leg | None:
    if host in flow.callers:
        return Leg(flow, None, host.plug(flow.lines[0]))
    if any(host is one for one, _ in flow.called):
        return Leg(flow, host.plug(flow.lines[-1]), None)
    if host in flow.between:
        return Leg(flow, host.plug(flow.lines[0]), host.plug(flow.lines[-1]))
    return None
