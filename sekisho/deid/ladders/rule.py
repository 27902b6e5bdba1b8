"""How a ladder is declared (spec/policy.md 4.1), and what it becomes for the values of a column."""

from collections.abc import Callable
from functools import partial
from typing import Any, assert_never

from sekisho.deid.ladders.bands import Bands, climb_bands
from sekisho.deid.ladders.builtin.known import EDITIONS, BuiltIn, Known, climb_builtin, doubtful
from sekisho.deid.ladders.calendar import Calendar, climb_calendar
from sekisho.deid.ladders.cuts import Cuts, climb_cuts
from sekisho.deid.ladders.file import FileLadder, climb_file
from sekisho.deid.ladders.ladder import TOP, Labels, Ladder, grow
from sekisho.deid.ladders.parts import Parts, settle_parts
from sekisho.deid.ladders.prefix import Prefix, climb_prefix
from sekisho.deid.ladders.spelling import written
from sekisho.deid.schema import TEXTS, Kind
from sekisho.deid.table import Column, Value, rank_of
from sekisho.digest import Digest, digest_of
from sekisho.errors import CannotMeet, Reason
from sekisho.statement import write_canonical

Rule = FileLadder | Bands | Calendar | Cuts | Parts | Prefix | BuiltIn

Climbing = Callable[[Value], Labels | None]


def fits(rule: Rule, kind: Kind) -> str | None:  # noqa: PLR0911 - one per kind
    """Give back the name of what is wrong when `rule` is used for a column of this type, or None."""
    match rule:
        case FileLadder():
            return None
        case Bands():
            return None if kind is Kind.INTEGER else "bands-need-integer"
        case Cuts() | Parts():
            return None if kind is Kind.INTEGER else "cuts-need-integer"
        case Calendar():
            return None if kind in {Kind.DATE, Kind.PARTIAL_DATE, Kind.MONTH} else "calendar-needs-date"
        case Prefix():
            return None if kind in TEXTS else "prefix-needs-text"
        case BuiltIn(name=Known.AGE):
            return None if kind is Kind.INTEGER else "ages-need-integer"
        case BuiltIn():
            return None if kind in TEXTS else "codes-need-text"
        case _:
            assert_never(rule)


def settle_rule(rule: Rule, column: Column) -> Rule:
    """Give back `rule` with everything decided that it leaves to the column: `Parts` become the `Cuts` of its numbers.

    What depends on how many rows have a value depends on the rows of `column`.
    """
    return settle_parts(rule, column) if isinstance(rule, Parts) else rule


def bind(rule: Rule, column: Column) -> Ladder:
    """Give back the ladder of the values present in `column`; LADDER_MISSING_VALUE where the rule has no label for one.

    Numbers, days and texts stand in rising order as far as the tree lets them, a blank last; those of a file in its order.
    """
    present = column.used().values
    climb = _climbing(rule, column)
    climbs = {value: climb(value) for value in sorted(present, key=lambda one: (one is None, rank_of(one)))}
    known = {value: labels for value, labels in climbs.items() if labels is not None}
    if len(known) < len(present):
        raise CannotMeet(Reason.LADDER_MISSING_VALUE, column=column.name, count=len(present) - len(known))
    if isinstance(rule, FileLadder):
        known = dict(sorted(known.items(), key=lambda one: rule.places[written(one[0])]))
    return grow(column.name, known, known.__getitem__)


def rule_digest(rule: Rule) -> Digest:
    """Give back the digest of the rule's canonical JSON (spec/policy.md 6): what a plan names."""
    return digest_of(write_canonical(write_rule(rule)))


def write_rule(rule: Rule) -> dict[str, Any]:  # noqa: PLR0911 - one per kind
    match rule:
        case FileLadder(lines=lines):
            return {"file": str(digest_of(write_canonical([list(one) for one in lines])))}
        case Bands(widths=widths, top=top, bottom=bottom):
            return {"bands": list(widths), "top": top, "bottom": bottom}
        case Calendar(steps=steps):
            return {"date": [one.value for one in steps]}
        case Cuts(cuts=cuts):
            return {"cuts": [list(one) for one in cuts]}
        case Parts(by=by, parts=parts):
            return {by.value: list(parts)}
        case Prefix(lengths=lengths):
            return {"prefix": list(lengths)}
        case BuiltIn(name=name, merged=merged):
            own = {} if merged is None else {"merged": str(merged.digest)}
            return {"builtin": name.value, "edition": EDITIONS[name], **own}
        case _:
            assert_never(rule)


def _climbing(rule: Rule, column: Column) -> Climbing:  # noqa: PLR0911 - one per kind
    match rule:
        case FileLadder():
            return partial(climb_file, rule)
        case Bands():
            return _over_blanks(rule.height, partial(climb_bands, rule))
        case Calendar():
            return _over_blanks(rule.height, partial(climb_calendar, rule))
        case Cuts():
            return _over_blanks(rule.height, partial(climb_cuts, rule))
        case Parts():
            return _climbing(settle_parts(rule, column), column)
        case Prefix():
            return _over_blanks(rule.height, partial(climb_prefix, rule))
        case BuiltIn():
            return _over_blanks(rule.height, partial(climb_builtin, rule, doubtful(rule, column.used().values)))
        case _:
            assert_never(rule)


def _over_blanks(height: int, climb: Climbing) -> Climbing:
    """Give back `climb` where there is something to climb from: a blank cell stays blank below `*`."""
    blank: Labels = (*(None,) * height, TOP)
    return lambda value: blank if value is None else climb(value)
