"""Rows that never leave: against a slow way row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.leaving_out.withheld import leave_out_withheld
from sekisho.deid.schema import read_schema
from sekisho.deid.table import table_of
from sekisho.errors import BadTable, Reason

SCHEMA = read_schema(
    b"""format = "sekisho-schema-v1"
name = "protected"
encoding = "utf-8"
column = [
  { name = "row", type = "integer", role = "plain" },
  { name = "support", type = "code", role = "stripped", withhold = ["1", "2"], blank = true },
  { name = "other", type = "code", role = "stripped", withhold = ["x"], blank = true },
]
"""
)
ROWS = st.lists(st.tuples(st.sampled_from([None, "0", "1", "2"]), st.sampled_from([None, "x", "1"])), max_size=12)


def cells_of(table):
    return list(zip(*(one.cells() for one in table.columns), strict=True))


@pytest.mark.requirement("A16")
@given(ROWS)
def test_rows_with_a_withheld_value_are_left_out_and_all_others_stay_in_their_order(rows):
    table = table_of(row=list(range(len(rows))), support=[one for one, _ in rows], other=[one for _, one in rows])
    expected = [one for one in cells_of(table) if one[1] not in {"1", "2"} and one[2] != "x"]
    if rows and not expected:
        with pytest.raises(BadTable) as caught:
            leave_out_withheld(table, SCHEMA)
        assert caught.value.reason is Reason.TABLE_EMPTY
    else:
        assert cells_of(leave_out_withheld(table, SCHEMA)) == expected
