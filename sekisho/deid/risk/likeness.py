"""β-likeness: how much more likely a sensitive value is in a class than in the whole table.

The whole table is the one before any row was left out.
"""

from fractions import Fraction

import numpy as np

from sekisho.deid.bounds import TOLERANCE
from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.disclosure import exact_ratio, ratios
from sekisho.deid.risk.histograms import Histograms

_ATTACKER = "knows the table's distribution, that the person is in the table, and all of the person's quasi-identifiers"
_SHARES = "p: share of a value in E, q: in the table before any row was left out"

BETA = Kind(
    "beta-likeness",
    Unit.RATIO,
    Better.LOWER,
    f"max over E and values of (p − q) / q, 0 where none grows; {_SHARES}",
    _ATTACKER,
    "Cao and Karras 2012, PVLDB 5(11) (basic)",
)
ENHANCED_BETA = Kind(
    "beta-likeness-enhanced",
    Unit.RATIO,
    Better.LOWER,
    f"as beta-likeness, unbounded where (p − q) / q > −ln q for a value: then no bound is kept; {_SHARES}",
    _ATTACKER,
    "Cao and Karras 2012, PVLDB 5(11) (enhanced)",
)


def beta_likeness(held: Histograms) -> Measure:
    """Give back the greatest gain (p − q) / q of a value, exactly; 0 without rows.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 2, 1, 2, 3])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> beta_likeness(held).text  # care 3: (1/3 − 1/6) / (1/6)
    '1.000000'
    """
    return Measure(BETA, _greatest_gain(held), held.column)


def enhanced_beta_likeness(held: Histograms) -> Measure:
    """Give back the least β with gain ≤ min(β, −ln q) for every value that gains; unbounded where no β is enough.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 1, 1, 2, 3])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> beta_likeness(held).text, enhanced_beta_likeness(held).text  # care 1 gains 1/2, and −ln(4/6) is 0.41
    ('1.000000', 'unbounded')
    """
    if held.classes and bool((ratios(held) - 1 > -np.log(held.share[held.codes]) + TOLERANCE).any()):
        return Measure(ENHANCED_BETA, None, held.column)
    return Measure(ENHANCED_BETA, _greatest_gain(held), held.column)


def _greatest_gain(held: Histograms) -> Fraction:
    if not held.classes:
        return Fraction(0)
    return max(exact_ratio(held, int(np.argmax(ratios(held)))) - 1, Fraction(0))
