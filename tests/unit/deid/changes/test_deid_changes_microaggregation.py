"""Microaggregated columns: means of groups, blanks, days, and too few rows."""

from collections import Counter
from datetime import date
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.change import Microaggregate
from sekisho.deid.changes.disturbing.microaggregation import microaggregate
from sekisho.deid.table import Column, Table, table_of
from sekisho.errors import CannotMeet, Reason
from sekisho.statement import LARGEST_INTEGER

NUMBERS = st.none() | st.integers(-20, 20)
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS), max_size=25)


def rows_of(table):
    return [*zip(*(one.cells() for one in table.columns), strict=True)]


def changed(rows, group, columns=("a", "b")):
    table = table_of(a=[one[0] for one in rows], b=[one[1] for one in rows])
    return rows_of(microaggregate(table, Microaggregate(columns, group)))


def refusal(rows, group):
    with pytest.raises(CannotMeet) as caught:
        changed(rows, group)
    return caught.value


def pattern(row):
    return tuple(one is None for one in row)


@given(ROWS, st.integers(2, 4))
def test_every_row_afterwards_looks_like_at_least_group_rows(rows, group):
    patterns = Counter(pattern(one) for one in rows)
    if not any(many >= group for one, many in patterns.items() if not all(one)):
        assert refusal(rows, group).reason is Reason.CHANGE_TOO_FEW_ROWS
        return
    after = changed(rows, group)
    alike = Counter(after)
    for old, new in zip(rows, after, strict=True):
        if patterns[pattern(old)] < group:
            assert new == (None, None)
        elif not all(pattern(old)):
            assert pattern(new) == pattern(old)
            assert alike[new] >= group


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.integers(2, 4))
def test_the_total_of_a_column_stays_but_for_rounding(numbers, group):
    if len(numbers) < group:
        return
    table = microaggregate(table_of(a=list(numbers)), Microaggregate(("a",), group))
    after = table.column("a").cells()
    assert abs(sum(after) - sum(numbers)) <= len(numbers) / 2


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=3))
def test_means_are_exact_and_rounded_half_up(numbers):
    table = microaggregate(table_of(a=list(numbers)), Microaggregate(("a",), 2))
    mean = floor(Fraction(sum(numbers), len(numbers)) + Fraction(1, 2))
    assert table.column("a").cells() == [mean] * len(numbers)


def test_means_of_the_greatest_numbers_do_not_overflow():
    rows = 5_000
    greatest = Column("a", (LARGEST_INTEGER, LARGEST_INTEGER - 2), np.tile(np.array([0, 1], dtype=np.int32), rows // 2))
    table = microaggregate(Table((greatest,)), Microaggregate(("a",), rows))
    assert set(table.column("a").cells()) == {LARGEST_INTEGER - 1}


def test_days_become_days():
    days = [date(2020, 1, 1), date(2020, 1, 4), date(2021, 5, 2), date(2021, 5, 2), None]
    after = microaggregate(table_of(a=days), Microaggregate(("a",), 2)).column("a").cells()
    assert after == [date(2020, 1, 3), date(2020, 1, 3), date(2021, 5, 2), date(2021, 5, 2), None]


def test_columns_weigh_alike_whatever_their_unit():
    rows = [(1, 1_000_000), (1, 3_000_000), (2, 1_000_000), (2, 3_000_000)]
    shrunk = [(one * 1_000, other) for one, other in rows]
    assert [one for one, _ in changed(shrunk, 2)] == [1_000 * one for one, _ in changed(rows, 2)]


def test_other_columns_and_what_is_no_number_stay():
    table = table_of(a=[1, "≥ 90", 3, "≥ 90"], b=[5, 6, 7, 8], c=["x", "y", "z", None])
    after = microaggregate(table, Microaggregate(("a", "b"), 2))
    assert rows_of(after) == [(2, 6, "x"), ("≥ 90", 7, "y"), (2, 6, "z"), ("≥ 90", 7, None)]


def test_rows_whose_blanks_are_rare_lose_their_numbers():
    rows = [(1, 1), (2, 2), (3, None), (None, None)]
    assert changed(rows, 2) == [(2, 2), (2, 2), (None, None), (None, None)]


def test_a_number_that_became_blank_stands_nowhere_in_the_result():
    table = microaggregate(table_of(a=[1, 2, 77], b=[1, 2, None]), Microaggregate(("a", "b"), 2))
    assert 77 not in table.column("a").values


@pytest.mark.parametrize("rows", [[], [(1, 1)], [(None, None)] * 5, [(1, 1), (2, None), (None, 3)]])
def test_too_few_rows_for_one_group_are_refused(rows):
    error = refusal(rows, 2)
    assert error.reason is Reason.CHANGE_TOO_FEW_ROWS
    assert error.facts == {"change": "microaggregate", "rows": sum(one != (None, None) for one in rows), "needed": 2}


def test_a_group_larger_than_the_table_is_refused():
    assert refusal([(1, 1)] * 5, 6).reason is Reason.CHANGE_TOO_FEW_ROWS


def test_a_column_of_one_value_stays_as_it_is():
    assert changed([(7, 7)] * 5, 3) == [(7, 7)] * 5


def test_two_tables_have_one_result():
    assert changed([(1, 1), (3, 3)], 2) == changed([(0, 2), (4, 2)], 2) == [(2, 2), (2, 2)]
