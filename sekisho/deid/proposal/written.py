"""Requests as people write them, and whether one goes with a table (spec/proposal.md 2)."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.ladders.rule import fits
from sekisho.deid.policy import Mode, Policy
from sekisho.deid.proposal.request import Condition, Item, Request
from sekisho.deid.schema import TEXTS, ColumnSchema, Kind, Role, Schema
from sekisho.deid.table import Value
from sekisho.deid.written.ladders import KINDS, read_rule
from sekisho.deid.written.lines import Key, Lines, lines_of, where
from sekisho.deid.written.shapes import TreePart
from sekisho.deid.written.strict import Strict, read_toml
from sekisho.deid.written.within import Within
from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason

LARGEST_COUNT = 2**31 - 1
LONGEST_TEXT = 2_000

Name = Annotated[str, Field(min_length=1, max_length=200)]
Share = Annotated[Fraction, Within(least=0, most=1)]


class _ProposerPart(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
    name: Name


class _PeriodPart(Strict):
    begins: date
    ends: date


class _ConditionPart(Strict):
    column: Name
    values: list[str | int | date] = Field(default=[], max_length=10_000)
    at_least: int | date | None = None
    at_most: int | date | None = None


class _PersonsPart(Strict):
    subject: Name | None = None
    least: Annotated[int, Field(ge=1, le=LARGEST_COUNT)] = 1
    where: list[_ConditionPart] = Field(default=[], max_length=50)


class _ItemPart(TreePart):
    column: Name
    level: Annotated[int, Field(ge=0, le=30)] | None = None


class _RequestPart(Strict):
    format: Literal["sekisho-request-v1"]
    dataset: Name
    purpose: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    acceptable_loss: Share | None = None
    proposer: _ProposerPart
    period: _PeriodPart
    persons: _PersonsPart = Field(default_factory=_PersonsPart)
    item: Annotated[list[_ItemPart], Field(min_length=1, max_length=1_000)]


def read_request(raw: bytes) -> Request:
    """Give back the request of a TOML file; refuses with REQUEST_MALFORMED (`line`, `key`, `rule`)."""
    part = read_toml(raw, _RequestPart, Reason.REQUEST_MALFORMED)
    lines = lines_of(raw.decode())
    if part.period.ends < part.period.begins:
        raise _malformed(lines, ("period", "ends"), "ends-before-begins")
    for place, one in enumerate(part.item, 1):
        if any(one.column == two.column for two in part.item[: place - 1]):
            raise _malformed(lines, ("item", place, "column"), "unique")
    return Request(
        proposer=part.proposer.id,
        proposer_name=part.proposer.name,
        dataset=part.dataset,
        purpose=part.purpose,
        begins=part.period.begins,
        ends=part.period.ends,
        items=tuple(_item(one, lines, ("item", place)) for place, one in enumerate(part.item, 1)),
        conditions=tuple(_condition(one) for one in part.persons.where),
        subject=part.persons.subject or "",
        acceptable_loss=part.acceptable_loss,
        least_persons=part.persons.least,
        digest=digest_of(raw),
        lines=lines,
    )


def check_request(request: Request, schema: Schema, base: Policy) -> Request:
    """Give back the request if every column that it names is in the table and its conditions and ladders fit there.

    Whether an item can be had is no question of form: identifiers may be asked for, and are then not offered.
    """
    for place, condition in enumerate(request.conditions, 1):
        key: Key = ("persons", "where", place)
        _check_condition(request, condition, _known(request, schema, condition.column, (*key, "column")), key)
    if request.subject:
        _known(request, schema, request.subject, ("persons", "subject"))
    for place, item in enumerate(request.items, 1):
        _check_item(
            request, item, _known(request, schema, item.column, ("item", place, "column")), base, ("item", place)
        )
    return request


def _item(part: _ItemPart, lines: Lines, key: Key) -> Item:
    named = [one for one in KINDS if getattr(part, one) is not None]
    if part.file is not None:
        raise _malformed(lines, (*key, "file"), "no-ladder-file")
    if not named:
        if (part.top, part.bottom, part.merged) != (None, None, None):
            raise _malformed(lines, key, "one-ladder")
        return Item(part.column, part.level)
    try:
        rule = read_rule(part.column, part, {}, lines=lines, key=key)
    except Malformed as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "column"}
        raise Malformed(Reason.REQUEST_MALFORMED, findings=(), **facts) from error
    level = rule.height - 1 if part.level is None else part.level
    if level > rule.height:
        raise _malformed(lines, (*key, "level"), "above-ladder")
    return Item(part.column, level, rule)


def _condition(part: _ConditionPart) -> Condition:
    values: tuple[Value, ...] = tuple(None if one == "" else one for one in part.values)
    return Condition(part.column, values, part.at_least, part.at_most)


def _check_condition(request: Request, one: Condition, column: ColumnSchema, key: Key) -> None:
    """Refuse a condition that means nothing, or one that could pick out a person by name or number."""
    limits = [limit for limit in (one.at_least, one.at_most) if limit is not None]
    if not one.values and not limits:
        raise _malformed(request.lines, key, "no-condition")
    if column.role in {Role.IDENTIFIER, Role.STRIPPED} or column.kind is Kind.FREE_TEXT:
        raise _malformed(request.lines, (*key, "column"), "picks-out-persons")
    wanted = {Kind.INTEGER: int, Kind.DATE: date}.get(column.kind)
    if limits and wanted is None:
        raise _malformed(request.lines, key, "needs-number-or-date")
    if not all(type(limit) is wanted for limit in limits):
        raise _malformed(request.lines, key, column.kind.value)
    kind = str if column.kind in TEXTS else wanted
    if not all(value is None or type(value) is kind for value in one.values):
        raise _malformed(request.lines, (*key, "values"), column.kind.value)


def _check_item(request: Request, item: Item, column: ColumnSchema, base: Policy, key: Key) -> None:
    if item.level is None:
        return
    if column.role is not Role.QUASI_IDENTIFIER:
        raise _malformed(request.lines, key, "level-of-quasi-identifier")
    if base.mode is Mode.CELLS:
        raise _malformed(request.lines, key, "no-ladder-in-cells")
    if item.rule is not None and (wrong := fits(item.rule, column.kind)):
        raise _malformed(request.lines, key, wrong)
    offered = base.ladders.get(item.column)
    if item.rule is None and offered is not None and item.level > offered.limit:
        raise _malformed(request.lines, (*key, "level"), "above-ladder")


def _known(request: Request, schema: Schema, name: str, key: Key) -> ColumnSchema:
    if name not in schema.names:
        raise _malformed(request.lines, key, "unknown-column")
    return schema.column(name)


def _malformed(lines: Lines, key: Key, rule: str) -> Malformed:
    return Malformed(Reason.REQUEST_MALFORMED, findings=(), **where(lines, key), rule=rule)
