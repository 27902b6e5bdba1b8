"""Months as municipal files write them, of claims above all (spec/disarm.md 3.5)."""

from sekisho.tables.values.eras import CLAIM_CODES, EraCodes
from sekisho.tables.values.numerals import narrow, with_digits
from sekisho.tables.values.partial import is_nothing_known, spell_words
from sekisho.tables.values.spelled import MONTHS, NEVER, Spelled, agrees, spell_month

UNKNOWN_MONTH = "0000-00"


def read_month(text: str, codes: EraCodes = CLAIM_CODES) -> str | None:
    """Give back `YYYY-MM` of the month that `text` (already trimmed) spells, or None where it spells none.

    An era has the months in which it began and ended: 昭和64年1月 and 平成元年1月 are the same month. With `codes` of two
    digits six digits are an era's code, year and month, and never a western month.
    """
    found = spell_month(text, codes)
    if found is None or found.year is None or not found.month or found.month > MONTHS:
        return None
    return _written(found)


def read_partial_month(text: str, codes: EraCodes = CLAIM_CODES) -> str | None:
    """Give back `YYYY-MM` as `read_month`, 00 or 0000 for what is unknown; a month of 13 to 98 stays as it is."""
    if is_nothing_known(text, {6, 4 + len(next(iter(codes)))}):
        return UNKNOWN_MONTH
    found = spell_month(text, codes) or spell_words(with_digits(narrow(text)))
    return _written(found) if found else None


def _written(found: Spelled) -> str | None:
    if found.year is None:
        return UNKNOWN_MONTH
    month = 0 if not found.month or found.month in NEVER else found.month
    return f"{found.year:04}-{month:02}" if agrees(found) else None
