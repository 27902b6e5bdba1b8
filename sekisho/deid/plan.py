"""What will be done to a table, column by column, as a value that may be published (spec/plan.md)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, assert_never

from sekisho.deid.ladders.rule import rule_digest
from sekisho.deid.policy import Coding, Policy, is_deleted, quasi_identifiers
from sekisho.deid.schema import ColumnSchema, Schema
from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason
from sekisho.statement import check_fields, read_canonical, write_canonical

FORMAT = "sekisho-plan-v1"


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
class Code:
    """Replace numbers from `top` on by `≥top`, and up to `bottom` by `≤bottom`."""

    top: int | None
    bottom: int | None


Transformation = Delete | Keep | Generalise | Code


@dataclass(frozen=True)
class Plan:
    """One transformation per column of the schema, in its order.

    Then rows in classes below `k` are left out, and the rest is shuffled.
    """

    schema: Digest
    policy: Digest
    k: int
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
        return tuple(name for name, one in self.columns if isinstance(one, Generalise))


def make_plan(schema: Schema, policy: Policy, levels: tuple[int, ...]) -> Plan:
    """Give back the plan with these levels, one for each quasi-identifier that stays, in the schema's order."""
    level = dict(zip(quasi_identifiers(policy, schema), levels, strict=True))
    columns = tuple((one.name, _transformation(one, policy, level.get(one.name))) for one in schema.columns)
    return Plan(schema.digest, policy.digest, policy.k, columns)


def write_plan(plan: Plan) -> bytes:
    """Give back the plan's canonical JSON (spec/plan.md 3)."""
    return write_canonical(
        {
            "format": FORMAT,
            "schema": str(plan.schema),
            "policy": str(plan.policy),
            "suppress_classes_below": plan.k,
            "columns": [{"name": name, **write_transformation(one)} for name, one in plan.columns],
        }
    )


def read_plan(raw: bytes) -> Plan:
    """Give back the plan of its canonical JSON, or refuse with STATEMENT_MALFORMED."""
    value = check_fields(
        read_canonical(raw), format=str, schema=str, policy=str, suppress_classes_below=int, columns=list
    )
    if value["format"] != FORMAT or value["suppress_classes_below"] < 2:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="format")
    columns = tuple(_read_column(one) for one in value["columns"])
    if len({name for name, _ in columns}) != len(columns):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="columns")
    return Plan(read_digest(value["schema"]), read_digest(value["policy"]), value["suppress_classes_below"], columns)


def write_transformation(one: Transformation) -> dict[str, Any]:
    match one:
        case Delete():
            return {"do": "delete"}
        case Keep():
            return {"do": "keep"}
        case Generalise(level=level, height=height, ladder=ladder):
            return {"do": "generalise", "level": level, "height": height, "ladder": str(ladder)}
        case Code(top=top, bottom=bottom):
            return {"do": "code", "top": top, "bottom": bottom}
        case _:
            assert_never(one)


def _transformation(column: ColumnSchema, policy: Policy, level: int | None) -> Transformation:
    if is_deleted(column, policy):
        return Delete()
    if level is not None:
        rule = policy.ladders[column.name].rule
        return Generalise(level, rule.height, rule_digest(rule))
    match policy.codings.get(column.name):
        case Coding(top=top, bottom=bottom):
            return Code(top, bottom)
        case None:
            return Keep()


def _read_column(value: object) -> tuple[str, Transformation]:
    kind = value.get("do") if isinstance(value, dict) else None
    number = (int, type(None))
    match kind:
        case "delete":
            return check_fields(value, name=str, do=str)["name"], Delete()
        case "keep":
            return check_fields(value, name=str, do=str)["name"], Keep()
        case "generalise":
            part = check_fields(value, name=str, do=str, level=int, height=int, ladder=str)
            if not 0 <= part["level"] <= part["height"]:
                raise Malformed(Reason.STATEMENT_MALFORMED, field="level")
            return part["name"], Generalise(part["level"], part["height"], read_digest(part["ladder"]))
        case "code":
            part = check_fields(value, name=str, do=str, top=number, bottom=number)
            return part["name"], Code(part["top"], part["bottom"])
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED, field="do")
