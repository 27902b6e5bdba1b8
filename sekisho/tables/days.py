"""Days as municipal files write them: western and by era (spec/disarm.md 3.2)."""

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True)
class Era:
    """A Japanese era; both days inclusive, `year_one` is the western year of its first year."""

    first: date
    last: date
    year_one: int


# 明治 begins here with its sixth year: before it the calendar was lunisolar (太政官布告 337 of 1872).
MEIJI = Era(date(1873, 1, 1), date(1912, 7, 30), 1868)
TAISHO = Era(date(1912, 7, 30), date(1926, 12, 25), 1912)
SHOWA = Era(date(1926, 12, 25), date(1989, 1, 7), 1926)
HEISEI = Era(date(1989, 1, 8), date(2019, 4, 30), 1989)
REIWA = Era(date(2019, 5, 1), date.max, 2019)

_ERAS = MappingProxyType(
    {
        **dict.fromkeys(("M", "m", "明治", "㍾"), MEIJI),
        **dict.fromkeys(("T", "t", "大正", "㍽"), TAISHO),
        **dict.fromkeys(("S", "s", "昭和", "㍼"), SHOWA),
        **dict.fromkeys(("H", "h", "平成", "㍻"), HEISEI),
        **dict.fromkeys(("R", "r", "令和", "㋿"), REIWA),
    }
)
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MARKED = re.compile(
    rf"(?:({'|'.join(_ERAS)})(元|[0-9]{{1,2}})|([0-9]{{4}}))"
    r"(?:年 ?([0-9]{1,2})月 ?([0-9]{1,2})日|([./-]) ?([0-9]{1,2})\6 ?([0-9]{1,2}))"
)


def read_day(text: str) -> date | None:
    """Give back the day that `text` (already trimmed) spells, or None where it spells none."""
    try:
        if _PLAIN.fullmatch(text):
            return date.fromisoformat(text)
        return _read_other(text.translate(_HALF_WIDTH))
    except ValueError:
        return None


def _read_other(text: str) -> date | None:
    if compact := _COMPACT.fullmatch(text):
        year, month, day = compact.groups()
        return date(int(year), int(month), int(day))
    if not (marked := _MARKED.fullmatch(text)):
        return None
    era_name, era_year, year, month, day, _, month_2, day_2 = marked.groups()
    month, day = int(month or month_2), int(day or day_2)
    if era_name is None:
        return date(int(year), month, day)
    return _read_era(_ERAS[era_name], 1 if era_year == "元" else int(era_year), month, day)


def _read_era(era: Era, year: int, month: int, day: int) -> date | None:
    if year < 1:
        return None
    found = date(era.year_one + year - 1, month, day)
    return found if era.first <= found <= era.last else None
