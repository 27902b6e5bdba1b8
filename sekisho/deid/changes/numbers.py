"""Columns of whole numbers and of days as arrays, and back."""

from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Column, Value
from sekisho.statement import LARGEST_INTEGER

Numbers = npt.NDArray[np.int64]
Known = npt.NDArray[np.bool_]

_LAST_DAY = date.max.toordinal()


def numbers_of(column: Column) -> tuple[Numbers, Known]:
    """Give back each row's number, or its day's ordinal, and which rows have one; others stand as 0."""
    of_value = np.array([_number(one) for one in column.values], dtype=np.int64)
    known = np.array([isinstance(one, int | date) for one in column.values], dtype=np.bool_)
    if not of_value.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    return of_value[column.codes], known[column.codes]


def has_days(column: Column) -> bool:
    """Say whether the column's values are days."""
    return any(isinstance(one, date) for one in column.values)


def column_of_numbers(column: Column, numbers: Numbers, *, known: Known, days: bool) -> Column:
    """Give back the column with `numbers` (ordinals where `days`) in the rows that are `known`, its other cells as they were."""
    limit = (1, _LAST_DAY) if days else (-LARGEST_INTEGER, LARGEST_INTEGER)
    distinct, place = np.unique(np.clip(numbers[known], *limit), return_inverse=True)
    others = [one for one in column.values if not isinstance(one, int | date)]
    values: list[Value] = [date.fromordinal(one) if days else one for one in distinct.tolist()]
    of_value = np.array(
        [-1 if isinstance(one, int | date) else len(values) + others.index(one) for one in column.values],
        dtype=np.int32,
    )
    codes = of_value[column.codes] if of_value.size else np.zeros(0, dtype=np.int32)
    codes[known] = place.astype(np.int32)
    return Column(column.name, (*values, *others), codes)


def _number(value: Value) -> int:
    match value:
        case int():
            return value
        case date():
            return value.toordinal()
        case _:
            return 0
