"""Item 4: nothing is left that is odd anywhere, whatever else the file holds (spec/standard.md 4.4)."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.schema import ColumnSchema, Kind
from sekisho.deid.standard.dictionary import (
    Cells,
    Entry,
    OddBirth,
    OddCode,
    OddNumber,
    OddWord,
    OneOff,
    Usual,
    fold_code,
    fold_name,
)
from sekisho.deid.standard.judgement import Check, Count, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, parts_of
from sekisho.deid.standard.said.births import latest_births
from sekisho.deid.standard.said.cells import BETWEEN_CODES, look_like
from sekisho.deid.standard.said.numbers import numbers_said
from sekisho.deid.table import Column, Value

_RANGE = re.compile(r"[a-z][0-9]{2}\s*[-~〜]\s*[a-z][0-9]{2}")
LONG_AGO = 100  # years: a column that says nothing of births is looked at where it holds such a day
_DAYS = frozenset({Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH})
_MAY_BE = frozenset({Kind.TEXT, Kind.CODE})  # types that say nothing of what the cells are
_BY_LADDER = {Known.AGE: frozenset({"age"}), Known.ICD_10: frozenset({"disease", "rare-disease"})}


def judge_odd(looked: Looked) -> tuple[Check, ...]:
    """Give back one check for each entry of the dictionary and each released column that it means.

    The first tells how many columns were meant: what no entry means was not looked at.
    """
    entries = looked.dictionary.entries
    meant = [
        (place, column, outcome)
        for declared, column in looked.columns
        if declared.name not in looked.tokens
        for place, outcome in _entries_for(looked, declared, column)
    ]
    meant.sort(key=lambda one: one[0])  # entry by entry, of each its columns in their order
    first = Check(
        Look.DICTIONARY,
        Outcome.CLEAR,
        looked=counted(columns=len(looked.columns), entries=len(entries)),
        found=counted(columns=len({column.name for _, column, _ in meant})),
    )
    return (first, *(_check(looked, entries[place], column, outcome) for place, column, outcome in meant))


def _entries_for(looked: Looked, declared: ColumnSchema, column: Column) -> Iterator[tuple[int, Outcome]]:
    """Give the places of the entries that mean a column, each with what comes of a find there.

    They mean it by its name, by the ladder that the policy climbs there, or by its cells. Cells that look like codes or
    days may be something else: such finds are for a person to weigh.
    """
    climb = looked.policy.ladders.get(declared.name)
    known = climb.rule.name if climb is not None and isinstance(climb.rule, BuiltIn) else None
    by_ladder: frozenset[str] = frozenset() if known is None else _BY_LADDER.get(known, frozenset())
    seen: dict[Cells, bool] = {}
    for place, entry in enumerate(looked.dictionary.entries):
        if entry.about in by_ladder or entry.means(declared.name):
            yield place, entry.outcome
        elif (cells := entry.cells) is not None and not entry.bars(declared.name):
            if cells not in seen:
                seen[cells] = _seen(looked, cells, declared, column)
            if seen[cells]:
                yield place, entry.outcome if cells is Cells.AGE else Outcome.DECIDE


def _seen(looked: Looked, cells: Cells, declared: ColumnSchema, column: Column) -> bool:
    """Say whether the column looks so as it was or as it is released; of days one has to be very long ago."""
    if declared.kind not in (_DAYS | _MAY_BE | {Kind.INTEGER} if cells is Cells.DATE else _MAY_BE):
        return False
    is_so = declared.kind in _DAYS and cells is Cells.DATE
    columns = (column, *(one for one in looked.original.columns if one.name == column.name))
    if not is_so and not any(look_like(cells, one.values) for one in columns):
        return False
    return cells is not Cells.DATE or any(is_odd_birth(LONG_AGO, looked.on, one) for one in column.values)


def _check(looked: Looked, entry: Entry, column: Column, outcome: Outcome) -> Check:
    look, limit, is_odd = _asked(looked, entry, column)
    found = count_cells(column, is_odd)
    return Check(
        look,
        outcome if dict(found)["cells"] else Outcome.CLEAR,
        column.name,
        about=entry.about,
        looked=tuple(sorted((*limit, *counted(cells=len(column), values=len(column.values))))),
        found=found,
        done=looked.done(column.name),
    )


def _asked(looked: Looked, entry: Entry, column: Column) -> tuple[Look, tuple[Count, ...], Callable[[Value], bool]]:
    """Give back what an entry looks for: its limit as a count, and which values are odd."""
    match entry:
        case OddNumber():
            return Look.ODD_NUMBER, _limits(entry), lambda value: is_odd_number(entry, value)
        case OddBirth(years=years):
            return Look.ODD_BIRTH, counted(limit=years), lambda value: is_odd_birth(years, looked.on, value)
        case OddWord(words=words):
            return Look.ODD_WORD, counted(words=len(words)), lambda value: has_odd_word(entry, value)
        case OddCode(beginnings=beginnings):
            return Look.ODD_CODE, counted(codes=len(beginnings)), lambda value: begins_so(beginnings, value)
        case Usual(values=usual):
            return Look.UNUSUAL, counted(usual=len(usual)), lambda value: _is_unusual(usual, value)
        case OneOff(at_most=most):
            rare = _rare_before(looked.original.column(column.name), most)
            return Look.ONE_OFF, counted(limit=most), lambda value: any(one in rare for one in parts_of(value))
        case _:
            raise TypeError("no entry of a dictionary")


def _limits(entry: OddNumber) -> tuple[Count, ...]:
    """Give back the limits that a judgement can count: none is below zero there."""
    limits = {"limit": entry.least, "lower-limit": entry.most}
    return tuple((name, one) for name, one in limits.items() if one is not None and one >= 0)


def is_odd_number(entry: OddNumber, value: Value) -> bool:
    """Say whether a number that the cell names is beyond the entry's limits: also one at the end of a band."""
    said = numbers_said(value)
    return any(
        (entry.least is not None and one >= entry.least) or (entry.most is not None and one <= entry.most)
        for one in said
    )


def is_odd_birth(years: int, on: date, value: Value) -> bool:
    """Say whether the cell tells of somebody born `years` years before `on`, or earlier."""
    first = date(on.year - years, on.month, min(on.day, 28) if on.month == 2 else on.day)
    return any(one <= first for one in latest_births(value))


def has_odd_word(entry: OddWord, value: Value) -> bool:
    """Say whether a text has one of the words outside of the phrases in which they count for nothing."""
    for part in parts_of(value):
        plain = fold_name(part)
        if not any(word in plain for word in entry.words):
            continue
        for phrase in entry.unless:
            plain = plain.replace(phrase, " ")
        if any(word in plain for word in entry.words):
            return True
    return False


def begins_so(beginnings: tuple[str, ...], value: Value) -> bool:
    """Say whether a code begins so; a range of codes, such as `A80-A89`, is no code."""
    parts = [one for one in parts_of(value) if _RANGE.search(fold_name(one)) is None]
    pieces = [piece for one in parts for piece in (one, *BETWEEN_CODES.split(fold_name(one)))]
    return any(fold_code(piece).startswith(beginnings) for piece in pieces)


def _is_unusual(usual: frozenset[str], value: Value) -> bool:
    return any(plain and plain not in usual for plain in map(fold_name, parts_of(value)))


def _rare_before(column: Column, most: int) -> frozenset[str]:
    """Give back the values that at most so many rows had before anything was done."""
    rows = zip(column.values, column.counts.tolist(), strict=True)
    return frozenset(part for value, count in rows if 0 < count <= most for part in parts_of(value))
