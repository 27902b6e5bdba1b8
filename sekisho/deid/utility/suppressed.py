"""Measures of use that count cells of which nothing is left: stars and blanks. Rows left out: `class_size.py`."""

from collections.abc import Sequence
from fractions import Fraction

from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.table import Column, Value

SUPPRESSED_CELLS = Kind(
    "suppressed-cells",
    Unit.SHARE,
    Better.LOWER,
    "cells of quasi-identifiers that are *, and those of rows left out / all cells of quasi-identifiers before",
    "",
    "Meyerson and Williams 2004, PODS (cells replaced by *)",
)
BLANK_CELLS = Kind(
    "blank-cells",
    Unit.SHARE,
    Better.LOWER,
    "blank cells of all columns, and those of rows left out / all cells",
    "",
    "Templ, Kowarik and Meindl 2015, JSS 67(4) (missing values after suppression)",
)


def suppressed_cells(columns: Sequence[Column], rows_before: int) -> Measure:
    """Give back the share of cells of these released quasi-identifiers that say nothing.

    Rows added on top of `rows_before` count among all cells. Without columns or rows nothing was suppressed: 0.

    >>> from sekisho.deid.table import column_of
    >>> age = column_of("age", ["30-39", "30-39", "*", 41, 45])  # the sixth row was left out
    >>> sex = column_of("sex", ["*", "*", "F", "F", "M"])
    >>> suppressed_cells([age, sex], 6).text  # (3 stars + 2 cells of the sixth row) / 12
    '0.416667'
    """
    return Measure(SUPPRESSED_CELLS, _share(columns, TOP, rows_before))


def blank_cells(columns: Sequence[Column], rows_before: int) -> Measure:
    """Give back the share of cells that are blank: of the table before its own blanks, after also those made blank.

    >>> from sekisho.deid.table import column_of
    >>> before = column_of("income", [100, None, 400, 800, 900, 990])
    >>> after = column_of("income", [None, 100, None, 800, 900])  # the sixth row was left out
    >>> blank_cells([before], 6).text, blank_cells([after], 6).text
    ('0.166667', '0.500000')
    """
    return Measure(BLANK_CELLS, _share(columns, None, rows_before))


def _share(columns: Sequence[Column], empty: Value, rows_before: int) -> Fraction:
    lost, cells = 0, 0
    for column in columns:
        lost += sum(rows for value, rows in zip(column.values, column.counts.tolist(), strict=True) if value == empty)
        lost += max(rows_before - len(column), 0)
        cells += max(rows_before, len(column))
    return Fraction(lost, cells) if cells else Fraction(0)
