"""Errors as they cross a line (spec/line.md 2.4)."""

import re

from sekisho.errors import (
    BadParcel,
    Fact,
    Malformed,
    OperatorMustAct,
    Reason,
    Refused,
    SekishoError,
    SenderMustAct,
    StaffMustAct,
    Tampered,
    Unavailable,
    Who,
)
from sekisho.statement import check_fields, read_canonical, write_canonical

MOST_FACTS = 8
_WORD = re.compile(r"[ -~]{1,200}")
_STATUS = {
    Reason.SENDER_UNKNOWN: 403,
    Reason.SENDER_NOT_ALLOWED: 403,
    Reason.LINE_OFFSET: 409,
    Reason.DISK_FULL: 507,
    Reason.DISK_FAILED: 507,
    Reason.FOLDER_UNWRITABLE: 507,
}
_OURS = {"path"}  # where our files lie is nobody else's business
_CLASS: dict[int, type[SekishoError]] = {
    Who.SENDER.value: BadParcel,
    Who.STAFF.value: Refused,
    Who.OPERATOR.value: Unavailable,
}


def write_refusal(error: SekishoError) -> tuple[int, bytes]:
    """Give back HTTP status and body for `error`; our own faults cross as `fault.ours` with no facts."""
    match error:
        case SenderMustAct() | StaffMustAct() | OperatorMustAct():
            facts = {name: fact for name, fact in error.facts.items() if name not in _OURS}
            body = {"reason": error.reason.value, "who": error.who.value, "facts": facts}
            return _STATUS.get(error.reason, 422), write_canonical(body)
        case Malformed():
            return 422, write_canonical({"reason": error.reason.value, "who": Who.SENDER.value, "facts": {}})
        case _:
            return 500, write_canonical({"reason": Reason.OUR_FAULT.value, "who": Who.OPERATOR.value, "facts": {}})


def read_refusal(raw: bytes) -> SekishoError:
    """Give back the error that the neighbour sent; anything else it may have sent becomes `line.answer`."""
    try:
        value = check_fields(read_canonical(raw), reason=str, who=int, facts=dict)
        error = _CLASS.get(value["who"], Unavailable)(Reason(value["reason"]))
        error.facts = _calm(value["facts"])
        return error
    except (Malformed, ValueError):
        return Tampered(Reason.LINE_ANSWER)


def _calm(facts: dict[str, object]) -> dict[str, Fact]:
    """Give back what of a neighbour's facts may stand in a log: few, short, visible ASCII."""
    told: dict[str, Fact] = {}
    for name, fact in list(facts.items())[:MOST_FACTS]:
        if isinstance(fact, bool) or not _WORD.fullmatch(name):
            continue
        if isinstance(fact, int) or (isinstance(fact, str) and _WORD.fullmatch(fact)):
            told[name] = fact
    return told
