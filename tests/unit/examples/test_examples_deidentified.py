"""The shipped schemas, policies and ladders do their work: both tables pass, and nobody planted is singled out."""

import io
from functools import cache
from pathlib import Path

import pytest

from examples.town.files import residents_csv
from examples.town.residents import Town, make_town
from sekisho.deid.apply import apply_plan
from sekisho.deid.deidentify import measure_release, plan_table
from sekisho.deid.policy import Policy
from sekisho.deid.schema import Role, Schema, read_schema
from sekisho.deid.table import Table
from sekisho.deid.written.checking import check_policy
from sekisho.tables.disarm import read_csv
from sekisho.tables.policy_file import open_policy

EXAMPLES = Path(__file__).parents[3] / "examples"
RESIDENTS = 3_000
ENTROPY = bytes(32)


@cache
def contract(name: str) -> tuple[Schema, Policy]:
    folder = EXAMPLES / name
    schema = read_schema((folder / "schema.toml").read_bytes())
    return schema, check_policy(open_policy(folder / "policy.toml"), schema)


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(RESIDENTS, 1)


@pytest.fixture(scope="module")
def residents(town: Town) -> Table:
    return read_csv(io.BytesIO(residents_csv(town.rows)), contract("town")[0])


def test_the_town_file_fits_its_schema_and_reads_as_typed_values(town: Town, residents: Table) -> None:
    assert residents.rows == RESIDENTS
    ages = residents.column("年齢").cells()
    born = residents.column("生年月日").cells()
    assert ages == [int(row[5]) for row in town.rows]
    for age, day in zip(ages, born, strict=True):
        assert day is not None
        years = 2026 - day.year - ((day.month, day.day) > (10, 1))  # full years on 1 October 2026
        assert years == age


def test_no_planted_person_is_singled_out_after_deidentification(town: Town, residents: Table) -> None:
    schema, policy = contract("town")
    planned = plan_table(residents, schema, policy)
    released = apply_plan(residents, planned.plan, planned.answer, entropy=ENTROPY)
    report = measure_release(residents, released, schema, planned)
    assert report.number("k") >= policy.k
    assert released.rows > 0.9 * RESIDENTS
    found = planned.answer.recoding.columns
    rows = list(zip(*(released.column(one.name).cells() for one in found), strict=True))
    for planted in town.planted:
        tuple_ = planned.answer.tuples.of_row[planted.row - 1]
        seen = tuple(one.labels[one.of_tuple[tuple_]] for one in found)
        assert rows.count(seen) >= policy.k


def test_extreme_incomes_and_identifiers_do_not_get_out(residents: Table) -> None:
    schema, policy = contract("town")
    planned = plan_table(residents, schema, policy)
    released = apply_plan(residents, planned.plan, planned.answer, entropy=ENTROPY)
    incomes = [value for value in released.column("年間所得").values if isinstance(value, int)]
    assert max(incomes) < 20_000_000
    assert "≥20000000" in released.column("年間所得").values
    assert not {one.name for one in schema.with_role(Role.IDENTIFIER)} & set(released.names)
    assert "生年月日" not in released.names


def test_the_adult_table_reaches_its_policy() -> None:
    schema, policy = contract("adult")
    with (EXAMPLES / "adult" / "adult.csv").open("rb") as stream:
        table = read_csv(stream, schema)
    assert table.rows == 30_162
    planned = plan_table(table, schema, policy)
    released = apply_plan(table, planned.plan, planned.answer, entropy=ENTROPY)
    report = measure_release(table, released, schema, planned)
    assert report.number("k") >= 5
    assert report.number("suppressed-share") <= policy.suppression_limit
