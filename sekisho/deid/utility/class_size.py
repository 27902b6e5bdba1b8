"""Measures of use that follow from how many rows look alike, and from how many were left out."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes

SUPPRESSED = Kind("suppressed-share", Unit.SHARE, Better.LOWER, "rows left out / rows before", "", "Samarati 2001")
DISCERNIBILITY = Kind(
    "discernibility",
    Unit.PAIRS,
    Better.LOWER,
    "sum of |E|² + rows before × rows left out",
    "",
    "Bayardo and Agrawal 2005, ICDE, equation 1",
)
AVERAGE_CLASS = Kind(
    "average-class",
    Unit.RATIO,
    Better.LOWER,
    "rows / (number of E × k)",
    "",
    "LeFevre, DeWitt and Ramakrishnan 2006, ICDE (C_AVG)",
)
CLASS_OF_A_RECORD = Kind(
    "class-of-a-record",
    Unit.ROWS,
    Better.LOWER,
    "(sum of |E|² + rows before × rows left out) / rows before",
    "",
    "Bayardo and Agrawal 2005, ICDE, equation 1, per row",
)


def suppressed_share(rows_before: int, rows_after: int) -> Measure:
    """Give back the share of rows that were left out.

    >>> suppressed_share(6, 4).text
    '0.333333'
    """
    return Measure(SUPPRESSED, Fraction(rows_before - rows_after, rows_before))


def discernibility(sizes: Sizes, rows_before: int) -> Measure:
    """Give back how many pairs of rows cannot be told apart; a row left out cannot be told from any.

    >>> import numpy as np
    >>> discernibility(np.array([2, 3]), 6).text  # 4 + 9 + 6 × 1
    '19'
    """
    squares = sum(one * one for one in sizes.tolist())
    return Measure(DISCERNIBILITY, Fraction(squares + rows_before * (rows_before - int(sizes.sum()))))


def average_class(sizes: Sizes, k: int, rows_before: int) -> Measure:
    """Give back how much larger than needed the classes are on average; 1 is best, without rows it is `rows_before`.

    >>> import numpy as np
    >>> average_class(np.array([2, 4]), 2, 6).text
    '1.500000'
    """
    if not sizes.size:
        return Measure(AVERAGE_CLASS, Fraction(rows_before))
    return Measure(AVERAGE_CLASS, Fraction(int(sizes.sum()), int(sizes.size) * k))


def class_of_a_record(sizes: Sizes, rows_before: int) -> Measure:
    """Give back the size of the class that an average row stands in; a row left out stands in one of all rows.

    >>> import numpy as np
    >>> class_of_a_record(np.array([2, 3]), 6).text  # (2 × 2 + 3 × 3 + 1 × 6) / 6
    '3.166667'
    """
    return Measure(CLASS_OF_A_RECORD, discernibility(sizes, rows_before).number / rows_before)
