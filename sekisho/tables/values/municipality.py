"""Codes of municipalities as files write them: with and without check digit and leading zero (spec/disarm.md 3.6)."""

import re
from collections.abc import Iterable
from enum import Enum

from sekisho.deid.ladders.builtin.merged import is_known
from sekisho.deid.ladders.builtin.municipality import check_digit
from sekisho.tables.values.numerals import narrow

_SHAPE = re.compile(r"(?:0[1-9]|[1-3][0-9]|4[0-7])[1-7][0-9]{2}")  # prefectures 01 to 47; 100 to 799 are municipalities


class Digits(Enum):
    """How many digits a column's codes have, before a spreadsheet takes the leading zero."""

    FIVE = 5
    SIX = 6
    EITHER = 0


def read_municipality(text: str, digits: Digits = Digits.EITHER) -> str | None:
    """Give back the five digits of the code that `text` (already trimmed) spells, or None.

    Six digits need the right check digit. One digit less than there should be is a lost leading zero. Of five digits that
    may be both, `12106` or `012106`, and in neither or both ways are known, `EITHER` gives None for both and the five
    digits for neither.
    """
    code = narrow(text)
    if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 6):
        return None
    five, six = _read_five(code), _read_six(code)
    if digits is Digits.FIVE:
        return five
    if digits is Digits.SIX:
        return six
    if not (five and six):
        return five or six
    known = [one for one in (five, six) if is_known(one)]
    return five if not known else known[0] if len(known) == 1 else None


def digits_of(texts: Iterable[str]) -> Digits:
    """Give back how many digits the codes of a column have, by its distinct texts: six where any has six."""
    lengths = {
        len(narrow(one)) for one in texts if read_municipality(one, Digits.FIVE) or read_municipality(one, Digits.SIX)
    }
    if Digits.SIX.value in lengths:
        return Digits.SIX
    return Digits.FIVE if 4 in lengths else Digits.EITHER


def _read_five(code: str) -> str | None:
    whole = code.zfill(5)
    return whole if len(code) < Digits.SIX.value and _SHAPE.fullmatch(whole) else None


def _read_six(code: str) -> str | None:
    whole = code.zfill(6)
    fits = len(code) >= Digits.FIVE.value and _SHAPE.fullmatch(whole[:5]) and whole[5] == check_digit(whole[:5])
    return whole[:5] if fits else None
