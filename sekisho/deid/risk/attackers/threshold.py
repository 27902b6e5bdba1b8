"""Which classes put a person at a risk above a threshold."""

from fractions import Fraction

from sekisho.errors import Reason, WrongUsage


def most_above(threshold: Fraction) -> int:
    """Give back the greatest number of persons alike for which 1 / number is above `threshold`; 0 where there is none.

    Refuses with THRESHOLD_OUT_OF_RANGE a threshold that is not above 0 and at most 1.

    >>> most_above(Fraction(1, 5)), most_above(Fraction(3, 10)), most_above(Fraction(1))
    (4, 3, 0)
    """
    if not 0 < threshold <= 1:
        raise WrongUsage(Reason.THRESHOLD_OUT_OF_RANGE, threshold=str(threshold))
    return -(-threshold.denominator // threshold.numerator) - 1
