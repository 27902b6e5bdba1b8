"""Decisions as people write them (spec/standard.md 3)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.standard.judgement import Decided, Decision, Item, Look
from sekisho.deid.standard.written import LONGEST_NAME, LONGEST_REASON
from sekisho.deid.written.strict import Strict, read_toml
from sekisho.errors import Malformed, Reason


class _DecisionPart(Strict):
    item: Annotated[int, Field(ge=1, le=5)]
    check: str
    column: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)] | None = None
    decided: Literal["accept", "refuse"] = "accept"
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


class _DecisionsPart(Strict):
    format: Literal["sekisho-decisions-v1"]
    decision: Annotated[list[_DecisionPart], Field(min_length=1)]


def read_decisions(raw: bytes, *, by: str, on: date) -> tuple[Decision, ...]:
    """Give back the decisions of a TOML file as those of the person `by` on the day `on`.

    Refuses with DECISION_MALFORMED what does not fit, a decision on item 2, an unknown check, and two on one thing.
    """
    part = read_toml(raw, _DecisionsPart, Reason.DECISION_MALFORMED)
    found: list[Decision] = []
    for place, one in enumerate(part.decision, 1):
        decision = _decision(one, f"decision.{place}", by, on)
        if any((decision.item, decision.look, decision.column) == (two.item, two.look, two.column) for two in found):
            raise Malformed(Reason.DECISION_MALFORMED, key=f"decision.{place}", rule="unique")
        found.append(decision)
    return tuple(found)


def _decision(one: _DecisionPart, key: str, by: str, on: date) -> Decision:
    item = Item(one.item)
    if item is Item.INDIVIDUAL_CODE:
        raise Malformed(Reason.DECISION_MALFORMED, key=f"{key}.item", rule="individual-code")
    if one.check not in {look.value for look in Look}:
        raise Malformed(Reason.DECISION_MALFORMED, key=f"{key}.check", rule="unknown-check")
    if not one.reason.strip():
        raise Malformed(Reason.DECISION_MALFORMED, key=f"{key}.reason", rule="missing")
    return Decision(item, Look(one.check), one.column or "", Decided(one.decided), one.reason, by, on)
