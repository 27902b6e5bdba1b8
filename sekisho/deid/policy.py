"""What must hold and what to make best (spec/policy.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from functools import cached_property
from math import ceil

from pydantic import ValidationError

from sekisho.deid.bounds import (
    AverageRisk,
    Bound,
    Distance,
    HighestRisk,
    KMap,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.ladders.rule import Rule, fits, write_rule
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.written.bounds import fields_of, read_bound, write_bound, write_fraction
from sekisho.deid.written.ladders import check_rule, read_rule
from sekisho.deid.written.lines import Key, Lines, lines_of, malformed
from sekisho.deid.written.shapes import DEFAULT_STEPS, PolicyFile
from sekisho.deid.written.strict import first_misfit, read_toml
from sekisho.digest import Digest, digest_of
from sekisho.errors import CannotMeet, Fact, Reason
from sekisho.statement import write_canonical

FORMAT = "sekisho-policy-v1"


class Goal(Enum):
    """What to make smallest (spec/policy.md 5)."""

    LOSS = "loss"
    PRECISION_LOSS = "precision-loss"
    DISCERNIBILITY = "discernibility"
    AVERAGE_CLASS = "average-class"
    ENTROPY_LOSS = "entropy-loss"


class Mode(Enum):
    """How values may be recoded (spec/policy.md 2)."""

    LOCAL = "local"  # each class has its own labels
    GLOBAL = "global"  # one level per column, rows in small classes left out
    CELLS = "cells"  # values stay as they are or become *


class Wording(Enum):
    """Which labels the local mode may write (spec/policy.md 2)."""

    LADDER = "ladder"  # the ladder's labels alone
    INTERVALS = "intervals"  # numbers and days as the narrowest interval inside the ladder's label
    SETS = "sets"  # as intervals, and texts as the set of values that the class has


class Star(Enum):
    """What `*` counts as in the cells mode (spec/policy.md 2)."""

    VALUE = "value"  # a value of its own: the strict reading
    ANYTHING = "anything"  # a wildcard that matches every value


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
    """Bounds on measures, and the one number to make best.

    `k` holds in every class and `bounds` beside it; with k = 1 a bound of k-map or highest risk stands for it.
    `steps` is the budget of refinement, in steps per distinct tuple. `lines` tells where in the file each key stands.
    """

    k: int = 1
    suppression_limit: Fraction = Fraction(0)
    goal: Goal = Goal.LOSS
    bounds: tuple[Bound, ...] = ()
    mode: Mode = Mode.LOCAL
    labels: Wording = Wording.INTERVALS
    star: Star = Star.VALUE
    steps: int = DEFAULT_STEPS
    delete: frozenset[str] = frozenset()
    ladders: Mapping[str, Climb] = field(default_factory=dict)
    codings: Mapping[str, Coding] = field(default_factory=dict)
    lines: Lines = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/policy.md 6)."""
        return digest_of(write_policy(self))

    @property
    def least_rows(self) -> int:
        """The rows that every class needs: k, or more where the highest risk asks for it."""
        risks = [one.at_most for one in self.bounds if isinstance(one, HighestRisk)]
        return max(self.k, *(ceil(1 / one) for one in risks)) if risks else self.k

    @property
    def least_group(self) -> int:
        """The rows below which no count of the report is shown: those of a class, or the persons behind one."""
        return max(self.least_rows, *(one.at_least for one in self.bounds if isinstance(one, KMap)), 2)

    @property
    def sensitive_bounds(self) -> tuple[SensitiveBound, ...]:
        """The bounds on a sensitive column, in the order of the policy."""
        return tuple(one for one in self.bounds if not isinstance(one, KMap | HighestRisk | AverageRisk))

    def most_suppressed(self, rows: int) -> int:
        """How many of `rows` may be left out: the limit's share, rounded down."""
        return int(self.suppression_limit * rows)


