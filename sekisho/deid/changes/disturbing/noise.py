"""Normal noise added to numbers and days (Kim 1986; Brand 2002, LNCS 2316; Duncan and Mukherjee 2000, J Am Stat Assoc 95).

Assumes that an attacker knows values of the original: the noise keeps them from being found again exactly, not from being
found nearly; the farther a value lies from all others the less noise hides it. Means stay in expectation, variances
grow by the factor 1 + scale²; with `correlated` covariances grow by the same factor, so that correlations stay. Values
at a limit of the schema gather there. Noise is drawn for every row and column and dies with the entropy. Linear in the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Noise
from sekisho.deid.changes.numbers import Known, Numbers, column_of_numbers, has_days, numbers_of
from sekisho.deid.schema import Bound, ColumnSchema, Schema
from sekisho.deid.table import Column, Table
from sekisho.errors import CannotMeet, Reason
from sekisho.statement import LARGEST_INTEGER

Floats = npt.NDArray[np.float64]

_NEXT_TO_NOTHING = 1e-9  # of a variance: what rounding leaves of a column that others determine
_LARGEST_NOISE = 2.0 * LARGEST_INTEGER  # beyond it every number would be cut off at a limit


@dataclass(frozen=True, eq=False)
class _Noisy:
    """One column, its numbers, the rows that are `known` to have one, and their standard deviation."""

    column: Column
    numbers: Numbers
    known: Known
    deviation: float


def add_noise(table: Table, change: Noise, schema: Schema, chance: Chance) -> Table:
    """Give back the table with noise in the numbers of these columns, rounded half up, within the schema's limits.

    What is no number stays. Refuses with CHANGE_WITHOUT_EFFECT a column of which less than one number is expected to
    become another: all are alike, or the noise is so small that it is rounded away.
    """
    noisy = [_noisy(table.column(name)) for name in change.columns]
    for one in noisy:
        _check_effect(one, float(change.scale), table.rows)
    noise = _drawn(noisy, change, chance)
    moved = {
        one.column.name: _moved(one, drawn, schema.column(one.column.name))
        for one, drawn in zip(noisy, noise, strict=True)
    }
    return Table(tuple(moved.get(one.name, one) for one in table.columns))


def factor_of(covariance: Floats) -> Floats:
    """Give back the lower triangle L with L Lᵀ = `covariance`, also where that is singular; shapes (columns, columns).

    Cholesky's way, not eigenvectors: these have no sign of their own, and machines differ in it.
    """
    left, factor = covariance.copy(), np.zeros_like(covariance)
    for place in range(len(left)):
        pivot = left[place, place]
        if pivot <= _NEXT_TO_NOTHING * covariance[place, place]:
            continue  # the columns before determine this one
        factor[place:, place] = left[place:, place] / np.sqrt(pivot)
        left -= np.outer(factor[:, place], factor[:, place])
    return factor


def _noisy(column: Column) -> _Noisy:
    numbers, known = numbers_of(column)
    told = numbers[known]
    return _Noisy(column, numbers, known, float(told.std()) if told.size else 0.0)


def _check_effect(one: _Noisy, scale: float, rows: int) -> None:
    """Refuse noise of which less than one draw reaches half a unit, where rounding makes another number."""
    size = scale * one.deviation
    expected = int(one.known.sum()) * erfc(0.5 / (size * sqrt(2.0))) if size > 0.0 else 0.0
    if expected < 1.0:
        raise CannotMeet(Reason.CHANGE_WITHOUT_EFFECT, change="noise", column=one.column.name, rows=rows)


def _drawn(noisy: Sequence[_Noisy], change: Noise, chance: Chance) -> list[Floats]:
    """Give back the noise of each column; shape (rows,) each."""
    rows = noisy[0].numbers.size
    plain = [chance.of(f"noise/{place}").normals(rows) for place in range(len(noisy))]
    if change.correlated:
        factor = factor_of(_correlations(noisy))
        plain = [sum((share * one for share, one in zip(line, plain, strict=True)), np.zeros(rows)) for line in factor]
    scale = float(change.scale)
    return [drawn * (one.deviation * scale) for drawn, one in zip(plain, noisy, strict=True)]


def _correlations(noisy: Sequence[_Noisy]) -> Floats:
    """Give back the columns' correlations over the rows that have all numbers; 0 with what does not vary there."""
    whole = np.logical_and.reduce([one.known for one in noisy])
    found = np.eye(len(noisy))
    if int(whole.sum()) > 1:
        points = np.stack([one.numbers[whole].astype(np.float64) for one in noisy])
        points -= points.mean(axis=1, keepdims=True)
        length = np.sqrt((points**2).sum(axis=1))
        points /= np.where(length > 0.0, length, 1.0)[:, np.newaxis]
        found = points @ points.T
    np.fill_diagonal(found, 1.0)
    return found


def _moved(one: _Noisy, noise: Floats, declared: ColumnSchema) -> Column:
    least, most = _limit(declared.minimum, -LARGEST_INTEGER), _limit(declared.maximum, LARGEST_INTEGER)
    steps = np.floor(np.clip(noise, -_LARGEST_NOISE, _LARGEST_NOISE) + 0.5).astype(np.int64)
    numbers = np.clip(one.numbers + steps, least, most)
    return column_of_numbers(one.column, numbers, known=one.known, days=has_days(one.column))


def _limit(declared: Bound | None, otherwise: int) -> int:
    match declared:
        case None:
            return otherwise
        case date():
            return declared.toordinal()
        case _:
            return declared
