"""Measures of use that compare how often values, and pairs of values, occur before and after: total variation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.passes.gathering import count_codes, translate
from sekisho.deid.utility.queries import Asked, Covers

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_GROUPS = 50
_OF = (
    "½ · sum over values of |p − q|, p and q the shares of the rows before and after; a cell is spread evenly over the values "
    "that its label covers; a column of more than 50 values is in 50 groups: numbers and days in runs of equally many rows "
    "before, others the 49 most frequent and the rest; 1 where no row is released"
)
_SOURCE = (
    "Tao, McKenna, Hay, Machanavajjhala and Miklau 2021, arXiv 2112.09238 (one- and two-way total variation distance)"
)
COLUMN = Kind("column-variation", Unit.SHARE, Better.LOWER, _OF, "", _SOURCE)
MARGINAL = Kind("marginal-variation", Unit.SHARE, Better.LOWER, f"mean over columns of {_OF}", "", _SOURCE)
MARGINAL_MOST = Kind("marginal-variation-most", Unit.SHARE, Better.LOWER, f"max over columns of {_OF}", "", _SOURCE)
PAIR = Kind("pair-variation", Unit.SHARE, Better.LOWER, f"mean over pairs of columns of {_OF}", "", _SOURCE)
PAIR_MOST = Kind("pair-variation-most", Unit.SHARE, Better.LOWER, f"max over pairs of columns of {_OF}", "", _SOURCE)


@dataclass(frozen=True, eq=False)
class Grouped:
    """A column in groups of its values before: `before` is each row's group.

    After, row by row, `after` points into `shares`, shape (labels, groups): how much of a cell lies in which group.
    """

    before: Codes
    after: Codes
    shares: Floats


@dataclass(frozen=True)
class Variation:
    """Total variation of each column, and of each pair (first, second) of places in the columns; each from 0 to 1."""

    columns: tuple[float, ...]
    pairs: tuple[tuple[int, int, float], ...]


def variation(columns: Sequence[Asked]) -> Variation:
    """Give back how far columns, and pairs of them, are from what they were.

    Rows left out are not spread: shares after are those of the released rows, as an analyst counts them, so that a fair
    sample of the rows has no variation but its chance. Where no row is released, each is 1. A pair differs by no less
    than each of its columns. Costs one pass over the rows for each pair; holds 50 numbers for each different label.
    """
    pairs = list(combinations(range(len(columns)), 2))
    if not columns or not columns[0].after.size:
        return Variation((1.0,) * len(columns), tuple((one, other, 1.0) for one, other in pairs))
    grouped = [group_values(one) for one in columns]
    return Variation(
        tuple(_of_column(one) for one in grouped),
        tuple((one, other, _of_pair(grouped[one], grouped[other])) for one, other in pairs),
    )


def marginal_variation(found: Variation) -> tuple[Measure, Measure]:
    """Give back the mean and the greatest variation of a column, to twelve decimals; 0 without columns.

    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_cells
    >>> from sekisho.deid.utility.queries import asked_of
    >>> before = [column_of("sex", ["F", "F", "F", "M", "M", "M"]), column_of("care", ["0", "0", "1", "0", "1", "1"])]
    >>> after = [column_of("sex", ["*", "F", "F", "M", "M", "M"]), column_of("care", ["0", "0", "0", "0", "1", "1"])]
    >>> found = variation([asked_of(was, read_cells(was, now)) for was, now in zip(before, after, strict=True)])
    >>> [one.text for one in marginal_variation(found)]  # of sex |3/6 − 2.5/6|, of care |3/6 − 4/6|
    ['0.125000', '0.166667']
    >>> [one.text for one in pair_variation(found)]
    ['0.166667', '0.166667']
    """
    return _mean_and_most(found.columns, MARGINAL, MARGINAL_MOST)


def column_variation(found: Variation, names: Sequence[str]) -> tuple[Measure, ...]:
    """Give back the variation of each column, to twelve decimals; `names` are those of the columns in their order.

    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_cells
    >>> from sekisho.deid.utility.queries import asked_of
    >>> was, now = column_of("sex", ["F", "F", "F", "M", "M", "M"]), column_of("sex", ["*", "F", "F", "M", "M", "M"])
    >>> found = variation([asked_of(was, read_cells(was, now))])
    >>> [(one.column, one.text) for one in column_variation(found, ["sex"])]  # |3/6 − 2.5/6| = |3/6 − 3.5/6|
    [('sex', '0.083333')]
    """
    return tuple(Measure(COLUMN, twelve_decimals(one), name) for name, one in zip(names, found.columns, strict=True))


def pair_variation(found: Variation) -> tuple[Measure, Measure]:
    """Give back the mean and the greatest variation of a pair of columns, to twelve decimals; one column is its own pair.

    >>> [one.text for one in pair_variation(Variation((0.25, 0.5, 0.125), ((0, 1, 0.5), (0, 2, 0.25), (1, 2, 0.75))))]
    ['0.500000', '0.750000']
    """
    return _mean_and_most([share for *_, share in found.pairs] or found.columns, PAIR, PAIR_MOST)


def group_values(column: Asked) -> Grouped:
    """Give back the column in at most 50 groups of its values; labels of one value are the groups themselves."""
    groups = _groups(count_codes(column.before, column.width), ordered=column.ordered)
    wide = int(groups.max()) + 1
    covers = column.covers
    runs = np.diff(covers.begins)
    alone = np.add.reduceat(covers.high - covers.low, covers.begins[:-1]) == 1
    words = np.where(alone, groups[covers.low[covers.begins[:-1]]], wide + np.cumsum(~alone) - 1).astype(np.int32)
    mixed = np.repeat(~alone, runs)
    rest = Covers(np.cumsum([0, *runs[~alone]]), covers.low[mixed], covers.high[mixed])
    shares = [np.eye(wide)]
    if mixed.any():
        shares.append(np.stack([rest.shares((groups == one).astype(np.float64)) for one in range(wide)], axis=1))
    return Grouped(translate(column.before, groups), translate(column.after, words), np.concatenate(shares))


def _groups(rows: Counts, *, ordered: bool) -> Codes:
    """Give back the group of each value, from 0 on without gaps."""
    if rows.size <= MOST_GROUPS:
        return np.arange(rows.size, dtype=np.int32)
    if not ordered:
        groups = np.full(rows.size, MOST_GROUPS - 1, dtype=np.int32)
        groups[np.argsort(-rows, kind="stable")[: MOST_GROUPS - 1]] = np.arange(MOST_GROUPS - 1)
        return groups
    middles = 2 * np.cumsum(rows) - rows  # twice the rows up to the middle of each value's
    parts = np.minimum(middles * MOST_GROUPS // (2 * int(rows.sum())), MOST_GROUPS - 1)
    return np.unique(parts, return_inverse=True)[1].astype(np.int32)


def _of_column(column: Grouped) -> float:
    was = count_codes(column.before, column.shares.shape[1]) / column.before.size
    now = count_codes(column.after, column.shares.shape[0]) @ column.shares / column.after.size
    return _half_difference(was, now)


def _of_pair(one: Grouped, other: Grouped) -> float:
    if one.shares.shape[0] > other.shares.shape[0]:
        one, other = other, one
    was = _count_pairs(one.before, other.before, one.shares.shape[1], other.shares.shape[1]) / one.before.size
    now = _spread_pairs(one.shares, one.after, other.after, other.shares.shape[0]).T @ other.shares / one.after.size
    return _half_difference(was, now)


def _half_difference(was: Floats, now: Floats) -> float:
    return min(fsum(np.abs(was - now).ravel().tolist()) / 2, 1.0)


def _mean_and_most(shares: Sequence[float], mean: Kind, most: Kind) -> tuple[Measure, Measure]:
    every = shares or (0.0,)
    return Measure(mean, twelve_decimals(fsum(every) / len(every))), Measure(most, twelve_decimals(max(every)))


@compiled
def _count_pairs(one: Codes, other: Codes, ones: int, others: int) -> Counts:
    """Give back how many rows have each pair of groups; shape (ones, others)."""
    counts = np.zeros((ones, others), np.int64)
    for row in range(one.size):
        counts[one[row], other[row]] += 1
    return counts


@compiled
def _spread_pairs(shares: Floats, one: Codes, other: Codes, others: int) -> Floats:
    """Give back by label of the other column how many rows lie in each group of the one; shape (others, groups)."""
    groups = shares.shape[1]
    spread = np.zeros((others, groups))
    for row in range(one.size):
        label, place = other[row], one[row]
        if place < groups:  # the label of one group alone
            spread[label, place] += 1.0
        else:
            for group in range(groups):
                spread[label, group] += shares[place, group]
    return spread
