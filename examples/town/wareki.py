"""Birth dates in the Japanese calendar, in the two ways in which cities write them."""

from datetime import date

_SINCE = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
    (date(1912, 7, 30), "大正", "T"),
    (date(1873, 1, 1), "明治", "M"),  # earlier dates are in the calendar of the moon
)
_MEIJI_1 = 1868


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
