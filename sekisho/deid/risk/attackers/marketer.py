"""The risk of the table as a whole, for an attacker who wants as many right matches as can be had."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.attackers.journalist import expected_matches
from sekisho.deid.risk.population import check_persons

MARKETER = Kind(
    "marketer",
    Unit.SHARE,
    Better.LOWER,
    "sum of |E| / |F| / rows; F: the persons of the population like E",
    "has a list of the whole population with all quasi-identifiers, and matches every row to a person of its class",
    "Dankar and El Emam 2010, A method for evaluating marketer re-identification risk, EDBT/ICDT Workshops",
)


def marketer(sizes: Sizes, persons: Sizes | None = None) -> Measure:
    """Give back the share of rows that are expected to be matched to the right person; 0 without rows.

    `sizes` and `persons` are rows and persons of each class, from `rows_and_persons`. Where the table is the population,
    or `persons` is None because no other list is known, the number is that of `average_risk`: classes / rows. Refuses with
    POPULATION_TOO_SMALL a class of more rows than persons.

    >>> import numpy as np
    >>> marketer(np.array([2, 4]), np.array([10, 5])).text  # (2 / 10 + 4 / 5) / 6
    '0.166667'
    >>> marketer(np.array([2, 4])).text  # (2 / 2 + 4 / 4) / 6
    '0.333333'
    """
    rows, alike = check_persons(sizes, sizes if persons is None else persons)
    return Measure(MARKETER, expected_matches(rows, alike) / int(rows.sum()) if rows.size else Fraction(0))
