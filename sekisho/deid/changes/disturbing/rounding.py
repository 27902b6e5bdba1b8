"""Whole numbers rounded to a multiple (deterministic rounding: Willenborg and de Waal 2001, Elements of SDC).

All numbers within half a step give one result, so that nothing tells which it was; sums of rounded numbers are not
rounded sums. No chance is drawn. One step for each distinct value and one for each row.
"""

import numpy as np

from sekisho.deid.changes.change import Round
from sekisho.deid.schema import ColumnSchema, Schema
from sekisho.deid.table import Column, Table, Value
from sekisho.statement import LARGEST_INTEGER


def round_numbers(table: Table, change: Round, schema: Schema) -> Table:
    """Give back the table with the numbers of these columns rounded; blanks and texts (such as `≥ 90`) stay.

    A number whose nearest multiple lies beyond a limit of the schema becomes the nearest multiple within. That there is one
    `check_change` says; a number that itself lies beyond the limits is drawn inside.
    """
    return Table(
        tuple(
            _rounded(one, change.to, schema.column(one.name)) if one.name in change.columns else one
            for one in table.columns
        )
    )


def multiples_within(declared: ColumnSchema, step: int) -> tuple[int, int]:
    """Give back the least and the greatest multiple of `step` that the column may hold; where there is none, the least is greater."""
    least = declared.minimum if isinstance(declared.minimum, int) else -LARGEST_INTEGER
    most = declared.maximum if isinstance(declared.maximum, int) else LARGEST_INTEGER
    return -(-least // step) * step, most // step * step


def _rounded(column: Column, step: int, declared: ColumnSchema) -> Column:
    lowest, highest = multiples_within(declared, step)
    place: dict[Value, int] = {}
    moved = [
        place.setdefault(max(lowest, min(_nearest(one, step), highest)) if isinstance(one, int) else one, len(place))
        for one in column.values
    ]
    return Column(column.name, tuple(place), np.array(moved, dtype=np.int32)[column.codes])


def _nearest(number: int, step: int) -> int:
    """Give back the nearest multiple of `step`, halves away from zero."""
    steps = (abs(number) + step // 2) // step
    return steps * step if number > 0 else -steps * step
