"""Days in the Japanese calendar, in the ways in which cities and hospitals write them."""

from datetime import date

_SINCE = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1873, 1, 1), "明治", "M"),  # earlier dates are in the calendar of the moon
)
_MEIJI_1 = 1868
_CODES = {"明治": 1, "大正": 2, "昭和": 3, "平成": 4, "令和": 5}


def long_form(day: date) -> str:
    """Give back 昭和47年10月14日; the first year of an era is 元年."""
    era, _, year = _era_of(day)
    return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def short_form(day: date) -> str:
    """Give back S47.10.14."""
    _, letter, year = _era_of(day)
    return f"{letter}{year:02d}.{day.month:02d}.{day.day:02d}"


def _era_of(day: date) -> tuple[str, str, int]:
    since, era, letter = next(one for one in _SINCE if day >= one[0])
    first = _MEIJI_1 if letter == "M" else since.year
    return era, letter, day.year - first + 1


def coded_form(day: date) -> str:
    """Give back 3471014, as claims write it: the era's number (明治 1 to 令和 5), year, month and day in two digits each."""
    era, _, year = _era_of(day)
    return f"{_CODES[era]}{year:02d}{day.month:02d}{day.day:02d}"


def coded_month(day: date) -> str:
    """Give back 34710."""
    return coded_form(day)[:5]


def kanji_form(day: date) -> str:
    """Give back 昭和四十七年十月十四日."""
    era, _, year = _era_of(day)
    return f"{era}{'元' if year == 1 else _numeral(year)}年{_numeral(day.month)}月{_numeral(day.day)}日"


def _numeral(number: int) -> str:
    """Give back 1 to 99 in kanji: 四十七."""
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + ("" if ones == 0 else digits[ones])
