"""Item 3: nothing links a released row to another file, neither a number nor the order of the rows (spec/standard.md 4.3)."""

import re
from collections.abc import Iterator

import numpy as np

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.standard.items.order import judge_order
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, parts_of, size_of
from sekisho.deid.table import Column

NEARLY = 0.9  # share of the filled rows that have a value of their own from which a column numbers the rows
FEWEST = 20  # filled rows below which nearly unique says nothing
MANY = 50  # distinct values from which a pairing of two columns is no accident
DENSE = 4  # whole numbers that fill a range no wider than so many times their count are given out one after another
_TAIL = re.compile(r"([0-9]+)[^0-9]*$")


def judge_links(looked: Looked) -> tuple[Check, ...]:
    """Give back the checks of item 3, those of the order of the rows last."""
    return (
        *_declared(looked),
        *_standing_in(looked),
        *_insurers(looked),
        *_unique(looked),
        *_tokens(looked),
        *judge_order(looked),
    )


def _declared(looked: Looked) -> Iterator[Check]:
    """Columns declared or named as a code that links: gone, or tokens of this delivery."""
    for column in looked.schema.columns:
        stays = column.name in looked.released.names
        said = code_of_name(column.name) is Code.LINK and stays and column.holds is None
        if column.holds is not Code.LINK and not said:
            continue
        harmless = not stays or column.name in looked.tokens
        yield Check(
            Look.LINK_COLUMN,
            Outcome.CLEAR if harmless else Outcome.FAULT,
            column.name,
            about=Code.LINK.value,
            looked=counted(cells=len(looked.original.column(column.name))),
            found=counted(columns=int(not harmless)),
            done=looked.done(column.name),
        )


def _standing_in(looked: Looked) -> Iterator[Check]:
    """Columns that stand for a deleted number one for one: a hash, a reversal, the same number under another name.

    Looked at in the original table, and only where many values stand for many: two columns of few values may pair by chance.
    """
    deleted = [
        looked.original.column(one.name).used()
        for one in looked.schema.columns
        if one.role in {Role.IDENTIFIER, Role.STRIPPED} and one.name not in looked.tokens
    ]
    deleted = [
        one for one in deleted if not is_nearly_unique(one)
    ]  # what pairs with those is unlike in every row itself
    for declared in looked.schema.columns:
        if declared.role in {Role.IDENTIFIER, Role.STRIPPED} or looked.done(declared.name) not in {
            "keep",
            "star",
            "code",
        }:
            continue
        column = looked.original.column(declared.name).used()
        if len(column.values) >= MANY and any(_pairs(column, one) for one in deleted):
            yield Check(
                Look.LINK_COLUMN,
                Outcome.FAULT,
                declared.name,
                about=Code.LINK.value,
                looked=counted(cells=len(column), values=len(column.values)),
                found=counted(columns=1),
                done=looked.done(declared.name),
            )


def _pairs(one: Column, other: Column) -> bool:
    """Say whether each value of one column always stands beside the same value of the other, and the other way round."""
    if len(one.values) != len(other.values):
        return False
    both = one.codes.astype(np.int64) * len(other.values) + other.codes
    return len(np.unique(both)) == len(one.values)


def _insurers(looked: Looked) -> Iterator[Check]:
    """Numbers of insurers name no person alone, but the law names them beside the insured's: kept only by a decision."""
    for column in looked.schema.columns:
        if column.holds is not Code.INSURER_NUMBER:
            continue
        kept = column.name in looked.released.names and looked.done(column.name) in {"keep", "star", "code"}
        yield Check(
            Look.INSURER_NUMBER,
            Outcome.DECIDE if kept else Outcome.CLEAR,
            column.name,
            about=Code.INSURER_NUMBER.value,
            looked=counted(cells=len(looked.original.column(column.name))),
            found=counted(columns=int(kept)),
            done=looked.done(column.name),
        )


def _unique(looked: Looked) -> Iterator[Check]:
    """Columns nobody declared in which nearly every row has a value of its own."""
    found = [
        _unique_check(looked, declared, column)
        for declared, column in looked.columns
        if declared.name not in looked.tokens and declared.kind is not Kind.FREE_TEXT and is_nearly_unique(column)
    ]
    yield from found or [
        Check(
            Look.UNIQUE_COLUMN,
            Outcome.CLEAR,
            looked=size_of(one for _, one in looked.columns),
            found=counted(columns=0),
        )
    ]


def _unique_check(looked: Looked, declared: ColumnSchema, column: Column) -> Check:
    """Give back the check: serial numbers and codes unlike in every row are links, amounts and days for a person to weigh."""
    serial = is_serial(column)
    amount = declared.kind in {Kind.INTEGER, Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH}
    return Check(
        Look.NUMBERED_ROWS if serial else Look.UNIQUE_COLUMN,
        Outcome.FAULT if serial or not amount else Outcome.DECIDE,
        declared.name,
        looked=counted(cells=len(column), values=len(column.values)),
        found=counted(columns=1),
        done=looked.done(declared.name),
    )


def is_nearly_unique(column: Column) -> bool:
    """Say whether nearly every filled row has a value that no other has; `*` counts as blank."""
    rows = [count for value, count in zip(column.values, column.counts.tolist(), strict=True) if parts_of(value)]
    filled, alone = sum(rows), sum(count == 1 for count in rows)
    return bool(filled >= FEWEST and alone >= NEARLY * filled)


def is_serial(column: Column) -> bool:
    """Say whether the values are numbers given out one after another, alone or at the end of a text."""
    numbers: dict[str, list[int]] = {}
    for value in column.values:
        for part in parts_of(value):
            tail = _TAIL.search(part)
            if tail is not None and not isinstance(value, str | int):
                return False
            if tail is not None and len(tail.group(1)) < 16:
                numbers.setdefault(part[: tail.start()], []).append(int(tail.group(1)))
    if not numbers:
        return False
    longest = max(numbers.values(), key=len)
    return len(longest) >= FEWEST and max(longest) - min(longest) < DENSE * len(longest)


def _tokens(looked: Looked) -> Iterator[Check]:
    """Tokens were drawn for this delivery alone: they link rows in it, and nothing beyond it."""
    for name in sorted(looked.tokens & frozenset(looked.released.names)):
        column = looked.released.column(name).used()
        known = frozenset(looked.original.column(name).used().values) - {None}
        same = sum(value in known for value in column.values)
        yield Check(
            Look.TOKENS,
            Outcome.FAULT if same else Outcome.CLEAR,
            name,
            looked=counted(cells=len(column), values=len(column.values)),
            found=counted(values=same),
            done=looked.done(name),
        )
