"""How many persons, not rows, a class has: one person can be in a table many times."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.histograms import classes_of_rows
from sekisho.deid.table import Column, Table

K_SUBJECTS = Kind(
    "k-subjects",
    Unit.PERSONS,
    Better.HIGHER,
    "min over E of the persons whose rows E has",
    "knows that the person is in the table, and all quasi-identifiers of one of the person's rows",
    "Terrovitis, Mamoulis and Kalnis 2008, PVLDB 1(1) (several rows of one person); Samarati 2001",
)


def k_subjects(table: Table, names: Sequence[str], subjects: Column) -> Measure:
    """Give back the fewest persons of a class of rows alike in `names`; `subjects` tells row by row whose it is.

    It need not be a column of the table. All rows without a subject count as one person's. 0 for a table without rows. Costs a
    sort of the rows.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39"] * 3 + ["40-49"] * 3, person=["a", "a", "b", "c", "d", "e"])
    >>> k_subjects(table, ["age"], table.column("person")).text  # three rows of 30-39, but two persons
    '2'
    """
    if not table.rows:
        return Measure(K_SUBJECTS, Fraction(0))
    keys = classes_of_rows(table, names).astype(np.int64) * len(subjects.values) + subjects.codes
    of_pair = np.unique(keys) // len(subjects.values)
    return Measure(K_SUBJECTS, Fraction(int(np.bincount(of_pair).min())))
