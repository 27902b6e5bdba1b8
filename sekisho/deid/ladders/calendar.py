"""Steps of the calendar, Western or by eras (spec/policy.md 4.1)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import assert_never

from sekisho.deid.ladders.eras import Era, era_of, year_in
from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason

UNKNOWN = "不詳"
MONTHS = 12
_PARTIAL = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


class Step(Enum):
    """A level of the calendar, from the finest."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ERA = "era"
    DECADE = "decade"


@dataclass(frozen=True)
class Calendar:
    """Days become months, quarters, years, and eras or ten years.

    With eras all steps are named by them: 1989 began in one era and ended in the next, and its months would belong to
    two of them.
    """

    steps: tuple[Step, ...]

    @property
    def height(self) -> int:
        return len(self.steps) + 1


def check_calendar(column: str, calendar: Calendar) -> Calendar:
    """Give back `calendar` if its steps stand in rising order, each once, and eras and ten years not together."""
    order = list(Step)
    if not calendar.steps or any(order.index(low) >= order.index(high) for low, high in pairwise(calendar.steps)):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="steps-not-rising")
    if {Step.ERA, Step.DECADE} <= set(calendar.steps):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="era-with-decade")
    return calendar


def climb_calendar(rule: Calendar, value: Value) -> Labels | None:
    """Give back the labels of a day or a month; None where it lies before the first era and the rule has eras.

    Also of a text `1972-10-14`, `1972-10-00`, `1972-10` (spec/policy.md 4.1): what is unknown is 不詳, and an impossible
    day has its month. None for a text of another form.
    """
    if isinstance(value, str):
        return _climb_text(rule, value)
    if not isinstance(value, date):
        raise TypeError("the calendar is for days")
    if Step.ERA not in rule.steps:
        return (value, *(_period(step, value) for step in rule.steps), TOP)
    era = era_of(value)
    return (value, *(_period_in(era, step, value) for step in rule.steps), TOP) if era else None


def _climb_text(rule: Calendar, text: str) -> Labels | None:
    """Give back the labels of a day or month of which a part may be unknown or impossible."""
    if not (found := _PARTIAL.fullmatch(text)):
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    unknown = (text, *(UNKNOWN for _ in rule.steps), TOP)
    if not year:
        return unknown
    first, last = _range(year, month, day)
    if Step.ERA in rule.steps and era_of(first) != era_of(last):
        return unknown
    whole = climb_calendar(rule, first)
    if whole is None or 1 <= month <= MONTHS:
        return whole and (text, *whole[1:])
    labels = (
        _without_month(rule, first) if step in {Step.MONTH, Step.QUARTER} else label
        for step, label in zip(rule.steps, whole[1:-1], strict=True)
    )
    return (text, *labels, TOP)


def _without_month(rule: Calendar, first: date) -> str:
    """Give back what a month or quarter is named whose year alone is known; the year stands in it, else no tree grew."""
    era = era_of(first) if Step.ERA in rule.steps else None
    return f"{year_in(era, first)}{UNKNOWN}" if era else f"{first.year:04}-{UNKNOWN}"


def _range(year: int, month: int, day: int) -> tuple[date, date]:
    """Give back the first and the last day that it may have been: a day, else its month, else its year."""
    if not 1 <= month <= MONTHS:
        return date(year, 1, 1), date(year, MONTHS, 31)
    last = monthrange(year, month)[1]
    return (date(year, month, day),) * 2 if 1 <= day <= last else (date(year, month, 1), date(year, month, last))


def _period(step: Step, day: date) -> str:
    match step:
        case Step.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case Step.QUARTER:
            return f"{day.year:04}-Q{_quarter(day)}"
        case Step.YEAR:
            return f"{day.year:04}"
        case Step.DECADE:
            first = day.year // 10 * 10
            return f"{first:04}-{first + 9:04}"
        case Step.ERA:
            raise ValueError("an era has no Western name")
        case _:
            assert_never(step)


def _period_in(era: Era, step: Step, day: date) -> str:
    match step:
        case Step.MONTH:
            return f"{year_in(era, day)}{day.month}月"
        case Step.QUARTER:
            first = _quarter(day) * 3 - 2
            return f"{year_in(era, day)}{first}-{first + 2}月"
        case Step.YEAR:
            return year_in(era, day)
        case Step.ERA:
            return era.name
        case Step.DECADE:
            raise ValueError("ten years do not lie in one era")
        case _:
            assert_never(step)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3
