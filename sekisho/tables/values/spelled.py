"""What a cell says of a day or a month, before anyone asks whether there is such a day (spec/disarm.md 3.2, 3.4, 3.5)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sekisho.tables.values.eras import ERA_NAMES, Era, EraCodes, era_year, is_within
from sekisho.tables.values.numerals import narrow, with_digits

MONTHS = 12
NEVER = {0, 99}  # a month or a day of the era's year that was left open
NEVER_YEARS = {0, 9999}
_ERA = "|".join(ERA_NAMES)
_YEAR = rf"(?:(?P<era>{_ERA}) ?(?P<era_year>元|[0-9]{{1,2}})|(?P<year>[0-9]{{4}}))"
_DAY = re.compile(
    _YEAR + r"(?:年 ?(?P<month>[0-9]{1,2})月 ?(?P<day>[0-9]{1,2})日"
    r"|(?P<mark>[./-]) ?(?P<month_2>[0-9]{1,2})(?P=mark) ?(?P<day_2>[0-9]{1,2}))"
)
_MONTH = re.compile(_YEAR + r"(?:年 ?(?P<month>[0-9]{1,2})月[分度]?|[./-] ?(?P<month_2>[0-9]{1,2}))")
_LETTERED = re.compile(r"([MTSHRmtshr])([0-9]{4}|[0-9]{6})")


@dataclass(frozen=True)
class Spelled:
    """The numbers as they stand in the cell, `year` a western one; `era` is None where none was named.

    `year` is None where the era's year is 0 or 99, or the western one 0 or 9999; `day` where only a month is spelled.
    """

    era: Era | None
    year: int | None
    month: int | None
    day: int | None


def spell_day(text: str, codes: EraCodes) -> Spelled | None:
    """Give back what `text` (already trimmed) says with year, month and day; None where it has another form."""
    return _spell(text, codes, _DAY, "day")


def spell_month(text: str, codes: EraCodes) -> Spelled | None:
    """Give back what `text` (already trimmed) says with year and month and no day; None where it has another form."""
    return _spell(text, codes, _MONTH, "month")


def spell_year(found: re.Match[str]) -> tuple[Era | None, int | None]:
    """Give back the era and the western year of a match with the groups `era`, `era_year` and `year`."""
    if found["year"]:
        return None, western(None, int(found["year"]))
    era = ERA_NAMES[found["era"]]
    return era, western(era, 1 if found["era_year"] == "元" else int(found["era_year"]))


def western(era: Era | None, number: int) -> int | None:
    """Give back the western year of a year counted in `era` or from our era; None where it was left open."""
    if era is None:
        return None if number in NEVER_YEARS else number
    return None if number in NEVER else era_year(era, number)


def days_of(year: int, month: int | None) -> tuple[date, date]:
    """Give back the first and the last day of a month, or of a year; ValueError where there is none."""
    first, end = date(year, month or 1, 1), month or MONTHS
    if (year, end) == (date.max.year, MONTHS):
        return first, date.max
    return first, date(year + end // MONTHS, end % MONTHS + 1, 1) - timedelta(days=1)


def agrees(spelled: Spelled) -> bool:
    """Give back whether the named era has any day of what is known of the day; so where none was named."""
    if spelled.era is None or spelled.year is None:
        return True
    month = spelled.month if spelled.month and spelled.month <= MONTHS else None
    return is_within(spelled.era, *days_of(spelled.year, month))


def year_pattern(rest: str) -> re.Pattern[str]:
    """Give back the pattern of a year as the forms with marks have it, and then `rest`."""
    return re.compile(_YEAR + rest)


def _spell(text: str, codes: EraCodes, marked: re.Pattern[str], last: str) -> Spelled | None:
    text = with_digits(narrow(text))
    after = {"day": 4, "month": 2}[last]  # digits after the year
    if text.isascii() and text.isdigit():
        width = len(next(iter(codes)))
        if len(text) == width + 2 + after:
            era = codes.get(text[:width])
            return _of_digits(era, text[width:], 2) if era else None
        return _of_digits(None, text, 4) if len(text) == 4 + after else None
    if lettered := _LETTERED.fullmatch(text):
        return _of_digits(ERA_NAMES[lettered[1]], lettered[2], 2) if len(lettered[2]) == 2 + after else None
    if not (found := marked.fullmatch(text)):
        return None
    era, year = spell_year(found)
    parts = found.groupdict()
    month, day = (int(parts.get(name) or parts.get(f"{name}_2") or 0) for name in ("month", "day"))
    return Spelled(era, year, month, day if last == "day" else None)


def _of_digits(era: Era | None, digits: str, year: int) -> Spelled:
    """Give back what stands in digits alone, the first `year` of them the year's, then two and perhaps two."""
    month, day = digits[year : year + 2], digits[year + 2 :]
    return Spelled(era, western(era, int(digits[:year])), int(month), int(day) if day else None)
