"""How many rows are like no other."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes

_PROSECUTOR = "knows that the person is in the table, and all of the person's quasi-identifiers"

UNIQUE = Kind("unique-rows", Unit.ROWS, Better.LOWER, "number of E with |E| = 1", _PROSECUTOR, "Sweeney 2002")
SAMPLE = Kind(
    "sample-uniqueness",
    Unit.SHARE,
    Better.LOWER,
    "number of E with |E| = 1 / rows",
    _PROSECUTOR,
    "Sweeney 2002; Skinner and Elliot 2002, J R Stat Soc B 64(4)",
)


def unique_rows(sizes: Sizes) -> Measure:
    """Give back how many rows are like no other.

    >>> import numpy as np
    >>> unique_rows(np.array([1, 1, 1, 3])).text  # six rows
    '3'
    """
    return Measure(UNIQUE, Fraction(int((sizes == 1).sum())))


def sample_uniqueness(sizes: Sizes) -> Measure:
    """Give back the share of rows that are like no other; 0 without rows.

    >>> import numpy as np
    >>> sample_uniqueness(np.array([1, 1, 1, 3])).text  # six rows
    '0.500000'
    """
    return Measure(SAMPLE, Fraction(int((sizes == 1).sum()), int(sizes.sum())) if sizes.size else Fraction(0))
