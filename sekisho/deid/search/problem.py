"""The question of a full-domain search, and the distinct tuples it is answered on."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.policy import Goal, Policy
from sekisho.deid.search.classes import Classes, group
from sekisho.deid.table import Table
from sekisho.errors import BadTable, CannotMeet, Reason
from sekisho.statement import LARGEST_INTEGER

Node = tuple[int, ...]

LARGEST_LATTICE = 1_000_000


@dataclass(frozen=True, eq=False)
class Problem:
    """Find levels, one per ladder and at most `highest`, so that rows in classes below `k` are at most `most_suppressed`.

    `finest` are the distinct tuples at level 0 of every ladder.
    """

    ladders: tuple[Ladder, ...]
    highest: Node
    finest: Classes
    rows: int
    k: int
    most_suppressed: int
    goal: Goal

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(one + 1 for one in self.highest)

    @property
    def nodes(self) -> int:
        return prod(self.shape)

    @cached_property
    def bottom(self) -> Node:
        return (0,) * len(self.ladders)

    def sizes(self, node: Node) -> tuple[int, ...]:
        return tuple(len(ladder.labels[level]) for ladder, level in zip(self.ladders, node, strict=True))

    def lift(self, classes: Classes, low: Node, high: Node) -> Classes:
        """Give back the classes at `high` from those at `low`, which is nowhere above it."""
        codes = tuple(
            column if here == there else ladder.lift(here, there)[column]
            for column, ladder, here, there in zip(classes.codes, self.ladders, low, high, strict=True)
        )
        return group(codes, self.sizes(high), classes.counts)

    def suppressed(self, classes: Classes) -> int:
        """Give back how many rows stand in classes below k."""
        return int(classes.counts[classes.counts < self.k].sum())


@dataclass(frozen=True)
class Found:
    """The best node: `value` is the goal's number. `proven` is False where the search was interrupted."""

    levels: Node
    value: Fraction
    suppressed: int
    nodes: int
    evaluated: int
    proven: bool

    @property
    def rank(self) -> tuple[Fraction, int, Node]:
        """The smaller is the better: spec/policy.md 5."""
        return (self.value, self.suppressed, self.levels)


def pose(table: Table, ladders: Mapping[str, Ladder], policy: Policy) -> Problem:
    """Give back the problem that `policy` poses for the columns of `ladders`.

    Refuses: no column at all, an empty table, k above its rows, a lattice above a million nodes.
    """
    if not ladders:
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    if policy.k > table.rows:
        raise CannotMeet(Reason.K_LARGER_THAN_TABLE, k=policy.k, rows=table.rows)
    highest = tuple(policy.ladders[name].limit for name in ladders)
    nodes = prod(one + 1 for one in highest)
    if nodes > LARGEST_LATTICE:
        raise CannotMeet(Reason.SEARCH_TOO_LARGE, nodes=min(nodes, LARGEST_INTEGER), most=LARGEST_LATTICE)
    codes = [ladder.codes_at(table.column(name), 0) for name, ladder in ladders.items()]
    return Problem(
        ladders=tuple(ladders.values()),
        highest=highest,
        finest=group(codes, [len(one.labels[0]) for one in ladders.values()]),
        rows=table.rows,
        k=policy.k,
        most_suppressed=policy.most_suppressed(table.rows),
        goal=policy.goal,
    )
