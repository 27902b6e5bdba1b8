"""Whether a machine is as the site file says (spec/site.md 7; requirements B01, B02, B04, B06, B08, B09, C03)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sekisho.errors import BadSettings, Reason
from sekisho.site.checking.cards import check_cards, check_neighbours, check_routes, check_routing_rules
from sekisho.site.checking.doors import check_listeners, strange_listeners
from sekisho.site.checking.drifts import Drift, DriftKind
from sekisho.site.checking.links import Address, read_links, read_neighbours, read_routes, read_routing_rules
from sekisho.site.checking.names import check_name_order, check_name_servers
from sekisho.site.checking.roles import Machine, check_roles, claim_role
from sekisho.site.checking.rules import check_old_tables, check_rules, rules_wanted, said_here
from sekisho.site.checking.sockets import listeners, programs_of
from sekisho.site.checking.switches import check_switches
from sekisho.site.plan.file import site_in
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.site import SitePlan
from sekisho.site.rendering.nftables import ruleset_of

IPV6 = Path("/proc/self/net/if_inet6")
_REASONS = {DriftKind.ROLE_SECOND: Reason.ROLE_SECOND, DriftKind.ROLE_MOVED: Reason.ROLE_MOVED}


@dataclass(frozen=True)
class Check:
    """Compares the network namespace and the machine that we are in with what a site file says of a machine.

    `rules`: how the kernel lists the rendered ones. `known`: who answered for each address on the lines, since the first look.
    """

    site: SitePlan
    host: Host
    rules: tuple[str, ...]
    machine: Machine
    known: dict[tuple[str, Address], str] = field(default_factory=dict)

    def drifts(self) -> tuple[Drift, ...]:
        """Give back all that differs, each once, with what matters most first."""
        return tuple(dict.fromkeys(self._drifts()))

    def _drifts(self) -> Iterator[Drift]:
        if not self.site.trial:
            yield from check_roles(self.host.kind, self.machine)
        yield from check_rules(self.rules, ruleset_of(self.site, self.host), self.host)
        yield from check_old_tables()
        yield from check_switches(self.host)
        yield from check_cards(self.host, read_links(_ip("-d", "addr")))
        yield from self._routes()
        strange = strange_listeners(self.site, self.host, listeners())
        yield from check_listeners(strange, programs_of(one.inode for one in strange))
        neighbours = read_neighbours(_ip("neigh"))
        yield from check_neighbours(self.site, self.host, neighbours, self.known)
        for one in neighbours:
            self.known.setdefault((one.device, one.address), one.mac)
        yield from check_name_servers(self.site, self.host, self.machine.text("etc/resolv.conf"))
        yield from check_name_order(self.machine.text("etc/nsswitch.conf"))

    def _routes(self) -> Iterator[Drift]:
        versions = (4, 6) if IPV6.exists() else (4,)
        found = (
            one
            for version in versions
            for one in read_routes(_ip(f"-{version}", "route", "show", "table", "all"), version)
        )
        yield from check_routes(self.site, self.host, tuple(found))
        for version in versions:
            yield from check_routing_rules(read_routing_rules(_ip(f"-{version}", "rule")), version)


def check_of(site: SitePlan, name: str, machine: Machine | None = None) -> Check:
    """Give back the check of one of our machines of a site; HOST_UNKNOWN if it has none of that name."""
    host = _ours(site, name)
    return Check(site, host, rules_wanted(ruleset_of(site, host), host), machine or Machine())


def _ours(site: SitePlan, name: str) -> Host:
    for host in site.ours:
        if host.name == name:
            return host
    raise BadSettings(Reason.HOST_UNKNOWN, host=name, known=", ".join(one.name for one in site.ours))


def check_host(
    file: Path, name: str, home: Path | None = None, machine: Machine | None = None, *, looking: bool = True
) -> None:
    """Refuse to start a role on a machine that is not as the site file says; called before its process locks itself.

    `home`: the role's folder, which is marked at the first start and must bear this machine's mark later. Refuses with
    ROLE_SECOND, ROLE_MOVED or HOST_DRIFTED, which name the first thing that differs and how many there are; with
    HOST_UNREADABLE or RULES_UNREADABLE where it cannot look: what is not seen is not well. Looking needs root; without
    `looking` it is the mark alone that is asked.
    """
    site = site_in(file)
    host = _ours(site, name)
    if home is not None and not site.trial:
        claim_role(home, host.kind, machine or Machine())
    if looking and (found := check_of(site, name, machine).drifts()):
        first = found[0]
        reason = _REASONS.get(first.kind, Reason.HOST_DRIFTED)
        raise BadSettings(reason, host=name, count=len(found), first=first.kind.value, place=first.place)


def reasons_of(found: tuple[Drift, ...]) -> tuple[Reason, ...]:
    """Give back why a role may not run here, each reason once."""
    return tuple(dict.fromkeys(_REASONS.get(one.kind, Reason.HOST_DRIFTED) for one in found))


def _ip(*words: str) -> str:
    return said_here(("ip", "-j", *words), reason=Reason.HOST_UNREADABLE)
