"""Distinction and separation (Motwani and Xu 2007) against the plain counting of pairs."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.workshop.proposing.keys import GOAL, distinction, find_key, separation

TABLES = st.integers(2, 30).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 4), min_size=rows, max_size=rows), min_size=1, max_size=5)
)


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40))
def test_separation_is_the_share_of_pairs_that_differ(values: list[int]):
    pairs = list(combinations(values, 2))
    assert separation(np.array(values)) == pytest.approx(sum(a != b for a, b in pairs) / len(pairs))


@given(TABLES)
def test_a_key_tells_apart_what_its_columns_tell_apart(columns: list[list[int]]):
    named = {f"c{place}": np.array(one, np.int32) for place, one in enumerate(columns)}
    key = find_key(named)
    rows = list(zip(*(named[name].tolist() for name in key.columns), strict=True)) if key.columns else []
    together = [sum(value * 10**place for place, value in enumerate(row)) for row in rows]
    assert key.distinction == pytest.approx(len(set(rows)) / len(columns[0]) if rows else 0)
    assert key.separation == pytest.approx(separation(np.array(together)) if rows else 0)


@given(TABLES)
def test_a_key_that_misses_the_goal_gains_next_to_nothing_by_one_column_more(columns: list[list[int]]):
    named = {f"c{place}": np.array(one, np.int32) for place, one in enumerate(columns)}
    key = find_key(named)
    if key.distinction >= GOAL:
        return
    taken = list(zip(*(named[name].tolist() for name in key.columns), strict=True)) or [()] * len(columns[0])
    best = max((separation(_numbers(taken, named[name])) for name in named if name not in key.columns), default=0)
    assert best - key.separation < 0.005


def _numbers(taken, codes):
    rows = [(*row, code) for row, code in zip(taken, codes.tolist(), strict=True)]
    return np.array([sorted(set(rows)).index(row) for row in rows])


def test_a_column_that_is_a_key_by_itself_is_enough():
    key = find_key({"many": np.arange(100, dtype=np.int32), "two": np.arange(100, dtype=np.int32) % 2})
    assert (key.columns, key.distinction, key.separation, key.rows) == (("many",), 1.0, 1.0, 100)


def test_no_columns_and_no_rows_have_no_key():
    assert find_key({}).columns == ()
    assert find_key({"c": np.empty(0, np.int32)}).columns == ()
    assert (distinction(np.empty(0, np.int32)), separation(np.array([1]))) == (0.0, 0.0)
