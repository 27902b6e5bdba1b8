"""How much of the population is unique, where classes grow as in Pitman's model: who comes joins the large ones."""

import math
from typing import NamedTuple

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.uniqueness.frequencies import Frequencies, frequencies
from sekisho.deid.risk.uniqueness.series import falling_root, harmonic, log_gamma_ratio

PITMAN = Kind(
    "population-uniqueness-pitman",
    Unit.SHARE,
    Better.LOWER,
    "Γ(θ + 1) Γ(N + θ + α − 1) / (Γ(θ + α) Γ(N + θ)), θ and α of the greatest likelihood of the class sizes; "
    "N: persons of the population",
    "knows all of the person's quasi-identifiers, and that the table is a random sample of the population",
    "Pitman 1995, Probab Theory Relat Fields 102; Hoshino 2001, J Off Stat 17(4)",
)

_NEAREST = 1 - 1e-12  # α is looked for up to here
_LOWEST, _HIGHEST = -300.0, 300.0  # of ln(θ + α)


class Growth(NamedTuple):
    """Pitman's model: the next person after n opens a class with (θ + classes · α) / (θ + n), 0 ≤ α < 1.

    `above` is θ + α, above 0: where it is small, θ alone would not tell it.
    """

    above: float
    alpha: float

    @property
    def theta(self) -> float:
        return self.above - self.alpha


def pitman(sizes: Sizes, population: int) -> Measure | None:
    """Give back the estimated share of the population that is unique; 0 without unique rows, never above their share.

    None where the likelihood has no maximum, as where every row is unique, and where the model found contradicts the
    sample: it expects a greater share of uniques than the sample has, though whoever is unique in the population is so in
    every sample. For a great population the number is near Γ(θ + 1) / Γ(θ + α) · N^(α − 1), which Hoshino gives; ours is
    exact in the model. A table of the whole population is counted. Refuses with POPULATION_TOO_SMALL.

    >>> pitman(np.array([1, 1, 1, 3]), 12).text  # six rows of twelve persons
    '0.269719'
    """
    held = frequencies(sizes, population)
    own = held.of_size(1) / max(held.rows, 1)
    if not own or population == held.rows:
        return Measure(PITMAN, twelve_decimals(own))
    growth = likeliest(held)
    if growth is None or expected_share(growth, population) > own:
        return None
    return Measure(PITMAN, twelve_decimals(expected_share(growth, population)))


def expected_share(growth: Growth, population: int) -> float:
    """Give back the share of a population of so many persons that is expected to be unique."""
    more = log_gamma_ratio(growth.above, 1 - growth.alpha)
    return math.exp(more + log_gamma_ratio(population + growth.theta, growth.alpha - 1))


def likeliest(held: Frequencies) -> Growth | None:
    """Give back the growth of the greatest likelihood; None where there is none: one class, or every row unique.

    For each α one θ is likeliest; along these the slope in α falls through 0 once, or is nowhere above 0: then α is 0,
    which is Ewens' model.
    """
    if held.number < 2 or held.number == held.rows:
        return None
    theta = _likeliest_above(held, 0.0)
    if held.number * (held.number - 1) / (2 * theta) <= _joined(held, 0.0):
        return Growth(theta, 0.0)
    if _slope(held, _NEAREST) > 0:
        return None
    alpha = falling_root(lambda one: _slope(held, one) if one else 1.0, 0.0, _NEAREST)
    return Growth(_likeliest_above(held, alpha), alpha)


def _likeliest_above(held: Frequencies, alpha: float) -> float:
    """Give back θ + α where the sum of 1/(θ + iα), 0 < i < classes, is that of 1/(θ + i), 0 < i < rows."""
    classes, rows = np.array([held.number - 1]), np.array([held.rows - 1])

    def excess(logarithm: float) -> float:
        """Give back the logarithm of the quotient of the sums, at ln(θ + α): it falls."""
        above = math.exp(logarithm)
        opened = float(harmonic(above, alpha, classes)[0]) if alpha else (held.number - 1) / above
        return math.log(opened) - math.log(float(harmonic(above + 1 - alpha, 1.0, rows)[0]))

    return math.exp(falling_root(excess, _LOWEST, _HIGHEST))


def _slope(held: Frequencies, alpha: float) -> float:
    """Give back the derivative of the logarithm of the likelihood by α, at the likeliest θ."""
    above = _likeliest_above(held, alpha)
    opened = float(harmonic(above, alpha, np.array([held.number - 1]))[0])
    return (held.number - 1 - (above - alpha) * opened) / alpha - _joined(held, alpha)


def _joined(held: Frequencies, alpha: float) -> float:
    """Give back the sum over classes of the sum of 1/(i − α), 0 < i < its size."""
    return float((held.classes * harmonic(1 - alpha, 1.0, held.sizes - 1)).sum())
