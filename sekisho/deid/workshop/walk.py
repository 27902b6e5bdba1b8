"""A hierarchy file read to its end whatever is wrong in it: `read_ladder` stops at the first fault, people mend all."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sekisho.deid.ladders.ladder import MOST_LEVELS, TOP
from sekisho.deid.schema import FORMULA
from sekisho.deid.workshop.remark import Fault, Remark

_OTHER_ENCODING = "cp932"  # what spreadsheets in Japan save
Line = tuple[int, tuple[str, ...]]
"""A line's number, from 1, and its fields."""


@dataclass(frozen=True)
class Walked:
    """The lines of a file that have its usual number of fields, each value once, and all that is wrong in the file."""

    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...]

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        return tuple(fields for _, fields in self.lines)


def walk_file(raw: bytes) -> Walked:
    """Give back all faults of a hierarchy file; there is none just where `read_ladder` accepts it."""
    text, remarks = _decode(raw)
    lines, quotes = _records(text)
    if quotes:
        remarks.append(Remark(Fault.QUOTES, len(quotes), line=quotes[0]))
    if not lines:
        return Walked((), (*remarks, *([] if quotes else [Remark(Fault.EMPTY, 1, line=1)])))
    usual = _usual_width(lines)
    remarks.extend(_faults_of_lines(lines, usual))
    whole = [one for one in lines if len(one[1]) == usual]
    seen: dict[str, int] = {}
    for number, fields in whole:
        seen.setdefault(fields[0], number)
    doubled = [number for number, fields in whole if seen[fields[0]] != number]
    once = tuple(one for one in whole if seen[one[1][0]] == one[0])
    remarks.extend([Remark(Fault.DOUBLED_VALUE, len(doubled), line=doubled[0])] if doubled else [])
    return Walked(once, (*remarks, *_forks(once)))


def _decode(raw: bytes) -> tuple[str, list[Remark]]:
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        remark = Remark(Fault.UTF_8, 1, line=raw.count(b"\n", 0, error.start) + 1)
    try:
        return raw.decode(_OTHER_ENCODING), [remark]
    except UnicodeDecodeError:
        return raw.decode("utf-8-sig", errors="replace"), [remark]


def _records(text: str) -> tuple[list[Line], list[int]]:
    """Give back the lines and the numbers of those that cannot be taken apart: there the reader goes on with the next."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";", strict=True)
    lines: list[Line] = []
    torn: list[int] = []
    while True:
        number = len(lines) + len(torn) + 1
        try:
            lines.append((number, tuple(next(reader))))
        except csv.Error:
            torn.append(number)
        except StopIteration:
            return lines, torn


def _usual_width(lines: list[Line]) -> int:
    """Give back how many fields most lines have that have a possible number of them; −1 where no line has."""
    widths = Counter(len(fields) for _, fields in lines if 2 <= len(fields) <= MOST_LEVELS)
    return max(widths, key=lambda width: (widths[width], width), default=-1)


def _faults_of_lines(lines: list[Line], usual: int) -> Iterator[Remark]:
    wrong = {
        Fault.RAGGED: [number for number, fields in lines if len(fields) != usual],
        Fault.LAST_LEVEL: [number for number, fields in lines if fields and fields[-1] != TOP],
        Fault.EMPTY_LABEL: [number for number, fields in lines if fields and fields[0] and not all(fields[1:])],
        Fault.CHARACTERS: [number for number, fields in lines if not all(map(_is_writable, fields))],
        Fault.FORMULA: [
            number for number, fields in lines if any(one.startswith(tuple(FORMULA)) for one in fields[1:])
        ],
    }
    for rule, numbers in wrong.items():
        if numbers:
            yield Remark(rule, len(numbers), line=numbers[0])


def _is_writable(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and all(unicodedata.category(sign) != "Cc" for sign in text)


def _forks(lines: tuple[Line, ...]) -> Iterator[Remark]:
    """Yield for each level the labels of the level before that are under more than one of its labels."""
    parents: dict[tuple[int, str], str] = {}
    forked: dict[int, dict[str, int]] = {}
    for number, fields in lines:
        for level, (label, parent) in enumerate(pairwise(fields)):
            if parents.setdefault((level, label), parent) != parent:
                forked.setdefault(level + 1, {}).setdefault(label, number)
    for level, labels in sorted(forked.items()):
        yield Remark(Fault.NOT_A_TREE, len(labels), line=min(labels.values()), level=level)
