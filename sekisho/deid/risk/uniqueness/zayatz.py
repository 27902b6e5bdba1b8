"""How much of the population is unique, by Bayes' rule from the sizes of classes in the table."""

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.uniqueness.frequencies import Frequencies, frequencies
from sekisho.deid.risk.uniqueness.series import Floats

ZAYATZ = Kind(
    "population-uniqueness-zayatz",
    Unit.SHARE,
    Better.LOWER,
    "s₁ · P(F = 1 | f = 1) / n, where P(F = 1 | f = 1) = s₁ h(1) / sum over j of s_j h(j) and h(j) = "
    "C(j, 1) C(N − j, n − 1) / C(N, n); s_j: classes of j rows, n: rows, N: persons of the population",
    "knows all of the person's quasi-identifiers, and that the table is a random sample of the population",
    "Zayatz 1991, US Census Bureau SRD Research Report 91/08, as in Dankar et al. 2012, BMC Med Inform Decis Mak 12:66",
)


def zayatz(sizes: Sizes, population: int) -> Measure:
    """Give back the estimated share of the population that is unique, which is also that of rows unique in it.

    The sizes of classes in the population are taken to be spread as those in the sample are: too many uniques where the
    sample is small. Never above the sample's own share; 0 without unique rows. Refuses with POPULATION_TOO_SMALL.

    >>> zayatz(np.array([1, 1, 1, 3]), 12).text  # six rows of twelve persons: 3 · 3 / (3 + 3 · 6 · 5 / (11 · 10)) / 6
    '0.392857'
    """
    held = frequencies(sizes, population)
    unique = held.of_size(1)
    if not unique:
        return Measure(ZAYATZ, twelve_decimals(0.0))
    weight = float((held.classes * held.sizes * np.exp(_others_left_out(held))).sum())
    return Measure(ZAYATZ, twelve_decimals(unique * unique / weight / held.rows))


def _others_left_out(held: Frequencies) -> Floats:
    """Give back for each size j the logarithm of h(j) / (j · h(1)); shape (sizes,). Costs the largest size.

    One of j alike is in the sample: these are the chances that the other j − 1 are among those left out.
    """
    greatest = int(held.sizes[-1])
    others = np.arange(greatest - 1, dtype=np.float64)
    taken = np.minimum((held.rows - 1) / (held.population - 1 - others), 1)
    with np.errstate(divide="ignore"):  # too few left out: the chance is 0 and its logarithm −∞
        logarithms = np.log1p(-taken)
    total: Floats = np.concatenate([[0.0], np.cumsum(logarithms)])[held.sizes - 1]
    return total
