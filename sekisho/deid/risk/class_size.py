"""Measures of risk that follow from how many rows look alike."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes

_PROSECUTOR = "knows that the person is in the table, and all of the person's quasi-identifiers"
_DANKAR = "El Emam and Dankar 2008, J Am Med Inform Assoc 15(5)"

K = Kind("k", Unit.ROWS, Better.HIGHER, "min |E|", _PROSECUTOR, "Samarati 2001; Sweeney 2002")
K_WILDCARD = Kind(
    "k-wildcard",
    Unit.ROWS,
    Better.HIGHER,
    "min over rows of the rows that match it, where * matches anything",
    "as for k, and cannot tell which rows had a cell replaced by *",
    "Templ, Kowarik and Meindl 2015, J Stat Softw 67(4) (frequency counts with missing values)",
)
UNIQUE = Kind("unique-rows", Unit.ROWS, Better.LOWER, "number of E with |E| = 1", _PROSECUTOR, "Sweeney 2002")
HIGHEST_RISK = Kind("highest-risk", Unit.PROBABILITY, Better.LOWER, "1 / min |E|", _PROSECUTOR, _DANKAR)
AVERAGE_RISK = Kind("average-risk", Unit.PROBABILITY, Better.LOWER, "number of E / rows", _PROSECUTOR, _DANKAR)
CLASSES = Kind("classes", Unit.CLASSES, Better.HIGHER, "number of E", "", "Samarati 2001")


def k_anonymity(sizes: Sizes) -> Measure:
    """Give back the smallest class; 0 for a table without rows.

    >>> import numpy as np
    >>> k_anonymity(np.array([2, 4])).text  # six rows
    '2'
    """
    return Measure(K, Fraction(int(sizes.min()) if sizes.size else 0))


def k_with_wildcards(least_alike: int) -> Measure:
    """Give back k where `*` may stand for anything, from `least_alike_with_wildcards`.

    >>> from sekisho.deid.risk.alike import least_alike_with_wildcards
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 30, 40, 40], sex=["F", "M", "*", "*", "F", "F"])
    >>> k_with_wildcards(least_alike_with_wildcards(table, ["age", "sex"])).text  # each 40 has the other alone
    '2'
    """
    return Measure(K_WILDCARD, Fraction(least_alike))


def unique_rows(sizes: Sizes) -> Measure:
    """Give back how many rows are like no other.

    >>> import numpy as np
    >>> unique_rows(np.array([1, 1, 1, 3])).text  # six rows
    '3'
    """
    return Measure(UNIQUE, Fraction(int((sizes == 1).sum())))


def highest_risk(sizes: Sizes) -> Measure:
    """Give back the greatest probability of picking the right row for a person; 0 without rows.

    >>> import numpy as np
    >>> highest_risk(np.array([2, 4])).text  # six rows
    '0.500000'
    """
    return Measure(HIGHEST_RISK, Fraction(1, int(sizes.min())) if sizes.size else Fraction(0))


def average_risk(sizes: Sizes) -> Measure:
    """Give back the mean of that probability over all rows; 0 without rows.

    >>> import numpy as np
    >>> average_risk(np.array([2, 4])).text  # (2 × 1/2 + 4 × 1/4) / 6
    '0.333333'
    """
    return Measure(AVERAGE_RISK, Fraction(int(sizes.size), int(sizes.sum())) if sizes.size else Fraction(0))


def classes(sizes: Sizes) -> Measure:
    """Give back how many classes of rows alike there are.

    >>> import numpy as np
    >>> classes(np.array([2, 4])).text  # six rows
    '2'
    """
    return Measure(CLASSES, Fraction(int(sizes.size)))
