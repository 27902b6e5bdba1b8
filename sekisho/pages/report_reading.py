"""A report read back from its canonical JSON (spec/report.md 2), for people's pages."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sekisho.deid.plan import Code, Delete, Generalise, Keep, Transformation
from sekisho.deid.schema import Kind, Role
from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_canonical

FORMAT = "sekisho-report-v1"
_MAYBE_TEXT = (str, type(None))
_MAYBE_NUMBER = (int, type(None))
_Choice = TypeVar("_Choice", Kind, Role)
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{6})?")


@dataclass(frozen=True)
class Bound:
    """A number that the policy asks for; exactly one of the two limits is given."""

    measure: str
    at_least: Decimal | None
    at_most: Decimal | None


@dataclass(frozen=True)
class Measured:
    """A measure before (None where it means nothing) and after."""

    name: str
    unit: str
    formula: str
    attacker: str
    source: str
    before: Decimal | None
    after: Decimal


@dataclass(frozen=True)
class Step:
    """Groups of `low` to `high` rows (None: no end) and the rows in them."""

    low: int
    high: int | None
    rows: int


@dataclass(frozen=True)
class Bar:
    """A label and its rows; None is the pool of what is too rare to show, "" the blank cells."""

    label: str | None
    rows: int


@dataclass(frozen=True)
class ReportColumn:
    name: str
    kind: Kind
    role: Role
    done: Transformation
    loss: Decimal | None
    distinct_before: int
    distinct_after: int
    before: tuple[Bar, ...]
    after: tuple[Bar, ...]


@dataclass(frozen=True)
class ReadReport:
    """A report as read; `digest` is that of the bytes."""

    digest: Digest
    schema: Digest
    policy: Digest
    plan: Digest
    goal: str
    bounds: tuple[Bound, ...]
    rows_before: int
    rows_after: int
    nodes: int
    evaluated: int
    proven: bool
    measures: tuple[Measured, ...]
    sizes_before: tuple[Step, ...]
    sizes_after: tuple[Step, ...]
    columns: tuple[ReportColumn, ...]

    def measure(self, name: str) -> Measured:
        """Give back the measure; one that every report has and this one lacks makes the report malformed."""
        for one in self.measures:
            if one.name == name:
                return one
        raise Malformed(Reason.STATEMENT_MALFORMED, field="measures")


def read_report(raw: bytes) -> ReadReport:
    """Give back the report, or refuse with STATEMENT_MALFORMED whatever spec/report.md 2 does not describe."""
    value = check_fields(
        read_canonical(raw),
        format=str,
        schema=str,
        policy=str,
        plan=str,
        goal=str,
        bounds=list,
        rows=dict,
        search=dict,
        measures=list,
        class_sizes=dict,
        columns=list,
    )
    if value["format"] != FORMAT:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="format")
    rows = check_fields(value["rows"], before=int, after=int, suppressed=int)
    search = check_fields(value["search"], nodes=int, evaluated=int, proven=bool)
    sizes = check_fields(value["class_sizes"], before=list, after=list)
    return ReadReport(
        digest=digest_of(raw),
        schema=read_digest(value["schema"]),
        policy=read_digest(value["policy"]),
        plan=read_digest(value["plan"]),
        goal=value["goal"],
        bounds=tuple(_bound(one) for one in value["bounds"]),
        rows_before=rows["before"],
        rows_after=rows["after"],
        measures=tuple(_measured(one) for one in value["measures"]),
        sizes_before=tuple(_step(one) for one in sizes["before"]),
        sizes_after=tuple(_step(one) for one in sizes["after"]),
        columns=tuple(_column(one) for one in value["columns"]),
        **search,
    )


def _bound(value: Any) -> Bound:
    if isinstance(value, dict) and "at_least" in value:
        part = check_fields(value, measure=str, at_least=str)
        return Bound(part["measure"], _number(part["at_least"]), None)
    part = check_fields(value, measure=str, at_most=str)
    return Bound(part["measure"], None, _number(part["at_most"]))


def _measured(value: Any) -> Measured:
    part = check_fields(
        value, name=str, unit=str, better=str, formula=str, attacker=str, source=str, before=_MAYBE_TEXT, after=str
    )
    before = None if part["before"] is None else _number(part["before"])
    texts = {name: part[name] for name in ("name", "unit", "formula", "attacker", "source")}
    return Measured(before=before, after=_number(part["after"]), **texts)


def _step(value: Any) -> Step:
    kinds: dict[str, type | tuple[type, ...]] = {"from": int, "to": _MAYBE_NUMBER, "classes": int, "rows": int}
    part = check_fields(value, **kinds)
    return Step(part["from"], part["to"], part["rows"])


def _column(value: Any) -> ReportColumn:
    part = check_fields(
        value,
        name=str,
        type=str,
        role=str,
        done=dict,
        loss=_MAYBE_TEXT,
        distinct=dict,
        before=list,
        after=list,
    )
    distinct = check_fields(part["distinct"], before=int, after=int)
    return ReportColumn(
        name=part["name"],
        kind=_choice(Kind, part["type"]),
        role=_choice(Role, part["role"]),
        done=_done(part["done"]),
        loss=None if part["loss"] is None else _number(part["loss"]),
        distinct_before=distinct["before"],
        distinct_after=distinct["after"],
        before=tuple(_bar(one) for one in part["before"]),
        after=tuple(_bar(one) for one in part["after"]),
    )


def _done(value: dict[str, Any]) -> Transformation:
    match value.get("do"):
        case "delete":
            check_fields(value, do=str)
            return Delete()
        case "keep":
            check_fields(value, do=str)
            return Keep()
        case "generalise":
            part = check_fields(value, do=str, level=int, height=int, ladder=str)
            return Generalise(part["level"], part["height"], read_digest(part["ladder"]))
        case "code":
            part = check_fields(value, do=str, top=_MAYBE_NUMBER, bottom=_MAYBE_NUMBER)
            return Code(part["top"], part["bottom"])
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED, field="do")


def _choice(choices: type[_Choice], text: str) -> _Choice:
    try:
        return choices(text)
    except ValueError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field=choices.__name__.lower()) from error


def _bar(value: Any) -> Bar:
    part = check_fields(value, label=_MAYBE_TEXT, rows=int)
    return Bar(part["label"], part["rows"])


def _number(text: object) -> Decimal:
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="number")
    return Decimal(text)
