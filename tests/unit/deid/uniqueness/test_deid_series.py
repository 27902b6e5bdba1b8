"""Sums in closed form against sums term by term, and roots."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.risk.uniqueness.series import falling_root, harmonic, log_gamma_ratio

POSITIVE = st.floats(1e-3, 1e6)


@given(POSITIVE, st.floats(1e-6, 10), st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_harmonic_is_the_sum_term_by_term(first, step, counts):
    expected = [math.fsum(1 / (first + one * step) for one in range(count)) for count in counts]
    found = harmonic(first, step, np.array(counts)).tolist()
    assert all(math.isclose(*pair, rel_tol=1e-12) for pair in zip(found, expected, strict=True))


@given(st.integers(1, 10**9), st.integers(1, 40))
def test_the_ratio_of_gammas_is_a_product_of_whole_numbers(start, more):
    expected = math.log(math.prod(range(start, start + more)))
    assert math.isclose(log_gamma_ratio(float(start), float(more)), expected, rel_tol=1e-12, abs_tol=1e-12)
    assert math.isclose(log_gamma_ratio(float(start + more), -float(more)), -expected, rel_tol=1e-12, abs_tol=1e-12)


@given(st.floats(0.01, 50), st.floats(-0.99, 3))
def test_the_ratio_of_gammas_is_the_difference_of_their_logarithms(start, more):
    start += max(-more, 0)
    expected = math.lgamma(start + more) - math.lgamma(start)
    assert math.isclose(log_gamma_ratio(start, more), expected, rel_tol=1e-9, abs_tol=1e-10)


@given(st.fractions(Fraction(1, 100), 99), st.sampled_from([1, 3, 9]))
def test_a_root_is_found_to_the_last_digits(root, power):
    found = falling_root(lambda one: (float(root) - one) ** power, -100.0, 100.0)
    assert abs(found - float(root)) < 1e-9


@pytest.mark.parametrize("step", [1.0, 1e-9])
def test_a_root_is_found_where_the_curve_jumps(step):
    found = falling_root(lambda one: step if one < 0.3 else -1.0, 0.0, 1.0)
    assert math.isclose(found, 0.3, rel_tol=1e-12)
