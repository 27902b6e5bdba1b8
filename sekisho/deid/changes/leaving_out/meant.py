"""Which cells a condition means."""

from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.change import Where
from sekisho.deid.table import Column, Table, Value

Meant = npt.NDArray[np.bool_]


def values_meant(column: Column, where: Where) -> Meant:
    """Give back which of the column's distinct values are meant; shape (values,)."""
    named = set(where.values)
    few = column.counts < (where.fewer_than or 0)
    told = [
        one in named or (one is not None and (rare or _is_beyond(one, where)))
        for one, rare in zip(column.values, few.tolist(), strict=True)
    ]
    return np.array(told, dtype=np.bool_)


def rows_meant(table: Table, where: Where) -> Meant:
    """Give back which rows have such a cell; shape (rows,)."""
    column = table.column(where.column)
    return values_meant(column, where)[column.codes]


def _is_beyond(value: Value, where: Where) -> bool:
    match value:
        case int():
            number = value
        case date():
            number = value.toordinal()
        case _:
            return False
    return (where.above is not None and number > where.above) or (where.below is not None and number < where.below)
