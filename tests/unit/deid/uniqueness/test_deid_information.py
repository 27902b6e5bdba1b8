"""What two columns tell of each other: counted slowly, shuffled in every way, and found again under a copula."""

import math
from itertools import permutations
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.risk.uniqueness.fitting import information
from sekisho.deid.risk.uniqueness.fitting.information import correlation_of, information_beyond_accident

NORMAL = NormalDist()


def table_of_pairs(first: list[int], second: list[int]) -> np.ndarray:
    table = np.zeros((max(first) + 1, max(second) + 1), dtype=np.int64)
    for one, other in zip(first, second, strict=True):
        table[one, other] += 1
    return table


def slow_information(first: list[int], second: list[int]) -> float:
    rows = len(first)
    pairs = list(zip(first, second, strict=True))
    return sum(
        pairs.count(one) / rows * math.log(pairs.count(one) * rows / (first.count(one[0]) * second.count(one[1])))
        for one in set(pairs)
    )


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6))
def test_accident_is_the_mean_over_all_shuffles(pairs):
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    shuffled = [slow_information(first, list(one)) for one in permutations(second)]
    table = table_of_pairs(first, second)
    assert information._by_accident(table.sum(axis=1), table.sum(axis=0)) == pytest.approx(
        sum(shuffled) / len(shuffled), abs=1e-12
    )
    assert information._information(table) == pytest.approx(slow_information(first, second), abs=1e-12)


def test_accident_is_right_where_cells_hold_thousands():
    rows, columns = np.array([40_000, 60_000]), np.array([30_000, 70_000])
    known = 1 / (2 * 100_000)  # (2 − 1)(2 − 1) / (2 n), but for terms in 1/n²
    assert information._by_accident(rows, columns) == pytest.approx(known, rel=1e-3)


def test_independent_columns_of_many_values_have_next_to_no_information():
    rng = np.random.default_rng(5)
    table = table_of_pairs(rng.integers(0, 60, 2000).tolist(), rng.integers(0, 60, 2000).tolist())
    assert information._information(table) > 0.5
    assert information_beyond_accident(table) < 0.05


def test_a_column_twice_has_all_of_its_information():
    table = np.diag([1000, 2000, 1000]).astype(np.int64)
    whole = -sum(share * math.log(share) for share in (0.25, 0.5, 0.25))
    assert information_beyond_accident(table) == pytest.approx(whole, abs=1e-3)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8, 0.97])
def test_two_halves_of_normal_variables_have_the_information_of_sheppards_quadrants(correlation):
    quadrant = 0.25 + math.asin(correlation) / (2 * math.pi)
    known = sum(2 * one * math.log(4 * one) for one in (quadrant, 0.5 - quadrant))
    half = np.array([500, 500])
    found = information._copula_information(correlation, information._nodes(half), np.zeros(1), half / 1000)
    assert found == pytest.approx(known, rel=2e-3, abs=1e-12)


@given(st.floats(0.02, 0.98), st.lists(st.integers(1, 50), min_size=2, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_a_correlation_is_found_again_from_its_information(correlation, counts, order):
    first, second = np.array(counts), np.array(order.sample(counts, len(counts)))
    reached = np.cumsum(second) / second.sum()
    cuts = np.array([NORMAL.inv_cdf(one) for one in reached[:-1].tolist()])
    known = information._copula_information(correlation, information._nodes(first), cuts, second / second.sum())
    assert correlation_of(known, first, second) == pytest.approx(correlation, abs=1e-5)


def test_no_correlation_is_greater_than_the_greatest_that_is_looked_for():
    assert correlation_of(99.0, np.array([1, 1]), np.array([1, 1])) == pytest.approx(0.999, abs=1e-6)
    assert correlation_of(0.0, np.array([1, 1]), np.array([1, 1])) == 0.0
