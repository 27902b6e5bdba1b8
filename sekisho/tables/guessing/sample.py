"""The rows that columns are judged by: the first ones, and of the rest some drawn by a hash (spec/inspect.md 4)."""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from sekisho.deid.table import Codes

FIRST_ROWS = 200_000
SPREAD_ROWS = 50_000
MOST_CELLS = 4_000_000
HELD_BACK = 8  # records at the end that may be totals
_MASK = (1 << 64) - 1


class Sample:
    """Grows with the records up to a bound; the same records in the same order make the same sample.

    Of the rows behind the first ones those are kept whose number, mixed as SplitMix64 mixes (Steele, Lea, Flood 2014), is
    smallest. `width` bounds the fields of a row; what a row has beyond it is not looked at.
    """

    def __init__(self, width: int, first: int = FIRST_ROWS, spread: int = SPREAD_ROWS) -> None:
        self.width = width
        self._first_most = max(1_000, min(first, MOST_CELLS * 4 // 5 // max(width, 1)))
        self._spread_most = max(250, min(spread, MOST_CELLS // 5 // max(width, 1)))
        self._values: list[dict[str, int]] = [{} for _ in range(width)]
        self._codes: list[list[int]] = [[] for _ in range(width)]
        self._heap: list[tuple[int, list[str]]] = []
        self.rows = self.spread_rows = 0
        self.uneven = 0

    def add(self, record: list[str]) -> None:
        """Take in a row; one with fewer fields counts as blank where it has none."""
        self.rows += 1
        self.uneven += len(record) != self.width
        if self.rows <= self._first_most:
            self._keep(record)
            return
        rank = -_mixed(self.rows)  # the largest kept one lies on top
        if len(self._heap) < self._spread_most:
            heapq.heappush(self._heap, (rank, record))
        elif rank > self._heap[0][0]:
            heapq.heapreplace(self._heap, (rank, record))

    def add_first(self, record: list[str]) -> None:
        """Take in the row that stands before all others, once the sample is closed; it is kept besides."""
        self.rows += 1
        self._first_most += 1
        self._keep(record)

    def close(self) -> None:
        """Take the drawn rows in behind the first ones; afterwards nothing is added."""
        for _, record in sorted(self._heap, key=lambda one: -one[0]):
            self._keep(record)
        self.spread_rows = len(self._heap)
        self._heap = []

    @property
    def first_rows(self) -> int:
        return min(self.rows, self._first_most)

    @property
    def is_whole(self) -> bool:
        """Whether every row is in it."""
        return len(self._codes[0]) == self.rows if self._codes else True

    def values(self, place: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Give back the column's distinct cells, as they stand in the file, and how many cells have each."""
        counts = np.bincount(self.codes(place), minlength=len(self._values[place]))
        return tuple(self._values[place]), tuple(counts.tolist())

    def codes(self, place: int) -> Codes:
        return np.array(self._codes[place], np.int32)

    def _keep(self, record: list[str]) -> None:
        for place, (values, codes) in enumerate(zip(self._values, self._codes, strict=True)):
            cell = record[place] if place < len(record) else ""
            codes.append(values.setdefault(cell, len(values)))


def held_back(records: Iterable[list[str]], last: deque[list[str]]) -> Iterator[list[str]]:
    """Give back all records but those at the end, which stay in `last` (as many as it holds)."""
    for record in records:
        if len(last) == last.maxlen:
            yield last.popleft()
        last.append(record)


def _mixed(number: int) -> int:
    mixed = (number * 0x9E3779B97F4A7C15) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return mixed ^ (mixed >> 31)
