"""Groups of near rows: MDAV, the best runs of one column, and the parts that large tables are cut into."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.changes.disturbing.mdav import group_near
from sekisho.deid.changes.disturbing.microaggregation import LARGEST_PART, groups_of, share_of_squares_lost
from sekisho.deid.changes.disturbing.splitting import split
from sekisho.deid.changes.disturbing.univariate import MOST_EXACT, best_runs

POINTS = st.integers(1, 3).flatmap(
    lambda columns: st.lists(st.lists(st.integers(-9, 9), min_size=columns, max_size=columns), min_size=5, max_size=40)
)


def mdav_slowly(points, group):
    """MDAV-generic of Domingo-Ferrer and Torra 2005, read off the paper line by line; groups as sets of rows."""

    def apart(one, other):
        total = 0.0
        for here, there in zip(one, other, strict=True):
            total += (here - there) * (here - there)
        return total

    def centre(rows):
        sums = [0.0] * len(points[0])
        for row in rows:
            sums = [total + value for total, value in zip(sums, points[row], strict=True)]
        return [total / len(rows) for total in sums]

    def cluster(row):
        near = sorted(left, key=lambda one: (apart(points[one], points[row]), one))[:group]
        groups.append(frozenset(near))
        left[:] = [one for one in left if one not in near]

    left, groups = list(range(len(points))), []
    while len(left) >= 3 * group:
        middle = centre(left)
        far = max(left, key=lambda one: apart(points[one], middle))
        cluster(far)
        cluster(max(left, key=lambda one: apart(points[one], points[far])))
    if len(left) >= 2 * group:
        middle = centre(left)
        cluster(max(left, key=lambda one: apart(points[one], middle)))
    return {*groups, frozenset(left)}


def least_squares_slowly(numbers, group):
    """The least sum of squares over all ways to cut the sorted numbers into groups of at least `group`."""
    ordered = np.sort(np.array(numbers, dtype=np.float64))

    @cache
    def best(end):
        if end == 0:
            return 0.0
        begins = [0, *range(group, end - group + 1)] if end >= group else []
        return min((best(begin) + squares(ordered[begin:end]) for begin in begins), default=np.inf)

    return best(ordered.size)


def squares(numbers):
    return float(((numbers - numbers.mean()) ** 2).sum())


def as_sets(labels):
    return {frozenset(np.flatnonzero(labels == one).tolist()) for one in set(labels.tolist())}


def made_points(rows, columns=3):
    """Points that no formula of the method knows: a lattice walked with steps that have no common factor."""
    walk = np.arange(rows, dtype=np.float64)
    return np.stack(
        [
            (walk * step % 1) ** (place + 1)
            for place, step in enumerate((0.6180339887, 0.4142135624, 0.7320508076)[:columns])
        ],
        1,
    )


@given(POINTS, st.integers(2, 5))
def test_mdav_makes_the_groups_of_the_slow_version(points, group):
    found = group_near(np.array(points, dtype=np.float64), group)
    assert as_sets(found) == mdav_slowly(points, group)


def test_mdav_groups_six_rows_as_counted_by_hand():
    # the centre is (4.5, 0), the farthest row of it (10, 0) before (−1, 0); nearest to that are (9, 1) and (9, −1)
    points = np.array([[0, 1], [10, 0], [-1, 0], [9, 1], [0, -1], [9, -1]], dtype=np.float64)
    assert group_near(points, 3).tolist() == [1, 0, 1, 0, 1, 0]


@given(POINTS, st.integers(2, 5))
def test_every_group_has_group_to_twice_group_less_one_rows(points, group):
    sizes = np.bincount(groups_of(np.array(points, dtype=np.float64), group))
    assert sizes.min() >= group
    assert sizes.max() < 2 * group


@given(st.lists(st.integers(-50, 50), min_size=4, max_size=24), st.integers(2, 4))
def test_one_column_loses_the_least_sum_of_squares_that_any_grouping_loses(numbers, group):
    ordered = np.sort(np.array(numbers, dtype=np.float64))
    starts = best_runs(ordered, group)
    found = sum(squares(ordered[begin:end]) for begin, end in pairwise(starts))
    assert found == pytest.approx(least_squares_slowly(numbers, group), abs=1e-9)


def test_one_column_is_grouped_no_worse_than_mdav_would():
    points = made_points(500, 1)
    best, near = (share_of_squares_lost(points, labels) for labels in (groups_of(points, 4), group_near(points, 4)))
    assert best < near


def test_the_best_runs_stay_best_beside_a_number_that_is_far_greater():
    ordered = np.array([1.0, 2.0, 11.0, 12.0, 9e15, 9e15])
    assert best_runs(ordered, 2).tolist() == [0, 2, 4, 6]


@given(st.integers(0, 2000), st.integers(MOST_EXACT, 700))
@settings(max_examples=20)
def test_large_groups_of_one_column_have_the_right_sizes_too(more, group):
    sizes = np.diff(best_runs(np.sort(made_points(group + more, 1)[:, 0]), group))
    assert sizes.min() >= group
    assert sizes.max() < 2 * group


def test_coarse_borders_cost_next_to_nothing():
    ordered = np.sort(made_points(4 * MOST_EXACT, 1)[:, 0])
    starts = best_runs(ordered, MOST_EXACT)
    found = sum(squares(ordered[begin:end]) for begin, end in pairwise(starts))
    assert found <= 1.01 * least_squares_slowly(ordered.tolist(), MOST_EXACT)


@given(POINTS, st.integers(2, 4), st.integers(0, 4))
def test_parts_hold_every_row_once_and_enough_of_them(points, group, more):
    largest = 4 * group + more
    parts = split(np.array(points, dtype=np.float64), largest, group)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(points)))
    assert all(one.size <= largest for one in parts)
    assert len(parts) == 1 or min(one.size for one in parts) >= 2 * group
    assert sum(one.size % group > 0 for one in parts) <= 1


def test_one_part_alone_has_rows_over():
    sizes = [one.size for one in split(made_points(1_001), 16, 4)]
    assert sum(sizes) == 1_001
    assert [one % 4 for one in sizes if one % 4] == [1]


def test_a_part_too_small_for_four_groups_is_a_fault():
    with pytest.raises(ValueError, match="four groups"):
        split(made_points(100), 7, 2)


def test_a_part_is_cut_where_its_widest_column_is_halved():
    points = np.array([[one % 3, 100.0 * one] for one in range(20)])
    low, high = sorted(one.tolist() for one in split(points, 12, 2))
    assert (low, high) == (list(range(10)), list(range(10, 20)))


def test_parts_lose_little_beside_the_grouping_of_the_whole_table():
    points = made_points(3 * LARGEST_PART)
    in_parts, whole = (share_of_squares_lost(points, one) for one in (groups_of(points, 3), group_near(points, 3)))
    assert in_parts < 1.25 * whole


def test_nothing_is_lost_where_groups_are_alike_and_all_where_there_is_one_group():
    points = np.repeat(made_points(7, 2), 3, axis=0)
    assert share_of_squares_lost(points, np.repeat(np.arange(7), 3)) < 1e-30
    assert share_of_squares_lost(points, np.zeros(21, dtype=np.int64)) == pytest.approx(1.0)
    assert share_of_squares_lost(np.ones((4, 2)), np.zeros(4, dtype=np.int64)) == 0.0
