"""Days as municipal files write them: western and by era (spec/disarm.md 3.2)."""

import re
from datetime import date

from sekisho.tables.values.eras import CLAIM_CODES, ERA_NAMES, Era, EraCodes
from sekisho.tables.values.spelled import NEVER, spell_day

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The two forms by era that most files have; a month or a day of 0 or 99 leaves them to the long way.
_LETTER = re.compile(r"([MTSHR])([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{1,2})")
_KANJI = re.compile(r"(明治|大正|昭和|平成|令和)(元|[0-9]{1,2})年([0-9]{1,2})月([0-9]{1,2})日")


def read_day(text: str, codes: EraCodes = CLAIM_CODES) -> date | None:
    """Give back the day that `text` (already trimmed) spells, or None where it spells none.

    With `codes` of two digits eight digits are an era's code, year, month and day, and never a western day.
    """
    try:
        if _PLAIN.fullmatch(text):
            return date.fromisoformat(text)
        if usual := _LETTER.fullmatch(text) or _KANJI.fullmatch(text):
            name, year, month, day = usual.groups()
            number = 1 if year == "元" else int(year)
            if number not in NEVER:
                era = ERA_NAMES[name]
                return _within(date(era.year_one + number - 1, int(month), int(day)), era)
        return read_any_day(text, codes)
    except ValueError:
        return None


def read_any_day(text: str, codes: EraCodes) -> date | None:
    """Give back the day that `text` spells in any form, the long way; ValueError where it names a day that is not."""
    found = spell_day(text, codes)
    if found is None or found.year is None or found.month is None or found.day is None:
        return None
    return _within(date(found.year, found.month, found.day), found.era)


def _within(day: date, era: Era | None) -> date | None:
    return day if era is None or era.first <= day <= era.last else None
