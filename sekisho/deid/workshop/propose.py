"""Ladders for a column, the fittest first."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TypeVar

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import Rule, bind
from sekisho.deid.table import Column, Value
from sekisho.deid.workshop.levels import view_levels
from sekisho.deid.workshop.numbers import propose_for_numbers
from sekisho.deid.workshop.proposal import Idea, Proposal, Why
from sekisho.deid.workshop.texts import propose_by_frequency, propose_for_texts
from sekisho.deid.workshop.writing import write_ladder
from sekisho.deid.written.ladders import check_rule
from sekisho.errors import CannotMeet, Malformed, Reason

FEW_NUMBERS = 5

One = TypeVar("One")

_WESTERN = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.DECADE))
_ERAS = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA))


def propose(column: Column, k: int, others: str) -> tuple[Proposal, ...]:
    """Give back the ladders that fit `column`, the fittest first; every one of them takes all of its values.

    `others` is the word for labels under which a hierarchy file gathers what is rare. Costs a pass over the rows and a
    few over the distinct values. Refuses with LADDER_NO_PROPOSAL, and the rule says why: `all-blank`, `one-value`,
    `all-rare` (no value of a column of texts has `k` rows, and the texts have no form in common, as with names).
    """
    used = column.used()
    rows = dict(zip(used.values, used.counts.tolist(), strict=True))
    _check_varied(column.name, rows)
    found: list[Proposal] = []
    for one in _candidates(column.name, rows, k, others):
        ladder = _accepted(one.rule, used)
        rule = ladder and _useful(one.rule, ladder)
        needless = bool(found) and one.why is Why.FEW_VALUES
        if rule and not needless and all(rule != other.rule for other in found):
            ladder = bind(check_rule(column.name, rule), used)
            found.append(Proposal(column.name, rule, one.why, ladder, view_levels(ladder, used, k)))
    if not found:
        raise CannotMeet(Reason.LADDER_NO_PROPOSAL, column=column.name, rule="all-rare")
    return tuple(found)


def _check_varied(name: str, rows: dict[Value, int]) -> None:
    told = [one for one in rows if one is not None]
    if not told:
        raise CannotMeet(Reason.LADDER_NO_PROPOSAL, column=name, rule="all-blank")
    if len(told) == 1:
        raise CannotMeet(Reason.LADDER_NO_PROPOSAL, column=name, rule="one-value")


def _candidates(name: str, rows: dict[Value, int], k: int, others: str) -> Iterator[Idea]:
    numbers = {one: count for one, count in rows.items() if isinstance(one, int)}
    days = [one for one in rows if isinstance(one, date)]
    told = len(rows) - (None in rows)
    if len(numbers) == told:
        if len(numbers) <= FEW_NUMBERS:
            yield from propose_by_frequency(rows, k, others)
        yield from propose_for_numbers(name, numbers, k)
    elif len(days) == told:
        yield Idea(_WESTERN, Why.CALENDAR)
        yield Idea(_ERAS, Why.ERAS)
    else:
        yield from propose_for_texts(rows, k, others)


def _accepted(rule: Rule, column: Column) -> Ladder | None:
    """Give back the ladder as the strict readers take it, or None where they refuse it: no proposal may be refused."""
    try:
        if isinstance(rule, FileLadder) and read_ladder(write_ladder(rule), column.name) != rule:
            return None
        return bind(rule, column)
    except (Malformed, CannotMeet):
        return None


def _useful(rule: Rule, ladder: Ladder) -> Rule | None:
    """Give back `rule` without levels that change nothing or put everything in one; None where no level is left."""
    counts = [len(one) for one in ladder.labels[: ladder.height]]
    kept = [after < before and after > 1 for before, after in pairwise(counts)]
    blanks = None in ladder.values
    if isinstance(rule, Bands | Calendar | Prefix):
        kept = [one and count > 1 + blanks for one, count in zip(kept, counts[1:], strict=True)]
        if not any(kept):
            return None
    match rule:
        case Bands(widths=widths, top=top, bottom=bottom):
            return Bands(_those(widths, kept), top, bottom)
        case Calendar(steps=steps):
            return Calendar(_those(steps, kept))
        case Prefix(lengths=lengths):
            return Prefix(_those(lengths, kept))
        case _:
            return rule


def _those(levels: tuple[One, ...], kept: list[bool]) -> tuple[One, ...]:
    return tuple(level for level, stays in zip(levels, kept, strict=True) if stays)
