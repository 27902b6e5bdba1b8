"""What the gate looks at: the tables before and after, and how they came about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from sekisho.deid.numbers.text import Find, find_in_text
from sekisho.deid.plan import Plan, Token, write_transformation
from sekisho.deid.policy import Policy
from sekisho.deid.report.report import Report
from sekisho.deid.schema import ColumnSchema, Kind, Schema
from sekisho.deid.standard.dictionary import Dictionary
from sekisho.deid.standard.judgement import Count, counted
from sekisho.deid.table import Column, Table, Value

BETWEEN = " | "  # stands between the values of a set, see the local mode's labels
MOST_REMEMBERED = 1_000_000  # texts
NOTHING = frozenset({"*", "〓"})  # labels that say nothing


@dataclass(frozen=True, eq=False)
class Looked:
    """`original` is the table before any change, `released` what goes out, with synthetic rows if there are any."""

    original: Table
    released: Table
    schema: Schema
    policy: Policy
    plan: Plan
    report: Report
    dictionary: Dictionary
    on: date

    @cached_property
    def columns(self) -> tuple[tuple[ColumnSchema, Column], ...]:
        """The released columns, each with what is declared of it."""
        return tuple((self.schema.column(one.name), one.used()) for one in self.released.columns)

    @cached_property
    def texts(self) -> tuple[tuple[ColumnSchema, Column], ...]:
        """The released columns in which words can stand: no numbers, no whole days, no tokens."""
        return tuple(
            (declared, column)
            for declared, column in self.columns
            if declared.kind not in {Kind.INTEGER, Kind.DATE} and declared.name not in self.tokens
        )

    @cached_property
    def find(self) -> Find:
        """The search for numbers in a text, once for each distinct text: items 1 and 2 both ask."""
        return lru_cache(MOST_REMEMBERED)(find_in_text)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """The columns whose values are tokens."""
        return frozenset(name for name, one in self.plan.columns if isinstance(one, Token))

    def done(self, name: str) -> str:
        """Give back what the plan did to a column, as a check says it."""
        told: str = write_transformation(dict(self.plan.columns)[name])["do"]
        return "mask" if told == "keep" and name in self.policy.masked else told


def parts_of(value: Value) -> tuple[str, ...]:
    """Give back what a released cell says: the members of a set, else its text; nothing for a blank cell and `*`."""
    if value is None or value in NOTHING:
        return ()
    text = value.isoformat() if isinstance(value, date) else str(value)
    return tuple(text.split(BETWEEN)) if BETWEEN in text else (text,)


def count_cells(column: Column, is_meant: Callable[[Value], bool]) -> tuple[Count, ...]:
    """Give back in how many rows, and how many distinct values, something is so."""
    meant = [count for value, count in zip(column.values, column.counts.tolist(), strict=True) if is_meant(value)]
    return counted(cells=sum(meant), values=len(meant))


def count_saying(column: Column, is_meant: Callable[[str], bool]) -> tuple[Count, ...]:
    """Give back the same, where something is so of any text that a cell says."""
    return count_cells(column, lambda value: any(map(is_meant, parts_of(value))))


def size_of(columns: Iterable[Column]) -> tuple[Count, ...]:
    """Give back how much was looked at: columns, and distinct values in all of them."""
    every = tuple(columns)
    return counted(columns=len(every), values=sum(len(one.values) for one in every))
