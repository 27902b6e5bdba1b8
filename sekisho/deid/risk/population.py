"""For how many persons of the population a released row could stand."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.histograms import classes_of_rows
from sekisho.deid.table import Column, Table, Value
from sekisho.errors import CannotMeet, Reason

K_MAP = Kind(
    "k-map",
    Unit.ROWS,
    Better.HIGHER,
    "min over E of the persons of the population whose recoded quasi-identifiers are those of E",
    "knows all of the person's quasi-identifiers, but not whether the person is in the table",
    "Sweeney 2002, IJUFKS 10(5), section 4; El Emam and Dankar 2008, J Am Med Inform Assoc 15(5)",
)


def k_map(released: Table, population: Table, names: Sequence[str]) -> Measure:
    """Give back the least number of persons of `population` alike with a class of `released` in the columns `names`.

    `population` has one row per person and is recoded by the same rules. 0 where a class is nobody's, or without rows.

    >>> from sekisho.deid.table import table_of
    >>> released = table_of(age=["30-39", "30-39", "30-39", "40-49", "40-49", "40-49"])
    >>> population = table_of(age=["30-39"] * 8 + ["40-49"] * 5 + ["50-59"] * 2)
    >>> k_map(released, population, ["age"]).text
    '5'
    """
    if not released.rows:
        return Measure(K_MAP, Fraction(0))
    sizes, persons = rows_and_persons(released, population, names)
    return Measure(K_MAP, Fraction(int(persons[sizes > 0].min())))


def rows_and_persons(released: Table, population: Table, names: Sequence[str]) -> tuple[Sizes, Sizes]:
    """Give back the released rows and the persons of the population of each class, both of shape (classes,).

    A class of released rows may have no person, and one of persons no row; those with rows come first. `population` has
    one row per person and is recoded by the same rules.

    >>> from sekisho.deid.table import table_of
    >>> released = table_of(age=["30-39", "30-39", "30-39", "40-49", "40-49", "40-49"])
    >>> population = table_of(age=["30-39"] * 8 + ["40-49"] * 5 + ["50-59"] * 2)
    >>> sizes, persons = rows_and_persons(released, population, ["age"])
    >>> sizes.tolist(), persons.tolist()
    ([3, 3, 0], [8, 5, 2])
    """
    joined = Table(tuple(_joined(released.column(name), population.column(name)) for name in names))
    of_row = classes_of_rows(joined, names)
    number = int(of_row.max()) + 1 if of_row.size else 0
    ours, theirs = of_row[: released.rows], of_row[released.rows :]  # classes are numbered as they come
    return np.bincount(ours, minlength=number), np.bincount(theirs, minlength=number)


def check_persons(sizes: Sizes, persons: Sizes) -> tuple[Sizes, Sizes]:
    """Give back the rows and persons of the classes that have rows.

    Refuses with POPULATION_TOO_SMALL where a class has fewer persons than rows: the rows are then not of this
    population, or it is not recoded as they are.
    """
    short = int(np.count_nonzero(persons < sizes))
    if short:
        raise CannotMeet(
            Reason.POPULATION_TOO_SMALL, rows=int(sizes.sum()), population=int(persons.sum()), classes=short
        )
    return sizes[sizes > 0], persons[sizes > 0]


def _joined(ours: Column, theirs: Column) -> Column:
    """Give back the cells of `ours`, then those of `theirs`, over one tuple of values."""
    place: dict[Value, int] = {value: number for number, value in enumerate(ours.values)}
    codes = np.array([place.setdefault(value, len(place)) for value in theirs.values], dtype=np.int32)
    return Column(ours.name, tuple(place), np.concatenate([ours.codes, codes[theirs.codes]]))
