"""The risk of a person whom the attacker knows to be in the table.

Its highest and its average are `highest_risk` and `average_risk` in `sekisho.deid.risk.class_size`.
"""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.attackers.threshold import most_above

AT_RISK = Kind(
    "prosecutor-at-risk",
    Unit.SHARE,
    Better.LOWER,
    "rows with 1 / |E| > threshold / rows",
    "knows that the person is in the table, and all of the person's quasi-identifiers",
    "El Emam 2013, Guide to the De-Identification of Personal Health Information, chapter 16 (pRa)",
)


def prosecutor_at_risk(sizes: Sizes, threshold: Fraction) -> Measure:
    """Give back the share of rows of which the right person can be told with more than `threshold`; 0 without rows.

    A risk just as great as the threshold is not above it. Refuses with THRESHOLD_OUT_OF_RANGE.

    >>> import numpy as np
    >>> prosecutor_at_risk(np.array([1, 2, 3]), Fraction(1, 3)).text  # the class of three is not above
    '0.500000'
    """
    above = int(sizes[sizes <= most_above(threshold)].sum())
    return Measure(AT_RISK, Fraction(above, int(sizes.sum())) if sizes.size else Fraction(0))
