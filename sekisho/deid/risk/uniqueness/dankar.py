"""How much of the population is unique, by the estimator that is best for so great a sample."""

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.uniqueness.pitman import pitman
from sekisho.deid.risk.uniqueness.snb import snb
from sekisho.deid.risk.uniqueness.zayatz import zayatz

DANKAR = Kind(
    "population-uniqueness-dankar",
    Unit.SHARE,
    Better.LOWER,
    "n / N ≤ 0.1: Pitman; above: min(SNB, Zayatz); Zayatz where the other has no solution; n: rows, N: persons of the "
    "population",
    "knows all of the person's quasi-identifiers, and that the table is a random sample of the population",
    "Dankar, El Emam, Neisa and Roffey 2012, BMC Med Inform Decis Mak 12:66",
)

_TENTH = 10  # one in so many: up to here Pitman's estimator had the least error


def dankar(sizes: Sizes, population: int) -> Measure:
    """Give back the estimated share of the population that is unique; 0 without unique rows.

    Refuses with POPULATION_TOO_SMALL.

    >>> import numpy as np
    >>> dankar(np.array([1, 1, 1, 3]), 60).text == pitman(np.array([1, 1, 1, 3]), 60).text  # six rows of sixty persons
    True
    >>> dankar(np.array([1, 1, 1, 3]), 12).text == zayatz(np.array([1, 1, 1, 3]), 12).text  # of twelve, and no class of 2
    True
    """
    by_sizes = zayatz(sizes, population)
    if _TENTH * int(sizes.sum()) <= population:
        chosen = pitman(sizes, population) or by_sizes
    else:
        chosen = min(snb(sizes, population) or by_sizes, by_sizes, key=lambda one: one.number)
    return Measure(DANKAR, chosen.number)
