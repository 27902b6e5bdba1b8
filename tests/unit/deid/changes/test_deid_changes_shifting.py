"""Shifted days: one number for each subject, never 0, within limits; even; and what cannot be moved."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import ShiftDates
from sekisho.deid.changes.disturbing.shifting import shift_dates
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import table_of
from sekisho.errors import CannotMeet, Reason

FIRST, LAST = date(2020, 1, 1), date(2020, 3, 1)
DAYS = st.none() | st.dates(FIRST, LAST)
ROWS = st.lists(st.tuples(DAYS, DAYS, st.sampled_from([None, "a", "b"])), max_size=8)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "shift")


def schema_with(minimum=None, maximum=None):
    days = [ColumnSchema(one, Kind.DATE, Role.PLAIN, True, minimum, maximum) for one in ("came", "went")]
    who = ColumnSchema("who", Kind.TEXT, Role.IDENTIFIER, blank=True)
    return Schema("made", Encoding.UTF_8, Csv(), (*days, who))


def table_with(rows):
    came, went, who = ([row[place] for row in rows] for place in range(3))
    return table_of(came=came, went=went, who=who)


def shifted(rows, most, seed, schema=None, subject="who"):
    change = ShiftDates(("came", "went"), most, subject)
    table = shift_dates(table_with(rows), change, schema or schema_with(), chance_of(seed))
    return [*zip(*(one.cells() for one in table.columns), strict=True)]


def offsets_of(rows, moved):
    """By subject the numbers of days by which its cells were moved; rows without one are subjects of their own."""
    found = {}
    for place, (before, after) in enumerate(zip(rows, moved, strict=True)):
        assert before[2] == after[2]
        for old, new in zip(before[:2], after[:2], strict=True):
            assert (old is None) == (new is None)
            if old is not None:
                found.setdefault(before[2] or place, set()).add((new - old).days)
    return found


@given(ROWS, st.integers(1, 400), st.integers(0, 1000))
def test_all_days_of_a_subject_move_by_one_number_that_is_not_zero(rows, most, seed):
    for one in offsets_of(rows, shifted(rows, most, seed)).values():
        assert len(one) == 1
        assert 0 < abs(*one) <= most


@given(ROWS, st.integers(0, 1000))
def test_without_a_subject_each_row_moves_by_a_number_of_its_own(rows, seed):
    alone = [(came, went, None) for came, went, _ in rows]
    moved = shifted(rows, 30, seed, subject="")
    assert [row[:2] for row in moved] == [row[:2] for row in shifted(alone, 30, seed)]


@given(ROWS, st.integers(1, 400), st.integers(0, 1000))
def test_no_day_leaves_the_limits_and_whom_they_leave_no_room_is_refused(rows, most, seed):
    days = {}
    for place, row in enumerate(rows):
        days.setdefault(row[2] or place, []).extend(one for one in row[:2] if one is not None)
    stuck = sum(1 for one in days.values() if one and (min(one), max(one)) == (FIRST, LAST))
    schema = schema_with(FIRST, LAST)
    if stuck:
        with pytest.raises(CannotMeet) as caught:
            shifted(rows, most, seed, schema)
        assert caught.value.reason is Reason.CHANGE_NO_ROOM
        assert caught.value.facts == {"change": "shift-dates", "count": stuck}
        return
    moved = shifted(rows, most, seed, schema)
    assert all(FIRST <= one <= LAST for row in moved for one in row[:2] if one is not None)
    assert all(0 not in one for one in offsets_of(rows, moved).values())


def test_each_number_of_days_that_leaves_a_subject_within_limits_is_drawn_alike_often():
    people = 6_000
    rows = [(FIRST + timedelta(2), FIRST + timedelta(4), str(one)) for one in range(people)]
    moved = shifted(rows, 3, 1, schema_with(FIRST, date(2021, 1, 1)))
    offsets = [(after[0] - before[0]).days for before, after in zip(rows, moved, strict=True)]
    counts = np.array([offsets.count(one) for one in (-2, -1, 1, 2, 3)])
    assert counts.sum() == people
    assert ((counts - people / 5) ** 2 / (people / 5)).sum() < 18.5  # chi-square, 4 degrees: once in a thousand


def test_the_ends_of_the_calendar_are_limits_where_the_schema_has_none():
    rows = [(date.min, None, "a"), (date.max, None, "b")]
    first, last = (row[0] for row in shifted(rows, 5, 1))
    assert date.min < first <= date.min + timedelta(5)
    assert date.max - timedelta(5) <= last < date.max


def test_a_subject_between_both_limits_goes_the_one_way_that_is_left():
    rows = [(FIRST, LAST - timedelta(1), "a")]
    assert shifted(rows, 300, 4, schema_with(FIRST, LAST))[0][:2] == (FIRST + timedelta(1), LAST)


def test_the_same_result_comes_from_different_days_so_that_nobody_can_undo_it():
    day = date(2020, 2, 1)
    results = {shifted([(day - timedelta(back), None, "a")], 3, seed)[0][0] for back in (-1, 1) for seed in range(60)}
    after_one = {shifted([(day - timedelta(1), None, "a")], 3, seed)[0][0] for seed in range(60)}
    after_other = {shifted([(day + timedelta(1), None, "a")], 3, seed)[0][0] for seed in range(60)}
    assert after_one | after_other == results
    assert after_one & after_other == {day + timedelta(one) for one in (-2, 0, 2)}


def test_the_same_entropy_moves_alike_and_another_one_does_not():
    rows = [(FIRST, LAST, str(one)) for one in range(50)]
    assert shifted(rows, 100, 1) == shifted(rows, 100, 1)
    assert shifted(rows, 100, 1) != shifted(rows, 100, 2)


def test_empty_tables_and_blank_columns_stay():
    assert shifted([], 5, 1) == []
    assert shifted([(None, None, "a"), (None, None, None)], 5, 1) == [(None, None, "a"), (None, None, None)]
