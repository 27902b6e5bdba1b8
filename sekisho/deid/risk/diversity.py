"""How many values of a sensitive column an attacker who finds a person's class still has to choose from."""

from fractions import Fraction
from math import exp

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.risk.histograms import Counts, Histograms

_SOURCE = "Machanavajjhala et al. 2007, ACM TKDD 1(1)"
_PROSECUTOR = "knows that the person is in the table, and all of the person's quasi-identifiers"

DISTINCT_L = Kind(
    "distinct-l", Unit.VALUES, Better.HIGHER, "min over E of the number of values in E", _PROSECUTOR, _SOURCE
)
ENTROPY_L = Kind(
    "entropy-l",
    Unit.VALUES,
    Better.HIGHER,
    "min over E of exp(−sum of p · ln p), p: share of a value in E",
    "as for k, and guesses by how frequent the values of the class are",
    f"{_SOURCE}, definition 4.1",
)
RECURSIVE_L = Kind(
    "recursive-l",
    Unit.VALUES,
    Better.HIGHER,
    "min over E of the greatest l with r₁ < c · (r_l + … + r_m), r: rows of the values in E, most first; 0 if none",
    "as for k, and can rule out l − 2 values",
    f"{_SOURCE}, definition 4.2",
)


def distinct_l(held: Histograms) -> Measure:
    """Give back the least number of values in a class; 0 without rows.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=["1", "2", "2", "1", "2", "3"])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> distinct_l(held).text
    '2'
    """
    least = int(np.diff(held.begins).min()) if held.classes else 0
    return Measure(DISTINCT_L, Fraction(least), held.column)


def entropy_l(held: Histograms) -> Measure:
    """Give back the least exponential of a class's entropy: as many equally frequent values would be as uncertain.

    0 without rows; to twelve decimals.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 40, 40, 40, 40], care=["1", "2", "1", "2", "3", "3"])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> entropy_l(held).text
    '2'
    """
    if not held.classes:
        return Measure(ENTROPY_L, Fraction(0), held.column)
    share = held.rows / held.sizes[held.of_entry]
    entropy = np.add.reduceat(-share * np.log(share), held.begins[:-1])
    return Measure(ENTROPY_L, twelve_decimals(exp(float(entropy.min()))), held.column)


def recursive_l(held: Histograms, c: Fraction) -> Measure:
    """Give back the greatest l for which every class is (c, l)-diverse; 0 without rows, or where no l is.

    It falls when c does; a class without r_l has an empty sum, so l is at most its number of values.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 30, 30, 30], care=["1", "1", "1", "2", "2", "3"])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> recursive_l(held, Fraction(2)).text, recursive_l(held, Fraction(4)).text  # 3 < 2 · (2 + 1); 3 < 4 · 1
    ('2', '3')
    """
    if not held.classes:
        return Measure(RECURSIVE_L, Fraction(0), held.column)
    least = _least_recursive(held.begins, held.rows, c.numerator, c.denominator)
    return Measure(RECURSIVE_L, Fraction(least), held.column)


@compiled
def _least_recursive(begins: Counts, rows: Counts, numerator: int, denominator: int) -> int:
    least = rows.size
    for one in range(begins.size - 1):
        rising = np.sort(rows[begins[one] : begins[one + 1]])
        tail = 0
        greatest = 0
        for taken in range(rising.size):
            tail += rising[taken]
            if denominator * rising[-1] < numerator * tail:
                greatest = rising.size - taken
                break
        least = min(least, greatest)
    return least
