"""The changes of a report, read back from the form that a plan publishes (spec/plan.md 3)."""

from typing import Any

from sekisho.errors import Malformed, Reason
from sekisho.pages.report.numbers import read_ratio
from sekisho.pages.report.parts import Changed, Condition
from sekisho.statement import check_fields

_Kinds = dict[str, type | tuple[type, ...]]
_MAYBE_TEXT = (str, type(None))
_MAYBE_NUMBER = (int, type(None))
_CHANGES: dict[str, _Kinds] = {
    "delete-cells": {"where": dict},
    "delete-rows": {"where": dict},
    "delete-subjects": {"subject": str, "where": (dict, type(None)), "more_rows_than": _MAYBE_NUMBER},
    "sample": {"share": str, "subject": str},
    "round": {"columns": list, "to": int},
    "microaggregate": {"columns": list, "group": int},
    "noise": {"columns": list, "scale": str, "correlated": bool},
    "swap": {"columns": list, "share": str, "within": list, "ranks": _MAYBE_TEXT},
    "pram": {"column": str, "keep": str, "within": list},
    "shift-dates": {"columns": list, "most_days": int, "subject": str},
    "mask": {"columns": list},
    "pseudonym": {"column": str},
    "add-synthetic": {"share": str},
}
_WHERE: _Kinds = {
    "column": str,
    "values": int,
    "fewer_than": _MAYBE_NUMBER,
    "above": _MAYBE_NUMBER,
    "below": _MAYBE_NUMBER,
}


def read_change(value: Any) -> Changed:
    """Give back the change, or refuse with STATEMENT_MALFORMED what is none."""
    do = value.get("do") if isinstance(value, dict) else None
    if not isinstance(do, str) or do not in _CHANGES:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="changes")
    part = check_fields(value, do=str, **_CHANGES[do])
    where = None if part.get("where") is None else Condition(**check_fields(part["where"], **_WHERE))
    amount = next((part[name] for name in ("share", "scale", "keep") if name in part), None)
    ranks = part.get("ranks")
    return Changed(
        do=do,
        columns=_columns(do, part, where),
        within=_names(part.get("within", [])),
        subject=part.get("subject", ""),
        where=where,
        amount=None if amount is None else read_ratio(amount),
        count=next((part[name] for name in ("to", "group", "most_days", "more_rows_than") if name in part), None),
        ranks=None if ranks is None else read_ratio(ranks),
        correlated=part.get("correlated", False),
    )


def _columns(do: str, part: dict[str, Any], where: Condition | None) -> tuple[str, ...]:
    if do == "delete-cells" and where:
        return (where.column,)
    return _names([part["column"]] if "column" in part else part.get("columns", []))


def _names(names: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in names):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="changes")
    return tuple(names)
