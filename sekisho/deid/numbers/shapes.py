"""What cells look like that hold a number (spec/numbers.md 3)."""

import re
from dataclasses import dataclass

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import bare, fold, numbers_in


@dataclass(frozen=True)
class Shape:
    """Either digits of one of `lengths` somewhere in the cell, or a `pattern` that the whole bare cell has."""

    lengths: frozenset[int] = frozenset()
    pattern: re.Pattern[str] | None = None


def _of_lengths(*lengths: int) -> Shape:
    return Shape(frozenset(lengths))


def _of_pattern(pattern: str) -> Shape:
    return Shape(pattern=re.compile(pattern, re.ASCII))


# Lengths one shorter are numbers whose leading zero a spreadsheet took away.
SHAPES: dict[Code, Shape] = {
    Code.MY_NUMBER: _of_lengths(12, 11),
    Code.RESIDENT_CODE: _of_lengths(11, 10),
    Code.PENSION_NUMBER: _of_lengths(10, 9),
    Code.LICENCE_NUMBER: _of_lengths(12),
    Code.PASSPORT_NUMBER: _of_pattern(r"[A-Z]{0,2}\d{6,9}|[A-Z]\d{2}[A-Z0-9]{5,6}"),  # Japan: two letters, seven digits
    Code.RESIDENCE_CARD: _of_pattern(r"[A-Z]{2}\d{8}[A-Z]{2}"),
    Code.INSURED_NUMBER: _of_pattern(r".{0,12}\d.{0,19}"),  # symbols are the insurer's choice
    Code.CARE_INSURED_NUMBER: _of_pattern(r"H\d{9}|\d{3,10}"),  # H: a recipient of public assistance under 65
    Code.EMPLOYMENT_INSURED_NUMBER: _of_lengths(11, 10, 16),
    Code.BIOMETRIC: _of_pattern(r"[A-Z0-9+/=_]{32,}"),
    Code.INSURER_NUMBER: _of_lengths(8, 7, 6, 5),
}


def count_fitting(shape: Shape, text: str) -> int:
    """Give back 1 if the cell has the shape, else 0."""
    if shape.pattern is not None:
        return int(shape.pattern.fullmatch(bare(text)) is not None)
    return int(any(len(one) in shape.lengths for one in numbers_in(fold(text))))
