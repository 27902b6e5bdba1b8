"""What the schema's file itself must not carry out (spec/numbers.md 6)."""

import pytest

from sekisho.ends.sealing import prepare
from sekisho.errors import BadSettings, Reason

pytestmark = pytest.mark.requirement("A16")

SCHEMA = 'format = "sekisho-schema-v1"\nname = "町"\nencoding = "utf-8"\n{}[[column]]\nname = "甲"\ntype = "text"\nrole = "plain"\n'


def test_a_my_number_in_a_comment_of_the_schema_is_not_sealed(tmp_path):
    table, schema = tmp_path / "table.csv", tmp_path / "schema.toml"
    table.write_text("甲\nい\n", encoding="utf-8")
    schema.write_text(SCHEMA.format("# 例: 9832-0567-3214\n"), encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        prepare(table, schema)
    assert caught.value.reason is Reason.SCHEMA_MALFORMED
    assert caught.value.facts == {"file": "schema.toml", "line": 4, "rule": "my-number-written"}
    schema.write_text(SCHEMA.format("# 例\n"), encoding="utf-8")
    assert prepare(table, schema).rows == 1
