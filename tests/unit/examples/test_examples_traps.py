"""Every export is read whole by its ready-made schema, and of every bad variant just its one planted error is found."""

import csv
import io
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from examples.town.exports.all import MAKERS
from examples.town.exports.sheet import Export
from examples.town.exports.traps import RESIDENTS, Trap, traps
from examples.town.residents import make_town
from sekisho.datasets.ready import SCHEMA, ready_folder
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import Watch
from sekisho.deid.schema import Role, Schema, read_schema
from sekisho.errors import BadTable
from sekisho.tables.disarm import inspect, read_csv
from sekisho.tables.rewriting import needs_rewriting, rewritten

SEED = 1
FORBIDDEN = {one.value for one in Code}
WRONG_ENCODING = "encoding-other.csv"  # no name of its header can be read, so that every column is missed
# Each kind of error once at least.
KINDS = {
    "blank", "claim-count", "columns", "control", "encoding", "formula", "header-missing", "line-end", "longest", "maximum",
    "minimum", "my-number", "quotes", "record-length", "record-mark", "shape", "stray-line", "trailer-count", "trailer-missing", "type", "values",
}  # fmt: skip


@cache
def schema(dataset: str) -> Schema:
    return read_schema((ready_folder(dataset) / SCHEMA).read_bytes())


@cache
def export(dataset: str) -> Export:
    return MAKERS[dataset](make_town(RESIDENTS, SEED), SEED)


def found_in(raw: bytes, dataset: str) -> list[tuple[str, int, str]]:
    """Give what is found: rule, first row, column."""
    try:
        inspect(io.BytesIO(raw), schema(dataset))
    except BadTable as error:
        return [(one.rule, one.first_row, one.column) for one in error.findings]
    return []


def codes_sighted(raw: bytes, column: str) -> set[Code]:
    """Give the codes that a column of a CSV in CP932 shows, cell by cell as it stands in the file."""
    records = list(csv.reader(io.StringIO(raw.rstrip(b"\x1a").decode("cp932"), newline="")))
    place = records[0].index(column)
    cells = Counter(row[place] for row in records[1:])
    watch = Watch(column)
    watch.feed(list(cells), list(cells.values()))
    return {one.code for one in watch.sightings()}


@pytest.mark.parametrize("dataset", MAKERS)
def test_every_export_is_read_whole_by_its_ready_schema(dataset):
    assert found_in(export(dataset).raw, dataset) == []
    assert inspect(io.BytesIO(export(dataset).raw), schema(dataset)).rows == export(dataset).rows


@pytest.mark.parametrize("dataset", MAKERS)
def test_every_planted_value_is_read_as_its_truth_says(dataset):
    table = read_csv(io.BytesIO(export(dataset).raw), with_everybody(dataset))
    told = [one for one in export(dataset).truths if one.reads_as is not None]
    assert told
    for one in told:
        assert str(table.column(one.column).cells()[one.row - 1]) == one.reads_as, one.kind


@pytest.mark.parametrize("trap", [one for one in traps(SEED) if one.rule not in FORBIDDEN], ids=lambda one: one.file)
def test_the_one_error_of_a_bad_variant_is_found_where_it_was_planted(trap: Trap):
    found = found_in(trap.raw, trap.dataset)
    assert (trap.rule, trap.row, trap.column) in found
    assert len(found) == 1 or trap.file == WRONG_ENCODING


@pytest.mark.parametrize("trap", [one for one in traps(SEED) if one.rule in FORBIDDEN], ids=lambda one: one.file)
def test_a_hidden_my_number_is_sighted_though_its_file_fits_its_schema(trap: Trap):
    assert found_in(trap.raw, trap.dataset) == []
    assert Code(trap.rule) in codes_sighted(trap.raw, trap.column)


def test_no_export_shows_a_my_number_outside_of_the_columns_that_stay_at_home():
    for dataset in ("resident-register", "health-checks", "national-health"):
        for column in schema(dataset).columns:
            seen = codes_sighted(export(dataset).raw, column.name)
            assert (Code.MY_NUMBER in seen) is (column.holds is Code.MY_NUMBER), column.name


def with_everybody(dataset):
    """The ready schema, but for what it says of rows that never leave: a truth counts every row."""
    declared = schema(dataset)
    return replace(declared, columns=tuple(replace(one, withhold=()) for one in declared.columns))


def is_withheld(table, declared, row):
    return any(
        table.column(one.name).values[table.column(one.name).codes[row]] in one.withhold
        for one in declared.columns
        if one.withhold
    )


def test_the_town_has_people_under_protection_and_none_of_their_rows_is_sealed():
    declared = schema("resident-register")
    before = read_csv(io.BytesIO(export("resident-register").raw), with_everybody("resident-register"))
    protected = [row for row in range(before.rows) if is_withheld(before, declared, row)]
    _, pieces = rewritten(io.BytesIO(export("resident-register").raw), declared)
    sealed = b"".join(pieces)
    numbers = before.column("宛名番号").cells()
    assert protected
    assert all(str(numbers[row]).encode() not in sealed for row in protected)


@pytest.mark.parametrize("dataset", [one for one in MAKERS if needs_rewriting(schema(one))])
def test_what_is_sealed_has_the_same_values_and_nothing_that_must_stay_at_home(dataset):
    before = read_csv(io.BytesIO(export(dataset).raw), schema(dataset))
    after, pieces = rewritten(io.BytesIO(export(dataset).raw), schema(dataset))
    raw = b"".join(pieces)
    table = read_csv(io.BytesIO(raw), after)
    stays = np.flatnonzero([not is_withheld(before, schema(dataset), row) for row in range(before.rows)])
    left = before.take(stays)
    assert [table.column(one).cells() for one in after.names] == [left.column(one).cells() for one in after.names]
    kept = set(raw.decode().replace("\n", ",").split(","))
    for column in schema(dataset).with_role(Role.STRIPPED):
        assert column.name not in after.names
        numbers = {one for one in before.column(column.name).cells() if one and len(str(one)) > 1}
        assert not numbers & kept


def test_the_bad_variants_are_of_every_kind():
    assert {one.rule for one in traps(SEED)} >= KINDS
