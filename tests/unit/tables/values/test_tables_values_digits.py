"""How many digits a column of municipalities has can be said (spec/disarm.md 3.6)."""

import pytest

from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.tables.rules import Rule, cell_reader


@pytest.mark.parametrize(("digits", "read"), [(5, "12106"), (6, "01210"), (None, Rule.TYPE)])
def test_a_code_that_is_right_in_two_ways_is_read_as_the_schema_says(digits, read):
    assert cell_reader(ColumnSchema("団体", Kind.MUNICIPALITY, Role.PLAIN, digits=digits))("12106") == read
