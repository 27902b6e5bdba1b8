"""What the clerk's commands say of numbers that may not leave beside the table (spec/numbers.md 6)."""

import csv
from random import Random

import pytest

from sekisho.site import trial as trial_module
from sekisho.site.role_settings import Ports
from tests.journey.trial_site import SCHEMA, TOWN, said_here, table
from tests.unit.deid.numbers.numbers_made import my_numbers

pytestmark = pytest.mark.requirement("A16")

NUMBER = "9832-0567-3214"


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A folder with a good table and its schema; a site made there looks for no port."""
    monkeypatch.setattr(trial_module, "_free_ports", lambda: Ports("127.0.0.1", 1, 2, 3, 4))
    (tmp_path / "table.csv").write_bytes(table())
    (tmp_path / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


def seal(given, reference, lang):
    options = ("--schema", given / "schema.toml", "--basis", "law", "--reference", reference)
    return said_here("municipality", "seal", given / "table.csv", "--home", given / "none", *options, lang=lang)


@pytest.mark.parametrize(("lang", "told"), [("ja", "送り状は"), ("en", "can read a label")])
def test_a_reference_with_a_my_number_is_refused_before_the_table_is_read(given, lang, told):
    (given / "table.csv").write_bytes(b"not this table")
    done = seal(given, f"契約 {NUMBER}", lang)
    assert (done.code, done.out) == (2, "")
    assert "[parcel.forbidden-number]" in done.err
    assert told in done.err
    assert NUMBER not in done.err


def test_another_reference_comes_to_what_is_looked_at_next(given):
    done = seal(given, "契約 2026-1", "en")
    assert (done.code, "[settings.missing]" in done.err) == (4, True)


@pytest.mark.parametrize(("lang", "told"), [("ja", "消してください"), ("en", "remove it")])
def test_inspecting_refuses_a_schema_in_which_a_my_number_is_written_as_sealing_does(given, lang, told):
    schema = given / "schema.toml"
    schema.write_text(f"{SCHEMA}\n# 例 {NUMBER}\n", encoding="utf-8")
    done = said_here("municipality", "inspect", given / "table.csv", "--schema", schema, lang=lang)
    assert (done.code, done.out) == (4, "")
    assert "[schema.malformed]" in done.err
    assert told in done.err
    assert NUMBER not in done.err
    schema.write_text(SCHEMA, encoding="utf-8")
    assert said_here("municipality", "inspect", given / "table.csv", "--schema", schema, lang=lang).code == 0


@pytest.mark.parametrize("command", ["inspect", "seal"])
def test_the_list_of_refused_numbers_is_the_clerks_alone_and_names_each_row(given, command):
    numbers = my_numbers(Random(3), 60)
    rows = zip(table().decode().splitlines()[1:], numbers, strict=True)
    numbered = ["id,age,sex,income,memo", *(f"{row},{number}" for row, number in rows)]
    (given / "table.csv").write_text("\n".join([*numbered, ""]), encoding="utf-8")
    schema = given / "schema.toml"
    schema.write_text(f'{SCHEMA}\n[[column]]\nname = "memo"\ntype = "text"\nrole = "plain"\n', encoding="utf-8")
    options = ["--schema", schema, "--errors", given / "errors.csv"]
    if command == "seal":
        options += ["--home", home_of(given), "--basis", "law", "--reference", "1"]
    done = said_here("municipality", command, given / "table.csv", *options)
    assert (done.code, "[table.forbidden-number]" in done.err) == (2, True)
    assert not any(number in done.out + done.err for number in numbers)
    assert (given / "errors.csv").stat().st_mode & 0o777 == 0o600
    with (given / "errors.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = list(csv.reader(stream))[1:]
    assert [(int(one[0]), int(one[1]), one[2], one[4]) for one in listed] == [
        (row, row + 1, "memo", number) for row, number in enumerate(numbers, 1)
    ]


def home_of(given):
    assert said_here("site", "init", given / "site", "--trial").code == 0
    return given / "site" / f"municipality-{TOWN}"
