"""The question of a full-domain search, and the answer's form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.policy import Goal
from sekisho.deid.search.demands import Demands
from sekisho.deid.search.full_domain.goals import Node, Price, price
from sekisho.deid.search.full_domain.histograms.classes import Classes, classes_of
from sekisho.deid.search.full_domain.histograms.tally import Tally
from sekisho.deid.search.full_domain.relaxed import Relaxed, is_monotone, relax
from sekisho.errors import BadTable, CannotMeet, Reason
from sekisho.statement import LARGEST_INTEGER

Progress = Callable[[int, float], None]
Stop = Callable[[], bool]

LARGEST_LATTICE = 10**15  # of which a walk still sees more than one node in a million millions


@dataclass(frozen=True, eq=False)
class Problem:
    """Find levels, one per ladder and at most `highest`, so that every class kept holds to `demands`.

    Rows of classes that break one are suppressed, at most `most_suppressed` of them; `average_risk` bounds classes per
    row among what is kept.
    """

    tuples: Tuples
    ladders: tuple[Ladder, ...]
    highest: Node
    demands: Demands
    average_risk: Fraction | None
    most_suppressed: int
    price: Price

    @property
    def goal(self) -> Goal:
        return self.price.goal

    @property
    def rows(self) -> int:
        return self.price.rows

    @property
    def nodes(self) -> int:
        return prod(one + 1 for one in self.highest)

    @cached_property
    def relaxed(self) -> Relaxed:
        return relax(self.demands)

    @cached_property
    def is_monotone(self) -> bool:
        """Say whether a node below one that suppresses too much suppresses too much."""
        return self.average_risk is None and (self.most_suppressed == 0 or is_monotone(self.demands))

    def finest(self) -> Classes:
        """Give back the distinct tuples themselves."""
        return classes_of(self.tuples, with_population=self.demands.needs_population)

    def keeps_average_risk(self, sums: Tally) -> bool:
        risk = self.average_risk
        return risk is None or sums.kept * risk.denominator <= risk.numerator * (self.rows - sums.suppressed)


@dataclass(frozen=True)
class Found:
    """The best node: `value` is the goal's number.

    `proven` is False where the search was interrupted, or where it ended with nodes left that might be better.
    """

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


def pose(  # noqa: PLR0913 - the question part by part
    tuples: Tuples,
    ladders: tuple[Ladder, ...],
    highest: Node,
    demands: Demands,
    average_risk: Fraction | None,
    most_suppressed: int,
    goal: Goal,
    *,
    k: int | None = None,
    weights: Sequence[int] = (),
) -> Problem:
    """Give back the problem; `k` is what `average-class` divides by, the least rows of a class unless said.

    A goal in cells counts column c `weights[c]` times, once unless said.

    Refuses: no column at all, an empty table, more rows asked for in a class than there are, a lattice so large that a
    walk through it would say nothing.
    """
    if not ladders:
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    rows = int(tuples.rows.sum())
    if rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    if demands.least_rows > rows:
        raise CannotMeet(Reason.K_LARGER_THAN_TABLE, k=demands.least_rows, rows=rows)
    nodes = prod(one + 1 for one in highest)
    if nodes > LARGEST_LATTICE:
        raise CannotMeet(Reason.SEARCH_TOO_LARGE, nodes=min(nodes, LARGEST_INTEGER), most=LARGEST_LATTICE)
    rows_of = [
        np.rint(np.bincount(codes, weights=tuples.rows, minlength=len(ladder.values))).astype(np.int64)
        for codes, ladder in zip(tuples.codes, ladders, strict=True)
    ]
    cost = price(goal, ladders, rows_of, demands.least_rows if k is None else k, weights)
    return Problem(tuples, ladders, highest, demands, average_risk, most_suppressed, cost)
