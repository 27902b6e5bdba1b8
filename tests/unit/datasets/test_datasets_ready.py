"""The ready-made datasets load, keep what the law wants of every schema, and are what their pages say."""

import re
from pathlib import Path

import pytest

from sekisho.datasets.ready import POLICY, SCHEMA, ready_folder, ready_ids
from sekisho.deid.numbers.codes import Code
from sekisho.deid.policy import quasi_identifiers
from sekisho.deid.schema import Kind, Role, Schema, read_schema
from sekisho.deid.written.checking import check_policy
from sekisho.errors import WrongUsage
from sekisho.pages.words import Language, words_in
from sekisho.tables.policy_file import open_policy

ROOT = Path(__file__).parents[3]
PAGES = ("docs/datasets.md", "docs/datasets.ja.md")
STAYS_HOME = {"個人番号", "受給者個人番号", "住民票コード", "支援措置区分", "在留カード等番号"}
# What shows in every list of a municipality and names a person or a record; no other role is right for it.
NAMES_SOMEBODY = re.compile(
    r"氏名|カナ|名義|通称|旧氏|番地|方書|本籍|筆頭者|^住所$|宛名番号|世帯番号|口座番号|被保険者.*番$|枝番|記号"
)


def schema_of(name: str) -> Schema:
    return read_schema((ready_folder(name) / SCHEMA).read_bytes())


@pytest.mark.parametrize("name", ready_ids())
def test_a_ready_policy_goes_with_its_schema(name: str) -> None:
    schema = schema_of(name)
    policy = check_policy(open_policy(ready_folder(name) / POLICY), schema)
    assert policy.k >= 5
    assert len(quasi_identifiers(policy, schema)) >= 3


@pytest.mark.parametrize("name", ready_ids())
def test_no_number_of_a_person_has_a_role_in_which_it_could_stay(name: str) -> None:
    for column in schema_of(name).columns:
        if column.holds is not None and column.holds is not Code.INSURER_NUMBER:
            assert column.role in {Role.IDENTIFIER, Role.STRIPPED}, column.name
        if column.holds is Code.INSURER_NUMBER:
            assert column.role is Role.IDENTIFIER


@pytest.mark.parametrize("name", ready_ids())
def test_what_must_stay_at_home_is_stripped_and_nothing_else(name: str) -> None:
    columns = schema_of(name).columns
    assert {one.name for one in columns if one.role is Role.STRIPPED} == STAYS_HOME & {one.name for one in columns}


@pytest.mark.parametrize("name", ready_ids())
def test_whatever_names_somebody_is_an_identifier(name: str) -> None:
    for column in schema_of(name).columns:
        if NAMES_SOMEBODY.search(column.name):
            assert column.role is Role.IDENTIFIER, column.name


@pytest.mark.parametrize("name", ready_ids())
def test_dates_of_people_may_be_unknown_and_free_text_is_never_kept_as_it_stands(name: str) -> None:
    for column in schema_of(name).columns:
        assert column.kind is not Kind.DATE, column.name
        if column.name in {"備考", "傷病名称"}:
            assert column.kind is Kind.FREE_TEXT


@pytest.mark.parametrize("name", ready_ids())
def test_all_files_of_a_ready_folder_are_used(name: str) -> None:
    folder = ready_folder(name)
    said = (folder / POLICY).read_text(encoding="utf-8")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there == {SCHEMA, POLICY} | set(re.findall(r"ladders/[a-z-]+\.csv", said))


def test_another_name_is_wrong_usage_that_tells_the_right_ones() -> None:
    with pytest.raises(WrongUsage) as caught:
        ready_folder("../town")
    assert caught.value.facts["values"] == ", ".join(ready_ids())


def test_every_folder_is_listed() -> None:
    home = ready_folder("claims").parent
    assert {path.parent.name for path in home.glob(f"*/{SCHEMA}")} == set(ready_ids())


@pytest.mark.parametrize("language", Language)
def test_each_dataset_has_a_name_in_both_languages(language: Language) -> None:
    words = words_in(language)
    assert len({words.say(f"dataset.{name}") for name in ready_ids()}) == len(ready_ids())


@pytest.mark.parametrize("page", PAGES)
def test_the_page_lists_every_column_in_its_order_with_its_role(page: str) -> None:
    parts = re.split(r"^## .*`([a-z-]+)`$", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    told = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert tuple(told) == ready_ids()
    for name, part in told.items():
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("| ")]
        declared = [(one.name, f"`{one.role.value}`") for one in schema_of(name).columns]
        assert [(row[0], row[-2]) for row in rows[1:]] == declared
        assert all(all(row) for row in rows)


def test_a_role_has_its_reason_in_the_schema_too() -> None:
    for name in ready_ids():
        lines = (ready_folder(name) / SCHEMA).read_text(encoding="utf-8").splitlines()
        assert all(" # " in line for line in lines if line.startswith("role = "))
