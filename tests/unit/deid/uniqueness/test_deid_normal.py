"""The normal distribution against Python's own, and rectangles against what is known exactly."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.cores import spread
from sekisho.deid.risk.uniqueness.fitting.normal import lattice, quantiles, rectangles, shares_below

NORMAL = NormalDist()
INFINITE = math.inf


def rectangle(sides: list[tuple[float, float]], correlation: list[list[float]], points: int = 4096) -> float:
    bounds = np.array([one for side in sides for one in side])
    begins = np.arange(0, 2 * len(sides), 2)
    root = np.linalg.cholesky(np.array(correlation))
    places = np.zeros((len(sides), 1), np.int32)
    return float(rectangles(places, (bounds, begins), root, lattice(points, len(sides)))[0])


def alike(size: int, correlation: float) -> list[list[float]]:
    return (np.full((size, size), correlation) + (1 - correlation) * np.eye(size)).tolist()


@given(st.floats(1e-300, 1.0, exclude_max=True))
def test_quantiles_are_those_of_the_standard_library(share):
    assert quantiles(np.array([share]))[0] == pytest.approx(NORMAL.inv_cdf(share), rel=1e-14, abs=1e-15)


@given(st.floats(-37, 8))
def test_the_quantile_of_the_share_below_a_place_is_the_place(place):
    share = shares_below(np.array([place]))
    assert share[0] == pytest.approx(0.5 * math.erfc(-place / math.sqrt(2)), rel=1e-12)
    if place < 5:  # above, a share next to 1 has too few digits left
        assert quantiles(share)[0] == pytest.approx(place, abs=1e-9)


def test_nothing_and_everything_have_infinite_quantiles():
    assert quantiles(np.array([0.0, 0.5, 1.0])).tolist() == [-INFINITE, 0.0, INFINITE]


def test_a_side_alone_is_a_difference_of_shares():
    exact = NORMAL.cdf(1.5) - NORMAL.cdf(-0.3)
    assert rectangle([(-0.3, 1.5)], [[1.0]]) == pytest.approx(exact, rel=1e-12)


def test_sides_far_up_keep_their_digits():
    assert rectangle([(30.0, 31.0)], [[1.0]]) == pytest.approx(rectangle([(-31.0, -30.0)], [[1.0]]), rel=1e-12)
    assert rectangle([(30.0, INFINITE)], [[1.0]]) > 0


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 3)), min_size=1, max_size=6))
def test_independent_sides_multiply(drawn):
    sides = [(low, low + width) for low, width in drawn]
    exact = math.prod(NORMAL.cdf(high) - NORMAL.cdf(low) for low, high in sides)
    assert rectangle(sides, np.eye(len(sides)).tolist(), points=8) == pytest.approx(exact, rel=1e-6)


@pytest.mark.parametrize("correlation", [-0.95, -0.5, 0.0, 0.3, 0.7, 0.95])
def test_a_quadrant_has_sheppards_probability(correlation):
    exact = 0.25 + math.asin(correlation) / (2 * math.pi)  # Sheppard 1899
    assert rectangle([(-INFINITE, 0.0)] * 2, alike(2, correlation)) == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("correlation", [0.2, 0.5, 0.8])
def test_an_octant_has_its_known_probability(correlation):
    exact = 0.125 + 3 * math.asin(correlation) / (4 * math.pi)
    assert rectangle([(0.0, INFINITE)] * 3, alike(3, correlation)) == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("size", [4, 8, 16])
def test_all_below_zero_at_correlation_a_half_is_one_of_size_and_one(size):
    exact = 1 / (size + 1)  # the least of size + 1 independent variables is any of them
    assert rectangle([(-INFINITE, 0.0)] * size, alike(size, 0.5)) == pytest.approx(exact, rel=1e-2)


@pytest.mark.parametrize("correlation", [-0.8, 0.4, 0.9])
def test_a_rectangle_is_as_by_integrating_one_side_in_small_steps(correlation):
    steps = np.linspace(-0.4, 0.9, 20001)
    middles, width = (steps[1:] + steps[:-1]) / 2, steps[1] - steps[0]
    scale = math.sqrt(1 - correlation**2)
    inner = [
        NORMAL.cdf((1.2 - correlation * one) / scale) - NORMAL.cdf((0.1 - correlation * one) / scale) for one in middles
    ]
    exact = sum(NORMAL.pdf(one) * part for one, part in zip(middles.tolist(), inner, strict=True)) * width
    assert rectangle([(-0.4, 0.9), (0.1, 1.2)], alike(2, correlation)) == pytest.approx(exact, rel=1e-3)


def test_cells_that_cover_everything_sum_to_one():
    bounds = np.array([-INFINITE, -1.0, 0.5, INFINITE, -INFINITE, 0.0, INFINITE, -INFINITE, -0.2, 0.1, 2.0, INFINITE])
    places = np.array([(a, b, c) for a in range(3) for b in range(2) for c in range(4)], dtype=np.int32).T
    correlation = np.array([[1.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 1.0]])
    cells = rectangles(places, (bounds, np.array([0, 4, 7])), np.linalg.cholesky(correlation), lattice(64, 3))
    assert cells.sum() == pytest.approx(1.0, abs=1e-12)  # at each point the cells of a side share out what is left


def test_rectangles_do_not_depend_on_their_neighbours_nor_on_the_cores():
    bounds = quantiles(np.linspace(0, 1, 61))
    places = np.array([(a, b, c) for a in range(60) for b in range(60) for c in range(20)], dtype=np.int32).T
    given_ = (np.tile(bounds, 3), np.array([0, 61, 122])), np.linalg.cholesky(np.array(alike(3, 0.4))), lattice(8, 3)
    whole = rectangles(places, *given_)
    assert np.array_equal(rectangles(places, *given_, spread=spread), whole)
    some = np.arange(0, whole.size, 997)[::-1]
    assert np.array_equal(rectangles(np.ascontiguousarray(places[:, some]), *given_), whole[some])


def test_the_lattice_is_even_and_always_the_same():
    points = lattice(4096, 8)
    assert points.shape == (8, 4096)
    assert np.array_equal(points, lattice(4096, 8))
    for one in points:
        assert np.abs(np.histogram(one, 16, (0, 1))[0] - 256).max() <= 8