def read_policy(raw: bytes, ladder_files: Mapping[str, bytes]) -> Policy:
    """Give back the policy of a TOML file; `ladder_files` holds the named hierarchy files.

    Refuses with POLICY_MALFORMED (`line`, `key`, `rule`; what is no TOML at all has no key) or LADDER_MALFORMED.
    """
    file = read_toml(raw, PolicyFile, Reason.POLICY_MALFORMED)
    lines = lines_of(raw.decode())
    mode = Mode(file.mode)
    for key, told, modes, rule in (
        ("labels", file.labels, {Mode.LOCAL}, "only-local"),
        ("star", file.star, {Mode.CELLS}, "only-cells"),
        ("steps", file.steps, {Mode.LOCAL, Mode.CELLS}, "not-global"),
    ):
        if told is not None and mode not in modes:
            raise malformed(lines, (key,), rule=rule)
    return _check_alone(
        Policy(
            k=file.k,
            suppression_limit=file.suppression_limit,
            goal=Goal(file.goal),
            bounds=tuple(
                read_bound(part, ladder_files, lines=lines, key=("bound", place))
                for place, part in enumerate(file.bound, 1)
            ),
            mode=mode,
            labels=Wording(file.labels or Wording.INTERVALS),
            star=Star(file.star or Star.VALUE),
            steps=DEFAULT_STEPS if file.steps is None else file.steps,
            delete=frozenset(file.delete),
            ladders={
                name: Climb(read_rule(name, part, ladder_files, lines=lines, key=("ladder", name)), part.highest)
                for name, part in file.ladder.items()
            },
            codings={name: Coding(part.top, part.bottom) for name, part in file.code.items()},
            lines=lines,
        )
    )


