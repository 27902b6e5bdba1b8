"""All columns of a table watched together while it is read (spec/numbers.md 5)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.columns import Sighting, Watch


class Watching:
    """One watch for each column; memory does not grow with the rows."""

    def __init__(self) -> None:
        self._columns: dict[str, Watch] = {}

    def feed(self, column: str, texts: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """Take in a block of one column: distinct texts, and how many cells have each."""
        watch = self._columns.get(column)
        if watch is None:
            watch = self._columns[column] = Watch(column)
        watch.feed(texts, counts)

    def sightings(self) -> tuple[Sighting, ...]:
        """Give back what was seen, column by column as they were first fed."""
        return tuple(one for watch in self._columns.values() for one in watch.sightings())
