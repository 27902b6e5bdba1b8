"""How many rows are like no other."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes

SAMPLE = Kind(
    "sample-uniqueness",
    Unit.SHARE,
    Better.LOWER,
    "number of E with |E| = 1 / rows",
    "knows that the person is in the table, and all of the person's quasi-identifiers",
    "Sweeney 2002; Skinner and Elliot 2002, J R Stat Soc B 64(4)",
)


def sample_uniqueness(sizes: Sizes) -> Measure:
    """Give back the share of rows that are like no other; 0 without rows.

    >>> import numpy as np
    >>> sample_uniqueness(np.array([1, 1, 1, 3])).text  # six rows
    '0.500000'
    """
    return Measure(SAMPLE, Fraction(int((sizes == 1).sum()), int(sizes.sum())) if sizes.size else Fraction(0))
