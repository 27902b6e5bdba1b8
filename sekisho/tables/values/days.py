"""Days as municipal files write them: western and by era (spec/disarm.md 3.2)."""

import re
from datetime import date

from sekisho.tables.values.eras import CLAIM_CODES, EraCodes
from sekisho.tables.values.spelled import spell_day

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str, codes: EraCodes = CLAIM_CODES) -> date | None:
    """Give back the day that `text` (already trimmed) spells, or None where it spells none.

    With `codes` of two digits eight digits are an era's code, year, month and day, and never a western day.
    """
    try:
        if _PLAIN.fullmatch(text):
            return date.fromisoformat(text)
        found = spell_day(text, codes)
        if found is None or found.year is None or found.month is None or found.day is None:
            return None
        day = date(found.year, found.month, found.day)
    except ValueError:
        return None
    return day if found.era is None or found.era.first <= day <= found.era.last else None
