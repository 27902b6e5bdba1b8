"""A ladder held against a column: everything that is wrong with it, and what could be better."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from sekisho.deid.ladders.builtin.known import BuiltIn, Known, climb_builtin, doubtful
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.ladders.rule import Rule, bind, fits
from sekisho.deid.ladders.spelling import written
from sekisho.deid.schema import Kind
from sekisho.deid.table import Column, Value, column_of
from sekisho.deid.workshop.levels import LevelView, view_levels
from sekisho.deid.workshop.remark import Fault, Remark
from sekisho.deid.workshop.walk import Line, walk_file
from sekisho.errors import CannotMeet, Malformed

MOST_SHOWN = 10
TOO_MUCH = Fraction(19, 20)  # of the rows under one of several labels


@dataclass(frozen=True)
class Inspection:
    """All remarks, the grave ones first, and what each level does to the rows whose value the ladder knows.

    `levels` is empty where the ladder is so broken that nothing can be said.
    """

    remarks: tuple[Remark, ...]
    levels: tuple[LevelView, ...]

    @property
    def usable(self) -> bool:
        """Whether a policy with this ladder is accepted for this column."""
        return not any(one.grave for one in self.remarks)


def inspect_file(raw: bytes, column: Column, k: int) -> Inspection:
    """Give back what is to be said of a hierarchy file and `column`.

    It is usable just where `read_ladder` accepts the file and `bind` accepts the column. Values are named only where `k`
    rows have them.
    """
    walked = walk_file(raw)
    if not walked.lines:
        return Inspection(walked.remarks, ())
    remarks = [*walked.remarks, *_against(walked.lines, column, k), *_alike(walked.lines)]
    rule = FileLadder(_upright(walked.fields))
    return _with_levels(rule, column, k, remarks)


def inspect_rule(rule: Rule, kind: Kind, column: Column, k: int) -> Inspection:
    """Give back what is to be said of a ladder as a policy declares it, for a column of this kind."""
    if isinstance(rule, FileLadder):
        lines = tuple(enumerate(rule.lines, 1))
        return _with_levels(rule, column, k, [*_against(lines, column, k), *_alike(lines)])
    if fits(rule, kind):
        return Inspection((Remark(Fault.WRONG_TYPE, 1, rows=len(column)),), ())
    missing = _missing(rule, column)
    return _with_levels(rule, column, k, _missing_remarks(column, missing, k))


def _with_levels(rule: Rule, column: Column, k: int, remarks: list[Remark]) -> Inspection:
    """Give back the inspection with what the levels do, as far as values are known and labels make a tree."""
    missing = set(_missing(rule, column))
    known = _without(column, missing)
    try:
        ladder = bind(rule, known) if len(known) else None
    except Malformed:
        ladder = None
    levels = view_levels(ladder, known, k) if ladder else ()
    found = [*remarks, *(_of_levels(levels) if ladder and len(ladder.values) > 1 else [])]
    return Inspection(tuple(sorted(found, key=lambda one: not one.grave)), levels)


def _upright(lines: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Give back the lines with `*` at their end, where they have to have it."""
    return tuple(one if one[-1] == TOP else (*one[:-1], TOP) for one in lines)


def _missing(rule: Rule, column: Column) -> list[Value]:
    """Give back the values that the ladder has no label for."""
    present = column.used().values
    match rule:
        case FileLadder():
            return [one for one in present if written(one) not in rule.places]
        case BuiltIn(name=name) if name is not Known.AGE:
            unclear = doubtful(rule, present)
            return [one for one in present if isinstance(one, str) and climb_builtin(rule, unclear, one) is None]
        case _:
            return [one for one in present if not _has(rule, one)]


def _has(rule: Rule, value: Value) -> bool:
    """Say whether a ladder that looks at each value alone has labels for this one."""
    try:
        bind(rule, column_of("", [value]))
    except CannotMeet:
        return False
    return True


def _without(column: Column, values: set[Value]) -> Column:
    gone = np.array([one in values for one in column.values], dtype=np.bool_)
    return Column(column.name, column.values, column.codes[~gone[column.codes]]).used()


def _against(lines: tuple[Line, ...], column: Column, k: int) -> Iterator[Remark]:
    """Yield what does not match between the values of a file's lines and those of the column."""
    present = {written(one) for one in column.used().values}
    known = {fields[0]: number for number, fields in lines}
    missing = [one for one in column.used().values if written(one) not in known]
    yield from _missing_remarks(column, missing, k)
    spelled = {_plain(one) for one in known}
    alike = sum(_plain(written(one)) in spelled for one in missing)
    if alike:
        yield Remark(Fault.MISSING_BUT_ALIKE, alike)
    unused = [number for value, number in known.items() if value not in present]
    if present and len(missing) == len(column.used().values):
        yield Remark(Fault.OTHER_COLUMN, len(missing))
    elif unused:
        yield Remark(Fault.UNUSED_LINES, len(unused), line=unused[0])


def _missing_remarks(column: Column, missing: list[Value], k: int) -> list[Remark]:
    if not missing:
        return []
    rows = _rows_of(column)
    gone = set(missing)
    lacking = np.array([one in gone for one in column.values], dtype=np.bool_)[column.codes]
    often = sorted((one for one in missing if rows[one] >= k and one is not None), key=lambda one: -rows[one])
    shown = tuple(written(one) for one in often[:MOST_SHOWN])
    return [
        Remark(Fault.MISSING_VALUE, len(missing), row=int(lacking.argmax()) + 1, rows=int(lacking.sum()), shown=shown)
    ]


def _rows_of(column: Column) -> Mapping[Value, int]:
    return dict(zip(column.values, column.counts.tolist(), strict=True))


def _alike(lines: tuple[Line, ...]) -> Iterator[Remark]:
    """Yield for each level the labels that differ from another only in width, case or spaces."""
    for level in range(len(lines[0][1]) - 1):
        first: dict[str, int] = {}
        for number, fields in lines:
            first.setdefault(fields[level], number)
        groups = Counter(map(_plain, first))
        doubtful = [number for label, number in first.items() if groups[_plain(label)] > 1]
        if doubtful:
            yield Remark(Fault.LABELS_ALIKE, len(doubtful), line=max(doubtful[:2]), level=level)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _of_levels(levels: tuple[LevelView, ...]) -> Iterator[Remark]:
    for below, one in pairwise(levels):
        if one.labels == 1:
            yield Remark(Fault.LEVEL_ALL_ONE, 1, level=one.level)
        elif one.labels == below.labels:
            yield Remark(Fault.LEVEL_CHANGES_NOTHING, one.labels, level=one.level)
        elif one.largest >= TOO_MUCH * one.rows:
            yield Remark(Fault.UNBALANCED, one.labels, level=one.level)
