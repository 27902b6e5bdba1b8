"""What should become of a probe, from the flows alone: the other side of the comparison (spec/site.md 6.3)."""

from dataclasses import dataclass

from sekisho.site.plan.flows import legs_of
from sekisho.site.plan.hosts import Host
from sekisho.site.plan.site import SitePlan
from sekisho.site.proving.probes import STRAY, Probe, Sort

CONNECTIONS, CARDS = "connections", "cards"
# Frames that an application gets, if nothing refuses.
_HEARD = frozenset({"UDP past the connection table", "UDP broadcast"})


@dataclass(frozen=True)
class Walls:
    """Which machines have rules, and of which table: connections (`inet`), cards (`netdev`), or both."""

    site: SitePlan
    ruled: tuple[Host, ...]
    layers: frozenset[str]

    def opens(self, probe: Probe) -> bool:
        """Say whether a probe should get through to an application."""
        if probe.sort is Sort.FRAME and probe.frame not in _HEARD:
            return False
        return self._refusing(probe) is None

    def lets_reach(self, probe: Probe) -> bool:
        """Say whether a probe should at least be seen by the machine that it is for."""
        return self._refusing(probe) is None

    def stops_before(self, probe: Probe, seen: frozenset[str]) -> bool:
        """Say whether a probe was seen where it should not have come: at or behind the next machine after one that refuses it."""
        at = self._refusing(probe)
        return at is not None and bool(seen & {one.name for one in probe.path[at + 1 :]})

    def _refusing(self, probe: Probe) -> int | None:
        """Give back the place in the path of the first machine that should refuse a probe; None if none should."""
        return next((at for at, one in enumerate(probe.path) if self._refuses(one, probe, first=at == 0)), None)

    def _refuses(self, host: Host, probe: Probe, *, first: bool) -> bool:
        if not any(host is one for one in self.ruled):
            return False
        if probe.sort is not Sort.FRAME:
            return not _is_a_flow(self.site, host, probe)
        if probe.frame in STRAY:  # only who knows connections can tell; what a machine makes by hand passes that by
            return CONNECTIONS in self.layers and not first
        return CARDS in self.layers or not first


def _is_a_flow(site: SitePlan, host: Host, probe: Probe) -> bool:
    """Say whether one of the flows through a machine is what a probe tries."""
    target = (probe.address, probe.port)
    return any(
        leg.flow.transport.value == probe.sort.value
        and any(probe.source is one for one in leg.flow.callers)
        and target in leg.flow.targets
        for leg in legs_of(site, host)
    )
