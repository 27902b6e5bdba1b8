"""A table in memory: each column is its distinct values and, row by row, which of them stands there."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never

import numpy as np
import numpy.typing as npt

Value = str | int | date | None
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Column:
    """One column: `values` are distinct (None is a blank cell), `codes[row]` is an index into them.

    A value that no row uses may stand in `values`; `used()` leaves such values out.
    """

    name: str
    values: tuple[Value, ...]
    codes: Codes

    def __post_init__(self) -> None:
        if self.codes.dtype != np.int32 or self.codes.ndim != 1:
            raise ValueError("codes are one-dimensional int32")
        if len(set(self.values)) != len(self.values):
            raise ValueError("the values of a column are distinct")
        if self.codes.size and not 0 <= int(self.codes.min()) <= int(self.codes.max()) < len(self.values):
            raise ValueError("a code points outside of the values")

    def __len__(self) -> int:
        return int(self.codes.size)

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Rows per value, in the order of `values`."""
        from sekisho.deid.passes.gathering import (
            count_codes,
        )  # not at the top: compiled loops take half a second to load

        return count_codes(self.codes, len(self.values))

    def used(self) -> "Column":
        """Give back the same column without values that no row uses; the order of `values` is kept."""
        present = self.counts > 0
        if present.all():
            return self
        place = (np.cumsum(present) - 1).astype(np.int32)
        kept = tuple(value for value, there in zip(self.values, present.tolist(), strict=True) if there)
        from sekisho.deid.passes.gathering import translate

        return Column(self.name, kept, translate(self.codes, place))

    def cells(self) -> list[Value]:
        """Give back the cells row by row: for writers, small tables and tests."""
        return [self.values[code] for code in self.codes.tolist()]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        if len({len(one) for one in self.columns}) > 1:
            raise ValueError("the columns of a table have one length")
        if len(set(self.names)) != len(self.columns):
            raise ValueError("the names of a table's columns are distinct")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.columns)

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def column(self, name: str) -> Column:
        return self._by_name[name]

    def take(self, rows: npt.NDArray[np.int64]) -> "Table":
        """Give back the rows at these positions, in this order."""
        return Table(tuple(Column(one.name, one.values, one.codes[rows]) for one in self.columns))

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {one.name: one for one in self.columns}


def column_of(name: str, cells: list[Value]) -> Column:
    """Give back the column with these cells; its values stand in the order of their first appearance."""
    place: dict[Value, int] = {}
    codes = [place.setdefault(cell, len(place)) for cell in cells]
    return Column(name, tuple(place), np.array(codes, dtype=np.int32))


def table_of(**cells: list[Value]) -> Table:
    """Give back a small table from lists of cells, one keyword a column."""
    return Table(tuple(column_of(name, list(one)) for name, one in cells.items()))


def rank_of(value: Value) -> tuple[int, int, str]:
    """Give back what values of any types are sorted by: blank, numbers, days, texts; no order of appearance."""
    match value:
        case None:
            return (0, 0, "")
        case int():
            return (1, value, "")
        case date():
            return (2, value.toordinal(), "")
        case str():
            return (3, 0, value)
        case _:
            assert_never(value)
