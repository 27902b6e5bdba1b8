"""Whole numbers rounded to a multiple (deterministic rounding: Willenborg and de Waal 2001, Elements of SDC).

All numbers within half a step give one result, so that nothing tells which it was; sums of rounded numbers are not
rounded sums. No chance is drawn. One step for each distinct value and one for each row.
"""

import numpy as np

from sekisho.deid.changes.change import Round
from sekisho.deid.table import Column, Table, Value
from sekisho.statement import LARGEST_INTEGER


def round_numbers(table: Table, change: Round) -> Table:
    """Give back the table with the numbers of these columns rounded; blanks and texts (such as `≥ 90`) stay.

    A number whose nearest multiple no table can hold becomes the nearest that one can.
    """
    return Table(tuple(_rounded(one, change.to) if one.name in change.columns else one for one in table.columns))


def _rounded(column: Column, step: int) -> Column:
    place: dict[Value, int] = {}
    moved = [
        place.setdefault(_nearest(one, step) if isinstance(one, int) else one, len(place)) for one in column.values
    ]
    return Column(column.name, tuple(place), np.array(moved, dtype=np.int32)[column.codes])


def _nearest(number: int, step: int) -> int:
    """Give back the nearest multiple of `step`, halves away from zero, among those up to ±`LARGEST_INTEGER`."""
    steps = min((abs(number) + step // 2) // step, LARGEST_INTEGER // step)
    return steps * step if number > 0 else -steps * step
