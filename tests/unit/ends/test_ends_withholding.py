"""Rows of protected people and columns that never leave (spec/schema.md 3 and 5)."""

import pytest

from sekisho.deid.schema import read_schema
from sekisho.ends.sealing import prepare
from sekisho.errors import BadTable, Reason

SCHEMA = """format = "sekisho-schema-v1"
name = "made register"
encoding = "cp932"

[[column]]
name = "名"
type = "text"
role = "identifier"

[[column]]
name = "支援措置"
type = "code"
role = "stripped"
values = ["0", "1", "2"]
withhold = ["1", "2"]
blank = true
"""


@pytest.fixture
def given(tmp_path):
    def write(*rows):
        table, schema = tmp_path / "t.csv", tmp_path / "s.toml"
        table.write_bytes("\r\n".join(("名,支援措置", *rows, "")).encode("cp932"))
        schema.write_text(SCHEMA, encoding="utf-8")
        return table, schema

    return write


@pytest.mark.requirement("B14")
def test_rows_of_protected_people_are_left_out_and_counted(given):
    content = prepare(*given("甲,0", "乙,1", "丙,", "丁,２", "戊,0"))
    with content.open_table() as table:
        raw = table.read()
    assert raw.decode() == "名\n甲\n丙\n戊\n"
    assert len(raw) == content.size_bytes
    assert (content.rows, content.checked.withheld, content.left_out) == (3, 2, ("支援措置",))
    assert read_schema(content.schema_raw).names == ("名",)


def test_a_table_of_which_nothing_may_leave_is_refused(given):
    with pytest.raises(BadTable) as caught:
        prepare(*given("甲,1", "乙,2"))
    assert caught.value.reason is Reason.TABLE_EMPTY
