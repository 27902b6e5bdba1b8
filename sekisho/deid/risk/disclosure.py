"""How much more, or less, likely a sensitive value is in a class than in the whole table, value by value.

The whole table is the one before any row was left out.
"""

from fractions import Fraction
from math import log

import numpy as np
import numpy.typing as npt

from sekisho.deid.bounds import TOLERANCE
from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.risk.histograms import Histograms

_ATTACKER = "knows the table's distribution, that the person is in the table, and all of the person's quasi-identifiers"
_SHARES = "p: share of a value in E, q: in the table before any row was left out"

DELTA = Kind(
    "delta-disclosure",
    Unit.RATIO,
    Better.LOWER,
    f"max over E and values of |ln(p / q)|, unbounded where an E lacks a value; {_SHARES}",
    _ATTACKER,
    "Brickell and Shmatikov 2008, KDD (δ-disclosure privacy)",
)
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


def delta_disclosure(held: Histograms) -> Measure:
    """Give back the greatest |ln(p / q)|, to twelve decimals; unbounded where a class lacks a value, 0 without rows.

    Programs that look only at the values that a class has report less: a value that is certainly not there is the
    most that a class can give away.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 2, 1, 2, 2])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> delta_disclosure(held).text  # ln((1/3) / (3/6))
    '0.405465'
    """
    if not held.classes:
        return Measure(DELTA, Fraction(0), held.column)
    if bool((np.diff(held.begins) < held.whole.size).any()):
        return Measure(DELTA, None, held.column)
    ratio = _ratio(held)
    widest = (_exact_ratio(held, int(np.argmax(ratio))), 1 / _exact_ratio(held, int(np.argmin(ratio))))
    return Measure(DELTA, twelve_decimals(log(max(widest))), held.column)


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
    if held.classes and bool((_ratio(held) - 1 > -np.log(held.share[held.codes]) + TOLERANCE).any()):
        return Measure(ENHANCED_BETA, None, held.column)
    return Measure(ENHANCED_BETA, _greatest_gain(held), held.column)


def _greatest_gain(held: Histograms) -> Fraction:
    if not held.classes:
        return Fraction(0)
    return max(_exact_ratio(held, int(np.argmax(_ratio(held)))) - 1, Fraction(0))


def _ratio(held: Histograms) -> npt.NDArray[np.float64]:
    """Give back p / q of every value that a class has."""
    ratio: npt.NDArray[np.float64] = held.rows / held.sizes[held.of_entry] / held.share[held.codes]
    return ratio


def _exact_ratio(held: Histograms, entry: int) -> Fraction:
    share = Fraction(int(held.whole[held.codes[entry]]), int(held.whole.sum()))
    return Fraction(int(held.rows[entry]), int(held.sizes[held.of_entry[entry]])) / share
