"""What must hold and what to make best (spec/policy.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import Bands, Calendar, Rule, Step, check_bands, check_calendar, fits, write_rule
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.strict import Strict, read_toml
from sekisho.digest import Digest, digest_of
from sekisho.errors import CannotMeet, Malformed, Reason
from sekisho.statement import LARGEST_INTEGER, write_canonical

FORMAT = "sekisho-policy-v1"


class Goal(Enum):
    """What to make smallest (spec/policy.md 5)."""

    LOSS = "loss"
    PRECISION_LOSS = "precision-loss"
    DISCERNIBILITY = "discernibility"
    AVERAGE_CLASS = "average-class"


@dataclass(frozen=True)
class Climb:
    """A quasi-identifier's ladder and the highest level the plan may use; None is up to `*`."""

    rule: Rule
    highest: int | None = None

    @property
    def limit(self) -> int:
        return self.rule.height if self.highest is None else self.highest


@dataclass(frozen=True)
class Coding:
    """Limits of a number column: from `top` on `≥top`, up to `bottom` `≤bottom`."""

    top: int | None = None
    bottom: int | None = None


@dataclass(frozen=True)
class Policy:
    """Bounds on measures, and the one number to make best."""

    k: int
    suppression_limit: Fraction = Fraction(0)
    goal: Goal = Goal.LOSS
    delete: frozenset[str] = frozenset()
    ladders: Mapping[str, Climb] = field(default_factory=dict)
    codings: Mapping[str, Coding] = field(default_factory=dict)

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/policy.md 6)."""
        return digest_of(write_policy(self))

    def most_suppressed(self, rows: int) -> int:
        """How many of `rows` may be left out: the limit's share, rounded down."""
        return int(self.suppression_limit * rows)


Limit = Annotated[int, Field(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)]


class _Ladder(Strict):
    file: str | None = None
    bands: list[Limit] | None = Field(default=None, min_length=1, max_length=12)
    date: list[Literal["month", "year", "decade"]] | None = Field(default=None, min_length=1)
    top: Limit | None = None
    bottom: Limit | None = None
    highest: int | None = Field(default=None, ge=0)


class _Coding(Strict):
    top: Limit | None = None
    bottom: Limit | None = None


class _File(Strict):
    format: Literal["sekisho-policy-v1"]
    k: int = Field(ge=2, le=10**9)
    suppression_limit: Annotated[Decimal, Field(decimal_places=9)] | int = Field(default=0, ge=0, le=1)
    goal: Literal["loss", "precision-loss", "discernibility", "average-class"] = "loss"
    delete: list[str] = Field(default=[], max_length=1_000)
    ladder: dict[str, _Ladder] = Field(default={})
    code: dict[str, _Coding] = Field(default={})


def read_policy(raw: bytes, ladder_files: Mapping[str, bytes]) -> Policy:
    """Give back the policy of a TOML file; `ladder_files` holds the named hierarchy files.

    Refuses with POLICY_MALFORMED (`line`, or `key` and `rule`) or LADDER_MALFORMED.
    """
    file = read_toml(raw, _File, Reason.POLICY_MALFORMED)
    return Policy(
        k=file.k,
        suppression_limit=Fraction(file.suppression_limit),
        goal=Goal(file.goal),
        delete=frozenset(file.delete),
        ladders={name: _read_climb(name, part, ladder_files) for name, part in file.ladder.items()},
        codings={name: _read_coding(name, part) for name, part in file.code.items()},
    )


def write_policy(policy: Policy) -> bytes:
    """Give back the policy's canonical JSON (spec/policy.md 6)."""
    limit = policy.suppression_limit
    return write_canonical(
        {
            "format": FORMAT,
            "k": policy.k,
            "suppression_limit": f"{limit.numerator}/{limit.denominator}",
            "goal": policy.goal.value,
            "delete": sorted(policy.delete),
            "ladder": [
                {"column": name, "highest": climb.limit, **write_rule(climb.rule)}
                for name, climb in sorted(policy.ladders.items())
            ],
            "code": [
                {"column": name, "top": one.top, "bottom": one.bottom} for name, one in sorted(policy.codings.items())
            ],
        }
    )


def check_policy(policy: Policy, schema: Schema) -> Policy:
    """Give back `policy` if every column it names is in `schema` and fits, and every quasi-identifier has a ladder.

    Refuses with POLICY_MALFORMED, and with NO_QUASI_IDENTIFIER where none is declared or all are deleted: then no
    measure of risk would mean anything.
    """
    for name in sorted(policy.delete):
        _known(schema, name, "delete")
    for name, climb in policy.ladders.items():
        key = f"ladder.{name}"
        column = _known(schema, name, key)
        wrong = "not-quasi-identifier" if column.role is not Role.QUASI_IDENTIFIER else fits(climb.rule, column.kind)
        if wrong:
            raise _malformed(key, wrong)
    for name in policy.codings:
        key = f"code.{name}"
        column = _known(schema, name, key)
        if column.kind is not Kind.INTEGER:
            raise _malformed(key, "coding-needs-integer")
        if column.role in {Role.IDENTIFIER, Role.QUASI_IDENTIFIER}:
            raise _malformed(key, "not-sensitive-or-plain")
    for column in schema.with_role(Role.QUASI_IDENTIFIER):
        if column.name not in policy.delete and column.name not in policy.ladders:
            raise _malformed(f"ladder.{column.name}", "missing")
    if not quasi_identifiers(policy, schema):
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    return policy


def quasi_identifiers(policy: Policy, schema: Schema) -> tuple[str, ...]:
    """Give back the names of the quasi-identifiers that stay, in the order of the schema."""
    return tuple(one.name for one in schema.with_role(Role.QUASI_IDENTIFIER) if one.name not in policy.delete)


def is_deleted(column: ColumnSchema, policy: Policy) -> bool:
    """Say whether the column is left out whole: identifiers always are, no policy keeps one."""
    return column.role is Role.IDENTIFIER or column.name in policy.delete


def _read_climb(name: str, part: _Ladder, files: Mapping[str, bytes]) -> Climb:
    key = f"ladder.{name}"
    match part.file, part.bands, part.date:
        case str() as file, None, None if part.top is None and part.bottom is None:
            if file not in files:
                raise _malformed(f"{key}.file", "no-such-file")
            rule: Rule = read_ladder(files[file], name)
        case None, list() as widths, None:
            rule = check_bands(name, Bands(tuple(widths), part.top, part.bottom))
        case None, None, list() as steps if part.top is None and part.bottom is None:
            rule = check_calendar(name, Calendar(tuple(Step(one) for one in steps)))
        case _:
            raise _malformed(key, "one-of-file-bands-date")
    if part.highest is not None and part.highest > rule.height:
        raise _malformed(f"{key}.highest", "above-ladder")
    return Climb(rule, part.highest)


def _read_coding(name: str, part: _Coding) -> Coding:
    key = f"code.{name}"
    if part.top is None and part.bottom is None:
        raise _malformed(key, "top-or-bottom")
    if part.top is not None and part.bottom is not None and part.top <= part.bottom:
        raise _malformed(key, "top-below-bottom")
    return Coding(part.top, part.bottom)


def _known(schema: Schema, name: str, key: str) -> ColumnSchema:
    if name not in schema.names:
        raise _malformed(key, "unknown-column")
    return schema.column(name)


def _malformed(key: str, rule: str) -> Malformed:
    return Malformed(Reason.POLICY_MALFORMED, key=key, rule=rule)
