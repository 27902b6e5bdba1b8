"""The risk of a person of whom the attacker does not know whether the person is in the table.

`sizes` are the released rows of each class and `persons` the persons of the population in it, both of shape (classes,),
from `sekisho.deid.risk.population.rows_and_persons`; classes without rows do not count.
"""

from fractions import Fraction

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.attackers.threshold import most_above
from sekisho.deid.risk.population import check_persons

_ATTACKER = "knows all of the person's quasi-identifiers, but not whether the person is in the table"
_SOURCE = "El Emam 2013, Guide to the De-Identification of Personal Health Information, chapter 16"
_F = "F: the persons of the population like E"

HIGHEST = Kind(
    "journalist-highest", Unit.PROBABILITY, Better.LOWER, f"1 / min |F|; {_F}", _ATTACKER, f"{_SOURCE} (jRb)"
)
AVERAGE = Kind(
    "journalist-average",
    Unit.PROBABILITY,
    Better.LOWER,
    f"max(number of E / sum of |F|, sum of |E| / |F| / rows); {_F}",
    _ATTACKER,
    f"{_SOURCE} (jRc)",
)
AT_RISK = Kind(
    "journalist-at-risk",
    Unit.SHARE,
    Better.LOWER,
    f"rows with 1 / |F| > threshold / rows; {_F}",
    _ATTACKER,
    f"{_SOURCE} (jRa)",
)


def journalist_highest(sizes: Sizes, persons: Sizes) -> Measure:
    """Give back the greatest probability of picking the right person for a row; 0 without rows.

    It is 1 / k-map. Refuses with POPULATION_TOO_SMALL a class of more rows than persons.

    >>> import numpy as np
    >>> journalist_highest(np.array([3, 3, 0]), np.array([8, 5, 2])).text  # six rows, fifteen persons
    '0.200000'
    """
    rows, alike = check_persons(sizes, persons)
    return Measure(HIGHEST, Fraction(1, int(alike.min())) if rows.size else Fraction(0))


def journalist_average(sizes: Sizes, persons: Sizes) -> Measure:
    """Give back the mean probability of a right guess, in the direction that is better for the attacker; 0 without rows.

    The attacker either looks in the table for persons whom the classes of the table hold, or in the population for the
    persons of rows; the second alone is the marketer's risk. Refuses with POPULATION_TOO_SMALL a class of more rows than
    persons.

    >>> import numpy as np
    >>> journalist_average(np.array([1, 5]), np.array([2, 10])).text  # max(2 / 12, (1 / 2 + 5 / 10) / 6)
    '0.166667'
    """
    rows, alike = check_persons(sizes, persons)
    if not rows.size:
        return Measure(AVERAGE, Fraction(0))
    from_persons = Fraction(int(rows.size), int(alike.sum()))
    return Measure(AVERAGE, max(from_persons, expected_matches(rows, alike) / int(rows.sum())))


def journalist_at_risk(sizes: Sizes, persons: Sizes, threshold: Fraction) -> Measure:
    """Give back the share of rows of which the right person can be told with more than `threshold`; 0 without rows.

    Refuses with POPULATION_TOO_SMALL a class of more rows than persons, and with THRESHOLD_OUT_OF_RANGE.

    >>> import numpy as np
    >>> journalist_at_risk(np.array([1, 5]), np.array([2, 10]), Fraction(1, 3)).text  # six rows
    '0.166667'
    """
    rows, alike = check_persons(sizes, persons)
    above = int(rows[alike <= most_above(threshold)].sum())
    return Measure(AT_RISK, Fraction(above, int(rows.sum())) if rows.size else Fraction(0))


def expected_matches(rows: Sizes, persons: Sizes) -> Fraction:
    """Give back the sum of |E| / |F|: how many rows a guess for each is expected to match rightly.

    >>> import numpy as np
    >>> expected_matches(np.array([1, 5]), np.array([2, 10]))
    Fraction(1, 1)
    """
    if not rows.size:
        return Fraction(0)
    order = np.argsort(persons, kind="stable")
    alike, begins = np.unique(persons[order], return_index=True)
    shares = list(zip(np.add.reduceat(rows[order], begins).tolist(), alike.tolist(), strict=True))
    while len(shares) > 1:  # in pairs, and reduced once: thousands of denominators have a long common one
        pairs = zip(shares[::2], shares[1::2], strict=False)
        last = shares[-1:] if len(shares) % 2 else []
        shares = [(one * under + other * below, below * under) for (one, below), (other, under) in pairs] + last
    return Fraction(*shares[0])
