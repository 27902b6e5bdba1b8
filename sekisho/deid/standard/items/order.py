"""Item 3: the order of the rows tells nothing (spec/standard.md 4.3).

A register is kept in the order of addresses, households or numbers given out; who knows its order finds the rows of a file
that follows it. Three tests, each a number of standard deviations from what a shuffle gives; beyond LIMIT the order is told.
"""

from collections.abc import Iterator
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from sekisho.deid.plan import Code, Keep
from sekisho.deid.risk.histograms import classes_of_rows
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked
from sekisho.deid.table import Codes, Column, Table, rank_of

LIMIT = 6.0  # a shuffle goes beyond it, either way, once in 5 × 10⁸ tests
COMMONEST = 0.5
FEWEST_ROWS = 50  # with fewer no order can be told from chance by so much

Floats = npt.NDArray[np.float64]


def judge_order(looked: Looked) -> tuple[Check, ...]:
    """Give back whether the released rows follow the register, and whether a column sorts or clusters them."""
    return (_register(looked), *_sorted(looked))


def _register(looked: Looked) -> Check:
    """Rows found again by their unchanged cells: where they stood must not go with where they stand."""
    places = _places_before(looked)
    told = counted(rows=0)
    outcome = Outcome.CLEAR
    if places is not None and places.size >= FEWEST_ROWS:
        far = abs(correlation(places, np.arange(places.size, dtype=np.float64))) * sqrt(places.size - 1)
        if far > LIMIT:
            outcome, told = Outcome.FAULT, counted(rows=int(places.size), deviations=int(far))
    return Check(Look.REGISTER_ORDER, outcome, looked=counted(rows=looked.released.rows), found=told, done="shuffle")


def _places_before(looked: Looked) -> Floats | None:
    """Give back, for each released row that can be found again, the mean place of the rows that it may have been.

    Rows are found again by the cells of all columns that are as they were, but for top and bottom coding. None where no
    column is.
    """
    done = dict(looked.plan.columns)
    kept = [one for one in looked.released.names if isinstance(done[one], Keep | Code)]
    columns = [one for one in (_one_behind_other(looked, name) for name in kept) if one is not None]
    if not columns:
        return None
    both = classes_of_rows(Table(tuple(columns)), [one.name for one in columns])
    before, after = both[: looked.original.rows], both[looked.original.rows :]
    keys = int(both.max(initial=0)) + 1
    rows = np.bincount(before, minlength=keys)
    sums = np.bincount(before, weights=np.arange(before.size, dtype=np.float64), minlength=keys)
    known = rows[after] > 0
    mean = sums / np.maximum(rows, 1)
    places: Floats = mean[after[known]]
    return places


def _one_behind_other(looked: Looked, name: str) -> Column | None:
    """Give back the rows of the table before, then the released ones, numbered by their values alone.

    None where most released cells have a value that no row had before: a change was made to the column.
    """
    was, now = looked.original.column(name), looked.released.column(name)
    place = {value: number for number, value in enumerate(was.values)}
    moved = np.array([place.get(value, len(place)) for value in now.values], dtype=np.int32)
    if 2 * int(now.counts[moved == len(place)].sum()) > len(now):
        return None
    return Column(name, tuple(range(len(place) + 1)), np.concatenate([was.codes, moved[now.codes]]).astype(np.int32))


def _sorted(looked: Looked) -> Iterator[Check]:
    rows = looked.released.rows
    found = []
    for declared, column in looked.columns:
        far = order_of_column(column) if rows >= FEWEST_ROWS else 0.0
        if far > LIMIT:
            told = counted(rows=rows, deviations=int(far))
            size = counted(rows=rows, values=len(column.values))
            found.append(Check(Look.SORTED_ROWS, Outcome.FAULT, declared.name, "", size, told, "shuffle"))
    size = counted(rows=rows, columns=len(looked.columns))
    yield from found or [Check(Look.SORTED_ROWS, Outcome.CLEAR, looked=size, found=counted(columns=0), done="shuffle")]


def order_of_column(column: Column) -> float:
    """Give back by how many standard deviations the rows are ordered by a column: the greatest of three tests.

    Rank of the value against the place (Spearman 1904), rank against that of the next row (Wald and Wolfowitz 1943), and
    neighbours alike (runs of several kinds: Mood 1940, Ann Math Stat 11). The second only where no value has more than half
    of the rows: of few rows that differ, two stand side by side now and then.
    """
    column = column.used()
    if column.codes.size < FEWEST_ROWS:
        return 0.0
    ranks = _ranks(column)
    deviations = sqrt(ranks.size - 1)
    trend = abs(correlation(ranks, np.arange(ranks.size, dtype=np.float64))) * deviations
    spread = int(column.counts.max()) <= COMMONEST * ranks.size
    serial = abs(correlation(ranks[:-1], ranks[1:])) * deviations if spread else 0.0
    return max(trend, serial, neighbours_alike(column.codes, column.counts))


def neighbours_alike(codes: Codes, counts: npt.NDArray[np.int64]) -> float:
    """Give back by how many deviations rows stand beside rows of the same value more often than in a shuffle.

    With runs R of n rows, nᵢ of kind i: E R = (n(n+1) − Σnᵢ²)/n and Var R = (Σnᵢ²(Σnᵢ² + n(n+1)) − 2nΣnᵢ³ − n³)/(n²(n−1)).
    Pairs that chance makes rarely are counted as Poisson's law has them: the lesser of both deviations is given back.
    """
    rows = codes.size
    alike = int((codes[1:] == codes[:-1]).sum())
    whole = counts.astype(np.float64)
    squares, cubes = float((whole**2).sum()), float((whole**3).sum())
    expected = squares / rows - 1
    if alike <= expected or rows < FEWEST_ROWS:
        return 0.0
    spread = (squares * (squares + rows * (rows + 1)) - 2 * rows * cubes - float(rows) ** 3) / (rows**2 * (rows - 1))
    normal = (alike - expected) / sqrt(max(spread, 1e-12))
    rare = max(expected, 1 / rows)
    poisson = sqrt(max(2 * (alike * log(alike / rare) - (alike - rare)), 0.0))
    return min(normal, poisson)


def correlation(one: Floats, other: Floats) -> float:
    """Give back Pearson's correlation; 0 where one of them does not vary."""
    left, right = one - one.mean(), other - other.mean()
    scale = sqrt(float((left**2).sum()) * float((right**2).sum()))
    return float((left * right).sum()) / scale if scale else 0.0


def _ranks(column: Column) -> Floats:
    """Give back the mean rank of each row's value."""
    order = np.array(sorted(range(len(column.values)), key=lambda one: rank_of(column.values[one])), dtype=np.int64)
    rows = column.counts[order]
    mean = np.empty(order.size, dtype=np.float64)
    mean[order] = np.cumsum(rows) - rows / 2
    ranks: Floats = mean[column.codes]
    return ranks
