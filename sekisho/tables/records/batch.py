"""Rows of any layout as they go on to be read: texts by column, coded by their distinct ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sekisho.tables.records.cutting import Places


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows: `cells` are Arrow dictionary arrays of text in the order of the schema; a null is a blank cell.

    `rows` are their numbers in the file, from 1; `lines` gives the lines of the file where they begin, from 1.
    """

    cells: tuple[Any, ...]
    rows: Places
    lines: Callable[[], Places]
