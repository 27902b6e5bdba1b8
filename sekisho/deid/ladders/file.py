"""Hierarchy files, read strictly (spec/policy.md 4.1)."""

import csv
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from sekisho.deid.ladders.ladder import MOST_LEVELS, TOP, Labels, check_tree
from sekisho.deid.ladders.spelling import written
from sekisho.deid.schema import FORMULA
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason


@dataclass(frozen=True)
class FileLadder:
    """The lines of a hierarchy file: value, labels from level 1, last `*`. Values are in their written form."""

    lines: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> int:
        return len(self.lines[0]) - 1

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each written value among the lines."""
        return {line[0]: place for place, line in enumerate(self.lines)}


def climb_file(rule: FileLadder, value: Value) -> Labels | None:
    """Give back the labels of a value, None where no line has it."""
    place = rule.places.get(written(value))
    return None if place is None else (value, *(label or None for label in rule.lines[place][1:]))


def read_ladder(raw: bytes, column: str) -> FileLadder:
    """Give back the ladder of a `;`-separated file, or refuse with LADDER_MALFORMED (column, rule, line)."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(column, "utf-8", raw.count(b"\n", 0, error.start) + 1) from error
    lines: list[tuple[str, ...]] = []
    seen: set[str] = set()
    try:
        for fields in csv.reader(text.splitlines(keepends=True), delimiter=";", strict=True):
            number = len(lines) + 1
            lines.append(_check_line(column, number, tuple(fields), lines))
            if fields[0] in seen:
                raise _malformed(column, "doubled-value", number)
            seen.add(fields[0])
    except csv.Error as error:
        raise _malformed(column, "quotes", len(lines) + 1) from error
    if not lines:
        raise _malformed(column, "empty", 1)
    check_tree(column, lines)
    return FileLadder(tuple(lines))


def _check_line(column: str, number: int, fields: tuple[str, ...], before: list[tuple[str, ...]]) -> tuple[str, ...]:
    if not 2 <= len(fields) <= MOST_LEVELS or (before and len(fields) != len(before[0])):
        raise _malformed(column, "ragged", number)
    if fields[-1] != TOP:
        raise _malformed(column, "last-level", number)
    if fields[0] and not all(fields[1:]):
        raise _malformed(column, "empty-label", number)
    for one in fields:
        if unicodedata.normalize("NFC", one) != one or any(unicodedata.category(sign) == "Cc" for sign in one):
            raise _malformed(column, "characters", number)
    if any(one.startswith(tuple(FORMULA)) for one in fields[1:]):
        raise _malformed(column, "formula", number)
    return fields


def _malformed(column: str, rule: str, line: int) -> Malformed:
    return Malformed(Reason.LADDER_MALFORMED, column=column, rule=rule, line=line)
