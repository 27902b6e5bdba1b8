"""Steps of the calendar, Western or by eras (spec/policy.md 4.1)."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import assert_never

from sekisho.deid.ladders.eras import Era, era_of, year_in
from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason


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
    """Give back the labels of a day; None where it lies before the first era and the rule has eras."""
    if not isinstance(value, date):
        raise TypeError("the calendar is for days")
    if Step.ERA not in rule.steps:
        return (value, *(_period(step, value) for step in rule.steps), TOP)
    era = era_of(value)
    return (value, *(_period_in(era, step, value) for step in rule.steps), TOP) if era else None


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
