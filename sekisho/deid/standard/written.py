"""A judgement as canonical JSON (spec/standard.md 2)."""

import re
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from sekisho.deid.standard.judgement import (
    Check,
    Count,
    Decided,
    Decision,
    Item,
    ItemVerdict,
    Judgement,
    Look,
    Outcome,
    Verdict,
    decide,
)
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_canonical, write_canonical

FORMAT = "sekisho-standard-v1"
LONGEST_REASON = 1_000
LONGEST_NAME = 100
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")

Choice = TypeVar("Choice", bound=Enum)


def write_judgement(judgement: Judgement) -> bytes:
    """Give back the judgement's canonical JSON."""
    return write_canonical(
        {
            "format": FORMAT,
            "on": judgement.on.isoformat(),
            "passed": judgement.passed,
            "items": [_write_item(one) for one in judgement.items],
        }
    )


def read_judgement(raw: bytes) -> Judgement:
    """Give back the judgement of its canonical JSON, or refuse with STANDARD_MALFORMED.

    Refused too: a verdict that does not follow from the checks and decisions beside it.
    """
    try:
        value = check_fields(read_canonical(raw), format=str, on=str, passed=bool, items=list)
        judgement = Judgement(_read_day(value["on"]), tuple(_read_item(one) for one in value["items"]))
    except Malformed as error:
        raise Malformed(Reason.STANDARD_MALFORMED, field=str(error.facts.get("field", ""))) from error
    if value["format"] != FORMAT or tuple(one.item for one in judgement.items) != tuple(Item):
        raise Malformed(Reason.STANDARD_MALFORMED, field="items")
    again = tuple(decide(one.item, one.checks, one.decisions) for one in judgement.items)
    if again != judgement.items or write_judgement(judgement) != raw:
        raise Malformed(Reason.STANDARD_MALFORMED, field="verdict")
    return judgement


def _write_item(one: ItemVerdict) -> dict[str, Any]:
    return {
        "item": one.item.value,
        "article": one.item.article,
        "verdict": one.verdict.value,
        "checks": [_write_check(check) for check in one.checks],
        "decisions": [_write_decision(decision) for decision in one.decisions],
    }


def _write_check(one: Check) -> dict[str, Any]:
    return {
        "check": one.look.value,
        "column": one.column or None,
        "about": one.about or None,
        "outcome": one.outcome.value,
        "looked": dict(one.looked),
        "found": dict(one.found),
        "done": one.done or None,
    }


def _write_decision(one: Decision) -> dict[str, Any]:
    return {
        "check": one.look.value,
        "column": one.column or None,
        "decided": one.decided.value,
        "reason": one.reason,
        "by": one.by,
        "on": one.on.isoformat(),
    }


def _read_item(value: object) -> ItemVerdict:
    part = check_fields(value, item=int, article=str, verdict=str, checks=list, decisions=list)
    item = _read_choice(Item, part["item"], "item")
    if part["article"] != item.article:
        raise Malformed(Reason.STANDARD_MALFORMED, field="article")
    return ItemVerdict(
        item,
        _read_choice(Verdict, part["verdict"], "verdict"),
        tuple(_read_check(one) for one in part["checks"]),
        tuple(_read_decision(one, item) for one in part["decisions"]),
    )


def _read_check(value: object) -> Check:
    text = (str, type(None))
    part = check_fields(value, check=str, column=text, about=text, outcome=str, looked=dict, found=dict, done=text)
    return Check(
        look=_read_choice(Look, part["check"], "check"),
        outcome=_read_choice(Outcome, part["outcome"], "outcome"),
        column=_read_text(part["column"], "column", LONGEST_NAME),
        about=_read_text(part["about"], "about", LONGEST_NAME),
        looked=_read_counts(part["looked"], "looked"),
        found=_read_counts(part["found"], "found"),
        done=_read_text(part["done"], "done", LONGEST_NAME),
    )


def _read_decision(value: object, item: Item) -> Decision:
    part = check_fields(value, check=str, column=(str, type(None)), decided=str, reason=str, by=str, on=str)
    return Decision(
        item=item,
        look=_read_choice(Look, part["check"], "check"),
        column=_read_text(part["column"], "column", LONGEST_NAME),
        decided=_read_choice(Decided, part["decided"], "decided"),
        reason=_read_text(part["reason"], "reason", LONGEST_REASON),
        by=_read_text(part["by"], "by", LONGEST_NAME),
        on=_read_day(part["on"]),
    )


def _read_counts(value: dict[str, Any], field: str) -> tuple[Count, ...]:
    for name, number in value.items():
        whole = isinstance(number, int) and not isinstance(number, bool) and number >= 0
        if not _NAME.fullmatch(name) or not whole:
            raise Malformed(Reason.STANDARD_MALFORMED, field=field)
    return tuple(value.items())


def _read_text(value: str | None, field: str, longest: int) -> str:
    """Give back the text, "" for null; the empty text has that one spelling."""
    if value is None:
        return ""
    if not value.strip() or len(value) > longest:
        raise Malformed(Reason.STANDARD_MALFORMED, field=field)
    return value


def _read_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(Reason.STANDARD_MALFORMED, field="on") from error
    if day.isoformat() != text:
        raise Malformed(Reason.STANDARD_MALFORMED, field="on")
    return day


def _read_choice(kind: type[Choice], value: object, field: str) -> Choice:
    try:
        return kind(value)
    except ValueError as error:
        raise Malformed(Reason.STANDARD_MALFORMED, field=field) from error
