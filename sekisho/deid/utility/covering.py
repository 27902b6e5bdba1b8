"""What a released label covers, read from its text and the ladder alone: what a recipient of the table can know.

Written apart from the search on purpose: nothing here knows which node of which level a search took.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from sekisho.deid.ladders.ladder import TOP, Ladder
from sekisho.deid.ladders.spelling import written
from sekisho.deid.table import Codes, Column, Value, rank_of
from sekisho.errors import Reason, SekishoError

End = TypeVar("End", int, str)

BETWEEN = " | "  # stands between the values of a set
_NUMBERS = re.compile(r"([0-9]+)-([0-9]+)|\[(−?[0-9]+), (−?[0-9]+)\]")
_LIMIT = re.compile(r"([≥≤])(-?[0-9]+)")
_DAYS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, eq=False)
class Covered:
    """A released column, read back: `column.values[n]` covers the places `places[n]` of `ladder.values`, rising."""

    column: Column
    ladder: Ladder
    places: tuple[Codes, ...]

    @cached_property
    def levels(self) -> tuple[int, ...]:
        """For each label the lowest level at which one label covers all that it covers."""
        ends = np.array([(one[0], one[-1]) for one in self.places], dtype=np.int64).reshape(-1, 2)
        levels = np.full(len(self.places), self.ladder.height)
        for level in range(self.ladder.height - 1, -1, -1):
            nodes = self.ladder.nodes[level]  # a node is a range of places: it has all between two that it has
            levels[nodes[ends[:, 0]] == nodes[ends[:, 1]]] = level
        return tuple(levels.tolist())


def covering(ladder: Ladder, label: Value) -> tuple[int, ...]:
    """Give back the places in `ladder.values` of what `label` may stand for, rising; none for what is no label.

    A label of the ladder at any level; an interval of whole numbers, `31-33` or `[−10, −1]` with U+2212; one of days,
    `2001-04-03/2001-04-09`, both ends inside; a set of values, `A | B`. A text that can be read in several ways stands
    for all of them together.

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> ladder = bind(Bands((10,)), column_of("age", [31, 32, 35, 41, 45, 51]))
    >>> [covering(ladder, one) for one in (41, "30-39", "32-44", "31 | 51", "*", "60-69")]
    [(3,), (0, 1, 2), (1, 2, 3), (0, 5), (0, 1, 2, 3, 4, 5), ()]
    """
    return tuple(_Reader(ladder).read(label).tolist())


def read_labels(column: Column, ladder: Ladder, level: int | None = None) -> Covered:
    """Give back what the labels of a released column cover; refuses with CLAIM_NOT_KEPT any that covers nothing.

    Where the plan names one `level` for the whole column, a label covers what has it there: `*` below the last level, or
    a text that stands at other levels too, is no riddle then.
    """
    used = column.used()
    reader = _Reader(ladder)
    nothing = np.zeros(0, dtype=np.int32)
    known = None if level is None else _read_level(ladder, level)
    places = tuple(reader.read(one) if known is None else known.get(written(one), nothing) for one in used.values)
    unknown = sum(not one.size for one in places)
    if unknown:
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="labels", column=column.name, count=unknown)
    return Covered(used, ladder, places)


def _read_level(ladder: Ladder, level: int) -> dict[str, Codes]:
    """Give back what each label of a level covers; of labels with one text the first, which is not one of `widened`."""
    found: dict[str, Codes] = {}
    for label, places in _under(ladder, level):
        found.setdefault(written(label), places)
    return found


def read_cells(before: Column, after: Column) -> Covered:
    """Give back what the cells of a released column without a ladder cover: a column that was kept, or changed.

    The ladder has the values of `before` in their order, and beside them those that are new in `after` (a number that was
    rounded or has noise, a fresh pseudonym): each covers itself. `*` covers all values of `before`, `≥90` the numbers
    from 90 on, `≤10` those up to 10; intervals and sets are read as those of a ladder.

    >>> from sekisho.deid.table import column_of
    >>> before = column_of("income", [100, 250, 400, 800, 900, 990])
    >>> read = read_cells(before, column_of("income", [100, 300, 400, "≥800", "≥800", "*"]))
    >>> read.ladder.values
    (100, 250, 300, 400, 800, 900, 990)
    >>> [one.tolist() for one in read.places]
    [[0], [2], [3], [4, 5, 6], [0, 1, 3, 4, 5, 6]]
    """
    known, used = set(before.used().values), after.used()
    reader = _Reader(_flat(before.name, known))
    found: dict[Value, Codes] = {
        one: _limited(reader, one) for one in used.values if isinstance(one, str) and one not in known
    }
    ladder = _flat(before.name, known.union(one for one in used.values if one not in found or not found[one].size))
    place = {value: number for number, value in enumerate(ladder.values)}
    moved = np.array([place[one] for one in reader.ladder.values], dtype=np.int32)
    at = np.arange(len(ladder.values), dtype=np.int32)
    places = (
        moved[found[one]] if one in found and found[one].size else at[(n := place[one]) : n + 1] for one in used.values
    )
    return Covered(used, ladder, tuple(places))


def _flat(column: str, values: Iterable[Value]) -> Ladder:
    """Give back the ladder with no level between the values and `*`."""
    ordered = tuple(sorted(values, key=rank_of))
    ends = np.arange(len(ordered), dtype=np.int32), np.zeros(len(ordered), dtype=np.int32)
    return Ladder(column, ordered, (ordered, (TOP,)), ends)


def _limited(reader: "_Reader", text: str) -> Codes:
    """Give back the places of a text that is no value: all, the numbers on one side of a limit, or what it names."""
    values = reader.ladder.values
    if text == TOP:
        return np.arange(len(values), dtype=np.int32)
    if (limit := _LIMIT.fullmatch(text.replace("−", "-"))) is None:
        return reader.read(text)
    end, above = int(limit[2]), limit[1] == "≥"
    inside = [n for n, one in enumerate(values) if isinstance(one, int) and (one >= end if above else one <= end)]
    return np.array(inside, dtype=np.int32)


def _under(ladder: Ladder, level: int) -> Iterable[tuple[Value, Codes]]:
    """Give back each label of a level with the places under it, rising."""
    labels, nodes = ladder.labels[level], ladder.nodes[level]
    order = np.argsort(nodes, kind="stable").astype(np.int32)
    ends = np.cumsum(np.bincount(nodes, minlength=len(labels)))[:-1]
    return zip(labels, np.split(order, ends), strict=True)


@dataclass(frozen=True, eq=False)
class _Reader:
    ladder: Ladder

    def read(self, label: Value) -> Codes:
        text = written(label)
        found = list(self._readings(text))
        if not found:
            return np.zeros(0, dtype=np.int32)
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _readings(self, text: str) -> Iterator[Codes]:
        if text in self._labels:  # what the ladder says goes before what the text looks like
            yield from self._labels[text]
        elif ends := _NUMBERS.fullmatch(text):
            low, high = (int(one.replace("−", "-")) for one in ends.groups() if one is not None)
            yield from _between(self._numbers, low, high)
        elif ends := _DAYS.fullmatch(text):
            yield from _between(self._days, *ends.groups())
        elif BETWEEN in text:
            places = [self._values.get(one, -1) for one in text.split(BETWEEN)]
            if min(places) >= 0:
                yield np.unique(np.array(places, dtype=np.int32))

    @cached_property
    def _labels(self) -> Mapping[str, list[Codes]]:
        """The values under each label's text, once for each different set of them."""
        found: dict[str, list[Codes]] = {}
        for level in range(len(self.ladder.labels)):
            for label, places in _under(self.ladder, level):
                known = found.setdefault(written(label), [])
                if not any(np.array_equal(one, places) for one in known):
                    known.append(places)
        return found

    @cached_property
    def _values(self) -> Mapping[str, int]:
        return {written(value): place for place, value in enumerate(self.ladder.values)}

    @cached_property
    def _numbers(self) -> "_Rising[int]":
        return _rising((one, place) for place, one in enumerate(self.ladder.values) if isinstance(one, int))

    @cached_property
    def _days(self) -> "_Rising[str]":
        values = enumerate(self.ladder.values)
        return _rising((one.isoformat(), place) for place, one in values if isinstance(one, date))


@dataclass(frozen=True, eq=False)
class _Rising(Generic[End]):
    """Numbers or days of a ladder, rising, and where they stand in it: `alike` if they rise there too."""

    known: list[End]
    places: Codes
    alike: bool


def _rising(pairs: Iterable[tuple[End, int]]) -> _Rising[End]:
    ordered = sorted(pairs)
    places = np.array([place for _, place in ordered], dtype=np.int32)
    return _Rising([one for one, _ in ordered], places, bool((np.diff(places) > 0).all()))


def _between(line: _Rising[End], low: End, high: End) -> Iterator[Codes]:
    """Give the places of what lies from `low` to `high`, both inside, unless that is nothing."""
    inside = line.places[bisect_left(line.known, low) : bisect_right(line.known, high)]
    if inside.size:
        yield inside if line.alike else np.sort(inside)
