"""A report read back from its canonical JSON (spec/report.md 2), for people's pages."""

from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from sekisho.deid.bounds import Distance
from sekisho.deid.measure import UNBOUNDED, Better
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Recode, Token, Transformation
from sekisho.deid.plan import Star as StarDone
from sekisho.deid.policy import Mode, Star, Wording
from sekisho.deid.schema import Kind, Role
from sekisho.digest import digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.numbers import read_number, read_ratio
from sekisho.pages.report.parts import (
    Assumed,
    Bar,
    Bound,
    Cause,
    LevelRows,
    Measured,
    ReadReport,
    ReportColumn,
    Search,
    Step,
)
from sekisho.pages.report.reading_changes import read_change
from sekisho.statement import check_fields, read_canonical

FORMAT = "sekisho-report-v1"
_MAYBE_TEXT = (str, type(None))
_MAYBE_NUMBER = (int, type(None))
_MAYBE_LADDER = (dict, type(None))
_Choice = TypeVar("_Choice", bound=Enum)
_UNBOUNDED = Decimal("Infinity")
_BOUNDS: dict[
    str, dict[str, type | tuple[type, ...]]
] = {  # spec/policy.md 6; the first two as spec/report.md 2 has them
    "k": {"at_least": str},
    "suppressed-share": {"at_most": str},
    "k-map": {"at_least": int},
    "k-subjects": {"at_least": int},
    "presence": {"at_most": str, "at_least": str},
    "highest-risk": {"at_most": str},
    "average-risk": {"at_most": str},
    "alpha-k": {"column": str, "at_most": str},
    "distinct-l": {"column": str, "at_least": int},
    "entropy-l": {"column": str, "at_least": str},
    "recursive-l": {"column": str, "at_least": int, "c": str},
    "t-closeness": {"column": str, "at_most": str, "distance": str, "ladder": _MAYBE_LADDER},
    "delta-disclosure": {"column": str, "at_most": str},
    "beta-likeness": {"column": str, "at_most": str, "enhanced": bool},
}


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
        changes=list,
        exam=dict,
        rows=dict,
        search=dict,
        measures=list,
        class_sizes=dict,
        columns=list,
    )
    if value["format"] != FORMAT:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="format")
    rows = check_fields(value["rows"], before=int, changed=int, after=int, suppressed=int, added=int)
    sizes = check_fields(value["class_sizes"], before=list, after=list)
    return ReadReport(
        digest=digest_of(raw),
        schema=read_digest(value["schema"]),
        policy=read_digest(value["policy"]),
        plan=read_digest(value["plan"]),
        goal=value["goal"],
        bounds=tuple(bound for one in value["bounds"] for bound in _bounds(one)),
        rows_before=rows["before"],
        rows_changed=rows["changed"],
        rows_after=rows["after"],
        rows_added=rows["added"],
        changes=tuple(read_change(one) for one in value["changes"]),
        exam=_exam(value["exam"]),
        measures=tuple(_measured(one) for one in value["measures"]),
        sizes_before=tuple(_step(one) for one in sizes["before"]),
        sizes_after=tuple(_step(one) for one in sizes["after"]),
        columns=tuple(_column(one) for one in value["columns"]),
        search=_search(value["search"]),
    )


def _exam(value: Any) -> Assumed:
    part = check_fields(
        value, population=_MAYBE_NUMBER, threshold=str, weights=_MAYBE_TEXT, household=_MAYBE_TEXT, subject=_MAYBE_TEXT
    )
    return Assumed(part["population"], read_number(part["threshold"]))


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


def _bounds(value: Any) -> tuple[Bound, ...]:
    """Give back the numbers that one bound of the policy asks for: two where it has a least and a greatest."""
    name = value.get("measure") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in _BOUNDS:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="measure")
    part = check_fields(value, measure=str, **_BOUNDS[name])
    if name == "presence":
        greatest, least = read_ratio(part["at_most"]), read_ratio(part["at_least"])
        return (Bound("presence-greatest", greatest), *([Bound("presence-least", least)] if least else []))
    held = Bound(
        measure=_measure_held(name, part),
        limit=read_ratio(part["at_least"] if "at_least" in part else part["at_most"]),
        column=part.get("column", ""),
        c=read_ratio(part["c"]) if "c" in part else None,
    )
    return (held,)


def _measure_held(name: str, part: dict[str, Any]) -> str:
    match name:
        case "t-closeness":
            return f"t-closeness-{_choice(Distance, part['distance']).value}"
        case "beta-likeness" if part["enhanced"]:
            return "beta-likeness-enhanced"
        case _:
            return name


def _measured(value: Any) -> Measured:
    texts: dict[str, type | tuple[type, ...]] = dict.fromkeys(("name", "unit", "formula", "attacker", "source"), str)
    part = check_fields(value, column=_MAYBE_TEXT, better=str, before=_MAYBE_TEXT, after=str, **texts)
    return Measured(
        column=part["column"] or "",
        better=_choice(Better, part["better"]),
        before=None if part["before"] is None else _amount(part["before"]),
        after=_amount(part["after"]),
        **{name: part[name] for name in texts},
    )


def _amount(text: str) -> Decimal:
    return _UNBOUNDED if text == UNBOUNDED else read_number(text)


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
        loss=None if part["loss"] is None else read_number(part["loss"]),
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


def _done(value: dict[str, Any]) -> Transformation:  # noqa: PLR0911 - one per kind
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
        case "pseudonym":
            check_fields(value, do=str)
            return Token()
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
