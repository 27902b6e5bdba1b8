"""A normal copula fitted to a table: the order of each column's values, their shares, and how columns go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.risk.uniqueness.fitting.information import correlation_of, information_beyond_accident
from sekisho.deid.risk.uniqueness.fitting.normal import quantiles
from sekisho.deid.table import Codes, Column, rank_of

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

GROUPS = 256  # of a column's values, where two columns are compared: more are put together with their neighbours
CELL_ROWS = 5  # of two columns' bands, at the least
ROUNDS = 8  # of ordering texts by what goes with them
LEAST_EIGENVALUE = 1e-6


@dataclass(frozen=True, eq=False)
class Copula:
    """A model of one person's values: normal variables, cut into each column's values in an order.

    `places[column][row]`: the row's value in the order; value number p of a column lies between `bounds[column][p]` and the
    bound after it. `correlation`: of the normal variables; shape (columns, columns).
    """

    places: tuple[Codes, ...]
    bounds: tuple[Floats, ...]
    correlation: Floats


@dataclass(frozen=True, eq=False)
class _Grouped:
    """A column as it is compared: `ranks[code]` in natural order, `group[code]` of at most GROUPS, rows by group."""

    ranks: Counts
    group: Codes
    rows: Counts
    ordered: bool


def fit(columns: Sequence[Column]) -> Copula:
    """Give back the copula of columns that have at least two values each, all used.

    Numbers and days stand in their own order; texts are ordered by what goes with them. The strength of each pair follows
    from its mutual information, the direction from the orders.
    """
    grouped = [_grouped(one) for one in columns]
    codes = [one.group[column.codes] for one, column in zip(grouped, columns, strict=True)]
    tables = {
        (one, other): _pairs(codes[one], codes[other], grouped[one].rows.size, grouped[other].rows.size)
        for other in range(len(columns))
        for one in range(other)
    }
    scores = _scores(grouped, tables)
    orders = [np.argsort(one, kind="stable") for one in scores]
    correlation = np.eye(len(columns))
    for (one, other), table in tables.items():
        bands = _bands(grouped[one].rows[orders[one]]), _bands(grouped[other].rows[orders[other]])
        coarse = _added_up(_added_up(table[orders[one]][:, orders[other]], bands[0]).T, bands[1]).T
        found = correlation_of(information_beyond_accident(coarse), coarse.sum(axis=1), coarse.sum(axis=0))
        signed = found if _together(table, scores[one], scores[other]) >= 0 else -found
        correlation[one, other] = correlation[other, one] = signed
    placed = [_placed(*one) for one in zip(columns, grouped, scores, strict=True)]
    return Copula(tuple(one for one, _ in placed), tuple(one for _, one in placed), _mended(correlation))


def _grouped(column: Column) -> _Grouped:
    values = column.values
    order = np.array(sorted(range(len(values)), key=lambda code: rank_of(values[code])), dtype=np.int64)
    ranks = np.empty(order.size, dtype=np.int64)
    ranks[order] = np.arange(order.size)
    ordered = all(one is None or isinstance(one, int | date) for one in values)
    group = ranks
    if order.size > GROUPS:
        reached = np.cumsum(column.counts[order]) - column.counts[order] / 2
        bands = np.unique((reached * GROUPS / column.counts.sum()).astype(np.int64), return_inverse=True)[1]
        group = bands[ranks]
    rows = np.bincount(group, weights=column.counts).astype(np.int64)
    return _Grouped(ranks, group.astype(np.int32), rows, ordered)


def _pairs(first: Codes, second: Codes, height: int, width: int) -> Counts:
    return np.bincount(first.astype(np.int64) * width + second, minlength=height * width).reshape(height, width)


def _bands(rows: Counts) -> Counts:
    """Give back where bands of neighbours begin, so few that two columns of them have CELL_ROWS rows a cell on average.

    With fewer, what is taken off for accident is more than accident adds where columns do go together.
    """
    most = max(int(np.sqrt(rows.sum() / CELL_ROWS)), 2)
    if rows.size <= most:
        return np.arange(rows.size)
    return np.unique(((np.cumsum(rows) - rows / 2) * most / rows.sum()).astype(np.int64), return_index=True)[1]


def _added_up(table: Counts, begins: Counts) -> Counts:
    summed: Counts = np.add.reduceat(table, begins, axis=0)
    return summed


def _scores(grouped: Sequence[_Grouped], tables: dict[tuple[int, int], Counts]) -> list[Floats]:
    """Give back a number for each group of each column, mean 0 and variance 1, in whose order the groups are put.

    A text's number is the mean, over the rows that have it, of what the other columns have, each as much as it goes together
    with the text: reciprocal averaging (Hill 1973, J Ecol 61(1)), from the natural order in a fixed number of rounds.
    """
    scores = [_standard(_middles(one.rows), one.rows) for one in grouped]
    both = tables | {(other, one): table.T for (one, other), table in tables.items()}
    for _ in range(ROUNDS if any(not one.ordered for one in grouped) else 0):
        for at, one in enumerate(grouped):
            if one.ordered:
                continue
            others = [(both[at, other], scores[other]) for other in range(len(grouped)) if other != at]
            means = sum(
                (_together(table, scores[at], score) * (table @ score) / one.rows for table, score in others),
                np.zeros(one.rows.size),
            )
            if float(np.ptp(means)) > 1e-9:  # else nothing goes with it, and any order is as good
                scores[at] = _standard(means, one.rows)
    return scores


def _middles(rows: Counts) -> Floats:
    return quantiles((np.cumsum(rows) - rows / 2) / rows.sum())


def _standard(scores: Floats, rows: Counts) -> Floats:
    share = rows / rows.sum()
    centred = scores - (share * scores).sum()
    standard: Floats = centred / np.sqrt((share * centred**2).sum())
    return standard


def _together(table: Counts, first: Floats, second: Floats) -> float:
    """Give back the correlation of standardised scores."""
    return float(first @ table @ second) / float(table.sum())


def _placed(column: Column, grouped: _Grouped, scores: Floats) -> tuple[Codes, Floats]:
    """Give back each row's place in the order of the values (by score, then natural) and the normal bounds of the places."""
    order = np.lexsort((grouped.ranks, scores[grouped.group]))
    place = np.empty(order.size, dtype=np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    reached = np.concatenate([[0], np.cumsum(column.counts[order])])
    return place[column.codes], quantiles(reached / reached[-1])


def _mended(correlation: Floats) -> Floats:
    """Give back the nearest matrix without eigenvalues below a millionth, scaled to ones on the diagonal.

    Pairs are fitted one by one, so that together they need not be possible. To nine decimals: the same on every machine.
    """
    values, vectors = np.linalg.eigh(correlation)
    if float(values.min()) >= LEAST_EIGENVALUE:
        return correlation
    mended = (vectors * np.maximum(values, LEAST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    rounded: Floats = np.round(mended / np.outer(scale, scale), 9)
    return rounded
