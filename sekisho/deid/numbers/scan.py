"""What numbers a table in memory holds (spec/numbers.md 5)."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.columns import Sighting, Watch
from sekisho.deid.numbers.text import Find, find_in_text
from sekisho.deid.table import Column, Table, Value


def scan_table(table: Table, find: Find = find_in_text) -> tuple[Sighting, ...]:
    """Give back the sightings of all columns, in their order; takes time by distinct values, not by rows."""
    return tuple(one for column in table.columns for one in scan_column(column, find))


def scan_column(column: Column, find: Find = find_in_text) -> tuple[Sighting, ...]:
    """Give back what the column holds; days are no numbers, and whole numbers count as they are written."""
    return scan_texts(column.name, [text_of(one) for one in column.values], column.counts, find)


def scan_texts(
    name: str,
    texts: Sequence[str | None],
    counts: Sequence[int] | npt.NDArray[np.int64],
    find: Find = find_in_text,
) -> tuple[Sighting, ...]:
    """Give back what a column of this name holds with these distinct texts, each in so many cells."""
    watch = Watch(name, find)
    watch.feed(texts, counts)
    return watch.sightings()


def text_of(value: Value) -> str | None:
    """Give back the text in which a number could stand: none for a blank cell; a day with hyphens has none of a length."""
    match value:
        case None:
            return None
        case date():
            return value.isoformat()
        case _:
            return str(value)
