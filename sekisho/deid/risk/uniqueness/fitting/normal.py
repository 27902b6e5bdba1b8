"""The normal distribution: its distribution function, its inverse, and probabilities of rectangles in many dimensions."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
Spreading = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

PIECE = 50_000  # rectangles that are worked out together

ROOT_HALF = math.sqrt(0.5)
SMALLEST = 1e-300  # nothing nearer to 0 is asked for its quantile: −37 standard deviations

# Wichura 1988, Applied Statistics 37(3), algorithm AS 241 (PPND16): numerator and denominator, lowest power first.
MIDDLE = (
    (
        (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4),
        (4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    ),
    (
        (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3),
        (2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
    ),
)
TAIL = (
    (
        (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0),
        (1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    ),
    (
        (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1),
        (1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
    ),
)
FAR = (
    (
        (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1),
        (2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    ),
    (
        (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2),
        (7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
    ),
)


@inner
def below(place: float) -> float:
    """Give back the probability below `place`, to 1e-16 of itself in the lower tail."""
    return 0.5 * math.erfc(-place * ROOT_HALF)


@inner
def _ratio(given: float, parts: tuple[tuple[tuple[float, ...], ...], ...]) -> float:
    above, under = 0.0, 0.0
    for power in range(7, -1, -1):
        above = above * given + parts[0][power // 4][power % 4]
        under = under * given + parts[1][power // 4][power % 4]
    return above / under


@inner
def quantile(share: float) -> float:
    """Give back the place with the probability `share` below it, to 1e-15 of itself; `share` in (0, 1)."""
    from_middle = share - 0.5
    if abs(from_middle) <= 0.425:
        return from_middle * _ratio(0.180625 - from_middle * from_middle, MIDDLE)
    tail = math.sqrt(-math.log(max(min(share, 1.0 - share), SMALLEST)))
    found = _ratio(tail - 1.6, TAIL) if tail <= 5.0 else _ratio(tail - 5.0, FAR)
    return found if from_middle > 0 else -found


@compiled
def quantiles(shares: Floats) -> Floats:
    """Give back the quantile of each share, −∞ at 0 and ∞ at 1."""
    out = np.empty(shares.size)
    for one in range(shares.size):
        share = shares[one]
        out[one] = -np.inf if share <= 0.0 else np.inf if share >= 1.0 else quantile(share)
    return out


@compiled
def shares_below(places: Floats) -> Floats:
    """Give back the probability below each of `places`."""
    out = np.empty(places.size)
    for one in range(places.size):
        out[one] = below(places[one])
    return out


def lattice(points: int, dimensions: int) -> Floats:
    """Give back points spread evenly over the unit cube, always the same; shape (dimensions, points).

    Point k is |2 · frac((k + ½) · √prime) − 1| in each dimension: Richtmyer's rule with the baker's fold, as in Genz and
    Bretz 2009, Computation of Multivariate Normal and t Probabilities, section 4.2.2.
    """
    roots = np.sqrt(np.array(_primes(dimensions), dtype=np.float64))
    steps = (np.arange(points, dtype=np.float64) + 0.5)[None, :] * roots[:, None]
    folded: Floats = np.ascontiguousarray(np.abs(2.0 * (steps - np.floor(steps)) - 1.0))
    return folded


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % one for one in found):
            found.append(candidate)
        candidate += 1
    return found


def rectangles(
    places: Places,
    bounds: tuple[Floats, npt.NDArray[np.int64]],
    root: Floats,
    points: Floats,
    spread: Spreading = map,
) -> Floats:
    """Give back the probability of each rectangle under a normal distribution of correlation root · rootᵀ.

    `places`, shape (dimensions, rectangles): side j of a rectangle lies between `bounds[0][begins[j] + place]` and the
    bound after it, begins = `bounds[1]`. Rectangles that follow each other and agree in their first dimensions share the
    work for these: give them sorted. Genz 1992, J Comput Graph Stat 1(2), with `points` from `lattice`, which serve all.
    `spread` shares out pieces of the rectangles; the result is the same for any.
    """
    pieces = [np.ascontiguousarray(places[:, at : at + PIECE]) for at in range(0, places.shape[1], PIECE)]
    done = spread(lambda piece: _rectangles(piece, bounds[0], bounds[1], root, points), pieces)
    return np.concatenate([np.empty(0), *done])


@compiled
def _rectangles(places: Places, bounds: Floats, begins: npt.NDArray[np.int64], root: Floats, points: Floats) -> Floats:
    dimensions, count = places.shape
    size = points.shape[1]
    weight = np.ones((dimensions + 1, size))
    drawn = np.zeros((dimensions, size))
    shift = np.zeros(size)
    out = np.empty(count)
    for one in range(count):
        first = 0
        while one > 0 and first < dimensions and places[first, one] == places[first, one - 1]:
            first += 1
        for side in range(first, dimensions):
            shift[:] = 0.0
            for before in range(side):
                factor = root[side, before]
                if factor != 0.0:
                    for point in range(size):
                        shift[point] += factor * drawn[before, point]
            at = begins[side] + places[side, one]
            low, high, scale = bounds[at], bounds[at + 1], 1.0 / root[side, side]
            for point in range(size):
                from_place, to_place = (low - shift[point]) * scale, (high - shift[point]) * scale
                turned = from_place > 0.0  # so that both are in the lower tail, where differences keep their digits
                if turned:
                    from_place, to_place = -to_place, -from_place
                begin = below(from_place)
                width = below(to_place) - begin
                weight[side + 1, point] = weight[side, point] * width
                if side + 1 < dimensions:
                    place = quantile(begin + points[side, point] * width)
                    drawn[side, point] = -place if turned else place
        out[one] = weight[dimensions].mean()
    return out
