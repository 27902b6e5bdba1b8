"""The goals of a full-domain search: their exact value at a node, and what no node can be better than.

Three goals are sums over cells (loss, precision loss, entropy loss). Their value at a node is what its labels cost were
no row left out, known from each column's counts alone, and what leaving rows out costs beyond that. Rows that are
doomed at a node are suppressed at every node below, where their cells would otherwise have cost no more; so what they
cost beyond the labels is a floor under the value of every node below.

The other two look at classes. Going up only merges, so the sum of squares at a node is a floor for all above; and a
class kept above either holds one that is kept below, or is made of suppressed ones alone, of which it needs
`least_rows` rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import log, log2
from typing import assert_never

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.policy import Goal
from sekisho.deid.search.full_domain.histograms.lifts import Lifts, lay_flat
from sekisho.deid.search.full_domain.histograms.tally import Tally

Node = tuple[int, ...]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

IN_CELLS = frozenset({Goal.LOSS, Goal.PRECISION_LOSS, Goal.ENTROPY_LOSS})


@dataclass(frozen=True, eq=False)
class Price:
    """What cells cost: column c's whole numbers stand for `unit[c]` each, and the value is (their sum − `free`) / `all`.

    `paid[c][level]` is what the column's cells cost at a level if no row is left out.
    """

    goal: Goal
    rows: int
    k: int
    unit: tuple[Fraction, ...]
    free: Fraction
    all: Fraction
    paid: tuple[tuple[int, ...], ...]
    lifts: Lifts

    def in_cells(self, node: Node, suppressed: int, cells: Counts) -> Fraction:
        """Give back the exact value of a goal in cells."""
        whole = self.lifts.whole.tolist()
        total = sum(
            (
                unit * (paid[level] - lost + suppressed * top)
                for unit, paid, level, lost, top in zip(self.unit, self.paid, node, cells.tolist(), whole, strict=True)
            ),
            -self.free,
        )
        return total / self.all

    def exact(self, node: Node, sums: Tally) -> Fraction:
        """Give back the goal's exact number at `node` (spec/policy.md 5)."""
        if self.goal in IN_CELLS:
            return self.in_cells(node, sums.suppressed, sums.cells)
        if self.goal is Goal.DISCERNIBILITY:
            return Fraction(sums.kept_squares + self.rows * sums.suppressed)
        return Fraction(self.rows - sums.suppressed, sums.kept * self.k) if sums.kept else Fraction(self.rows)

    def labels_alone(self, highest: Node) -> list[Floats]:
        """Give back, per column and level, what its cells add to a value in cells if no row is left out."""
        free = float(self.free / self.all) / len(self.paid)
        return [
            np.array([float(unit * one / self.all) - free for one in paid[: high + 1]])
            for unit, paid, high in zip(self.unit, self.paid, highest, strict=True)
        ]

    def beyond_labels(self, suppressed: int, cells: Counts) -> float:
        """Give back what `suppressed` rows cost in cells because they are left out."""
        return float(((suppressed * self.lifts.whole - cells) * self._weights).sum())

    @cached_property
    def _weights(self) -> Floats:
        return np.array([float(one / self.all) for one in self.unit])


def price(
    goal: Goal, ladders: Sequence[Ladder], rows_of: Sequence[Counts], k: int, weights: Sequence[int] = ()
) -> Price:
    """Give back the price of `goal`, where `rows_of[column]` has the rows of each value.

    A goal in cells counts column c `weights[c]` times, all once unless said.

    Entropy's logarithms are whole numbers of 2⁻ᵇ, as fine as 62 bits allow for so many rows: sums are exact, and equal
    plans compare as equal.
    """
    rows = int(rows_of[0].sum())
    costs, whole, unit = _tables(goal, ladders, rows_of, rows)
    times = tuple(weights) or (1,) * len(ladders)
    free, every = Fraction(0), Fraction(max(rows * sum(times), 1))
    if goal is Goal.ENTROPY_LOSS:
        scale = _scale(rows)
        own = [int((one * _logarithms(one, scale)).sum()) for one in rows_of]
        unit = tuple(
            Fraction(1, top * rows - told) if top * rows > told else Fraction(0)
            for top, told in zip(whole, own, strict=True)
        )
        every = Fraction(sum(times))
    unit = tuple(one * heavy for one, heavy in zip(unit, times, strict=True))
    if goal is Goal.ENTROPY_LOSS:
        free = sum((one * told for one, told in zip(unit, own, strict=True)), Fraction(0))
    paid = tuple(
        tuple(int((_rows_at(ladder, level, values) * cost).sum()) for level, cost in enumerate(levels))
        for ladder, values, levels in zip(ladders, rows_of, costs, strict=True)
    )
    return Price(goal, rows, k, unit, free, every, paid, lay_flat(ladders, costs, whole))


def _tables(
    goal: Goal, ladders: Sequence[Ladder], rows_of: Sequence[Counts], rows: int
) -> tuple[list[list[Counts]], list[int], tuple[Fraction, ...]]:
    match goal:
        case Goal.LOSS:
            domains = [max(len(one.values) - 1, 1) for one in ladders]
            return [[one - 1 for one in ladder.covered] for ladder in ladders], domains, _each(domains)
        case Goal.PRECISION_LOSS:
            heights = [max(one.height, 1) for one in ladders]
            climbed = [
                [np.full(len(labels), level, dtype=np.int64) for level, labels in enumerate(ladder.labels)]
                for ladder in ladders
            ]
            return climbed, heights, _each(heights)
        case Goal.ENTROPY_LOSS:
            scale = _scale(rows)
            spread = [
                [_logarithms(_rows_at(ladder, level, values), scale) for level in range(ladder.height + 1)]
                for ladder, values in zip(ladders, rows_of, strict=True)
            ]
            whole = int(_logarithms(np.array([rows], dtype=np.int64), scale)[0])
            return spread, [whole] * len(ladders), _each([1] * len(ladders))
        case Goal.DISCERNIBILITY | Goal.AVERAGE_CLASS:
            nothing = [[np.zeros(len(one), dtype=np.int64) for one in ladder.labels] for ladder in ladders]
            return nothing, [0] * len(ladders), _each([1] * len(ladders))
        case _:
            assert_never(goal)


def _each(numbers: Sequence[int]) -> tuple[Fraction, ...]:
    return tuple(Fraction(1, one) for one in numbers)


def _rows_at(ladder: Ladder, level: int, rows_of_value: Counts) -> Counts:
    rows = np.zeros(len(ladder.labels[level]), dtype=np.int64)
    np.add.at(rows, ladder.nodes[level], rows_of_value)
    return rows


def _scale(rows: int) -> float:
    return 2.0 ** min(44, int(62 - log2(rows * log(rows + 1) + 1)))


def _logarithms(counts: Counts, scale: float) -> Counts:
    return np.rint(np.log(np.maximum(counts, 1)) * scale).astype(np.int64)
