"""A report read back from its canonical JSON (spec/report.md 2), for people's pages."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from sekisho.deid.bounds import Distance
from sekisho.deid.measure import UNBOUNDED
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Recode, Transformation
from sekisho.deid.plan import Star as StarDone
from sekisho.deid.policy import Mode, Star, Wording
from sekisho.deid.schema import Kind, Role
from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_canonical

FORMAT = "sekisho-report-v1"
_MAYBE_TEXT = (str, type(None))
_MAYBE_NUMBER = (int, type(None))
_MAYBE_LADDER = (dict, type(None))
_Choice = TypeVar("_Choice", bound=Enum)
_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{6})?")
_FRACTION = re.compile(r"([0-9]{1,40})/([1-9][0-9]{0,40})")
_UNBOUNDED = Decimal("Infinity")
_BOUNDS: dict[
    str, dict[str, type | tuple[type, ...]]
] = {  # spec/policy.md 6; the first two as spec/report.md 2 has them
    "k": {"at_least": str},
    "suppressed-share": {"at_most": str},
    "k-map": {"at_least": int},
    "highest-risk": {"at_most": str},
    "average-risk": {"at_most": str},
    "distinct-l": {"column": str, "at_least": int},
    "entropy-l": {"column": str, "at_least": str},
    "recursive-l": {"column": str, "at_least": int, "c": str},
    "t-closeness": {"column": str, "at_most": str, "distance": str, "ladder": _MAYBE_LADDER},
    "delta-disclosure": {"column": str, "at_most": str},
    "beta-likeness": {"column": str, "at_most": str, "enhanced": bool},
}


@dataclass(frozen=True)
class Bound:
    """A number that the policy asks for: `limit` at least or at most; `column` is the sensitive one, or "".

    `measure` is the name of the measure that is held to it, which says its distance or `enhanced`; `c` is that of
    recursive-l.
    """

    measure: str
    limit: Decimal
    column: str = ""
    c: Decimal | None = None


@dataclass(frozen=True)
class Measured:
    """A measure before (None where it means nothing) and after; infinite where it is unbounded.

    `column` is the sensitive column that it is about, or "".
    """

    name: str
    column: str
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
class LevelRows:
    """Released rows whose label has this level of the ladder, or lies inside one that has."""

    level: int
    rows: int


@dataclass(frozen=True)
class Cause:
    """In `rows` rows a finer label would break `bound` (of the sensitive `column`, or ""); `goal`: none, but it costs more."""

    bound: str
    column: str
    rows: int


@dataclass(frozen=True)
class ReportColumn:
    """A column: what was done to it, and what stands in it before and after.

    `levels` are there where labels are of several levels, `causes` where cells are more general than they were.
    """

    name: str
    kind: Kind
    role: Role
    done: Transformation
    loss: Decimal | None
    distinct_before: int
    distinct_after: int
    levels: tuple[LevelRows, ...]
    causes: tuple[Cause, ...]
    before: tuple[Bar, ...]
    after: tuple[Bar, ...]


@dataclass(frozen=True)
class Search:
    """How the plan was found; `labels` with mode local alone, `star` with mode cells alone."""

    mode: Mode
    labels: Wording | None
    star: Star | None
    nodes: int
    evaluated: int
    steps: int
    proven: bool
    interrupted: bool


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
    search: Search
    measures: tuple[Measured, ...]
    sizes_before: tuple[Step, ...]
    sizes_after: tuple[Step, ...]
    columns: tuple[ReportColumn, ...]

    def measure(self, name: str, column: str = "") -> Measured:
        """Give back the measure; one that the report should have and lacks makes it malformed."""
        for one in self.measures:
            if (one.name, one.column) == (name, column):
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
        search=_search(value["search"]),
    )


def _search(value: Any) -> Search:
    part = check_fields(
        value,
        mode=str,
        labels=_MAYBE_TEXT,
        star=_MAYBE_TEXT,
        nodes=int,
        evaluated=int,
        steps=int,
        proven=bool,
        interrupted=bool,
    )
    mode = _choice(Mode, part.pop("mode"))
    labels, star = part.pop("labels"), part.pop("star")
    if (labels is None) is (mode is Mode.LOCAL) or (star is None) is (mode is Mode.CELLS):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="mode")
    return Search(
        mode=mode,
        labels=None if labels is None else _choice(Wording, labels),
        star=None if star is None else _choice(Star, star),
        **part,
    )


def _bound(value: Any) -> Bound:
    name = value.get("measure") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in _BOUNDS:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="measure")
    part = check_fields(value, measure=str, **_BOUNDS[name])
    return Bound(
        measure=_measure_held(name, part),
        limit=_limit(part["at_least"] if "at_least" in part else part["at_most"]),
        column=part.get("column", ""),
        c=_limit(part["c"]) if "c" in part else None,
    )


def _measure_held(name: str, part: dict[str, Any]) -> str:
    match name:
        case "t-closeness":
            return f"t-closeness-{_choice(Distance, part['distance']).value}"
        case "beta-likeness" if part["enhanced"]:
            return "beta-likeness-enhanced"
        case _:
            return name


def _limit(value: int | str) -> Decimal:
    """Give back a limit: a whole number, one with six decimals, or a fraction `p/q`."""
    if isinstance(value, int):
        return Decimal(value)
    fraction = _FRACTION.fullmatch(value)
    return Decimal(fraction[1]) / Decimal(fraction[2]) if fraction else _number(value)


def _measured(value: Any) -> Measured:
    texts: dict[str, type | tuple[type, ...]] = dict.fromkeys(("name", "unit", "formula", "attacker", "source"), str)
    part = check_fields(value, column=_MAYBE_TEXT, better=str, before=_MAYBE_TEXT, after=str, **texts)
    return Measured(
        column=part["column"] or "",
        before=None if part["before"] is None else _amount(part["before"]),
        after=_amount(part["after"]),
        **{name: part[name] for name in texts},
    )


def _amount(text: str) -> Decimal:
    return _UNBOUNDED if text == UNBOUNDED else _number(text)


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
        levels=list,
        causes=list,
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
        levels=tuple(LevelRows(**check_fields(one, level=int, rows=int)) for one in part["levels"]),
        causes=tuple(_cause(one) for one in part["causes"]),
        before=tuple(_bar(one) for one in part["before"]),
        after=tuple(_bar(one) for one in part["after"]),
    )


def _cause(value: Any) -> Cause:
    part = check_fields(value, bound=str, column=_MAYBE_TEXT, rows=int)
    return Cause(part["bound"], part["column"] or "", part["rows"])


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
        case "recode":
            part = check_fields(value, do=str, labels=str, level=_MAYBE_NUMBER, height=int, ladder=str)
            ladder = read_digest(part["ladder"])
            return Recode(_choice(Wording, part["labels"]), part["level"], part["height"], ladder)
        case "star":
            part = check_fields(value, do=str, counts_as=str)
            return StarDone(_choice(Star, part["counts_as"]))
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
