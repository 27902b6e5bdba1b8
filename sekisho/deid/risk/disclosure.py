"""δ-disclosure: how much more, or less, likely a sensitive value is in a class than in the whole table.

The whole table is the one before any row was left out.
"""

from fractions import Fraction
from math import log

import numpy as np
import numpy.typing as npt

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
    ratio = ratios(held)
    widest = (exact_ratio(held, int(np.argmax(ratio))), 1 / exact_ratio(held, int(np.argmin(ratio))))
    return Measure(DELTA, twelve_decimals(log(max(widest))), held.column)


def ratios(held: Histograms) -> npt.NDArray[np.float64]:
    """Give back p / q of every value that a class has."""
    ratio: npt.NDArray[np.float64] = held.rows / held.sizes[held.of_entry] / held.share[held.codes]
    return ratio


def exact_ratio(held: Histograms, entry: int) -> Fraction:
    """Give back p / q of one entry."""
    share = Fraction(int(held.whole[held.codes[entry]]), int(held.whole.sum()))
    return Fraction(int(held.rows[entry]), int(held.sizes[held.of_entry[entry]])) / share
