"""One line of a ledger: what happened, when, where, to which case (spec/ledger.md 1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sekisho.errors import Malformed, Reason
from sekisho.instant import read_instant, write_instant
from sekisho.statement import check_fields, read_canonical, write_canonical

LARGEST_LINE_BYTES = 16_384
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9.-]{0,63}")
_CASE = re.compile(r"[A-Za-z0-9][!-~]{0,127}|")
_FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FACT_TEXT = re.compile(r"[!-~]{1,1024}")


@dataclass(frozen=True)
class Entry:
    """An event. `facts` are digests, counts and ids: whole numbers, or visible ASCII without a space.

    No sentence and no Japanese name fits into a fact, and that is on purpose: no value of a row may come here.
    `case` is "" for an event that belongs to no case.
    """

    at: datetime
    zone: str
    case: str
    event: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def write_entry(entry: Entry) -> bytes:
    """Give back the entry's one line, without a newline; refuses what `read_entry` would refuse."""
    line = write_canonical(
        {
            "at": write_instant(entry.at),
            "case": entry.case,
            "event": entry.event,
            "facts": dict(entry.facts),
            "zone": entry.zone,
        }
    )
    _check_size(line)
    _check_entry(entry)
    return line


def read_entry(line: bytes) -> Entry:
    """Give back the entry that `line` (without its newline) spells in its one spelling."""
    _check_size(line)
    try:
        value = check_fields(read_canonical(line), at=str, case=str, event=str, facts=dict, zone=str)
        at = read_instant(value["at"])
    except Malformed as error:
        raise Malformed(Reason.LEDGER_MALFORMED) from error
    return _check_entry(Entry(at, value["zone"], value["case"], value["event"], value["facts"]))


def _check_size(line: bytes) -> None:
    if len(line) > LARGEST_LINE_BYTES:
        raise Malformed(Reason.LEDGER_MALFORMED, size_bytes=len(line))


def _check_entry(entry: Entry) -> Entry:
    if not _WORD.fullmatch(entry.zone):
        raise Malformed(Reason.LEDGER_MALFORMED, field="zone")
    if not _WORD.fullmatch(entry.event):
        raise Malformed(Reason.LEDGER_MALFORMED, field="event")
    if not _CASE.fullmatch(entry.case):
        raise Malformed(Reason.LEDGER_MALFORMED, field="case")
    for name, fact in entry.facts.items():
        if not _FACT_NAME.fullmatch(name) or not _is_fact(fact):
            raise Malformed(Reason.LEDGER_MALFORMED, field="facts")
    return entry


def _is_fact(fact: object) -> bool:
    if isinstance(fact, str):
        return _FACT_TEXT.fullmatch(fact) is not None
    return isinstance(fact, int) and not isinstance(fact, bool)