def write_policy(policy: Policy) -> bytes:
    """Give back the policy's canonical JSON (spec/policy.md 6)."""
    bounds = [write_bound(one) for one in policy.bounds]
    return write_canonical(
        {
            "format": FORMAT,
            "k": policy.k,
            "suppression_limit": write_fraction(policy.suppression_limit),
            "goal": policy.goal.value,
            "mode": policy.mode.value,
            "labels": policy.labels.value,
            "star": policy.star.value,
            "steps": policy.steps,
            "delete": sorted(policy.delete),
            "bound": sorted(bounds, key=lambda one: (one["measure"], one.get("column", ""))),
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
    measure of risk would mean anything. In the cells mode no ladder is needed, and none may be given.
    """
    _check_alone(policy)
    for name in sorted(policy.delete):
        _known(policy, schema, name, ("delete",))
    _check_ladders(policy, schema)
    _check_codings(policy, schema)
    for place, bound in enumerate(policy.bounds, 1):
        if not isinstance(bound, KMap | HighestRisk | AverageRisk):
            _check_column(policy, schema, bound, ("bound", place))
    if not quasi_identifiers(policy, schema):
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    return policy


def quasi_identifiers(policy: Policy, schema: Schema) -> tuple[str, ...]:
    """Give back the names of the quasi-identifiers that stay, in the order of the schema."""
    return tuple(one.name for one in schema.with_role(Role.QUASI_IDENTIFIER) if one.name not in policy.delete)


def is_deleted(column: ColumnSchema, policy: Policy) -> bool:
    """Say whether the column is left out whole: identifiers always are, no policy keeps one."""
    return column.role is Role.IDENTIFIER or column.name in policy.delete


def _check_alone(policy: Policy) -> Policy:
    """Give back `policy` if its parts go together, whatever the table."""
    lines = policy.lines
    _check_numbers(policy)
    _check_ladders_alone(policy)
    if policy.least_rows < 2 and not any(isinstance(one, KMap) for one in policy.bounds):
        raise malformed(lines, ("k",), rule="k-or-population")
    if policy.mode is Mode.CELLS and policy.ladders:
        raise malformed(lines, ("ladder",), rule="no-ladder-in-cells")
    if policy.mode is not Mode.LOCAL and policy.labels is not Wording.INTERVALS:
        raise malformed(lines, ("labels",), rule="only-local")
    if policy.mode is not Mode.CELLS and policy.star is not Star.VALUE:
        raise malformed(lines, ("star",), rule="only-cells")
    if policy.mode is Mode.GLOBAL and policy.steps != DEFAULT_STEPS:
        raise malformed(lines, ("steps",), rule="not-global")
    seen = set()
    for place, bound in enumerate(policy.bounds, 1):
        key: Key = ("bound", place)
        if policy.star is Star.ANYTHING and not isinstance(bound, HighestRisk):
            raise malformed(lines, key, rule="star-keeps-k-alone")
        if (type(bound), getattr(bound, "column", None)) in seen:
            raise malformed(lines, key, rule="bound-twice")
        seen.add((type(bound), getattr(bound, "column", None)))
        if isinstance(bound, TCloseness) and (bound.distance is Distance.HIERARCHICAL) is (bound.ladder is None):
            raise malformed(lines, (*key, "ladder"), rule="ladder-for-hierarchical")
    return policy


def _check_numbers(policy: Policy) -> None:
    """Refuse what the file's shape would refuse: a policy made in Python was never read from one."""
    tree = {
        "format": FORMAT,
        "k": policy.k,
        "suppression_limit": policy.suppression_limit,
        "steps": policy.steps,
        "bound": [fields_of(one) for one in policy.bounds],
    }
    try:
        PolicyFile.model_validate(tree)
    except ValidationError as error:
        key, rule, right = first_misfit(error, tree, PolicyFile)
        raise malformed(policy.lines, key, rule=rule, **right) from None


def _check_ladders_alone(policy: Policy) -> None:
    for name, climb in policy.ladders.items():
        check_rule(name, climb.rule)
        if not 0 <= climb.limit <= climb.rule.height:
            raise malformed(policy.lines, ("ladder", name, "highest"), rule="above-ladder", limit=climb.rule.height)
    for bound in policy.bounds:
        if isinstance(bound, TCloseness) and bound.ladder is not None:
            check_rule(bound.column, bound.ladder)
    for name, coding in policy.codings.items():
        if coding.top is None and coding.bottom is None:
            raise malformed(policy.lines, ("code", name), rule="top-or-bottom")
        if coding.top is not None and coding.bottom is not None and coding.top <= coding.bottom:
            raise malformed(policy.lines, ("code", name), rule="top-below-bottom")


def _check_ladders(policy: Policy, schema: Schema) -> None:
    for name, climb in policy.ladders.items():
        key = ("ladder", name)
        column = _known(policy, schema, name, key)
        wrong = "not-quasi-identifier" if column.role is not Role.QUASI_IDENTIFIER else fits(climb.rule, column.kind)
        if wrong:
            raise malformed(policy.lines, key, rule=wrong)
    for name in quasi_identifiers(policy, schema):
        if policy.mode is not Mode.CELLS and name not in policy.ladders:
            raise malformed(policy.lines, ("ladder", name), rule="missing-ladder")


def _check_codings(policy: Policy, schema: Schema) -> None:
    for name in policy.codings:
        key = ("code", name)
        column = _known(policy, schema, name, key)
        if column.kind is not Kind.INTEGER:
            raise malformed(policy.lines, key, rule="coding-needs-integer")
        if column.role in {Role.IDENTIFIER, Role.QUASI_IDENTIFIER}:
            raise malformed(policy.lines, key, rule="not-sensitive-or-plain")


def _check_column(policy: Policy, schema: Schema, bound: SensitiveBound, key: Key) -> None:
    column = _known(policy, schema, bound.column, (*key, "column"))
    if column.role is not Role.SENSITIVE:
        raise malformed(policy.lines, (*key, "column"), rule="not-sensitive")
    if column.name in policy.delete:
        raise malformed(policy.lines, (*key, "column"), rule="deleted-column")
    if not isinstance(bound, TCloseness):
        return
    if bound.distance is Distance.ORDERED and not column.values and column.kind not in {Kind.INTEGER, Kind.DATE}:
        raise malformed(policy.lines, (*key, "distance"), rule="no-order")
    if bound.ladder is not None:
        wrong = "coded-column" if column.name in policy.codings else fits(bound.ladder, column.kind)
        if wrong:
            raise malformed(policy.lines, (*key, "ladder"), rule=wrong)


def _known(policy: Policy, schema: Schema, name: str, key: Key) -> ColumnSchema:
    if name in schema.names:
        return schema.column(name)
    near = get_close_matches(name, schema.names, 1)
    nearest: dict[str, Fact] = {"nearest": near[0]} if near else {}
    raise malformed(policy.lines, key, rule="unknown-column", column=name, **nearest)
