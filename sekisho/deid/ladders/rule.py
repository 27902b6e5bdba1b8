"""How a ladder is declared: lines of a file, bands of numbers, steps of the calendar (spec/policy.md 4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import Any, assert_never

from sekisho.deid.ladders.ladder import TOP, Labels, Ladder, grow
from sekisho.deid.schema import Kind
from sekisho.deid.table import Column, Value
from sekisho.digest import Digest, digest_of
from sekisho.errors import CannotMeet, Malformed, Reason
from sekisho.statement import write_canonical


@dataclass(frozen=True)
class FileLadder:
    """The lines of a hierarchy file: value, labels from level 1, last `*`. Values are in their written form."""

    lines: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> int:
        return len(self.lines[0]) - 1


@dataclass(frozen=True)
class Bands:
    """Bands of whole numbers; each width is a multiple of the one before. From `top` up and to `bottom` down: one band."""

    widths: tuple[int, ...]
    top: int | None = None
    bottom: int | None = None

    @property
    def height(self) -> int:
        return len(self.widths) + 1


class Step(Enum):
    """A level of the calendar."""

    MONTH = "month"
    YEAR = "year"
    DECADE = "decade"


@dataclass(frozen=True)
class Calendar:
    """Days become months, years, ten years."""

    steps: tuple[Step, ...]

    @property
    def height(self) -> int:
        return len(self.steps) + 1


Rule = FileLadder | Bands | Calendar


def fits(rule: Rule, kind: Kind) -> str | None:
    """Give back the name of what is wrong when `rule` is used for a column of this type, or None."""
    match rule:
        case FileLadder():
            return None
        case Bands():
            return None if kind is Kind.INTEGER else "bands-need-integer"
        case Calendar():
            return None if kind is Kind.DATE else "calendar-needs-date"
        case _:
            assert_never(rule)


def bind(rule: Rule, column: Column) -> Ladder:
    """Give back the ladder of the values present in `column`; LADDER_MISSING_VALUE where the rule has no line for one."""
    present = column.used().values
    match rule:
        case FileLadder():
            return _bind_file(rule, column.name, present)
        case Bands():
            return grow(column.name, _ordered(present), lambda value: _climb_bands(rule, value))
        case Calendar():
            return grow(column.name, _ordered(present), lambda value: _climb_calendar(rule, value))
        case _:
            assert_never(rule)


def rule_digest(rule: Rule) -> Digest:
    """Give back the digest of the rule's canonical JSON (spec/policy.md 6): what a plan names."""
    return digest_of(write_canonical(write_rule(rule)))


def write_rule(rule: Rule) -> dict[str, Any]:
    match rule:
        case FileLadder(lines=lines):
            return {"file": str(digest_of(write_canonical([list(one) for one in lines])))}
        case Bands(widths=widths, top=top, bottom=bottom):
            return {"bands": list(widths), "top": top, "bottom": bottom}
        case Calendar(steps=steps):
            return {"date": [one.value for one in steps]}
        case _:
            assert_never(rule)


def check_bands(column: str, bands: Bands) -> Bands:
    """Give back `bands` if each width is a greater multiple of the one before and the limits leave room."""
    rising = all(0 < low < high and high % low == 0 for low, high in pairwise(bands.widths))
    if not bands.widths or bands.widths[0] < 2 or not rising:
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="widths-not-multiples")
    if bands.top is not None and bands.bottom is not None and bands.top - bands.bottom < 2:
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="top-below-bottom")
    return bands


def check_calendar(column: str, calendar: Calendar) -> Calendar:
    """Give back `calendar` if its steps stand in rising order, each once."""
    order = list(Step)
    if not calendar.steps or any(order.index(low) >= order.index(high) for low, high in pairwise(calendar.steps)):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="steps-not-rising")
    return calendar


def written(value: Value) -> str:
    """Give back a value as it stands in a ladder file: ASCII digits, `YYYY-MM-DD`, nothing for a blank cell."""
    match value:
        case None:
            return ""
        case date():
            return value.isoformat()
        case int() | str():
            return str(value)
        case _:
            assert_never(value)


def code_number(value: int, top: int | None, bottom: int | None) -> int | str:
    """Give back the number, or `≥top` or `≤bottom` where it reaches a limit (spec/policy.md 4)."""
    if top is not None and value >= top:
        return f"≥{signed(top)}"
    if bottom is not None and value <= bottom:
        return f"≤{signed(bottom)}"
    return value


def signed(number: int) -> str:
    """Give back the number with U+2212 for minus, which no hyphen of a band is taken for."""
    return str(number).replace("-", "−")


def _bind_file(rule: FileLadder, name: str, present: tuple[Value, ...]) -> Ladder:
    by_text = {written(value): value for value in present}
    climbs: dict[Value, Labels] = {
        by_text[text]: (by_text[text], *(label or None for label in labels))
        for text, *labels in rule.lines
        if text in by_text
    }
    if len(climbs) < len(present):
        raise CannotMeet(Reason.LADDER_MISSING_VALUE, column=name, count=len(present) - len(climbs))
    climb: Callable[[Value], Labels] = climbs.__getitem__
    return grow(name, climbs, climb)


def _ordered(present: Iterable[Value]) -> list[Value]:
    """Give back numbers or days in rising order, a blank last."""
    known = [value for value in present if value is not None]
    blank: list[Value] = [value for value in present if value is None]
    return sorted(known, key=lambda value: value) + blank


def _climb_bands(rule: Bands, value: Value) -> Labels:
    if value is None:
        return (*(None for _ in range(rule.height)), TOP)
    if not isinstance(value, int):
        raise TypeError("bands are for whole numbers")
    coded = code_number(value, rule.top, rule.bottom)
    if isinstance(coded, str):
        return (*(coded for _ in range(rule.height)), TOP)
    return (coded, *(_band(rule, value, width) for width in rule.widths), TOP)


def _band(rule: Bands, value: int, width: int) -> str:
    low = value // width * width
    high = low + width - 1
    if rule.top is not None:
        high = min(high, rule.top - 1)
    if rule.bottom is not None:
        low = max(low, rule.bottom + 1)
    return f"{low}-{high}" if low >= 0 else f"[{signed(low)}, {signed(high)}]"  # no label begins as a formula does


def _climb_calendar(rule: Calendar, value: Value) -> Labels:
    if value is None:
        return (*(None for _ in range(rule.height)), TOP)
    if not isinstance(value, date):
        raise TypeError("the calendar is for days")
    return (value, *(_period(step, value) for step in rule.steps), TOP)


def _period(step: Step, day: date) -> str:
    match step:
        case Step.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case Step.YEAR:
            return f"{day.year:04}"
        case Step.DECADE:
            first = day.year // 10 * 10
            return f"{first:04}-{first + 9:04}"
        case _:
            assert_never(step)
