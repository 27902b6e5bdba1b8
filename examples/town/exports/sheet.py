"""An export while it is made: rows of cells, what is planted in them, and the bytes that they become."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Truth:
    """One planted trap: what it is, on which row (from 1; 0 for the file) and in which column.

    `written` is what stands there, `reads_as` what a reader must make of it; None where the column is never read as
    a value (identifiers, narrative lines) or the trap is one of bytes.
    """

    kind: str
    row: int
    column: str
    written: str
    reads_as: str | None = None


@dataclass(frozen=True)
class Export:
    """One file as a vendor's system writes it: the ready-made dataset that describes it, its name, bytes and traps."""

    dataset: str
    file: str
    raw: bytes
    rows: int
    truths: tuple[Truth, ...]


@dataclass
class Sheet:
    """Rows in the order of `columns`, to be changed until they are written."""

    columns: tuple[str, ...]
    rows: list[list[str]] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def plant(self, kind: str, row: int | None, column: str, written: str, reads_as: str | None = None) -> None:
        """Put `written` into a cell and keep the truth of it; rows count from 1. None: a small town has no such row."""
        if row is None:
            return
        self.rows[row - 1][self.columns.index(column)] = written
        self.tell(kind, row, column, written, reads_as)

    def tell(self, kind: str, row: int, column: str, written: str, reads_as: str | None = None) -> None:
        """Keep the truth of what stands in a cell already."""
        self.truths.append(Truth(kind, row, column, written, reads_as))

    def cell(self, row: int, column: str) -> str:
        return self.rows[row - 1][self.columns.index(column)]

    def tell_first(self, kind: str, column: str, is_one: Callable[[str], bool], *, read: bool = False) -> None:
        """Keep the truth of the first row whose cell is one, where there is any; `read`: it is read as it stands."""
        place = self.columns.index(column)
        row = next((number for number, cells in enumerate(self.rows, 1) if is_one(cells[place])), None)
        if row is not None:
            cell = self.cell(row, column)
            self.tell(kind, row, column, cell, cell if read else None)

    def first(self, column: str, value: str) -> int | None:
        """Give back the first row with this cell."""
        place = self.columns.index(column)
        return next((number for number, row in enumerate(self.rows, 1) if row[place] == value), None)


def csv_text(records: Iterable[Iterable[str]], end: str = "\r\n") -> str:
    """Give back records as a CSV with quotes only where they are needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(records)
    return text.getvalue()
