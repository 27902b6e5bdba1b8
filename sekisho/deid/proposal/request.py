"""What a business asks for: which persons, which items, how coarse (spec/proposal.md 2)."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from sekisho.deid.ladders.rule import Rule
from sekisho.deid.table import Value
from sekisho.deid.written.lines import Lines
from sekisho.digest import Digest

FORMAT = "sekisho-request-v1"

Limit = int | date


@dataclass(frozen=True)
class Condition:
    """Persons whose cell in `column` has one of `values`, or lies from `at_least` to `at_most`, both included."""

    column: str
    values: tuple[Value, ...] = ()
    at_least: Limit | None = None
    at_most: Limit | None = None


@dataclass(frozen=True)
class Item:
    """A column that is asked for, and the coarsest level of its ladder that still serves; None is whatever is offered.

    `rule` is the proposer's own ladder; without one the level is that of the ladder in the base policy.
    """

    column: str
    level: int | None = None
    rule: Rule | None = None


@dataclass(frozen=True)
class Request:
    """A proposal's technical part. All conditions hold together; columns that no item names are left out.

    `subject` names the column that tells whose row it is, "" where each row is one person. `acceptable_loss` is the most
    that may be lost of what was asked for (spec/proposal.md 4), `least_persons` the fewest persons who are of use.
    """

    proposer: str
    proposer_name: str
    dataset: str
    purpose: str
    begins: date
    ends: date
    items: tuple[Item, ...]
    conditions: tuple[Condition, ...]
    subject: str
    acceptable_loss: Fraction | None
    least_persons: int
    digest: Digest
    lines: Lines = field(default_factory=dict, compare=False, repr=False)

    @property
    def columns(self) -> frozenset[str]:
        """The columns that are asked for."""
        return frozenset(one.column for one in self.items)
