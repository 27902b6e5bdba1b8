"""A part of what can go wrong on the line; `make faults` does all of it (docs/faults.md 3 and 4)."""

import pytest

from tests.faults.lines import bits, callers


@pytest.mark.requirement("B10", "F14")
def test_no_turned_bit_and_no_break_in_anything_that_travels_is_accepted():
    found = list(bits.rows(quick=True))
    assert {(row.id, row.where) for row in found} >= {("F8", "parcel"), ("F9", "permit"), ("F8", "checkpoint")}
    assert [(row.id, row.where, row.wrong) for row in found if not row.holds] == []


@pytest.fixture(scope="module")
def called():
    return list(callers.rows(quick=True))


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("number", ["F11", "F12", "F19", "F20", "F21"])
def test_callers_that_repeat_crowd_break_off_and_dawdle_change_nothing_for_the_honest_one(called, number):
    found = [row for row in called if row.id == number]
    assert found
    assert [(row.name, row.wrong) for row in found if not row.holds] == []
