"""A made register with what measures and changes need, and its release: the same for the same number of rows.

The eight quasi-identifiers of the bench's register, and beside them a grade of care and a diagnosis (both sensitive), what
each row stands for, whose it is, an income, a day and a number that names the person. The table is the first half of its
population.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.search import register
from sekisho.deid.apply import apply_plan, recode_population
from sekisho.deid.bounds import KMap
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import Planned, plan_table
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.spelling import written
from sekisho.deid.policy import Mode, Policy, Star
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table, Value

Spreading = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
Codes = npt.NDArray[np.integer]

K = 5
ENTROPY = bytes(range(32))
NAMES = tuple(register.ladders())
CARE, DIAGNOSIS, WEIGHT, HOUSEHOLD, PERSON = "care", "diagnosis", "weight", "household", "person"
INCOME, SAVINGS, VISIT, NUMBER = "income", "savings", "visit", "number"
SENSITIVE = (CARE, DIAGNOSIS)
GRADES, DIAGNOSES = 8, 120
FIRST_DAY, DAYS = date(2015, 4, 1), 3_653
OTHERS = (
    ColumnSchema(CARE, Kind.INTEGER, Role.SENSITIVE),
    ColumnSchema(DIAGNOSIS, Kind.TEXT, Role.SENSITIVE),
    *(ColumnSchema(name, Kind.INTEGER, Role.PLAIN) for name in (WEIGHT, HOUSEHOLD, PERSON, INCOME, SAVINGS)),
    ColumnSchema(VISIT, Kind.DATE, Role.PLAIN),
    ColumnSchema(NUMBER, Kind.TEXT, Role.IDENTIFIER),
)


@dataclass(frozen=True, eq=False)
class Made:
    """`original` and what the local mode released of it with k = 5, and the population, twice as many, recoded alike.

    `starred` is what the cells mode made of the quasi-identifiers, where `*` may stand for anything; `stars` its plan.
    """

    original: Table
    released: Table
    population: Table
    starred: Table
    schema: Schema
    planned: Planned
    stars: Planned

    def anew(self) -> "Made":
        """Give back the same with nothing counted yet: no run finds what the one before has kept."""
        return replace(
            self,
            original=_anew(self.original),
            released=_anew(self.released),
            population=_anew(self.population),
            starred=_anew(self.starred),
        )

    @cached_property
    def rows(self) -> int:
        return self.original.rows


def make(rows: int, spread: Spreading = map) -> Made:
    """Give back the table of so many rows, and its release."""
    quasi = register.schema().columns
    schema = Schema("made register", Encoding.UTF_8, Csv(), (*quasi, *OTHERS))
    whole = _quasi_identifiers(2 * rows)
    half = (Column(one.name, one.values, one.codes[:rows]) for one in whole)
    original = Table((*half, *_others(rows, whole)))
    policy = Policy(k=K, ladders=register.climbs(), bounds=(KMap(K),))
    planned = plan_table(original, schema, policy, population=Table(tuple(whole)), spread=spread)
    released = apply_plan(planned.table, planned.plan, planned.answer, entropy=ENTROPY)
    quasi_identifiers = Table(tuple(original.column(one) for one in NAMES))
    wildcard = Policy(k=K, mode=Mode.CELLS, star=Star.ANYTHING)
    stars = plan_table(quasi_identifiers, register.schema(), wildcard, spread=spread)
    starred = apply_plan(stars.table, stars.plan, stars.answer, entropy=ENTROPY)
    return Made(original, released, recode_population(planned.answer), starred, schema, planned, stars)


def tree_of_diagnoses() -> FileLadder:
    """Give back diagnosis, block, chapter, `*`."""
    return FileLadder(tuple((one, one[:2], one[:1], "*") for one in _diagnoses()))


def write_table(path: Path, table: Table) -> None:
    """Write the quasi-identifiers and the sensitive columns as text, for tools that read files."""
    columns = [(*NAMES, *SENSITIVE), *zip(*(_texts(table.column(one)) for one in (*NAMES, *SENSITIVE)), strict=True)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows(columns)


def _texts(column: Column) -> list[str]:
    texts = [written(one) for one in column.values]
    return [texts[code] for code in column.codes.tolist()]


def _anew(table: Table) -> Table:
    columns = tuple(copy(one) for one in table.columns)  # not made: whether its values are distinct takes a second
    for one in columns:
        vars(one).pop("counts", None)
    return Table(columns)


def _quasi_identifiers(rows: int) -> list[Column]:
    starts = range(0, rows, register.PIECE)
    pieces = [register.draw(min(register.PIECE, rows - start), place) for place, start in enumerate(starts)]
    return [
        _column(name, [line[0] for line in lines], np.concatenate([one[name] for one in pieces]))
        for name, lines in register.ladders().items()
    ]


def _others(rows: int, quasi: Sequence[Column]) -> tuple[Column, ...]:
    """Give back the other columns; care and diagnosis hang on age, income on care."""
    rng = np.random.default_rng([register.SEED, rows])
    age = register.YEARS - 1 - quasi[NAMES.index("birth-month")].codes[:rows] // 12
    care = np.clip((rng.exponential(1.0, rows) * np.maximum(age - 55, 3) / 12).astype(np.int64), 0, GRADES - 1)
    diagnosis = (age // 10 * 4 + rng.geometric(0.04, rows)) % DIAGNOSES
    income = (rng.lognormal(5.6 - care / 20, 0.6, rows) * 10_000).astype(np.int64)
    savings = (income * rng.lognormal(0.3, 0.8, rows)).astype(np.int64)
    return (
        _column(CARE, list(range(GRADES)), care),
        _column(DIAGNOSIS, _diagnoses(), diagnosis),
        _numbers(WEIGHT, rng.integers(1, 41, rows)),
        _numbers(HOUSEHOLD, rng.integers(0, max(rows * 10 // 22, 1), rows)),
        _numbers(PERSON, rng.integers(0, max(rows * 4 // 5, 1), rows)),
        _numbers(INCOME, income),
        _numbers(SAVINGS, savings),
        _column(VISIT, [FIRST_DAY + timedelta(one) for one in range(DAYS)], rng.integers(0, DAYS, rows)),
        _column(NUMBER, [f"{one:012}" for one in range(rows)], rng.permutation(rows)),
    )


def _diagnoses() -> list[str]:
    return [f"{'ABCDEF'[one // 20]}{one % 20 // 10}{one % 10}" for one in range(DIAGNOSES)]


def _numbers(name: str, numbers: npt.NDArray[np.int64]) -> Column:
    values, codes = np.unique(numbers, return_inverse=True)
    return _column(name, values.tolist(), codes)


def _column(name: str, values: Sequence[Value], codes: Codes) -> Column:
    return Column(name, tuple(values), codes.astype(np.int32))
