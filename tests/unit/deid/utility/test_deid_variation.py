"""Total variation of columns and pairs: a plain loop over values, and what must always hold of it."""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from deid_released import asked, asked_plainly, covered, released
from hypothesis import given, settings
from hypothesis import strategies as some

from sekisho.deid.utility.variation import (
    MOST_GROUPS,
    Variation,
    group_values,
    marginal_variation,
    pair_variation,
    variation,
)

CLOSE = pytest.approx


def plain(before, after):
    """Give back the variation of these columns taken together, by enumerating what each cell covers."""
    rows, kept = len(before[0]), len(after[0])
    if not kept:
        return 1.0
    difference = Counter()
    for one in zip(*before, strict=True):
        difference[one] += 1 / rows
    for labels in zip(*after, strict=True):
        every = list(product(*(covered(one, cells) for one, cells in zip(labels, before, strict=True))))
        for one in every:
            difference[one] -= 1 / kept / len(every)
    return sum(abs(one) for one in difference.values()) / 2


@given(released())
@settings(deadline=None)
def test_columns_and_pairs_are_those_of_a_plain_loop(table):
    before, after = table
    found = variation(asked(before, after))
    places = range(len(before))
    assert found.columns == CLOSE([plain([before[one]], [after[one]]) for one in places], abs=1e-9)
    assert [(one, other) for one, other, _ in found.pairs] == list(combinations(places, 2))
    for one, other, share in found.pairs:
        assert share == CLOSE(plain([before[one], before[other]], [after[one], after[other]]), abs=1e-9)


@given(released())
@settings(deadline=None)
def test_a_pair_changes_no_less_than_its_columns(table):
    found = variation(asked(*table))
    for one, other, share in found.pairs:
        assert share >= max(found.columns[one], found.columns[other]) - 1e-9
    for marginal, pair in zip(marginal_variation(found), pair_variation(found), strict=True):
        assert 0 <= float(marginal.number) <= float(pair.number) + 1e-9 <= 1 + 1e-9


@given(some.lists(some.tuples(some.integers(-5, 200), some.sampled_from("abc")), min_size=1, max_size=120))
@settings(deadline=None)
def test_a_table_released_as_it_was_has_none_also_where_values_are_grouped(rows):
    numbers, words = (list(one) for one in zip(*rows, strict=True))
    found = variation(asked_plainly([numbers, words], [numbers[::-1], words[::-1]]))
    assert found.columns == CLOSE((0.0, 0.0))
    assert found.pairs == ((0, 1, CLOSE(0.0)),)


def test_a_table_without_rows_changed_as_much_as_can_be():
    found = variation(asked([["a", "b"], ["c", "d"]], [[], []]))
    assert found == Variation((1.0, 1.0), ((0, 1, 1.0),))
    assert [one.number for one in (*marginal_variation(found), *pair_variation(found))] == [1, 1, 1, 1]


def test_values_that_nobody_had_are_all_new():
    assert variation(asked_plainly([["x", "y"]], [["p", "q"]])).columns == (1.0,)


def test_one_column_is_its_own_pair_and_no_column_has_none():
    found = variation(asked([["a", "a", "b", "c"]], [["a", "a", "a", "c"]]))
    assert [float(one.number) for one in pair_variation(found)] == [0.25, 0.25]
    assert [float(one.number) for one in marginal_variation(variation([]))] == [0, 0]


def test_an_independent_pair_differs_where_its_columns_do_not():
    found = variation(asked_plainly([["a", "b"], ["x", "y"]], [["a", "b"], ["y", "x"]]))
    assert found == Variation((0.0, 0.0), ((0, 1, 1.0),))


def test_numbers_are_in_groups_of_equally_many_rows_and_days_too():
    numbers = [one // 2 for one in range(1_000)]
    days = [date(2001, 1, 1) + timedelta(days=one) for one in numbers]
    for cells in (numbers, days):
        (column,) = asked_plainly([cells], [cells])
        groups = group_values(column).before
        assert Counter(Counter(groups.tolist()).values()) == {20: MOST_GROUPS}
        assert groups.tolist() == sorted(groups.tolist())


def test_texts_beyond_the_49_most_frequent_are_one_group():
    cells = [f"t{one:03}" for one in range(100) for _ in range(1 + (one < 49))]
    (column,) = asked_plainly([cells], [cells])
    assert sorted(Counter(group_values(column).before.tolist()).values()) == [2] * 49 + [51]


def test_rounded_numbers_fall_into_the_groups_of_the_values_before():
    numbers = list(range(100, 1_100))
    exact, coarse = (
        variation(asked_plainly([numbers], [[one // step * step for one in numbers]])) for step in (1, 500)
    )
    assert exact.columns == CLOSE((0.0,))
    assert 0.9 < coarse.columns[0] <= 1


def test_a_column_of_one_value_that_everybody_has_does_not_change():
    assert variation(asked([["a"] * 4], [["*", "a", "ab", "a"]])).columns == (0.0,)
