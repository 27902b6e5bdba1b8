"""The ready-made policies do their work on the town's exports: bounds are kept and nothing that names anybody is left."""

import io
from dataclasses import replace
from functools import cache

import pytest

from examples.town.exports.all import MAKERS
from examples.town.residents import Town, make_town
from sekisho.datasets.ready import POLICY, SCHEMA, ready_folder
from sekisho.deid.deidentify import Outcome, deidentify
from sekisho.deid.schema import Kind, Role, Schema, read_schema
from sekisho.deid.table import Table
from sekisho.deid.written.checking import check_policy
from sekisho.tables.disarm import read_csv
from sekisho.tables.policy_file import open_policy

RESIDENTS = 3_000
MOST_LEFT_OUT = 0.05


@cache
def town() -> Town:
    return make_town(RESIDENTS, 1)


@cache
def sealed(dataset: str) -> tuple[Schema, Table]:
    """Give the table as it leaves the municipality: without the columns that stay at home."""
    schema = read_schema((ready_folder(dataset) / SCHEMA).read_bytes())
    table = read_csv(io.BytesIO(MAKERS[dataset](town(), 1).raw), schema)
    columns = tuple(one for one in schema.columns if one.role is not Role.STRIPPED)
    return replace(schema, columns=columns), Table(tuple(table.column(one.name) for one in columns))


@cache
def outcome(dataset: str) -> Outcome:
    schema, table = sealed(dataset)
    policy = check_policy(open_policy(ready_folder(dataset) / POLICY), schema)
    return deidentify(table, schema, policy, entropy=bytes(32))


@pytest.mark.parametrize("dataset", MAKERS)
def test_the_ready_policy_is_kept_on_the_export_and_most_rows_remain(dataset):
    policy = open_policy(ready_folder(dataset) / POLICY)
    report = outcome(dataset).report
    assert report.number("k") >= policy.k
    assert report.number("suppressed-share") <= MOST_LEFT_OUT
    assert outcome(dataset).table.rows > 200


@pytest.mark.parametrize("dataset", MAKERS)
def test_no_identifier_and_no_free_text_is_released(dataset):
    schema, _ = sealed(dataset)
    gone = {one.name for one in schema.columns if one.role is Role.IDENTIFIER or one.kind is Kind.FREE_TEXT}
    assert gone
    assert not gone & set(outcome(dataset).table.names)


def test_removed_residents_are_left_out_by_the_policy_of_the_register():
    _, table = sealed("resident-register")
    living = sum(one == "1" for one in table.column("住民状態").cells())
    assert living < table.rows
    assert outcome("resident-register").table.rows <= living


def test_a_rare_disease_is_left_out_by_the_policy_of_claims():
    _, table = sealed("claims")
    assert "2701001" in table.column("傷病名コード").cells()
    assert "2701001" not in outcome("claims").table.column("傷病名コード").cells()


@pytest.mark.parametrize("dataset", ["claims", "care", "health-checks", "national-health"])
def test_a_table_with_several_rows_of_a_person_is_bound_by_persons(dataset):
    _, table = sealed(dataset)
    policy = open_policy(ready_folder(dataset) / POLICY)
    subject = policy.exam.subject
    assert len(table.column(subject).used().values) < table.rows
    assert subject not in outcome(dataset).table.names
    assert outcome(dataset).report.number("k-subjects") >= policy.least_subjects >= 5
