"""Item 5: what is odd in this file, by the numbers of its report and by what rows share (spec/standard.md 4.5)."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sekisho.deid.policy import Mode, Star
from sekisho.deid.report.report import Report
from sekisho.deid.risk.alike import sizes_of_classes
from sekisho.deid.risk.histograms import classes_of_rows
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, parts_of
from sekisho.deid.table import Column

FEWEST_NUMBERS = 20  # rows with a number below which none is far from the rest
_AT_RISK = ("prosecutor-at-risk", "journalist-at-risk")  # shares of the rows

Words64 = npt.NDArray[np.uint64]


def judge_file(looked: Looked) -> tuple[Check, ...]:
    """Give back the checks of item 5, those on classes and attackers first."""
    return (
        *_classes(looked),
        *_attacks(looked),
        *_small_cells(looked),
        *_outliers(looked),
        *_histories(looked),
        *_households(looked),
    )


def _classes(looked: Looked) -> Iterator[Check]:
    """Bounds of the policy as they were counted again, and how small the smallest class is."""
    report = looked.report
    smallest = _smallest_class(looked)
    broken = int(report.rows_after > 0 and smallest < report.k)
    yield Check(
        Look.BOUNDS,
        Outcome.FAULT if broken else Outcome.CLEAR,
        looked=counted(bounds=len(report.bounds) + 2),  # k, and the share of rows left out
        found=counted(broken=broken),
    )
    least = looked.dictionary.least_class
    for name, unit in (("k", "rows"), ("k-subjects", "persons")):
        if not _has(report, name) or not report.rows_after:
            continue
        number = smallest if name == "k" else int(report.number(name))
        bound = looked.policy.least_rows if name == "k" else looked.policy.least_subjects
        unbound = not bound and _has_several_rows(looked)
        outcome = Outcome.DECIDE if number < least or unbound else Outcome.CLEAR
        size = counted(least=least, bounds=int(bound > 0))
        yield Check(Look.CLASS_SIZE, outcome, about=name, looked=size, found=counted(**{unit: number}))
    every = [name for name in looked.released.names if name not in looked.tokens]
    sizes = sizes_of_classes(looked.released, every)
    size = counted(columns=len(every), rows=looked.released.rows)
    yield Check(Look.ALL_COLUMNS, Outcome.CLEAR, looked=size, found=counted(rows=int((sizes == 1).sum())))


def _has_several_rows(looked: Looked) -> bool:
    """Say whether a person whom the exam tells by a column has several rows: then a bound on rows alone bounds no person."""
    counts = looked.original.column(looked.policy.exam.subject).used().counts
    return bool((counts > 1).any())


def _smallest_class(looked: Looked) -> int:
    policy = looked.policy
    wild = policy.mode is Mode.CELLS and policy.star is Star.ANYTHING
    return int(looked.report.number("k-wildcard" if wild else "k"))


def _has(report: Report, name: str) -> bool:
    return any(one.after.kind.name == name for one in report.measures)


def _attacks(looked: Looked) -> Iterator[Check]:
    """Rows that an attacker of the report would guess rightly more often than the exam allows."""
    report = looked.report
    for name in _AT_RISK:
        if not _has(report, name):
            continue
        rows = -(-report.number(name) * report.rows_after // 1)
        yield Check(
            Look.ATTACK,
            Outcome.DECIDE if rows else Outcome.CLEAR,
            about=name,
            looked=counted(rows=report.rows_after),
            found=counted(rows=int(rows)),
        )


def _small_cells(looked: Looked) -> Iterator[Check]:
    """Values that fewer rows have than the least, in columns that no class hides."""
    least = _least(looked)
    for declared, column in _open_columns(looked):
        if declared.kind in {Kind.INTEGER, Kind.DATE, Kind.FREE_TEXT}:
            continue
        rows = [count for value, count in zip(column.values, column.counts.tolist(), strict=True) if parts_of(value)]
        few = [count for count in rows if count < least]
        yield Check(
            Look.SMALL_CELLS,
            Outcome.DECIDE if few else Outcome.CLEAR,
            declared.name,
            looked=counted(least=least, values=len(rows)),
            found=counted(cells=sum(few), values=len(few)),
            done=looked.done(declared.name),
        )


def _outliers(looked: Looked) -> Iterator[Check]:
    """Numbers that stand alone at an end of their column."""
    least = _least(looked)
    for declared, column in _open_columns(looked):
        if declared.kind is not Kind.INTEGER:
            continue
        far = count_outliers(column, least)
        yield Check(
            Look.OUTLIERS,
            Outcome.DECIDE if far else Outcome.CLEAR,
            declared.name,
            looked=counted(least=least, cells=len(column)),
            found=counted(ends=far),
            done=looked.done(declared.name),
        )


def _open_columns(looked: Looked) -> Iterator[tuple[ColumnSchema, Column]]:
    """Give the released columns that are neither quasi-identifiers nor tokens."""
    for declared, column in looked.columns:
        if declared.role is not Role.QUASI_IDENTIFIER and declared.name not in looked.tokens:
            yield declared, column


def _least(looked: Looked) -> int:
    return max(looked.report.k, looked.dictionary.least_cell)


def count_outliers(column: Column, least: int) -> int:
    """Give back at how many ends of a column (0 to 2) the outermost number is far from the rest.

    Far: the number that `least` rows reach lies nearer to the middle than to the outermost one. What was top coded is no
    number any more.
    """
    numbers = [
        (one, rows) for one, rows in zip(column.values, column.counts.tolist(), strict=True) if isinstance(one, int)
    ]
    numbers.sort()
    rows = sum(count for _, count in numbers)
    if rows < max(FEWEST_NUMBERS, 2 * least):
        return 0
    middle = _reached(numbers, (rows + 1) // 2)
    far = 0
    for end in (numbers, numbers[::-1]):
        outermost, rest = end[0][0], _reached(end, least)
        far += abs(outermost - rest) > abs(rest - middle)
    return far


def _reached(numbers: list[tuple[int, int]], rows: int) -> int:
    """Give back the number at which so many rows are counted, from the first on."""
    seen = 0
    for number, count in numbers:
        seen += count
        if seen >= rows:
            return number
    raise ValueError("the column has fewer rows")


def _histories(looked: Looked) -> Iterator[Check]:
    """Persons with very many rows, or with rows like no other's, where the released rows tell whose they are."""
    most = looked.dictionary.most_history
    for name in sorted(_grouping(looked) - {looked.policy.exam.household}):
        groups, alone = count_lone_groups(looked, name)
        column = looked.released.column(name)
        rows = zip(column.values, column.counts.tolist(), strict=True)
        long = sum(count > most for value, count in rows if value is not None)
        yield Check(
            Look.HISTORY,
            Outcome.DECIDE if long or alone else Outcome.CLEAR,
            name,
            looked=counted(limit=most, several=groups),
            found=counted(alone=alone, long=long),
            done=looked.done(name),
        )


