"""Who listens on a machine: nobody but its doors (requirements B02, B04; spec/site.md 7.2)."""

from ipaddress import IPv4Address

from sekisho.site.checking.drifts import Drift, DriftKind, drift
from sekisho.site.checking.sockets import Listener
from sekisho.site.plan.flows import IKE, IKE_AND_ESP, flows_of
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.site import SitePlan

EVERY = IPv4Address("0.0.0.0")  # noqa: S104 - said of a listener, nothing is opened


def doors_of(site: SitePlan, host: Host) -> frozenset[tuple[str, IPv4Address, int]]:
    """Give back protocol, address and port of each door of a machine: where a flow ends.

    strongSwan listens on every address, at both ends of a VPN; which packets reach it the rules alone decide.
    """
    swan = {("udp", EVERY, port) for port in (IKE, IKE_AND_ESP) if any(host.is_tunnel(one) for one in host.plugs)}
    return frozenset(swan) | frozenset(
        (flow.transport.value, one.plug(flow.lines[-1]).ip, port)
        for flow in flows_of(site)
        for one, port in flow.called
        if one is host
    )


def strange_listeners(site: SitePlan, host: Host, found: tuple[Listener, ...]) -> tuple[Listener, ...]:
    """Give back those that are no door; one on a door's port but on every address is none either.

    That a door is missing is no drift: the role that opens it may not have started yet.
    """
    doors = doors_of(site, host)
    return tuple(one for one in found if (one.protocol, one.address, one.port) not in doors)


def check_listeners(strange: tuple[Listener, ...], programs: dict[int, str]) -> tuple[Drift, ...]:
    return tuple(drift(DriftKind.LISTENER, one.text, programs.get(one.inode, "?")) for one in strange)
