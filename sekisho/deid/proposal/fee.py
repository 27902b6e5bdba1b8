"""Hours of work and the fee for them, by a municipality's own formula (spec/fee.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, assert_never

from pydantic import Field

from sekisho.deid.written.lines import Key, Lines, lines_of, where
from sekisho.deid.written.strict import Strict, read_toml
from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason
from sekisho.statement import write_canonical

FORMAT = "sekisho-fee-v1"
TOLD_FORMAT = "sekisho-fee-told-v1"
HOUR_SECONDS = 3_600
MINUTE_SECONDS = 60
MOST_YEN = 1_000_000_000


class Counted(Enum):
    """Of what an hour begun is a whole one."""

    SUM = "sum"  # of all work together
    JOB = "job"  # of each job by itself


class Rounding(Enum):
    DOWN = "down"
    UP = "up"


class Made(Enum):
    """Which fee is asked for: 個人情報の保護に関する法律119条3項, or 4項 for who has a contract for it already."""

    NEW = "new"
    AGAIN = "again"


@dataclass(frozen=True)
class Formula:
    """What an ordinance sets, in yen. `again_yen` is None where it sets nothing for that; the contractor's cost is added."""

    ordinance: str
    valid_from: date
    valid_until: date | None
    base_yen: int
    per_started_hour_yen: int
    counted: Counted
    contractor: bool
    again_yen: int | None
    round_to_yen: int
    rounding: Rounding
    digest: Digest
    lines: Lines


@dataclass(frozen=True)
class Job:
    """A piece of work: what it was, and how long it took."""

    name: str
    seconds: int


@dataclass(frozen=True)
class Fee:
    """A fee and how it came about; `total_yen` is the sum, rounded as the formula says."""

    made: Made
    on: date
    formula: Digest
    ordinance: str
    jobs: tuple[Job, ...]
    hours: int
    per_started_hour_yen: int
    base_yen: int
    hours_yen: int
    contractor_yen: int
    total_yen: int


Yen = Annotated[int, Field(ge=0, le=MOST_YEN)]


class _FormulaPart(Strict):
    format: Literal["sekisho-fee-v1"]
    ordinance: Annotated[str, Field(min_length=1, max_length=200)]
    valid_from: date
    valid_until: date | None = None
    base_yen: Yen
    per_started_hour_yen: Yen
    started_hours_of: Literal["sum", "job"]
    contractor: Literal["added", "not-added"]
    again_yen: Yen | None = None
    round_to_yen: Annotated[int, Field(ge=1, le=MOST_YEN)] = 1
    rounding: Literal["down", "up"] = "down"


class _WorkPart(Strict):
    what: Annotated[str, Field(min_length=1, max_length=200)]
    minutes: Annotated[int, Field(ge=0, le=10_000_000)]


class _HoursPart(Strict):
    format: Literal["sekisho-hours-v1"]
    work: list[_WorkPart] = Field(max_length=10_000)


def read_formula(raw: bytes) -> Formula:
    """Give back the formula of a TOML file; refuses with FEE_MALFORMED (`line`, `key`, `rule`)."""
    part = read_toml(raw, _FormulaPart, Reason.FEE_MALFORMED)
    lines = lines_of(raw.decode())
    if part.valid_until is not None and part.valid_until < part.valid_from:
        raise _malformed(lines, ("valid_until",), "ends-before-begins")
    return Formula(
        ordinance=part.ordinance,
        valid_from=part.valid_from,
        valid_until=part.valid_until,
        base_yen=part.base_yen,
        per_started_hour_yen=part.per_started_hour_yen,
        counted=Counted(part.started_hours_of),
        contractor=part.contractor == "added",
        again_yen=part.again_yen,
        round_to_yen=part.round_to_yen,
        rounding=Rounding(part.rounding),
        digest=digest_of(raw),
        lines=lines,
    )


def read_hours(raw: bytes) -> tuple[Job, ...]:
    """Give back the work of staff that a TOML file tells; refuses with FEE_MALFORMED."""
    part = read_toml(raw, _HoursPart, Reason.FEE_MALFORMED)
    return tuple(Job(one.what, one.minutes * MINUTE_SECONDS) for one in part.work)


def started_hours(seconds: Iterable[int], counted: Counted) -> int:
    """Give back the hours that were begun: an hour and a second are two.

    >>> started_hours([3_601, 60], Counted.SUM), started_hours([3_601, 60], Counted.JOB)
    (2, 3)
    """
    told = tuple(seconds)
    if any(one < 0 for one in told):
        raise ValueError("no work takes less than no time")
    match counted:
        case Counted.SUM:
            return -(-sum(told) // HOUR_SECONDS)
        case Counted.JOB:
            return sum(-(-one // HOUR_SECONDS) for one in told)
        case _:
            assert_never(counted)


def fee_of(formula: Formula, jobs: tuple[Job, ...], *, on: date, contractor_yen: int = 0, made: Made = Made.NEW) -> Fee:
    """Give back the fee on the day `on`; who asks again for what was made pays no hours.

    Refuses with FEE_MALFORMED a formula that is not in force on that day, and one that sets nothing for asking again.
    """
    if on < formula.valid_from or (formula.valid_until is not None and on > formula.valid_until):
        raise _malformed(formula.lines, ("valid_from",), "not-in-force")
    hours = started_hours((one.seconds for one in jobs), formula.counted)
    base, contractor = formula.base_yen, contractor_yen if formula.contractor else 0
    if made is Made.AGAIN:
        if formula.again_yen is None:
            raise _malformed(formula.lines, ("again_yen",), "missing")
        jobs, hours, base, contractor = (), 0, formula.again_yen, 0
    hours_yen = hours * formula.per_started_hour_yen
    total = _rounded(base + hours_yen + contractor, formula)
    return Fee(
        made,
        on,
        formula.digest,
        formula.ordinance,
        jobs,
        hours,
        formula.per_started_hour_yen,
        base,
        hours_yen,
        contractor,
        total,
    )


def write_fee(fee: Fee, case: str) -> bytes:
    """Give back the fee's canonical JSON (spec/fee.md 4)."""
    told: dict[str, Any] = {
        "format": TOLD_FORMAT,
        "case": case,
        "on": fee.on.isoformat(),
        "made": fee.made.value,
        "formula": str(fee.formula),
        "ordinance": fee.ordinance,
        "jobs": [{"what": one.name, "seconds": one.seconds} for one in fee.jobs],
        "started_hours": fee.hours,
        "yen": {
            "base": fee.base_yen,
            "hours": fee.hours_yen,
            "contractor": fee.contractor_yen,
            "total": fee.total_yen,
        },
    }
    return write_canonical(told)


def _rounded(yen: int, formula: Formula) -> int:
    unit = formula.round_to_yen
    match formula.rounding:
        case Rounding.DOWN:
            return yen // unit * unit
        case Rounding.UP:
            return -(-yen // unit) * unit
        case _:
            assert_never(formula.rounding)


def _malformed(lines: Lines, key: Key, rule: str) -> Malformed:
    return Malformed(Reason.FEE_MALFORMED, findings=(), **where(lines, key), rule=rule)
