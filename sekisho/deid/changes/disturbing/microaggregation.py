"""Numbers and days replaced by the means of small groups of near rows (microaggregation).

Domingo-Ferrer and Mateo-Sanz 2002, IEEE Trans Knowl Data Eng 14(1): at least k rows share every combination of values
that the columns have afterwards, so that an attacker who knows a person's true values meets no fewer than k rows. Nothing
is hidden where the rows of a group are alike beforehand: its mean is then their value. Means and totals stay but for
rounding; spread is lost, and the less of it the nearer the rows of a group are.

One column is grouped with the least loss there is (univariate.py), several together by MDAV (mdav.py), after the rows
were cut into parts of at most 1,024 (splitting.py). No chance is drawn, and no group is told: many tables have one result.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.change import Microaggregate
from sekisho.deid.changes.disturbing.splitting import split
from sekisho.deid.changes.numbers import Known, Numbers, column_of_numbers, has_days, numbers_of
from sekisho.deid.table import Column, Table
from sekisho.errors import CannotMeet, Reason

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]

LARGEST_PART = 1_024
_ALONE = -1  # rows that no group takes


@dataclass(frozen=True, eq=False)
class _Space:
    """The columns' numbers, the rows that have each, and the same to scale (mean 0, standard deviation 1)."""

    numbers: tuple[Numbers, ...]
    known: tuple[Known, ...]
    points: tuple[Floats, ...]


def microaggregate(table: Table, change: Microaggregate) -> Table:
    """Give back the table with each number of these columns replaced by its group's mean, rounded half up.

    Rows are grouped with rows that have numbers in the same columns; what is no number stays. Where fewer than `group`
    rows have numbers in the same columns, their numbers become blank. Refuses with CHANGE_TOO_FEW_ROWS if that is so of
    all rows.
    """
    space = _space_of([table.column(name) for name in change.columns])
    labels = _labels(space, change.group)
    if not (labels != _ALONE).any():
        rows = int(np.logical_or.reduce(space.known).sum())
        raise CannotMeet(Reason.CHANGE_TOO_FEW_ROWS, change="microaggregate", rows=rows, needed=change.group)
    moved = {
        name: _replaced(table.column(name), numbers, known, labels)
        for name, numbers, known in zip(change.columns, space.numbers, space.known, strict=True)
    }
    return Table(tuple(moved.get(one.name, one) for one in table.columns))


def groups_of(points: Floats, group: int) -> Labels:
    """Give back the number of each row's group, counted from 0; `points`: shape (rows, columns), at least `group` rows.

    Each group has `group` to 2 · `group` − 1 rows.
    """
    if points.shape[1] == 1:
        from sekisho.deid.changes.disturbing.univariate import best_runs

        order = np.argsort(points[:, 0], kind="stable")
        starts = best_runs(points[order, 0], group)
        runs = np.empty(order.size, dtype=np.int64)
        runs[order] = np.repeat(np.arange(starts.size - 1), np.diff(starts))
        return runs
    from sekisho.deid.changes.disturbing.mdav import group_near  # compiled loops take half a second to load

    labels, taken = np.empty(points.shape[0], dtype=np.int64), 0
    for rows in split(points, max(LARGEST_PART, 4 * group), group):
        labels[rows] = taken + group_near(np.ascontiguousarray(points[rows]), group)
        taken = int(labels[rows].max()) + 1
    return labels


def share_of_squares_lost(points: Floats, labels: Labels) -> float:
    """Give back the sum of squares within the groups divided by that about the mean of all (SSE / SST), 0 to 1.

    Domingo-Ferrer and Mateo-Sanz 2002, section 2; `points`: shape (rows, columns), to scale. 0 if all rows are alike.
    """
    sizes = np.bincount(labels)
    within = 0.0
    for column in points.T:
        means = np.bincount(labels, weights=column) / np.maximum(sizes, 1)
        within += float(((column - means[labels]) ** 2).sum())
    total = float(((points - points.mean(axis=0)) ** 2).sum())
    return within / total if total else 0.0


def _space_of(columns: Sequence[Column]) -> _Space:
    numbers, known = zip(*(numbers_of(one) for one in columns), strict=True)
    points = tuple(_to_scale(one, there) for one, there in zip(numbers, known, strict=True))
    return _Space(numbers, known, points)


def _to_scale(numbers: Numbers, known: Known) -> Floats:
    told = numbers[known].astype(np.float64)
    if not told.size:
        return np.zeros(numbers.size)
    scaled: Floats = (numbers - told.mean()) / (told.std() or 1.0)
    return scaled


def _labels(space: _Space, group: int) -> Labels:
    """Give back the number of each row's group, or `_ALONE`; the groups of rows without numbers are nobody's."""
    rows, pattern = space.known[0].size, np.zeros(space.known[0].size, dtype=np.int64)
    for known in space.known:
        _, pattern = np.unique(pattern * 2 + known, return_inverse=True)
    labels, taken = np.full(rows, _ALONE, dtype=np.int64), 0
    for alike in np.split(np.argsort(pattern, kind="stable"), np.cumsum(np.bincount(pattern))[:-1]):
        there = [one for one, known in zip(space.points, space.known, strict=True) if alike.size and known[alike[0]]]
        if not there or alike.size < group:
            continue
        labels[alike] = taken + groups_of(np.stack([one[alike] for one in there], axis=1), group)
        taken = int(labels[alike].max()) + 1
    return labels


def _replaced(column: Column, numbers: Numbers, known: Known, labels: Labels) -> Column:
    grouped, means = known & (labels != _ALONE), numbers.copy()
    means[grouped] = _means(numbers[grouped], labels[grouped])
    moved = column_of_numbers(column, means, known=known, days=has_days(column))
    lost = known & ~grouped
    if not lost.any():
        return moved
    values = moved.values if None in moved.values else (*moved.values, None)
    codes = moved.codes.copy()
    codes[lost] = values.index(None)
    return Column(column.name, values, codes).used()  # without the numbers that became blank


def _means(numbers: Numbers, labels: Labels) -> Numbers:
    """Give back the mean of each row's group, exact, rounded half up; sums are taken apart so that none overflows."""
    sizes = np.bincount(labels)
    of_row = sizes[labels]
    whole = np.bincount(labels, weights=numbers // of_row).astype(np.int64)
    over = np.bincount(labels, weights=numbers % of_row).astype(np.int64)
    means: Numbers = whole + (2 * over + sizes) // np.maximum(2 * sizes, 1)
    return means[labels]
