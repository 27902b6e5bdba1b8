"""What a data scientist has becomes a table: with a schema as declared, without one as the cells are spelled."""

import datetime as dt

import polars as pl
import pytest

from sekisho.deid.schema import Kind, Role, read_schema
from sekisho.deid.table import table_of
from sekisho.errors import BadTable, Finding, Malformed, Reason, Unavailable
from sekisho.library.roles import Roles, schema_of
from sekisho.library.sources import open_table

SCHEMA = read_schema(
    b"""format = "sekisho-schema-v1"
name = "made"
encoding = "utf-8"
[[column]]
name = "age"
type = "integer"
role = "quasi-identifier"
[[column]]
name = "code"
type = "text"
role = "plain"
"""
)


@pytest.fixture
def csv_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "t.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_a_csv_without_a_schema_holds_numbers_days_and_texts_as_they_are_spelled(csv_file):
    path = csv_file("age,born,code,share,note\n31,2024-02-29,0123,1.5,\n-4,1930-01-31,7,2,a\n,,,,\n")
    table = open_table(path)
    assert {one.name: one.cells() for one in table.columns} == {
        "age": [31, -4, None],
        "born": [dt.date(2024, 2, 29), dt.date(1930, 1, 31), None],
        "code": ["0123", "7", None],
        "share": ["1.5", "2", None],
        "note": [None, "a", None],
    }
    assert table.column("age").values == (None, -4, 31)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_without_a_schema_is_read_with_its_own_delimiter_and_encoding(csv_file, delimiter, encoding):
    table = open_table(str(csv_file(f"年齢{delimiter}病名\n31{delimiter}高血圧\n", encoding)))
    assert {one.name: one.cells() for one in table.columns} == {"年齢": [31], "病名": ["高血圧"]}


def test_days_that_no_calendar_has_are_text(csv_file):
    assert open_table(csv_file("day\n2023-02-29\n")).column("day").cells() == ["2023-02-29"]


def test_numbers_too_large_for_every_reader_are_text(csv_file):
    assert open_table(csv_file("number\n9999999999999999\n")).column("number").cells() == ["9999999999999999"]


def test_a_csv_is_read_as_its_schema_declares_it(csv_file):
    table = open_table(csv_file("age,code\n31,7\n"), SCHEMA)
    assert [one.cells() for one in table.columns] == [[31], ["7"]]


def test_a_parquet_file_is_known_by_what_stands_in_it(tmp_path):
    pl.DataFrame({"age": [31, 4], "code": ["7", None]}).write_parquet(tmp_path / "t.bin")
    table = open_table(tmp_path / "t.bin", SCHEMA)
    assert [one.cells() for one in table.columns] == [[31, 4], ["7", None]]


def test_a_frame_whose_cells_are_of_another_kind_than_declared_is_refused():
    with pytest.raises(BadTable) as caught:
        open_table(pl.DataFrame({"age": ["31"], "code": [7]}), SCHEMA)
    assert caught.value.reason is Reason.TABLE_DOES_NOT_FIT
    assert caught.value.findings == (Finding("age", "type", 1), Finding("code", "type", 1))


def test_a_frame_with_other_columns_than_declared_is_refused():
    with pytest.raises(BadTable) as caught:
        open_table(pl.DataFrame({"age": [31]}), SCHEMA)
    assert caught.value.facts == {"columns": 1, "declared": 2}


def test_a_column_that_is_blank_throughout_fits_every_kind():
    assert open_table(table_of(age=[None], code=[None]), SCHEMA).rows == 1


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unavailable) as caught:
        open_table(tmp_path / "t.csv")
    assert (caught.value.reason, caught.value.facts) == (Reason.FILE_MISSING, {"file": "t.csv"})


def test_what_is_no_table_is_a_type_error():
    with pytest.raises(TypeError, match="__arrow_c_stream__"):
        open_table([1, 2])


def test_a_schema_made_from_roles_has_the_kinds_of_the_cells():
    table = table_of(name=["a"], age=[3], born=[dt.date(2024, 1, 5)], mixed=["*"], blank=[None])
    schema = schema_of(table, Roles(("age", "born"), "mixed", ["name"], {"blank": 0}))
    assert [(one.name, one.kind, one.role, one.blank) for one in schema.columns] == [
        ("name", Kind.TEXT, Role.IDENTIFIER, False),
        ("age", Kind.INTEGER, Role.QUASI_IDENTIFIER, False),
        ("born", Kind.DATE, Role.QUASI_IDENTIFIER, False),
        ("mixed", Kind.TEXT, Role.SENSITIVE, False),
        ("blank", Kind.TEXT, Role.PLAIN, True),
    ]


def test_columns_without_a_role_with_two_and_names_without_a_column_are_refused_together():
    with pytest.raises(BadTable) as caught:
        schema_of(table_of(age=[3], name=["a"]), Roles(["age"], ["age"], plain=["nmae"]))
    assert caught.value.reason is Reason.TABLE_ROLES
    assert caught.value.findings == (
        Finding("name", "no-role", 1),
        Finding("age", "two-roles", 2),
        Finding("nmae", "no-such-column", 1),
    )


@pytest.mark.parametrize("name", ["", "=a", "a\nb", " a", "a" * 101])
def test_a_name_that_no_schema_can_hold_is_refused_by_its_place(name):
    with pytest.raises(Malformed) as caught:
        schema_of(table_of(age=[3], **{name: ["a"]}), Roles(["age"], plain=[name]))
    assert (caught.value.reason, caught.value.facts["key"]) == (Reason.SCHEMA_MALFORMED, "column.2.name")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.TABLE_EMPTY),
        ("a\n", Reason.TABLE_EMPTY),
        ("a,b\n1\n", Reason.TABLE_DOES_NOT_FIT),
        ("a,a\n1,2\n", Reason.TABLE_ROLES),
    ],
)
def test_a_csv_that_is_no_table_is_refused(csv_file, text, reason):
    with pytest.raises(BadTable) as caught:
        open_table(csv_file(text))
    assert caught.value.reason is reason


def test_a_parquet_file_that_is_cut_short_is_refused(tmp_path):
    pl.DataFrame({"age": [31, 4]}).write_parquet(tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:-20])
    with pytest.raises(BadTable) as caught:
        open_table(tmp_path / "cut.parquet")
    assert caught.value.findings == (Finding("", "no-parquet", 1),)


def test_a_parquet_file_with_a_column_of_lists_is_refused_by_its_name(tmp_path):
    pl.DataFrame({"age": [31, 4], "many": [[1], [2, 3]], "parts": [{"a": 1}, {"a": 2}]}).write_parquet(tmp_path / "t")
    with pytest.raises(BadTable) as caught:
        open_table(tmp_path / "t")
    assert caught.value.reason is Reason.TABLE_COLUMN_KIND
    assert caught.value.findings == (Finding("many", "other-kind", 2),)
