"""Days moved by one random number of days for each subject (Hripcsak et al. 2016, J Am Med Inform Assoc 23(6)).

What lies between two days of one subject stays, and with it every course of events; who knows the true day finds it no
longer. Weekdays and seasons are not kept. The assumption is that no interval of a subject is itself known: two days that
the attacker knows give the offset away, and with it all other days of that subject. A subject with a day near a limit
of the schema can be moved one way only; a moved day in the last `most_days` before a limit is more likely a late one, for
which the source leaves out the data's ends, and here rows can be left out. Linear in the rows for each column.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import ShiftDates
from sekisho.deid.changes.numbers import Known, Numbers, column_of_numbers, numbers_of
from sekisho.deid.changes.whose import subjects_of
from sekisho.deid.schema import ColumnSchema, Schema
from sekisho.deid.table import Codes, Table
from sekisho.errors import CannotMeet, Reason


@dataclass(frozen=True, eq=False)
class _Days:
    """One column's days as ordinals and the rows that are `known` to have one; `limits` are those that it may hold."""

    numbers: Numbers
    known: Known
    limits: tuple[int, int]


def shift_dates(table: Table, change: ShiftDates, schema: Schema, chance: Chance) -> Table:
    """Give back the table with each subject's days moved by one number, evenly from those under which all stay in limits.

    The number is never 0 and at most `most_days` either way. The limits are the schema's, or the calendar's (years 1 to
    9999). Refuses with CHANGE_NO_ROOM if a subject's days can be moved neither way.
    """
    of_row, subjects = subjects_of(table, change.subject)
    days = {name: _days_of(table, schema.column(name)) for name in change.columns}
    room = _room(tuple(days.values()), of_row, subjects, change.most_days)
    offsets = _offsets(*room, chance)
    moved = {
        name: column_of_numbers(table.column(name), one.numbers + offsets[of_row], known=one.known, days=True)
        for name, one in days.items()
    }
    return Table(tuple(moved.get(one.name, one) for one in table.columns))


def _days_of(table: Table, column: ColumnSchema) -> _Days:
    numbers, known = numbers_of(table.column(column.name))
    least = column.minimum if isinstance(column.minimum, date) else date.min
    most = column.maximum if isinstance(column.maximum, date) else date.max
    return _Days(numbers, known, (least.toordinal(), most.toordinal()))


def _room(days: tuple[_Days, ...], of_row: Codes, subjects: int, most: int) -> tuple[Numbers, Numbers]:
    """Give back how far each subject's days can be moved at the least and at the most; shapes (subjects,)."""
    low, high = np.full(subjects, -most, dtype=np.int64), np.full(subjects, most, dtype=np.int64)
    for one in days:
        whose, numbers = of_row[one.known], one.numbers[one.known]
        np.maximum.at(low, whose, one.limits[0] - numbers)
        np.minimum.at(high, whose, one.limits[1] - numbers)
    return low, high


def _offsets(low: Numbers, high: Numbers, chance: Chance) -> Numbers:
    """Give back one number from each `low` to `high`, both included, all alike but never 0."""
    past_zero = (low <= 0) & (high >= 0)
    choices = high - low + 1 - past_zero
    stuck = int(np.count_nonzero(choices < 1))
    if stuck:
        raise CannotMeet(Reason.CHANGE_NO_ROOM, change="shift-dates", count=stuck)
    offsets: npt.NDArray[np.int64] = low + (chance.shares(low.size) * choices).astype(np.int64)
    return offsets + (past_zero & (offsets >= 0))
