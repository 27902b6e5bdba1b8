"""What the release tells about whether a person of the population is in the table: δ-presence.

`sizes` are the released rows of each class and `persons` the persons of the population in it, both of shape (classes,),
from `sekisho.deid.risk.population.rows_and_persons`; a class without rows has a presence of 0.
"""

from fractions import Fraction

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.population import check_persons

_ATTACKER = "has a list of the whole population with all quasi-identifiers, and wants to know who is in the table"
_SOURCE = "Nergiz, Atzori and Clifton 2007, SIGMOD, definition 2"
_F = "F: a class of the population recoded alike, E: the rows like it"

LEAST = Kind("presence-least", Unit.PROBABILITY, Better.HIGHER, f"min over F of |E| / |F|; {_F}", _ATTACKER, _SOURCE)
GREATEST = Kind(
    "presence-greatest", Unit.PROBABILITY, Better.LOWER, f"max over F of |E| / |F|; {_F}", _ATTACKER, _SOURCE
)


def presence_least(sizes: Sizes, persons: Sizes) -> Measure:
    """Give back δmin, the least probability that a person of the population is in the table; 0 without rows.

    Higher is better: 0 tells of some persons that they are not in the table. Refuses with POPULATION_TOO_SMALL a class of
    more rows than persons.

    >>> import numpy as np
    >>> presence_least(np.array([3, 3]), np.array([12, 4])).text  # six rows
    '0.250000'
    """
    return Measure(LEAST, min(_extremes(sizes, persons)))


def presence_greatest(sizes: Sizes, persons: Sizes) -> Measure:
    """Give back δmax, the greatest probability that a person of the population is in the table; 0 without rows.

    Lower is better: 1 tells of some persons that they are in the table. Refuses with POPULATION_TOO_SMALL a class of more
    rows than persons.

    >>> import numpy as np
    >>> presence_greatest(np.array([3, 3]), np.array([12, 4])).text  # six rows
    '0.750000'
    """
    return Measure(GREATEST, max(_extremes(sizes, persons)))


def _extremes(sizes: Sizes, persons: Sizes) -> tuple[Fraction, Fraction]:
    check_persons(sizes, persons)
    rows, alike = sizes[persons > 0], persons[persons > 0]
    if not rows.size:
        return Fraction(0), Fraction(0)
    shares = rows / alike  # rounding keeps the order: the extremes are among those that are extreme as floats
    low, high = np.flatnonzero(shares == shares.min()), np.flatnonzero(shares == shares.max())
    return (
        min({Fraction(*pair) for pair in zip(rows[low].tolist(), alike[low].tolist(), strict=True)}),
        max({Fraction(*pair) for pair in zip(rows[high].tolist(), alike[high].tolist(), strict=True)}),
    )
