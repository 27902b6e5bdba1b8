"""Codes that were given up, as dated changes: what may stand in such a table, and its file (spec/policy.md 4.3)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property
from itertools import groupby

from sekisho.deid.ladders.builtin.municipalities import AS_OF
from sekisho.deid.ladders.builtin.municipality import known_codes
from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason
from sekisho.statement import write_canonical

FORMAT = "sekisho-merged-v1"
TODAY = date.fromisoformat(f"{AS_OF}-01")
"""The day as of which `municipalities` stands."""

_CODE = re.compile(r"(?:0[1-9]|[1-3][0-9]|4[0-7])[1-7][0-9]{2}")
_LINE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{5}){2,}")


@dataclass(frozen=True, order=True)
class Change:
    """From `day` on the five digits `after` stand for `before`, or for a part of what was its own."""

    day: date
    after: str
    before: str


class Fault(Enum):
    """Why a change cannot stand in a table; the value is the rule that a refusal names."""

    CODE = "merged-code"  # not of the form of a municipality's
    OF_TODAY = "merged-of-today"  # today's table has the code that is said to have ended
    ENDED_TWICE = "merged-ended-twice"
    GIVEN_ANEW = "merged-given-anew"  # a code that had ended takes the place of another
    CIRCLE = "merged-circle"


@dataclass(frozen=True)
class End:
    """The day on which a code was given up, and the codes that took its place that day, rising."""

    day: date
    after: tuple[str, ...]


@dataclass(frozen=True)
class Merged:
    """Changes that go together, rising: each code ends once, none begins after its end, none leads back to itself."""

    changes: tuple[Change, ...]

    @cached_property
    def ends(self) -> Mapping[str, End]:
        """The end of each code that was given up."""
        found: dict[str, End] = {}
        for one in self.changes:
            _put(found, one)
        return found

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON of the changes (spec/policy.md 6)."""
        return digest_of(write_canonical([[one.day.isoformat(), one.after, one.before] for one in self.changes]))

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """Give back the codes that stand for `code` on that day, rising: itself if it has not ended by then."""
        found, seen, ahead = set(), set(), [code]
        while ahead:
            one = ahead.pop()
            end = self.ends.get(one)
            if end is None or end.day > on:
                found.add(one)
            elif one not in seen:
                seen.add(one)
                ahead += end.after
        return tuple(sorted(found))


def sort_out(changes: Iterable[Change]) -> tuple[Merged, tuple[tuple[Change, Fault], ...]]:
    """Give back the changes that go together, taken by their days, and the others, each with its fault."""
    ends: dict[str, End] = {}
    kept: list[Change] = []
    others: list[tuple[Change, Fault]] = []
    for one in sorted(set(changes)):
        fault = _fault_of(one, ends)
        if fault is None:
            kept.append(one)
            _put(ends, one)
        else:
            others.append((one, fault))
    return Merged(tuple(kept)), tuple(others)


def join(own: Merged, base: Merged) -> tuple[Change, ...]:
    """Give back the changes of both; of a code that `own` says has ended, only what `own` says."""
    return (*own.changes, *(one for one in base.changes if one.before not in own.ends))


def read_merged(raw: bytes, column: str, base: Merged) -> Merged:
    """Give back the table of a file together with `base`, or refuse with LADDER_MALFORMED (column, rule, line)."""
    try:
        lines = raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise _malformed(column, "utf-8", raw.count(b"\n", 0, error.start) + 1) from error
    if not lines or lines[0] != FORMAT:
        raise _malformed(column, "merged-format", 1)
    found: dict[Change, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if line and not line.startswith("#"):
            for one in _read_line(column, number, line):
                found.setdefault(one, number)
    own, others = sort_out(found)
    if others:
        raise _malformed(column, others[0][1].value, found[others[0][0]])
    whole, others = sort_out(join(own, base))
    if others:  # the file is at odds with the built-in table: its line that names the same code is to be looked at
        change, fault = others[0]
        named = {change.after, change.before}
        line_number = next((number for one, number in found.items() if {one.after, one.before} & named), 1)
        raise _malformed(column, fault.value, line_number)
    return whole


def write_merged(merged: Merged, remarks: Iterable[str]) -> bytes:
    """Give back the file of a table; `remarks` are single lines that it begins with, for those who read it."""
    lines = [FORMAT, *(f"# {one}" for one in remarks)]
    for (day, after), parts in groupby(merged.changes, key=lambda one: (one.day, one.after)):
        lines.append(" ".join((day.isoformat(), after, *(one.before for one in parts))))
    return "".join(f"{line}\n" for line in lines).encode()


def changes_of(line: str) -> tuple[Change, ...]:
    """Give back the changes of `DAY AFTER BEFORE…`; ValueError where the day is none."""
    day, after, *before = line.split(" ")
    return tuple(Change(date.fromisoformat(day), after, one) for one in before)


def _read_line(column: str, number: int, line: str) -> tuple[Change, ...]:
    try:
        if _LINE.fullmatch(line):
            return changes_of(line)
    except ValueError:
        pass
    raise _malformed(column, "merged-line", number)


def _fault_of(one: Change, ends: Mapping[str, End]) -> Fault | None:
    """Give back what keeps a change out, where all of earlier days are in."""
    if not (_CODE.fullmatch(one.before) and _CODE.fullmatch(one.after)):
        return Fault.CODE
    if one.day <= TODAY and one.before in known_codes():
        return Fault.OF_TODAY
    if one.before in ends and ends[one.before].day != one.day:
        return Fault.ENDED_TWICE
    if one.after in ends and ends[one.after].day < one.day:
        return Fault.GIVEN_ANEW
    return Fault.CIRCLE if _leads_back(one, ends) else None


def _leads_back(one: Change, ends: Mapping[str, End]) -> bool:
    """Give back whether `after` becomes `before`: it could on one day alone, since no code begins after its end."""
    seen, ahead = set(), [one.after]
    while ahead:
        code = ahead.pop()
        if code == one.before:
            return True
        if code in ends and code not in seen:
            seen.add(code)
            ahead += ends[code].after
    return False


def _put(ends: dict[str, End], one: Change) -> None:
    before = ends.get(one.before)
    ends[one.before] = End(one.day, (*before.after, one.after) if before else (one.after,))


def _malformed(column: str, rule: str, line: int) -> Malformed:
    return Malformed(Reason.LADDER_MALFORMED, column=column, rule=rule, line=line)
