"""Tables with ladders: Adult from the examples, and whatever a folder gives.

A folder holds NAME/NAME.csv (`;` between the cells) and NAME/hierarchies/COLUMN.csv, one line per value: the value, then
each more general label, the last one `*`. All columns that have such a file are quasi-identifiers.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sekisho.deid.declared.layout import Csv
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.spelling import written
from sekisho.deid.policy import Climb
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table
from sekisho.tables.disarm import read_csv

ROOT = Path(__file__).parents[2]
INTERVAL = str.maketrans({"[": "", "]": "", "−": "-"})
Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Lines = Sequence[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Domain:
    """One column's values in the order of its ladder file, as written; `rows` of each in the table; which label covers which.

    Numbers stand in rising order and are `ordered`.
    """

    name: str
    values: tuple[str, ...]
    ordered: bool
    rows: Counts
    of_row: Codes
    under: dict[str, tuple[int, ...]]

    def covered(self, label: str | Sequence[str]) -> Counts:
        """Give back the values that a released label stands for, rising, from its text alone.

        A label of the ladder at any level, an interval of whole numbers, a set: a list, or texts with ` | ` between.
        """
        if not isinstance(label, str):
            return np.array(sorted(self._place[one] for one in label), dtype=np.int64)
        if label in self.under:
            return np.array(self.under[label], dtype=np.int64)
        if self.ordered and (ends := _ends(label)):
            first, behind = np.searchsorted(self._numbers, (ends[0], ends[1] + 1))
            return np.arange(first, behind, dtype=np.int64)
        return np.array(sorted(self._place[one] for one in label.split(" | ")), dtype=np.int64)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {value: place for place, value in enumerate(self.values)}

    @cached_property
    def _numbers(self) -> Counts:
        return np.array([int(one) for one in self.values], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Sample:
    """A table as the engine reads it, with the ladders of its quasi-identifiers.

    `file` and `ladder_folder` are where other tools find both; None for a table made here.
    """

    name: str
    schema: Schema
    table: Table
    climbs: dict[str, Climb]
    domains: tuple[Domain, ...]
    file: Path | None = None
    ladder_folder: Path | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.climbs)


def adult(sensitive: str | None = None) -> Sample:
    """Give back Adult with nine quasi-identifiers, or eight and a `sensitive` column."""
    home = ROOT / "examples" / "adult"
    return read_sample("adult", home / "adult.csv", home / "ladders", sensitive)


def samples_in(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Give the name, the table and the ladders' folder of every table in `folder`."""
    for home in sorted(one for one in folder.iterdir() if one.is_dir()):
        if (table := home / f"{home.name}.csv").is_file() and (home / "hierarchies").is_dir():
            yield home.name, table, home / "hierarchies"


def read_sample(name: str, file: Path, ladder_folder: Path, sensitive: str | None = None) -> Sample:
    """Give back the table with every column that has a ladder as quasi-identifier, but `sensitive`."""
    with file.open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream, delimiter=";"))
    lines = {
        one: _lines(path) for one in header if (path := ladder_folder / f"{one}.csv").is_file() and one != sensitive
    }
    numbers = {one for one, known in lines.items() if all(_is_number(line[0]) for line in known)}
    columns = tuple(_column(one, one in lines, one in numbers, sensitive) for one in header)
    schema = Schema(name, Encoding.UTF_8, Csv(";"), columns)
    with file.open("rb") as raw:
        table = read_csv(raw, schema)
    climbs = {one: Climb(read_ladder((ladder_folder / f"{one}.csv").read_bytes(), one)) for one in lines}
    domains = tuple(domain_of(table, one, known, ordered=one in numbers) for one, known in lines.items())
    return Sample(name, schema, table, climbs, domains, file, ladder_folder)


def sample_of(
    name: str, schema: Schema, table: Table, lines: Mapping[str, Lines], *, numbers: frozenset[str]
) -> Sample:
    """Give back a table made here, with ladders from their lines."""
    climbs = {one: Climb(FileLadder(tuple(known))) for one, known in lines.items()}
    domains = tuple(domain_of(table, one, known, ordered=one in numbers) for one, known in lines.items())
    return Sample(name, schema, table, climbs, domains)


def domain_of(table: Table, name: str, lines: Lines, *, ordered: bool) -> Domain:
    """Give back the column's domain: the values present, in the order of `lines`, numbers by size."""
    column = table.column(name).used()
    texts = [written(value) for value in column.values]
    present = set(texts)
    known = [line for line in lines if line[0] in present]
    if ordered:
        known.sort(key=lambda line: int(line[0]))
    values = tuple(line[0] for line in known)
    place = {value: number for number, value in enumerate(values)}
    under: dict[str, set[int]] = {}
    for line in known:
        for label in line:
            under.setdefault(label, set()).add(place[line[0]])
    of_row = np.array([place[one] for one in texts], dtype=np.int32)[column.codes]
    rows = np.bincount(of_row, minlength=len(values)).astype(np.int64)
    return Domain(name, values, ordered, rows, of_row, {label: tuple(sorted(one)) for label, one in under.items()})


def _column(name: str, quasi: bool, number: bool, sensitive: str | None) -> ColumnSchema:  # noqa: FBT001 - of one file
    role = Role.QUASI_IDENTIFIER if quasi else Role.SENSITIVE if name == sensitive else Role.PLAIN
    return ColumnSchema(name, Kind.INTEGER if number else Kind.TEXT, role, blank=True, longest=10_000)


def _lines(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [tuple(line) for line in csv.reader(stream, delimiter=";")]


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()


def _ends(label: str) -> tuple[int, int] | None:
    """Give back the ends of `31-33`, `[−10, −1]` or `[1, 9]`, or None."""
    if label.startswith("["):
        low, _, high = label.translate(INTERVAL).partition(", ")
    else:
        low, _, high = label.partition("-")
    return (int(low), int(high)) if _is_number(low) and _is_number(high) else None
