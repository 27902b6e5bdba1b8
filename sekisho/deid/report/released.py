"""What a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sekisho.deid.plan import Generalise, Plan, Transformation
from sekisho.deid.policy import Policy
from sekisho.deid.risk.alike import Sizes, sizes_of_classes
from sekisho.deid.schema import Role, Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.question import Spreading
from sekisho.deid.table import Table
from sekisho.deid.utility.covering import Covered, read_labels


@dataclass(frozen=True, eq=False)
class Released:
    """What is measured: the tables, what was to be done, and the population recoded alike.

    `original` is the table before any change, `before` the one that the search saw, `after` the released rows, `finished`
    these and the synthetic ones. Risks are those of real rows: of `original` and of `after`.
    """

    original: Table
    before: Table
    after: Table
    finished: Table
    schema: Schema
    policy: Policy
    plan: Plan
    answer: Answer
    population: Table | None
    spread: Spreading = map

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quasi-identifiers that stay."""
        every = self.schema.with_role(Role.QUASI_IDENTIFIER)
        return tuple(one.name for one in every if one.name in self.after.names)

    @cached_property
    def sizes(self) -> tuple[Sizes, Sizes]:
        return sizes_of_classes(self.original, self.names), sizes_of_classes(self.after, self.names)

    @cached_property
    def read(self) -> Mapping[str, Covered]:
        """The released quasi-identifiers, each label with what it covers."""
        return {
            name: read_labels(self.after.column(name), self.answer.ladders[name], level_of(self.done[name]))
            for name in self.names
        }

    @property
    def done(self) -> Mapping[str, Transformation]:
        return dict(self.plan.columns)


def level_of(done: Transformation) -> int | None:
    """Give back the level that all cells of a column have, or None where they are mixed."""
    return done.level if isinstance(done, Generalise) else None
