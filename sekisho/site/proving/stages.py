"""The stages of the proof: first that the prober sees what is open, then each way the rules must hold (spec/site.md 6.4)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from sekisho.site.plan.hosts import Host, Kind
from sekisho.site.plan.routes import routes_of
from sekisho.site.proving.network import Network, open_ways, set_routes
from sekisho.site.proving.probes import Probe, probes_of
from sekisho.site.proving.trial import Agents
from sekisho.site.proving.walls import Walls
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.ruleset import Ruleset
from sekisho.site.rendering.sysctl import switches_of


class Name(Enum):
    """What a stage shows; the value is its key in the catalogues."""

    OPEN = "open"
    RULES = "rules"
    DECLARED = "declared"
    HOSTS = "hosts"
    GATEWAYS = "gateways"
    CONNECTIONS = "connections"
    CARDS = "cards"
    OPEN_AGAIN = "open-again"


@dataclass(frozen=True)
class Stage:
    """What one stage found, as numbers of probes.

    `wrong`: another outcome than there should be. `left`: seen at or behind the machine after one that refuses them.
    `unseen`: nobody refuses them, and yet they did not come: a prober that cannot see what is open proves nothing.
    """

    name: Name
    probes: int
    passed: frozenset[int]
    expected: frozenset[int]
    left: frozenset[int]
    unseen: frozenset[int]
    seconds: float

    @property
    def wrong(self) -> frozenset[int]:
        return self.passed ^ self.expected

    @property
    def proven(self) -> bool:
        return not (self.wrong or self.left or self.unseen)


@dataclass(frozen=True)
class Proving:
    """A site that is up, with a process in each machine."""

    network: Network
    agents: Agents
    probes: tuple[Probe, ...]
    by_number: dict[int, Probe] = field(default_factory=dict)

    def load(self, host: Host, ruleset: Ruleset) -> None:
        self.network.run(host, "nft", "-f", "-", given=ruleset.text)

    def flush(self, host: Host) -> None:
        self.network.run(host, "nft", "flush", "ruleset")


def prepare(network: Network, agents: Agents) -> Proving:
    open_ways(network)
    probes = probes_of(network)
    return Proving(network, agents, probes, {one.number: one for one in probes})


def stages(proving: Proving) -> Iterator[Stage]:
    """Give each stage as soon as it has run. The rules are off again behind the last."""
    site = proving.network.site
    ours = site.ours
    zones = tuple(one for one in ours if not one.kind.forwards)
    taken = tuple(one for one in ours if one.kind not in {Kind.RECEIVING, Kind.DELIVERY})
    everything: Callable[[Host], Ruleset] = lambda host: ruleset_of(site, host)  # noqa: E731
    yield _stage(proving, Name.OPEN, (), everything)
    yield _stage(proving, Name.RULES, ours, everything)
    yield _stage(proving, Name.HOSTS, zones, everything)
    yield _stage(proving, Name.GATEWAYS, taken, everything)
    yield _stage(proving, Name.CARDS, ours, lambda host: Ruleset(ruleset_of(site, host).tables[1:]))
    yield _stage(proving, Name.CONNECTIONS, ours, lambda host: Ruleset(ruleset_of(site, host).tables[:1]))
    for host in ours:
        switches = (f"{name}={value}" for name, value in switches_of(host))
        proving.network.run(host, "sysctl", "-q", "-e", "-w", *switches)
        set_routes(proving.network, host, routes_of(site, host))
    yield _stage(proving, Name.DECLARED, ours, everything)
    open_ways(proving.network)
    yield _stage(proving, Name.OPEN_AGAIN, (), everything)


def _stage(proving: Proving, name: Name, ruled: tuple[Host, ...], rules: Callable[[Host], Ruleset]) -> Stage:
    """Give back what is open with these rules on these machines, and none on the others."""
    began = time.monotonic()
    ours = proving.network.site.ours
    for host in ours:
        if any(host is one for one in ruled):
            proving.load(host, rules(host))
        else:
            proving.flush(host)
    layers = frozenset({"inet": "connections", "netdev": "cards"}[one.family] for one in rules(ours[0]).tables)
    walls = Walls(proving.network.site, ruled, layers)
    expected = frozenset(one.number for one in proving.probes if walls.opens(one))
    reaching = frozenset(one.number for one in proving.probes if walls.lets_reach(one))
    outcome = proving.agents.try_all(proving.probes, expected, reaching)
    left = frozenset(one for one, seen in outcome.seen.items() if walls.stops_before(proving.by_number[one], seen))
    unseen = frozenset(one for one in reaching if not outcome.came(proving.by_number[one]))
    return Stage(name, len(proving.probes), outcome.passed, expected, left, unseen, time.monotonic() - began)
