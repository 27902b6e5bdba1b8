"""Days of which a part is unknown, or which never were: kept as such (spec/disarm.md 3.4)."""

import re
from datetime import date

from sekisho.tables.values.days import read_day
from sekisho.tables.values.eras import CLAIM_CODES, EraCodes
from sekisho.tables.values.numerals import narrow, with_digits
from sekisho.tables.values.spelled import NEVER, Spelled, agrees, spell_day, spell_month, spell_year, year_pattern

UNKNOWN_DAY = "0000-00-00"
_UNKNOWN = "(?:不詳|不明|未詳)"
_ABOUT = "(?:頃|ころ|ごろ)"
_NOTHING_KNOWN = re.compile(rf"(?:(?:明治|大正|昭和|平成|令和)?(?:生?年)?(?:月日|月|日)?{_UNKNOWN}|0+|9+)")
_YEAR_ALONE = year_pattern(rf"年(?:{_ABOUT}|月?日?{_UNKNOWN}|月{_UNKNOWN}日{_UNKNOWN})?")
_MONTH_ALONE = year_pattern(rf"年 ?(?P<month>[0-9]{{1,2}})月(?:{_ABOUT}|[上中下]旬|日?{_UNKNOWN})?")
_NEAR_A_DAY = re.compile(rf"(.*日){_ABOUT}")


def read_partial_day(text: str, codes: EraCodes = CLAIM_CODES) -> str | None:
    """Give back `YYYY-MM-DD` of what `text` (already trimmed) says, 00 or 0000 for what is unknown, or None.

    A month of 13 to 98 and a day that its month lacks stay as they are. What is finer than an unknown part is unknown
    too. A day named by an era that had ended or not begun is no unknown day but a mistake: None.
    """
    if day := read_day(text, codes):
        return day.isoformat()
    if is_nothing_known(text, {8, 6 + len(next(iter(codes)))}):
        return UNKNOWN_DAY
    found = spell_day(text, codes) or _spell_words(with_digits(narrow(text)), codes)
    return _write(found) if found else None


def is_nothing_known(text: str, lengths: set[int]) -> bool:
    """Give back whether `text` says that nothing is known: in words, or in so many digits, all 0 or all 9."""
    text = narrow(text)
    return bool(_NOTHING_KNOWN.fullmatch(text)) and (not text.isascii() or len(text) in lengths)


def spell_words(text: str) -> Spelled | None:
    """Give back what a text in half width says with a year and 年, perhaps a month, and no day."""
    for pattern in (_YEAR_ALONE, _MONTH_ALONE):
        if found := pattern.fullmatch(text):
            era, year = spell_year(found)
            return Spelled(era, year, int(found.groupdict().get("month") or 0), 0)
    return None


def _spell_words(text: str, codes: EraCodes) -> Spelled | None:
    if near := _NEAR_A_DAY.fullmatch(text):
        day = spell_day(near[1], codes)
        return day and Spelled(day.era, day.year, day.month, 0)
    if words := spell_words(text):
        return words
    month = None if text.isascii() and text.isdigit() else spell_month(text, codes)
    return month and Spelled(month.era, month.year, month.month, 0)


def _write(found: Spelled) -> str | None:
    if found.year is None:
        return UNKNOWN_DAY
    if not found.month or found.month in NEVER:
        return f"{found.year:04}-00-00" if agrees(found) else None
    day = 0 if not found.day or found.day in NEVER else found.day
    return f"{found.year:04}-{found.month:02}-{day:02}" if _may_be(found, day) else None


def _may_be(found: Spelled, day: int) -> bool:
    """Give back whether the era, where one is named, leaves it open; a day that there is, is the strict reader's."""
    return agrees(found) and not (found.era and day and _is_day(found))


def _is_day(found: Spelled) -> bool:
    try:
        date(found.year or 0, found.month or 0, found.day or 0)
    except ValueError:
        return False
    return True