def _households(looked: Looked) -> Iterator[Check]:
    """Families made up as no other is, where the released rows tell who lives together."""
    name = looked.policy.exam.household
    if name not in _grouping(looked):
        return
    groups, alone = count_lone_groups(looked, name)
    yield Check(
        Look.HOUSEHOLD,
        Outcome.DECIDE if alone else Outcome.CLEAR,
        name,
        looked=counted(several=groups),
        found=counted(alone=alone),
        done=looked.done(name),
    )


def _grouping(looked: Looked) -> frozenset[str]:
    """Give back the released columns by which rows can be put together: tokens, and those that the exam names."""
    named = {looked.policy.exam.subject, looked.policy.exam.household}
    return frozenset(looked.released.names) & (looked.tokens | named)


def count_lone_groups(looked: Looked, name: str) -> tuple[int, int]:
    """Give back the groups of two rows and more with one value in a column, and how many are made up like no other.

    Rows are alike by the released quasi-identifiers; their order is nothing. Two groups that differ may be taken for alike
    once in 2⁶⁴ pairs.
    """
    names = [declared.name for declared, _ in looked.columns if declared.role is Role.QUASI_IDENTIFIER]
    column = looked.released.column(name)
    filled = np.array([value is not None for value in column.values], dtype=np.bool_)[column.codes]
    codes = column.codes[filled]
    members = classes_of_rows(looked.released, names) if names else np.zeros(column.codes.size, dtype=np.int32)
    sums = np.zeros(len(column.values), dtype=np.uint64)
    np.add.at(sums, codes, _mixed(members[filled].astype(np.uint64)))
    several = np.bincount(codes, minlength=sums.size) > 1
    alike = np.unique(sums[several], return_counts=True)[1]
    return int(several.sum()), int((alike == 1).sum())


def _mixed(numbers: Words64) -> Words64:
    """Give back numbers whose sums tell them apart: SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
