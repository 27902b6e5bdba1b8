"""What a released label says: which numbers and days (spec/standard.md 4.4)."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date

from sekisho.deid.ladders.eras import ERAS, Era
from sekisho.deid.standard.looked import parts_of
from sekisho.deid.table import Value

_UNIT = r"(?:歳|才|円|点|人|件|cm|kg|センチ|キロ)?"
_NUMBER = re.compile(rf"(-?[0-9]+){_UNIT}(?:以上|以下|代|超|未満)?")
_BAND = re.compile(rf"([0-9]+){_UNIT}[-~〜](-?[0-9]+){_UNIT}|\[(-?[0-9]+), (-?[0-9]+)\]")
_LIMIT = re.compile(rf"[≥≤](-?[0-9]+){_UNIT}")
_MONTH = r"(?:-(0[0-9]|1[0-2]))?(?:-([0-3][0-9]))?"
_WESTERN = re.compile(rf"([12][0-9]{{3}}){_MONTH}")
_QUARTER = re.compile(r"([12][0-9]{3})-q([1-4])")
_DECADE = re.compile(r"([12][0-9]{3})-([12][0-9]{3})")
_IN_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和)(?:(元|[0-9]{1,2})年)?(?:(?:[0-9]{1,2}-)?([0-9]{1,2})月)?(?:([0-9]{1,2})日)?"
)
_DIGITS = re.compile(r"(?:(?<=[約満])|(?<![0-9a-z々\u3040-\u9fff]))[0-9]{1,18}(?![0-9])")  # no 要介護5
_YEARS = re.compile(r"(?<![0-9])(1[89][0-9]{2}|20[0-9]{2})(?:(年代)|(?=年|[./]|以前|[01][0-9](?:[0-3][0-9])?$|$))")
_SHORT_ERA = re.compile(r"(?<![a-z\u4e00-\u9fff])(明治?|大正?|昭和?|平成?|令和?|[mtshr])\.?([0-9]{1,2})(?=[年./-]|$)")
_LETTERS = dict(zip("mtshr", ("明", "大", "昭", "平", "令"), strict=True))
_FIRST_YEAR, _LAST_YEAR = 1800, 2200


def numbers_said(value: Value) -> tuple[int, ...]:
    """Give back the numbers that a cell names: itself, both ends of a band, the limit of `≥90`, members of a set.

    >>> [numbers_said(one) for one in (116, "116歳", "≥90", "88-116", "[−10, −1]", "95 | 116", "*")]
    [(116,), (116,), (90,), (88, 116), (-10, -1), (95, 116), ()]
    """
    if isinstance(value, int):
        return (value,)
    return tuple(number for part in parts_of(value) for number in _numbers_of(_plain(part)))


def latest_births(value: Value) -> tuple[date, ...]:
    """Give back the latest days of the times that a cell names, of an interval of days also its first.

    >>> [one.year for text in ("1905", "1905-03", "1900-1909", "明治", "大正3年") for one in latest_births(text)]
    [1905, 1905, 1909, 1912, 1914]
    """
    if isinstance(value, int):
        return (date(value, 12, 31),) if _FIRST_YEAR <= value <= _LAST_YEAR else ()
    if isinstance(value, date):
        return (value,)
    found: list[date] = []
    for part in parts_of(value):
        for text in _plain(part).split("/"):
            found += _days_of(text)
    return tuple(found)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower().replace("−", "-").strip()
    return re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", plain)


def _numbers_of(text: str) -> Iterator[int]:
    for form in (_NUMBER, _LIMIT, _BAND):
        fits = form.fullmatch(text)
        if fits is not None:
            yield from (int(one) for one in fits.groups() if one is not None and len(one) < 19)
            return
    yield from (int(one) for one in _DIGITS.findall(text))  # in words: 約116歳, 116.0


def _days_of(text: str) -> Iterator[date]:
    """Give the latest day that a text may mean; none for what is no time, and for unknown years."""
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
        (_WESTERN, lambda fits: _last_day(int(fits[1]), int(fits[2] or 0), int(fits[3] or 0))),
        (_QUARTER, lambda fits: _last_day(int(fits[1]), int(fits[2]) * 3, 0)),
        (_DECADE, lambda fits: date(int(fits[2]), 12, 31)),
        (_IN_ERA, _last_day_in_era),
    )
    for form, read in readers:
        fits = form.fullmatch(text)
        if fits is not None:
            yield read(fits)
            return
    for fits in _YEARS.finditer(text):
        yield date(int(fits[1]) + (9 if fits[2] else 0), 12, 31)
    for fits in _SHORT_ERA.finditer(text):
        initial = _LETTERS.get(fits[1], fits[1][0])
        era = next(one for one in ERAS if one.name[0] == initial)
        yield min(date(era.begins.year - 1 + int(fits[2]), 12, 31), _last_day_of(era))


def _last_day(year: int, month: int, day: int) -> date:
    """Give back the day, or the last of a month (day 0 or impossible) or of a year (month 0 or impossible)."""
    if not 1 <= month <= 12:
        return date(year, 12, 31)
    last = monthrange(year, month)[1]
    return date(year, month, day if 1 <= day <= last else last)


def _last_day_in_era(fits: re.Match[str]) -> date:
    era = next(one for one in ERAS if one.name == fits[1])
    if fits[2] is None:
        return _last_day_of(era)
    year = era.begins.year - 1 + (1 if fits[2] == "元" else int(fits[2]))
    return min(_last_day(year, int(fits[3] or 0), int(fits[4] or 0)), _last_day_of(era))


def _last_day_of(era: Era) -> date:
    later = [one.begins for one in ERAS if one.begins > era.begins]
    return date.fromordinal(min(later).toordinal() - 1) if later else date(_LAST_YEAR, 12, 31)
