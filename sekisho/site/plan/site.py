"""A site as its file declares it (spec/site.md)."""

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address

from sekisho.site.plan.hosts import Host, Kind, Line


@dataclass(frozen=True)
class Ports:
    """TCP ports, each of one door. `drop_box` and `console` are 0 where the site has none."""

    senders: int
    drop_box: int
    pull: int
    push: int
    console: int


@dataclass(frozen=True)
class Outlet:
    """Where a recipient takes parcels: TCP port of its own receiver or SFTP server; "" for a host key that is not told."""

    recipient: str
    port: int
    way: str
    host_key: str = ""


@dataclass(frozen=True)
class Bounds:
    """What a line carries at the most.

    `reply_bytes`: what may go back on one connection from outside (a receipt is 1 kB; acknowledgements of TCP stay
    below the average packet size from which it counts). `retention_days`: how long receiving and delivery keep parcels.
    """

    reply_bytes: int
    retention_days: int


@dataclass(frozen=True)
class SitePlan:
    """All machines of a site, those of its parties too, in the order of the way."""

    id: str
    name: str
    trial: bool
    hosts: tuple[Host, ...]
    ports: Ports
    outlets: tuple[Outlet, ...]
    bounds: Bounds

    @cached_property
    def ours(self) -> tuple[Host, ...]:
        """The machines that are set up from this file."""
        return tuple(one for one in self.hosts if one.kind.is_ours)

    def host(self, kind: Kind) -> Host:
        """Give back the one machine of a kind of ours; KeyError if the site has none."""
        for one in self.hosts:
            if one.kind is kind:
                return one
        raise KeyError(kind)

    def named(self, name: str) -> Host:
        """Give back the machine of that name; KeyError if there is none."""
        for one in self.hosts:
            if one.name == name:
                return one
        raise KeyError(name)

    def on(self, line: Line) -> tuple[Host, ...]:
        """Give back the machines with a card on a line."""
        return tuple(one for one in self.hosts if one.has(line))

    def owner(self, address: IPv4Address) -> Host | None:
        """Give back the machine that has an address."""
        return next((one for one in self.hosts for plug in one.plugs if plug.ip == address), None)
