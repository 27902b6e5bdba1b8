"""Each rule altered in turn, to see whether it is noticed: by comparing what is live, and by trying alone (spec/site.md 6.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.site.checking.rules import LIST, listed, rules_wanted
from sekisho.site.plan.hosts import Host
from sekisho.site.proving.probes import Probe
from sekisho.site.proving.stages import Proving
from sekisho.site.proving.trial import Outcome
from sekisho.site.proving.walls import CARDS, CONNECTIONS, Walls
from sekisho.site.rendering.nftables import ruleset_of
from sekisho.site.rendering.ruleset import Ruleset, alterations

PATIENCE_SECONDS = 0.4
MOST_MACHINES = 3  # in the path of a probe
_LAYERS = {"inet": CONNECTIONS, "netdev": CARDS}


@dataclass(frozen=True)
class Alteration:
    """One thing altered in the rules of one machine, and who noticed.

    `compared`: whether the comparison did. `tried`: whether the prober did; None where it was not asked.
    """

    host: str
    what: str
    compared: bool
    tried: bool | None


def altered(proving: Proving, host: Host) -> Iterator[Alteration]:
    """Give each alteration of a machine's rules with who noticed it.

    Compared: both tables are live, one of them altered. Tried, where a whole rule that accepts or a policy is altered: the
    table stands alone and no other machine has rules, so that nothing else can make up for it. (A machine
    with one card hands nothing on, whatever its policy.) (A machine with one card forwards nothing, whatever its policy.)
    """
    whole = ruleset_of(proving.network.site, host)
    wanted = rules_wanted(whole, host)
    probes = _near(proving, host)
    for number, table in enumerate(whole.tables):
        before = _Seen.of(proving, host, Ruleset((table,)), probes)
        for one in alterations(Ruleset((table,))):
            tables = (*whole.tables[:number], *one.ruleset.tables, *whole.tables[number + 1 :])
            proving.load(host, Ruleset(tables))
            compared = listed(proving.network.run(host, *LIST)) != wanted
            asked = one.closes or (one.opens and (len(host.plugs) > 1 or "forward" not in one.what))
            tried = before.differs(proving, host, one.ruleset, probes) if asked else None
            yield Alteration(host.name, one.what, compared, tried)
    proving.flush(host)


def _near(proving: Proving, host: Host) -> tuple[Probe, ...]:
    """Give back the probes that meet a machine at its own cards: from it, to it, and through it from one neighbour on."""
    return tuple(
        one for one in proving.probes if any(each is host for each in one.path) and len(one.path) <= MOST_MACHINES
    )


@dataclass(frozen=True)
class _Seen:
    """What trying shows of one set of rules: what passed, and what was seen behind the machine."""

    outcome: Outcome
    behind: frozenset[tuple[int, str]]

    @classmethod
    def of(
        cls, proving: Proving, host: Host, rules: Ruleset, probes: tuple[Probe, ...], *, hope: bool = True
    ) -> "_Seen":
        proving.load(host, rules)
        proving.network.run(host, "ip", "neigh", "flush", "all")
        layers = frozenset(_LAYERS[one.family] for one in rules.tables)
        walls = Walls(proving.network.site, (host,), layers)
        hoped = frozenset(one.number for one in probes if walls.opens(one)) if hope else frozenset()
        outcome = proving.agents.try_all(probes, hoped)
        others = {one.number: {each.name for each in one.path} - {host.name} for one in probes}
        behind = frozenset((number, name) for number, names in outcome.seen.items() for name in names & others[number])
        return cls(outcome, behind)

    def differs(self, proving: Proving, host: Host, rules: Ruleset, probes: tuple[Probe, ...]) -> bool:
        """Say whether other rules show something else; what merely failed to come is tried again with patience."""
        now = _Seen.of(proving, host, rules, probes, hope=False)
        if now.outcome.passed - self.outcome.passed or now.behind - self.behind:
            return True
        missing = self.outcome.passed - now.outcome.passed
        again = tuple(one for one in probes if one.number in missing)
        return (
            bool(missing - proving.agents.try_all(again, missing, again_seconds=PATIENCE_SECONDS).passed)
            if missing
            else False
        )
