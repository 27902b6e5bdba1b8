"""Item 4: nothing is left that is odd anywhere, whatever else the file holds (spec/standard.md 4.4)."""

import re
from collections.abc import Callable
from datetime import date

from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.standard.dictionary import (
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
from sekisho.deid.standard.items.labels import latest_births, numbers_said
from sekisho.deid.standard.judgement import Check, Count, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_cells, parts_of
from sekisho.deid.table import Column, Value

_RANGE = re.compile(r"[a-z][0-9]{2}\s*[-~〜]\s*[a-z][0-9]{2}")
_BETWEEN_CODES = re.compile(r"[\s,;:、。/|+\[\]()]+")  # several codes in one cell
_BY_LADDER = {Known.AGE: frozenset({"age"}), Known.ICD_10: frozenset({"disease", "rare-disease"})}


def judge_odd(looked: Looked) -> tuple[Check, ...]:
    """Give back one check for each entry of the dictionary and each released column that it means.

    The first tells how many columns were meant: what no entry means was not looked at.
    """
    entries = looked.dictionary.entries
    meant = [
        (entry, column)
        for entry in entries
        for declared, column in looked.columns
        if declared.name not in looked.tokens and _means(looked, entry, declared.name)
    ]
    first = Check(
        Look.DICTIONARY,
        Outcome.CLEAR,
        looked=counted(columns=len(looked.columns), entries=len(entries)),
        found=counted(columns=len({column.name for _, column in meant})),
    )
    return (first, *(_check(looked, entry, column) for entry, column in meant))


def _means(looked: Looked, entry: Entry, name: str) -> bool:
    """Say whether an entry means a column: by its name, or by the ladder that the policy climbs there."""
    climb = looked.policy.ladders.get(name)
    known = climb.rule.name if climb is not None and isinstance(climb.rule, BuiltIn) else None
    return entry.means(name) or (known is not None and entry.about in _BY_LADDER.get(known, frozenset()))


def _check(looked: Looked, entry: Entry, column: Column) -> Check:
    look, limit, is_odd = _asked(looked, entry, column)
    found = count_cells(column, is_odd)
    return Check(
        look,
        entry.outcome if dict(found)["cells"] else Outcome.CLEAR,
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
            return Look.ODD_WORD, counted(words=len(words)), lambda value: _has_word(words, value)
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


def _has_word(words: tuple[str, ...], value: Value) -> bool:
    return any(word in plain for part in parts_of(value) for plain in (fold_name(part),) for word in words)


def begins_so(beginnings: tuple[str, ...], value: Value) -> bool:
    """Say whether a code begins so; a range of codes, such as `A80-A89`, is no code."""
    parts = [one for one in parts_of(value) if _RANGE.search(fold_name(one)) is None]
    pieces = [piece for one in parts for piece in (one, *_BETWEEN_CODES.split(fold_name(one)))]
    return any(fold_code(piece).startswith(beginnings) for piece in pieces)


def _is_unusual(usual: frozenset[str], value: Value) -> bool:
    return any(fold_name(part) not in usual for part in parts_of(value))


def _rare_before(column: Column, most: int) -> frozenset[str]:
    """Give back the values that at most so many rows had before anything was done."""
    rows = zip(column.values, column.counts.tolist(), strict=True)
    return frozenset(part for value, count in rows if 0 < count <= most for part in parts_of(value))
