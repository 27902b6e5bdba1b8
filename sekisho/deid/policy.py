"""What must hold and what to make best (spec/policy.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any

from sekisho.deid.bounds import Bound, HighestRisk, KMap, KSubjects, SensitiveBound
from sekisho.deid.changes.change import Change, Mask, Pseudonym
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.rule import Rule, write_rule
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.written.bounds import write_bound, write_fraction
from sekisho.deid.written.changes import write_change
from sekisho.deid.written.lines import Lines
from sekisho.deid.written.shapes import DEFAULT_STEPS
from sekisho.digest import Digest, digest_of
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
    """Limits of a number column: from `top` on `≥top`, up to `bottom` `≤bottom`.

    Shares are of the rows that have a number: `settle_policy` finds the limit that at least so many reach.
    """

    top: int | None = None
    bottom: int | None = None
    top_share: Fraction | None = None
    bottom_share: Fraction | None = None


@dataclass(frozen=True)
class Policy:
    """Bounds on measures, and the one number to make best.

    `k` holds in every class and `bounds` beside it; with k = 1 a bound of k-map, k-subjects or highest risk stands for it.
    `steps` is the budget of refinement, in steps per distinct tuple. A goal in cells counts a column `weights` times, once
    unless said. `lines` tells where in the file each key stands.
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
    weights: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    exam: Exam = field(default_factory=Exam)
    lines: Lines = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the canonical JSON (spec/policy.md 6)."""
        return digest_of(write_policy(self))

    @property
    def least_rows(self) -> int:
        """The rows that every class needs: k, or more where the highest risk or the persons ask for it."""
        risks = (ceil(1 / one.at_most) for one in self.bounds if isinstance(one, HighestRisk))
        return max((self.k, *risks, self.least_subjects))

    @property
    def least_subjects(self) -> int:
        """The persons that every class needs rows of; 0 where none are asked for."""
        return max((one.at_least for one in self.bounds if isinstance(one, KSubjects)), default=0)

    @property
    def least_group(self) -> int:
        """The rows below which no count of the report is shown: those of a class, or the persons behind one."""
        return max(self.least_rows, *(one.at_least for one in self.bounds if isinstance(one, KMap)), 2)

    @property
    def sensitive_bounds(self) -> tuple[SensitiveBound, ...]:
        """The bounds on a sensitive column, in the order of the policy."""
        return tuple(one for one in self.bounds if isinstance(one, SensitiveBound))

    @property
    def pseudonyms(self) -> frozenset[str]:
        """The identifiers that become tokens."""
        return frozenset(one.column for one in self.changes if isinstance(one, Pseudonym))

    @property
    def masked(self) -> frozenset[str]:
        """The columns of free text that are masked instead of deleted."""
        return frozenset(name for one in self.changes if isinstance(one, Mask) for name in one.columns)

    def most_suppressed(self, rows: int) -> int:
        """How many of `rows` may be left out: the limit's share, rounded down."""
        return int(self.suppression_limit * rows)


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
            "code": [_write_coding(name, one) for name, one in sorted(policy.codings.items())],
            "weight": [{"column": name, "times": times} for name, times in sorted(policy.weights.items())],
            "change": [write_change(one) for one in policy.changes],
            "exam": {
                "population": policy.exam.population,
                "threshold": write_fraction(policy.exam.threshold),
                "weights": policy.exam.weights,
                "household": policy.exam.household,
                "subject": policy.exam.subject,
                "also": sorted(one.value for one in policy.exam.also),
            },
        }
    )


def quasi_identifiers(policy: Policy, schema: Schema) -> tuple[str, ...]:
    """Give back the names of the quasi-identifiers that stay, in the order of the schema."""
    return tuple(one.name for one in schema.with_role(Role.QUASI_IDENTIFIER) if one.name not in policy.delete)


def is_deleted(column: ColumnSchema, policy: Policy) -> bool:
    """Say whether the column is left out whole.

    Identifiers are, unless tokens take the place of their values; so is free text, unless the policy has it masked.
    """
    if column.role is Role.STRIPPED or column.name in policy.delete:
        return True
    if column.role is Role.IDENTIFIER and column.name not in policy.pseudonyms:
        return True
    return column.kind is Kind.FREE_TEXT and column.name not in policy.masked


def _write_coding(name: str, one: Coding) -> dict[str, Any]:
    """Give back a coding as the policy has it: a share stands for the limit that was found by it."""
    shares = {"top_share": one.top_share, "bottom_share": one.bottom_share}
    return {
        "column": name,
        "top": one.top if one.top_share is None else None,
        "bottom": one.bottom if one.bottom_share is None else None,
        **{key: None if share is None else write_fraction(share) for key, share in shares.items()},
    }
