"""Which rows a request means, and how many persons they are of (spec/proposal.md 3)."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sekisho.deid.proposal.request import Condition
from sekisho.deid.table import Column, Table, Value


@dataclass(frozen=True)
class Span:
    """A number of persons or rows as it may be told: it lies from `low` to `high`, both included."""

    low: int
    high: int


def span_of(count: int, unit: int) -> Span:
    """Give back the span of `unit` numbers that the count lies in; 0 is told as it is.

    A span hides a small count and blurs a large one. It does not withstand many requests with conditions that differ a
    little: who may ask is for people to decide (spec/proposal.md 4).
    """
    low = count // unit * unit
    return Span(0, 0) if count == 0 else Span(max(low, 1), low + unit - 1)


def rows_of(table: Table, conditions: tuple[Condition, ...]) -> Table:
    """Give back the rows that meet all conditions, in their order."""
    meant = np.ones(table.rows, dtype=np.bool_)
    for one in conditions:
        column = table.column(one.column)
        meant &= np.array([_meets(value, one) for value in column.values], dtype=np.bool_)[column.codes]
    return table if meant.all() else table.take(np.flatnonzero(meant))


def count_persons(column: Column | None, rows: int) -> int:
    """Give back how many persons the rows are of: distinct values of `column`, a row without one counts by itself."""
    if column is None:
        return rows
    blank = sum(count for value, count in _counted(column) if value is None)
    return sum(1 for value, count in _counted(column) if count and value is not None) + blank


def _counted(column: Column) -> list[tuple[Value, int]]:
    return list(zip(column.values, column.counts.tolist(), strict=True))


def _meets(value: Value, one: Condition) -> bool:
    if value in one.values:
        return True
    if (one.at_least, one.at_most) == (None, None):
        return False
    low, high = _place(one.at_least), _place(one.at_most)
    place = _place(value)
    return place is not None and (low is None or place >= low) and (high is None or place <= high)


def _place(value: Value) -> int | None:
    return value.toordinal() if isinstance(value, date) else value if isinstance(value, int) else None
