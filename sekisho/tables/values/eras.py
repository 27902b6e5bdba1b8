"""Eras as municipal files name and number them (spec/disarm.md 3.2)."""

from collections.abc import Mapping
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

ERA_NAMES: Mapping[str, Era] = MappingProxyType(
    {
        **dict.fromkeys(("明治", "明", "M", "m", "㍾"), MEIJI),
        **dict.fromkeys(("大正", "大", "T", "t", "㍽"), TAISHO),
        **dict.fromkeys(("昭和", "昭", "S", "s", "㍼"), SHOWA),
        **dict.fromkeys(("平成", "平", "H", "h", "㍻"), HEISEI),
        **dict.fromkeys(("令和", "令", "R", "r", "㋿"), REIWA),
    }
)

EraCodes = Mapping[str, Era]
"""The digits that stand for an era before a year of two digits; all of one length, one or two."""

CLAIM_CODES: EraCodes = MappingProxyType({"1": MEIJI, "2": TAISHO, "3": SHOWA, "4": HEISEI, "5": REIWA})
"""Of electronic claims (レセプト電算処理システム, 元号区分コード), and of most systems."""

PENSION_CODES: EraCodes = MappingProxyType({"1": MEIJI, "3": TAISHO, "5": SHOWA, "7": HEISEI, "9": REIWA})
"""Of the pension service's and the employment insurance's forms."""

TWO_DIGIT_CODES: EraCodes = MappingProxyType({f"0{code}": era for code, era in CLAIM_CODES.items()})
"""Claim codes with a zero before them, for layouts with a field of two digits.

The layout of the 中間標準レイアウト仕様 has two digits; that its values are these is not confirmed by its text. A system with
others gives its own.
"""


def era_year(era: Era, number: int) -> int:
    """Give back the western year of an era's year `number`, which is 1 or more."""
    return era.year_one + number - 1


def is_within(era: Era, first: date, last: date) -> bool:
    """Give back whether any day from `first` to `last` lies in the era."""
    return era.first <= last and first <= era.last
