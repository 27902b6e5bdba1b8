"""A set of nftables rules as parts, so that the same rules can be written for a machine and altered one by one in the proof."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Rule:
    """What a packet must be like, all of it, and what is then done."""

    matches: tuple[str, ...]
    verdict: str

    @property
    def text(self) -> str:
        return " ".join((*self.matches, self.verdict))


@dataclass(frozen=True)
class Chain:
    """A chain at a hook; what no rule names gets the policy."""

    name: str
    hook: str
    policy: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Table:
    """A table with counters of its own."""

    family: str
    name: str
    counters: tuple[str, ...]
    chains: tuple[Chain, ...]


@dataclass(frozen=True)
class Ruleset:
    """All rules of one machine; loading them takes the place of whatever rules there were, in one step."""

    tables: tuple[Table, ...]

    @property
    def text(self) -> str:
        """The file for `nft -f`."""
        return "#!/usr/sbin/nft -f\nflush ruleset\n" + "".join(_lines(self.tables))


@dataclass(frozen=True)
class Altered:
    """A rule set with one thing taken away or opened; `what` says where.

    `opens`: a policy was turned to accept. `closes`: a rule that accepts packets from another machine was left out.
    """

    what: str
    ruleset: Ruleset
    opens: bool = False
    closes: bool = False


def _lines(tables: tuple[Table, ...]) -> Iterator[str]:
    for table in tables:
        yield f"\ntable {table.family} {table.name} {{\n"
        for counter in table.counters:
            yield f"  counter {counter} {{ }}\n"
        for chain in table.chains:
            yield f"  chain {chain.name} {{\n    type filter hook {chain.hook}; policy {chain.policy};\n"
            for rule in chain.rules:
                yield f"    {rule.text}\n"
            yield "  }\n"
        yield "}\n"


def alterations(ruleset: Ruleset) -> Iterator[Altered]:
    """Give each rule set that differs by one policy opened, one rule left out, or one condition of a rule left out."""
    for t, table in enumerate(ruleset.tables):
        for c, chain in enumerate(table.chains):
            place = f"{table.family} {chain.name}"
            yield Altered(f"{place}: policy", _with(ruleset, t, c, replace(chain, policy="accept")), opens=True)
            for r, rule in enumerate(chain.rules):
                rest = (*chain.rules[:r], *chain.rules[r + 1 :])
                closes = rule.verdict.endswith("accept") and len(rule.matches) > 1
                left_out = _with(ruleset, t, c, replace(chain, rules=rest))
                yield Altered(f"{place} {r + 1}: left out", left_out, closes=closes)
                for m in range(len(rule.matches)):
                    wide = replace(rule, matches=(*rule.matches[:m], *rule.matches[m + 1 :]))
                    rules = (*chain.rules[:r], wide, *chain.rules[r + 1 :])
                    what = f"{place} {r + 1}: without “{rule.matches[m]}”"
                    yield Altered(what, _with(ruleset, t, c, replace(chain, rules=rules)))


def _with(ruleset: Ruleset, table: int, chain: int, changed: Chain) -> Ruleset:
    one = ruleset.tables[table]
    chains = (*one.chains[:chain], changed, *one.chains[chain + 1 :])
    tables = (*ruleset.tables[:table], replace(one, chains=chains), *ruleset.tables[table + 1 :])
    return Ruleset(tables)
