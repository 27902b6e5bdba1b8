"""What will be done to a table, column by column, as a value that may be published (spec/plan.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, TypeVar, assert_never

from sekisho.deid.ladders.rule import rule_digest
from sekisho.deid.policy import Coding, Mode, Policy, Wording, is_deleted
from sekisho.deid.policy import Star as StarReading
from sekisho.deid.recoding import ColumnRecoding, Recoding
from sekisho.deid.schema import ColumnSchema, Schema
from sekisho.deid.written.changes import CHANGES, publish_change
from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_canonical, write_canonical

FORMAT = "sekisho-plan-v1"

Choice = TypeVar("Choice", bound=Enum)


@dataclass(frozen=True)
class Delete:
    """Leave the column out."""


@dataclass(frozen=True)
class Keep:
    """Leave the column's values as they are."""


@dataclass(frozen=True)
class Generalise:
    """Replace each value by its label at `level` of `height`; the ladder's rule has the digest `ladder`."""

    level: int
    height: int
    ladder: Digest


@dataclass(frozen=True)
class Recode:
    """Replace each value by its class's label: of the ladder with the digest `ladder`, or narrower inside one.

    `labels` says which labels may stand; `level` is the ladder's where all cells have one, else None.
    """

    labels: Wording
    level: int | None
    height: int
    ladder: Digest


@dataclass(frozen=True)
class Star:
    """Replace the value by `*` in some rows, and leave it in the others; `counts_as` is what `*` was counted as."""

    counts_as: StarReading


@dataclass(frozen=True)
class Code:
    """Replace numbers from `top` on by `≥top`, and up to `bottom` by `≤bottom`."""

    top: int | None
    bottom: int | None


@dataclass(frozen=True)
class Token:
    """Replace each value by a token that was drawn for this delivery."""


Transformation = Delete | Keep | Generalise | Recode | Star | Code | Token


@dataclass(frozen=True)
class Plan:
    """Changes; then one transformation per column of the schema, in its order; then rows are left out, the rest is shuffled.

    Which rows have a label in common and which are left out, `recoding` commits to (spec/plan.md 3).
    """

    schema: Digest
    policy: Digest
    recoding: Digest
    changes: tuple[Mapping[str, Any], ...]
    columns: tuple[tuple[str, Transformation], ...]

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/plan.md 3)."""
        return digest_of(write_plan(self))

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that stay."""
        return tuple(name for name, one in self.columns if not isinstance(one, Delete))

    @property
    def generalised(self) -> tuple[str, ...]:
        """The quasi-identifiers that stay: rows are alike when these are."""
        return tuple(name for name, one in self.columns if isinstance(one, Generalise | Recode | Star))


def make_plan(schema: Schema, policy: Policy, recoding: Recoding) -> Plan:
    """Give back the plan of what the search found."""
    found = {one.name: one for one in recoding.columns}
    columns = tuple((one.name, _transformation(one, policy, found.get(one.name))) for one in schema.columns)
    changes = tuple(publish_change(one) for one in policy.changes)
    return Plan(schema.digest, policy.digest, recoding.digest, changes, columns)


def write_plan(plan: Plan) -> bytes:
    """Give back the plan's canonical JSON (spec/plan.md 3)."""
    return write_canonical(
        {
            "format": FORMAT,
            "schema": str(plan.schema),
            "policy": str(plan.policy),
            "recoding": str(plan.recoding),
            "changes": [dict(one) for one in plan.changes],
            "columns": [{"name": name, **write_transformation(one)} for name, one in plan.columns],
        }
    )


def read_plan(raw: bytes) -> Plan:
    """Give back the plan of its canonical JSON, or refuse with STATEMENT_MALFORMED."""
    value = check_fields(
        read_canonical(raw), format=str, schema=str, policy=str, recoding=str, changes=list, columns=list
    )
    if value["format"] != FORMAT:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="format")
    columns = tuple(_read_column(one) for one in value["columns"])
    if len({name for name, _ in columns}) != len(columns):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="columns")
    changes = tuple(_read_published(one) for one in value["changes"])
    schema, policy, recoding = (read_digest(value[name]) for name in ("schema", "policy", "recoding"))
    return Plan(schema, policy, recoding, changes, columns)


