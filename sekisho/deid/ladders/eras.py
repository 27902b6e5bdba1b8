"""The Japanese eras since Meiji, and the day on which each begins (spec/policy.md 4.1).

Sources: the edict of 8 September of Keiō 4 (makes the whole year Meiji 1; its first day is 1868-01-25), the edicts of
1912-07-30 and 1926-12-25, both in force that same day, and the cabinet orders of 1989 no. 1 and 2019 no. 143.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Era:
    """An era's name and its first day, by the Gregorian calendar."""

    name: str
    begins: date


ERAS = (
    Era("明治", date(1868, 1, 25)),
    Era("大正", date(1912, 7, 30)),
    Era("昭和", date(1926, 12, 25)),
    Era("平成", date(1989, 1, 8)),
    Era("令和", date(2019, 5, 1)),
)


def era_of(day: date) -> Era | None:
    """Give back the era of a day, None before Meiji."""
    return next((one for one in reversed(ERAS) if one.begins <= day), None)


def year_in(era: Era, day: date) -> str:
    """Give back the year of `day` in its era, `昭和47年`; the first is `元年`.

    Years and months are those of the Gregorian calendar, also before 1873, when Japan reckoned by the moon.
    """
    number = day.year - era.begins.year + 1
    return f"{era.name}{'元' if number == 1 else number}年"
