"""What every search answers with, and the number that it claims for its goal."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log
from typing import assert_never

import numpy as np

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.measure import twelve_decimals
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.policy import Goal
from sekisho.deid.recoding import Cause, ColumnRecoding, Recoding


@dataclass(frozen=True, eq=False)
class Answer:
    """A recoding of `tuples` by `ladders`, and how the search came to it.

    `value` is the goal's number as the search claims it, `suppressed` the rows left out. `nodes` recodings were possible and
    `evaluated` of them looked at in the global mode, elsewhere both are 0 and `steps` counts the refinement. `proven`: none is
    better. `whole` is False where the search was interrupted.
    """

    tuples: Tuples
    ladders: Mapping[str, Ladder]
    recoding: Recoding
    value: Fraction
    suppressed: int
    nodes: int
    evaluated: int
    steps: int
    proven: bool
    whole: bool
    causes: tuple[Cause, ...]


def claim(goal: Goal, tuples: Tuples, ladders: Mapping[str, Ladder], recoding: Recoding, k: int) -> Fraction:
    """Give back the goal's number for a recoding (spec/policy.md 5); `k` is what `average-class` divides by."""
    rows = int(tuples.rows.sum())
    left_out = rows - int(tuples.rows[recoding.kept].sum())
    match goal:
        case Goal.LOSS | Goal.PRECISION_LOSS:
            parts = [_mean(goal, tuples, ladders[one.name], one, recoding, left_out) for one in recoding.columns]
            return sum(parts, Fraction(0)) / len(parts)
        case Goal.ENTROPY_LOSS:
            return twelve_decimals(
                sum(_entropy(tuples, number, one, recoding) for number, one in enumerate(recoding.columns))
                / len(recoding.columns)
            )
        case Goal.DISCERNIBILITY:
            squares = sum(one * one for one in _sizes(tuples, recoding))
            return Fraction(squares + rows * left_out)
        case Goal.AVERAGE_CLASS:
            sizes = _sizes(tuples, recoding)
            return Fraction(sum(sizes), len(sizes) * k) if sizes else Fraction(rows)
        case _:
            assert_never(goal)


def _sizes(tuples: Tuples, recoding: Recoding) -> list[int]:
    """Give back the rows of each class as the released table shows them."""
    kept = recoding.class_of >= 0
    rows = np.bincount(recoding.class_of[kept], weights=tuples.rows[kept]).astype(np.int64)
    return [one for one in rows.tolist() if one]


def _by_label(tuples: Tuples, column: ColumnRecoding, recoding: Recoding) -> list[int]:
    kept = recoding.kept
    rows = np.bincount(column.of_tuple[kept], weights=tuples.rows[kept], minlength=len(column.labels))
    return [int(one) for one in rows]


def _mean(
    goal: Goal, tuples: Tuples, ladder: Ladder, column: ColumnRecoding, recoding: Recoding, left_out: int
) -> Fraction:
    """Give back the mean cost of the column's cells; one left out costs 1."""
    if goal is Goal.LOSS:
        costs, whole = (column.covers - 1).tolist(), len(ladder.values) - 1
    else:
        costs, whole = column.lowest.tolist(), ladder.height
    rows = _by_label(tuples, column, recoding)
    total = sum(count * cost for count, cost in zip(rows, costs, strict=True))
    return (Fraction(total, max(whole, 1)) + left_out) / int(tuples.rows.sum())


def _entropy(tuples: Tuples, number: int, column: ColumnRecoding, recoding: Recoding) -> float:
    """Give back the column's entropy loss as a share of all that there was to lose."""
    rows = int(tuples.rows.sum())
    values = np.bincount(tuples.codes[number], weights=tuples.rows)
    values = values[values > 0]
    own = float((values * np.log(values)).sum())
    whole = rows * log(rows) - own
    if whole <= 0:
        return 0.0
    under = np.maximum(column.under, 1)
    by_label = np.array(_by_label(tuples, column, recoding), dtype=np.float64)
    left_out = rows - float(by_label.sum())
    return (float((by_label * np.log(under)).sum()) + left_out * log(rows) - own) / whole
