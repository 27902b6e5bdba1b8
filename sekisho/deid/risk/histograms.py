"""Which sensitive values the rows of each class have, counted on the released cells.

Written apart from the search on purpose: it finds classes by hashing rows of the released table, where the search adds
up tuples of the table before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.table import Codes, Column, Table, Value
from sekisho.errors import Reason, SekishoError

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Histograms:
    """One sensitive column, class by class: class c has the values `codes[begins[c]:begins[c + 1]]`, `rows` of each.

    `codes` are places in `values`, which are those of the table before anything was left out, in their order; `whole`
    holds its rows of each, none of them 0.
    """

    column: str
    values: tuple[Value, ...]
    begins: Counts
    codes: Codes
    rows: Counts
    whole: Counts

    @property
    def classes(self) -> int:
        return int(self.begins.size) - 1

    @cached_property
    def of_entry(self) -> Counts:
        """The class of each entry of `codes`."""
        return np.repeat(np.arange(self.classes, dtype=np.int64), np.diff(self.begins))

    @cached_property
    def sizes(self) -> Counts:
        """Rows of each class."""
        return np.add.reduceat(self.rows, self.begins[:-1]) if self.classes else self.rows

    @cached_property
    def share(self) -> npt.NDArray[np.float64]:
        """The share of each value in the whole table."""
        share: npt.NDArray[np.float64] = self.whole / max(int(self.whole.sum()), 1)
        return share

    def of_class(self, one: int) -> Counts:
        """Give back how many rows of class `one` have each value; shape (values,)."""
        counts = np.zeros(self.whole.size, dtype=np.int64)
        inside = slice(int(self.begins[one]), int(self.begins[one + 1]))
        counts[self.codes[inside]] = self.rows[inside]
        return counts


def classes_of_rows(table: Table, names: Sequence[str]) -> Codes:
    """Give back the number of each row's class: rows alike in the columns `names` have one, from 0 on without gaps.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39", "40-49", "30-39", "40-49", "*", "40-49"], sex=["F", "F", "F", "F", "F", "M"])
    >>> classes_of_rows(table, ["age", "sex"]).tolist()
    [0, 1, 0, 1, 2, 3]
    """
    cells = np.empty((table.rows, len(names)), dtype=np.int32)
    for place, name in enumerate(names):
        cells[:, place] = table.column(name).codes
    slots = np.full(1 << max(table.rows * 2 - 1, 1).bit_length(), -1, dtype=np.int32)
    return _numbered(cells, slots)


def histograms(classes: Codes, released: Column, whole: Column) -> Histograms:
    """Give back the histograms of the sensitive column `released` in `classes`, from `classes_of_rows`.

    `whole` is the column before any row was left out, top and bottom coded as in the release; the order of its values
    is the order of the ordered distance. Refuses with CLAIM_NOT_KEPT a released value that the table did not have.
    """
    known = whole.used()
    place = {value: number for number, value in enumerate(known.values)}
    code = np.array([place.get(value, -1) for value in released.values], dtype=np.int64)
    strange = int(np.count_nonzero(released.counts[code < 0]))
    if strange:
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="values", column=released.name, count=strange)
    width = max(len(known.values), 1)
    keys = classes * np.int64(width) + (code[released.codes] if code.size else 0)
    keys.sort()
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    pairs = keys[begins]
    number = int(classes.max()) + 1 if classes.size else 0
    return Histograms(
        column=released.name,
        values=known.values,
        begins=np.searchsorted(pairs, np.arange(number + 1, dtype=np.int64) * width).astype(np.int64),
        codes=(pairs % width).astype(np.int32),
        rows=np.diff(np.append(begins, keys.size)).astype(np.int64),
        whole=known.counts,
    )


@compiled
def _numbered(cells: Codes, slots: Codes) -> Codes:
    """Give back each row's class by open addressing: `slots`, a power of two of them, hold a class's first row or -1."""
    rows, columns = cells.shape
    mask = np.uint64(slots.size - 1)
    of_row = np.empty(rows, dtype=np.int32)
    found = 0
    for row in range(rows):
        key = np.uint64(14695981039346656037)  # FNV-1a, a cell at a time
        for column in range(columns):
            key = (key ^ np.uint64(cells[row, column])) * np.uint64(1099511628211)
        slot = (key ^ (key >> np.uint64(29))) & mask
        while True:
            first = slots[slot]
            if first < 0:
                slots[slot] = row
                of_row[row] = found
                found += 1
                break
            alike = True
            for column in range(columns):
                if cells[first, column] != cells[row, column]:
                    alike = False
                    break
            if alike:
                of_row[row] = of_row[first]
                break
            slot = (slot + np.uint64(1)) & mask
    return of_row
