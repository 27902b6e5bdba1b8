"""Changes as a policy's file has them, and as its canonical form has them (spec/policy.md 6 and 7)."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any

from sekisho.deid.changes.change import (
    AddSynthetic,
    Change,
    DeleteCells,
    DeleteRows,
    DeleteSubjects,
    Mask,
    Microaggregate,
    Noise,
    Pram,
    Pseudonym,
    Round,
    Sample,
    ShiftDates,
    Swap,
    Where,
)
from sekisho.deid.written.change_shapes import ChangePart, WherePart
from sekisho.deid.written.lines import Key, Lines, malformed

CHANGES: Mapping[str, Callable[..., Change]] = {
    "delete-cells": DeleteCells,
    "delete-rows": DeleteRows,
    "delete-subjects": DeleteSubjects,
    "sample": Sample,
    "round": Round,
    "microaggregate": Microaggregate,
    "noise": Noise,
    "swap": Swap,
    "pram": Pram,
    "shift-dates": ShiftDates,
    "mask": Mask,
    "pseudonym": Pseudonym,
    "add-synthetic": AddSynthetic,
}
"""What each change is called in files; its fields have the same names there as in Python."""

_NAMES: Mapping[object, str] = {kind: name for name, kind in CHANGES.items()}


def name_of_change(change: Change) -> str:
    """Give back what the change is called in a policy's file."""
    return _NAMES[type(change)]


def read_change(part: ChangePart, *, lines: Lines, key: Key) -> Change:
    """Give back the change; that its columns are there and fit, `check_changes` says.

    Refuses with POLICY_MALFORMED a condition on cells that names no column.
    """
    given = {name: getattr(part, name) for name in type(part).model_fields if name != "do"}
    if isinstance(part, WherePart):
        asked = {name: given.pop(name) for name in WherePart.model_fields}
        if asked["column"] is None and any(one for name, one in asked.items() if name != "column"):
            raise malformed(lines, (*key, "column"), rule="missing")
        given["where"] = _where(asked)
    return CHANGES[part.do](**{name: tuple(one) if isinstance(one, list) else one for name, one in given.items()})


def write_change(change: Change) -> dict[str, Any]:
    """Give back the change for the policy's canonical form: fractions as `p/q`, days as `YYYY-MM-DD`."""
    told: dict[str, Any] = {"do": name_of_change(change)}
    for one in fields(change):
        value = getattr(change, one.name)
        told[one.name] = _write_where(value) if isinstance(value, Where) else _written(value)
    return told


def publish_change(change: Change) -> dict[str, Any]:
    """Give back the change as a plan tells it: of the values that it looks for only how many there are."""
    told = write_change(change)
    if told.get("where"):
        told["where"] = {**told["where"], "values": len(told["where"]["values"])}
    return told


def fields_of_change(change: Change) -> dict[str, Any]:
    """Give back the keys and values of a change as a file would have them; numbers are exact."""
    told: dict[str, Any] = {"do": name_of_change(change)}
    for one in fields(change):
        value = getattr(change, one.name)
        match value:
            case Where():
                told |= {inner.name: getattr(value, inner.name) for inner in fields(value)}
                told["values"] = ["" if each is None else each for each in value.values]
            case tuple():
                told[one.name] = list(value)
            case None:
                continue
            case _:
                told[one.name] = value
    return told


def _where(asked: dict[str, Any]) -> Where | None:
    if asked["column"] is None:
        return None
    limits = {name: _ordinal(asked[name]) for name in ("above", "below")}
    values = tuple(None if one == "" else one for one in asked["values"])
    return Where(asked["column"], values, asked["fewer_than"], **limits)


def _ordinal(limit: int | date | None) -> int | None:
    return limit.toordinal() if isinstance(limit, date) else limit


def _write_where(where: Where) -> dict[str, Any]:
    return {one.name: _written(getattr(where, one.name)) for one in fields(where)}


def _written(value: Any) -> Any:
    match value:
        case tuple():
            return [_written(one) for one in value]
        case Fraction():
            return f"{value.numerator}/{value.denominator}"
        case date():
            return value.isoformat()
        case _:
            return value
