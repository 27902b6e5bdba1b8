"""k-anonymity: how many rows look alike at the least, with `*` read as a value and as any, and how many classes there are."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes

_PROSECUTOR = "knows that the person is in the table, and all of the person's quasi-identifiers"

K = Kind("k", Unit.ROWS, Better.HIGHER, "min |E|", _PROSECUTOR, "Samarati 2001; Sweeney 2002")
K_WILDCARD = Kind(
    "k-wildcard",
    Unit.ROWS,
    Better.HIGHER,
    "min over rows of the rows that match it, where * matches anything",
    "as for k, and cannot tell which rows had a cell replaced by *",
    "Templ, Kowarik and Meindl 2015, J Stat Softw 67(4) (frequency counts with missing values)",
)
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


def classes(sizes: Sizes) -> Measure:
    """Give back how many classes of rows alike there are.

    >>> import numpy as np
    >>> classes(np.array([2, 4])).text  # six rows
    '2'
    """
    return Measure(CLASSES, Fraction(int(sizes.size)))
