"""The prosecutor's risk: of a person whom the attacker knows to be in the table."""

from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.attackers.threshold import most_above

_PROSECUTOR = "knows that the person is in the table, and all of the person's quasi-identifiers"
_DANKAR = "El Emam and Dankar 2008, J Am Med Inform Assoc 15(5)"

HIGHEST_RISK = Kind("highest-risk", Unit.PROBABILITY, Better.LOWER, "1 / min |E|", _PROSECUTOR, _DANKAR)
AVERAGE_RISK = Kind("average-risk", Unit.PROBABILITY, Better.LOWER, "number of E / rows", _PROSECUTOR, _DANKAR)
AT_RISK = Kind(
    "prosecutor-at-risk",
    Unit.SHARE,
    Better.LOWER,
    "rows with 1 / |E| > threshold / rows",
    _PROSECUTOR,
    "El Emam 2013, Guide to the De-Identification of Personal Health Information, chapter 16 (pRa)",
)


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


def prosecutor_at_risk(sizes: Sizes, threshold: Fraction) -> Measure:
    """Give back the share of rows of which the right person can be told with more than `threshold`; 0 without rows.

    A risk just as great as the threshold is not above it. Refuses with THRESHOLD_OUT_OF_RANGE.

    >>> import numpy as np
    >>> prosecutor_at_risk(np.array([1, 2, 3]), Fraction(1, 3)).text  # the class of three is not above
    '0.500000'
    """
    above = int(sizes[sizes <= most_above(threshold)].sum())
    return Measure(AT_RISK, Fraction(above, int(sizes.sum())) if sizes.size else Fraction(0))
