"""Rounding to multiples: against the definition, at the ends of what a table can hold, and that it cannot be undone."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.change import Round
from sekisho.deid.changes.disturbing.rounding import round_numbers
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table, table_of
from sekisho.statement import LARGEST_INTEGER

NUMBERS = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.integers(-60, 60)
STEPS = st.integers(1, 40) | st.integers(1, 2**60)


def schema(*names, minimum=None, maximum=None):
    columns = [ColumnSchema(one, Kind.INTEGER, Role.PLAIN, minimum=minimum, maximum=maximum) for one in names]
    return Schema("made", Encoding.UTF_8, Csv(), tuple(columns))


ANY = schema("number", "other", "one", "two")


def rounded(cells, to, declared=ANY):
    return round_numbers(table_of(number=cells), Round(("number",), to), declared).column("number").cells()


def nearest(number, to):
    """Of the multiples around the number the nearer one; of two as near the one farther from zero."""
    below = number // to * to
    around = [one for one in (below, below + to) if abs(one) <= LARGEST_INTEGER]
    return min(around, key=lambda one: (abs(Fraction(one) - number), -abs(one)))


@given(st.lists(NUMBERS, min_size=1, max_size=8), STEPS)
def test_each_number_becomes_its_nearest_multiple_halves_away_from_zero(cells, to):
    assert rounded(cells, to) == [nearest(one, to) for one in cells]


@given(st.lists(NUMBERS, max_size=8), STEPS)
def test_rounding_twice_is_rounding_once(cells, to):
    assert rounded(rounded(cells, to), to) == rounded(cells, to)


@pytest.mark.parametrize(("number", "becomes"), [(14, 10), (15, 20), (-14, -10), (-15, -20), (0, 0), (4, 0), (-4, 0)])
def test_tens_are_rounded_as_at_school(number, becomes):
    assert rounded([number], 10) == [becomes]


def test_all_numbers_within_half_a_step_give_one_result():
    tables = [
        round_numbers(table_of(number=[one, 40]), Round(("number",), 10), ANY).column("number") for one in range(15, 25)
    ]
    assert {(one.values, tuple(one.codes.tolist())) for one in tables} == {((20, 40), (0, 1))}


def test_blanks_and_texts_stay_and_other_columns_are_the_same():
    table = table_of(number=[None, "≥ 90", 17], other=[17, 17, 17])
    done = round_numbers(table, Round(("number",), 5), ANY)
    assert done.column("number").cells() == [None, "≥ 90", 15]
    assert done.column("other") is table.column("other")


def test_several_columns_and_values_that_no_row_uses_are_rounded():
    unused = Column("one", (99, 12), np.array([1, 1], np.int32))
    done = round_numbers(Table((unused, *table_of(two=[3, 8]).columns)), Round(("one", "two"), 10), ANY)
    assert [one.cells() for one in done.columns] == [[10, 10], [0, 10]]


def test_no_result_lies_beyond_what_a_table_can_hold():
    assert rounded([LARGEST_INTEGER, -LARGEST_INTEGER], 1_000) == [
        LARGEST_INTEGER // 1_000 * 1_000,
        -(LARGEST_INTEGER // 1_000 * 1_000),
    ]
    assert rounded([LARGEST_INTEGER], 2**60) == [0]


@given(st.lists(st.integers(-30, 55), min_size=1), st.integers(2, 40), st.integers(-30, 0), st.integers(0, 55))
def test_results_are_the_nearest_multiples_within_the_limits_of_the_schema(cells, to, minimum, maximum):
    within = [one for one in range(minimum, maximum + 1) if one % to == 0]
    inside = [min(max(one, minimum), maximum) for one in cells]
    found = rounded(inside, to, schema("number", minimum=minimum, maximum=maximum))
    assert found == [min(within, key=lambda there: (abs(there - one), -abs(there))) for one in inside]


def test_a_number_next_to_the_upper_limit_is_rounded_down():
    assert rounded([17, 14, None], 20, schema("number", maximum=18)) == [0, 0, None]


def test_an_empty_column_and_one_of_blanks_stay():
    assert rounded([], 10) == []
    assert rounded([None, None], 10) == [None, None]
