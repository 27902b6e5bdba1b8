"""What a report is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sekisho.deid.bounds import Presence
from sekisho.deid.plan import Generalise, Plan, Transformation
from sekisho.deid.policy import Policy
from sekisho.deid.report.examined import Examined
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.schema import Role, Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.search.question import Spreading
from sekisho.deid.table import Column, Table
from sekisho.deid.utility.covering import Covered, read_labels


@dataclass(frozen=True, eq=False)
class Released:
    """What is measured: the tables, what was to be done, and the population recoded alike.

    `original` is the table before any change, `before` the one that the search saw, `after` the released rows, `finished`
    these and the synthetic ones. Risks are those of real rows: of `original` and of `after`. `subjects` says whose each row of
    `after` is, as it was before any token; None where nobody tells.
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
    subjects: Column | None = None
    spread: Spreading = map

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The quasi-identifiers that stay."""
        every = self.schema.with_role(Role.QUASI_IDENTIFIER)
        return tuple(one.name for one in every if one.name in self.after.names)

    @cached_property
    def examined(self) -> tuple[Examined, Examined]:
        """The table before any change and the released rows, the population beside these alone: it is recoded as they are."""
        before = Examined(self.original, self.names, self.policy.exam, spread=self.spread)
        unlike = None
        if self.population is not None and any(isinstance(one, Presence) for one in self.policy.bounds):
            unlike = self.answer.tuples.of_person.size - self.population.rows
        return before, replace(
            before, table=self.after, population=self.population, unlike=unlike, subjects=self.subjects
        )

    @property
    def sizes(self) -> tuple[Sizes, Sizes]:
        return self.examined[0].sizes, self.examined[1].sizes

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
