"""Which days, months and years a released label says, western or by era (spec/standard.md 4.4)."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from sekisho.deid.ladders.eras import ERAS, Era
from sekisho.deid.standard.looked import parts_of
from sekisho.deid.standard.said.plain import plain_text
from sekisho.deid.table import Value

_KANJI = "\u4e00-\u9fff"
_NAMES = "|".join(one.name for one in ERAS)
_SHORT = "".join(one.name[0] for one in ERAS)
_ERA = rf"({_NAMES}|(?<![0-9a-z{_KANJI}])[{_SHORT}mtshr])"
_FIRST = re.compile(rf"(?<=[{''.join(one.name[-1] for one in ERAS)}{_SHORT}mtshr])元")
_MONTH, _DAY = r"(0[0-9]|1[0-2]|99)", r"([0-2][0-9]|3[01]|99)"
# After the year: a month, of a quarter (10-12月) its last, and a day.
_REST = (
    r"(?:\s*(?:年|[./-])\s*(?:[0-9]{1,2}-(?=[0-9]{1,2}月))?([0-9]{1,2})(?![0-9])"
    r"(?:\s*(?:月|[./-])\s*([0-9]{1,2})(?![0-9]))?)?"
)
_IN_ERA = re.compile(rf"{_ERA}[\s.]*([0-9]{{1,2}})(?![0-9a-z]){_REST}")
_ERA_ALONE = re.compile(rf"({_NAMES})(?!\s*[0-9])")
_YEAR = r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2})"
_WESTERN = re.compile(rf"{_YEAR}(?:(?P<ten>年代|s\b)|(?![0-9])){_REST}")
_WESTERN_DIGITS = re.compile(rf"{_YEAR}{_MONTH}{_DAY}?(?![0-9])")
_QUARTER = re.compile(r"([12][0-9]{3})-q([1-4])")
_DECADE = re.compile(r"([12][0-9]{3})-([12][0-9]{3})")
# As municipal systems and claims write it: 1 to 5 for the era, perhaps after a zero, then yymmdd or yymm.
_CODE_DIGITS = re.compile(rf"0?([1-5])([0-9]{{2}}){_MONTH}{_DAY}?")
_ERA_DIGITS = re.compile(rf"{_ERA}([0-9]{{2}}){_MONTH}{_DAY}?")
_OPEN = frozenset({0, 99})  # a year, month or day that nobody knew
_LETTERS = dict(zip("mtshr", (one.name for one in ERAS), strict=True))
_LAST_YEAR = 2200


def latest_births(value: Value) -> tuple[date, ...]:
    """Give back the latest days of the times that a cell names, of an interval of days also its first.

    >>> [one.year for text in ("1905-03", "1900-1909", "明治", "M43.3.3", "1430303") for one in latest_births(text)]
    [1905, 1909, 1912, 1910, 1910]
    """
    if isinstance(value, date):
        return (value,)
    return tuple(day for part in parts_of(value) for day in _days_in(_FIRST.sub("1", plain_text(part))))


def _days_in(text: str) -> Iterator[date]:
    """Give the latest day of each time in a text; none for what is no time, and for unknown years."""
    if fits := _QUARTER.fullmatch(text):
        yield _last_day(int(fits[1]), int(fits[2]) * 3, 0)
    elif fits := _DECADE.fullmatch(text):
        yield date(int(fits[2]), 12, 31)
    elif text.isdigit() and (fits := _CODE_DIGITS.fullmatch(text)):
        yield from _in_era(ERAS[int(fits[1]) - 1], fits)
    elif fits := _ERA_DIGITS.fullmatch(text):
        yield from _in_era(_era_of(fits[1]), fits)
    else:
        yield from _days_in_words(text)


def _days_in_words(text: str) -> Iterator[date]:
    for fits in _WESTERN_DIGITS.finditer(text):
        yield _last_day(int(fits[1]), int(fits[2]), int(fits[3] or 0))
    for fits in _WESTERN.finditer(text):
        tens = 9 if fits["ten"] else 0
        yield _last_day(int(fits[1]) + tens, int(fits[3] or 0), int(fits[4] or 0))
    for fits in _IN_ERA.finditer(text):
        era, number = _era_of(fits[1]), int(fits[2])
        last = _last_day_of(era)
        year = last.year if number in _OPEN else era.begins.year - 1 + number
        yield min(_last_day(year, int(fits[3] or 0), int(fits[4] or 0)), last)
    for fits in _ERA_ALONE.finditer(text):
        yield _last_day_of(_era_of(fits[1]))


def _in_era(era: Era, fits: re.Match[str]) -> Iterator[date]:
    """Give the latest day of an era's digits; nothing for a year that the era has not, for then it is another number."""
    number, last = int(fits[2]), _last_day_of(era)
    if number in _OPEN:
        yield last
    elif number <= last.year - era.begins.year + 1:
        yield min(_last_day(era.begins.year - 1 + number, int(fits[3]), int(fits[4] or 0)), last)


def _era_of(sign: str) -> Era:
    name = _LETTERS.get(sign, sign)
    return next(one for one in ERAS if one.name.startswith(name))


def _last_day(year: int, month: int, day: int) -> date:
    """Give back the day, or the last of a month (day 0 or impossible) or of a year (month 0 or impossible)."""
    if not 1 <= month <= 12:
        return date(year, 12, 31)
    last = monthrange(year, month)[1]
    return date(year, month, day if 1 <= day <= last else last)


def _last_day_of(era: Era) -> date:
    later = [one.begins for one in ERAS if one.begins > era.begins]
    return date.fromordinal(min(later).toordinal() - 1) if later else date(_LAST_YEAR, 12, 31)
