"""How much of the population is unique, where sizes of classes less 1 are spread by a negative binomial distribution."""

import math
from typing import NamedTuple

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.uniqueness.frequencies import Frequencies, frequencies
from sekisho.deid.risk.uniqueness.series import falling_root

SNB = Kind(
    "population-uniqueness-snb",
    Unit.SHARE,
    Better.LOWER,
    "K β^α / N, K: estimated classes of the population, α and β those for which classes of 1 and of 2 rows are as many "
    "in a sample as there are; N: persons of the population",
    "knows all of the person's quasi-identifiers, and that the table is a random sample of the population",
    "Chen and Keller-McNulty 1998, J Off Stat 14(1); K: Haas and Stokes 1998, J Am Stat Assoc 93 (modified Shlosser)",
)

_NEAREST, _FARTHEST = 1e-9, 1e18  # between which w is looked for: nearer to 0 the spread is Poisson's


class Fit(NamedTuple):
    """A class less 1 is negative binomial: `alpha` > 0, and the logarithm of β, the chance that it does not grow."""

    alpha: float
    log_beta: float


def snb(sizes: Sizes, population: int) -> Measure | None:
    """Give back the estimated share of the population that is unique; 0 without unique rows.

    None where no α and β make as many classes of 1 and of 2 rows as there are, as where no class has 2. Never above the
    sample's own share. A table of the whole population is counted. Refuses with POPULATION_TOO_SMALL.

    >>> snb(np.array([1, 1, 1, 1, 2]), 12).text  # six rows of twelve persons
    '0.411060'
    """
    held = frequencies(sizes, population)
    unique = held.of_size(1)
    if not unique or population == held.rows:
        return Measure(SNB, twelve_decimals(unique / max(held.rows, 1)))
    classes = classes_of_population(held)
    found = fit(unique / classes, held.of_size(2) / classes, held.share)
    if found is None:
        return None
    return Measure(SNB, twelve_decimals(classes * math.exp(found.alpha * found.log_beta) / population))


def classes_of_population(held: Frequencies) -> float:
    """Give back the estimated number of classes of the population: Haas and Stokes 1998, D_Sh3. Needs a unique row."""
    share, sizes = held.share, held.sizes.astype(np.float64)
    once = held.classes * sizes * share
    hidden = share * float((once * (1 - share * share) ** (sizes - 1)).sum())
    missed = float((held.classes * (1 - share) ** sizes).sum())
    # (1 − q)ⁱ ((1 + q)ⁱ − 1), without taking one number near 1 from another
    shown = -float((held.classes * (1 - share * share) ** sizes * np.expm1(-sizes * math.log1p(share))).sum())
    lost = missed / float((once * (1 - share) ** (sizes - 1)).sum())
    return held.number + (held.of_size(1) * hidden / shown * lost * lost if lost else 0.0)


def fit(once: float, twice: float, share: float) -> Fit | None:
    """Give back the α and β for which the shares of classes of 1 and of 2 sampled rows are `once` and `twice`, or None.

    A `share` of the population is sampled. What is sampled of a class beside one row of it is negative binomial too, with
    e^−w = β / (share + (1 − share) β) for β. With z = 1 − e^−w, y = α z and q = 1 − share,
    once = e^(−αw) (share + q y) and twice = e^(−αw) (share · y + q y (y + z) / 2): their quotient gives y for each w, and
    what then remains of the first falls in w.
    """
    if not twice:
        return None

    def curve(w: float) -> float:
        alpha, y = _grown(w, twice / once, share)
        return math.log(share + (1 - share) * y) - alpha * w - math.log(once)

    high = 1.0
    while curve(high) > 0 and high < _FARTHEST:
        high *= 2
    if curve(_NEAREST) <= 0 or curve(high) > 0:
        return None
    w = falling_root(curve, _NEAREST, high)
    left = share + (1 - share) * -math.expm1(-w)
    return Fit(_grown(w, twice / once, share)[0], math.log(share) - w - math.log(left))


def _grown(w: float, quotient: float, share: float) -> tuple[float, float]:
    """Give back α and y, the positive root of q y² / 2 + (share + q z / 2 − q · quotient) y = share · quotient."""
    left, z = 1 - share, -math.expm1(-w)
    half = share + left * z / 2 - left * quotient
    root = math.sqrt(half * half + 2 * left * share * quotient)
    y = 2 * share * quotient / (half + root) if half > 0 else (root - half) / left
    return y / z, y
