"""What a report's policy asked for, bound by bound, and what was reached."""

from dataclasses import dataclass
from decimal import Decimal

from sekisho.deid.policy import Star
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.numbers import number_text, percent
from sekisho.pages.report.parts import Bound, Cause, ReadReport
from sekisho.pages.words import Words


@dataclass(frozen=True)
class Asked:
    """A bound in words, and the number that the released table has."""

    says: str
    reached: str


def asked_and_reached(words: Words, report: ReadReport) -> tuple[Asked, ...]:
    """Give back every bound of the policy; of k only where it asks for a second row."""
    return tuple(
        Asked(_says(words, one, report), _reached(words, one, report))
        for one in report.bounds
        if one.measure != "k" or one.limit > 1
    )


def matches_anything(report: ReadReport) -> bool:
    """Say whether a `*` was taken to match any value."""
    return report.search.star is Star.ANYTHING


def k_asked(report: ReadReport) -> int:
    return next(int(one.limit) for one in report.bounds if one.measure == "k")


def k_reached(report: ReadReport) -> int:
    """Give back the k that the policy's k is held to: that of its reading of `*`."""
    return int(report.measure("k-wildcard" if matches_anything(report) else "k").after)


def persons_asked(report: ReadReport) -> int:
    """Give back the persons of the population that each group stands for, as asked; 0 where none were."""
    return next((int(one.limit) for one in report.bounds if one.measure == "k-map"), 0)


def least_shown(report: ReadReport) -> int:
    """Give back the rows below which the report shows no count (spec/report.md 4)."""
    return max(k_asked(report), persons_asked(report), 2)


def why_no_finer(words: Words, cause: Cause, report: ReadReport) -> str:
    """Give back what finer values would do to the bound of a cause, for the middle of a sentence."""
    key = f"report.why.bound.{_key(cause.bound, report)}"
    if not words.knows(key):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="causes")
    return words.say(key, column=cause.column)


def _says(words: Words, bound: Bound, report: ReadReport) -> str:
    if bound.measure == "suppressed-share" and not bound.limit:
        return words.say("report.asked.nothing_suppressed")
    number = number_text(bound.limit, _held(bound, report)[1])
    c = "" if bound.c is None else number_text(bound.c, "ratio")
    return words.say(f"report.asked.{_key(bound.measure, report)}", number=number, column=bound.column, c=c)


def _key(measure: str, report: ReadReport) -> str:
    return "k-wildcard" if measure == "k" and matches_anything(report) else measure


def _reached(words: Words, bound: Bound, report: ReadReport) -> str:
    number, unit = _held(bound, report)
    if unit in {"share", "probability"}:
        return percent(number)
    unit = "persons" if bound.measure == "k-map" else unit
    return words.say(f"report.unit.{unit}", number=number_text(number, unit))


def _held(bound: Bound, report: ReadReport) -> tuple[Decimal, str]:
    """Give back the number that is held to the bound, and its unit."""
    match bound.measure:
        case "k":
            return Decimal(k_reached(report)), "rows"
        case "highest-risk" if matches_anything(report):
            return 1 / Decimal(max(k_reached(report), 1)), "probability"
        case name:
            found = report.measure(name, bound.column)
            return found.after, found.unit