def write_transformation(one: Transformation) -> dict[str, Any]:  # noqa: PLR0911 - one per kind
    match one:
        case Delete():
            return {"do": "delete"}
        case Keep():
            return {"do": "keep"}
        case Generalise(level=level, height=height, ladder=ladder):
            return {"do": "generalise", "level": level, "height": height, "ladder": str(ladder)}
        case Recode(labels=labels, level=level, height=height, ladder=ladder):
            return {"do": "recode", "labels": labels.value, "level": level, "height": height, "ladder": str(ladder)}
        case Star(counts_as=reading):
            return {"do": "star", "counts_as": reading.value}
        case Code(top=top, bottom=bottom):
            return {"do": "code", "top": top, "bottom": bottom}
        case Token():
            return {"do": "pseudonym"}
        case _:
            assert_never(one)


def _transformation(column: ColumnSchema, policy: Policy, found: ColumnRecoding | None) -> Transformation:
    if column.name in policy.pseudonyms and column.name not in policy.delete:
        return Token()
    if is_deleted(column, policy):
        return Delete()
    if found is not None:
        return _recoded(column, policy, found)
    match policy.codings.get(column.name):
        case Coding(top=top, bottom=bottom):
            return Code(top, bottom)
        case None:
            return Keep()


def _recoded(column: ColumnSchema, policy: Policy, found: ColumnRecoding) -> Transformation:
    if policy.mode is Mode.CELLS:
        return Star(policy.star)
    rule = policy.ladders[column.name].rule
    if policy.mode is Mode.GLOBAL and found.level is not None:
        return Generalise(found.level, rule.height, rule_digest(rule))
    return Recode(policy.labels, found.level, rule.height, rule_digest(rule))


def _read_column(value: object) -> tuple[str, Transformation]:  # noqa: PLR0911 - one per kind
    kind = value.get("do") if isinstance(value, dict) else None
    number = (int, type(None))
    match kind:
        case "delete":
            return check_fields(value, name=str, do=str)["name"], Delete()
        case "keep":
            return check_fields(value, name=str, do=str)["name"], Keep()
        case "pseudonym":
            return check_fields(value, name=str, do=str)["name"], Token()
        case "generalise":
            part = check_fields(value, name=str, do=str, level=int, height=int, ladder=str)
            if not 0 <= part["level"] <= part["height"]:
                raise Malformed(Reason.STATEMENT_MALFORMED, field="level")
            return part["name"], Generalise(part["level"], part["height"], read_digest(part["ladder"]))
        case "recode":
            part = check_fields(value, name=str, do=str, labels=str, level=number, height=int, ladder=str)
            if part["level"] is not None and not 0 <= part["level"] <= part["height"]:
                raise Malformed(Reason.STATEMENT_MALFORMED, field="level")
            labels = _read_enum(Wording, part["labels"], "labels")
            return part["name"], Recode(labels, part["level"], part["height"], read_digest(part["ladder"]))
        case "star":
            part = check_fields(value, name=str, do=str, counts_as=str)
            return part["name"], Star(_read_enum(StarReading, part["counts_as"], "counts_as"))
        case "code":
            part = check_fields(value, name=str, do=str, top=number, bottom=number)
            return part["name"], Code(part["top"], part["bottom"])
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED, field="do")


def _read_published(value: object) -> Mapping[str, Any]:
    """Give back a change as a plan tells it, whose kind this version knows."""
    if not isinstance(value, dict) or value.get("do") not in CHANGES:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="changes")
    return value


def _read_enum(kind: type[Choice], text: str, field: str) -> Choice:
    try:
        return kind(text)
    except ValueError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field=field) from error
