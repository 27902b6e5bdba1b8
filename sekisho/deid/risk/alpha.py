"""How much of a class has one sensitive value."""

from fractions import Fraction

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.histograms import Histograms

ALPHA = Kind(
    "alpha-k",
    Unit.SHARE,
    Better.LOWER,
    "max over E and values of p, p: share of a value in E",
    "knows that the person is in the table, and all of the person's quasi-identifiers, and guesses the value that most have",
    "Wong, Li, Fu and Wang 2006, KDD, definition 2, for every value as in section 6",
)


def alpha(held: Histograms) -> Measure:
    """Give back the greatest share that one value has of a class: how often the best guess is right; 0 without rows.

    A blank is a value as any other. It is the α of (α,k)-anonymity; k is its own measure.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 2, 1, 2, 3])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> alpha(held).text  # two of the three rows of 30
    '0.666667'
    """
    if not held.classes:
        return Measure(ALPHA, Fraction(0), held.column)
    most = np.maximum.reduceat(held.rows, held.begins[:-1])
    worst = int(np.argmax(most / held.sizes))
    return Measure(ALPHA, Fraction(int(most[worst]), int(held.sizes[worst])), held.column)
