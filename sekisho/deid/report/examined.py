"""One table whose risks are measured, whatever was done to it or not."""

from dataclasses import dataclass
from functools import cached_property

from sekisho.deid.exam import Exam
from sekisho.deid.risk.alike import Sizes, sizes_of_classes
from sekisho.deid.risk.population import rows_and_persons
from sekisho.deid.search.question import Spreading
from sekisho.deid.table import Column, Table


@dataclass(frozen=True, eq=False)
class Examined:
    """A table, the quasi-identifiers by which its rows are alike, and what is assumed.

    `population` has one row per person and is recoded as the rows are. `unlike`: persons of it who are left out of it
    because no row can be theirs; None where presence is not asked for. `subjects` says whose each row is; without it the
    table's column does that the exam names, if it is there.
    """

    table: Table
    names: tuple[str, ...]
    exam: Exam
    population: Table | None = None
    unlike: int | None = None
    spread: Spreading = map
    subjects: Column | None = None

    @property
    def whose(self) -> Column | None:
        """Whose each row is; None where nothing tells."""
        subject = self.exam.subject
        return self.table.column(subject) if self.subjects is None and subject in self.table.names else self.subjects

    @cached_property
    def sizes(self) -> Sizes:
        """Rows of each class."""
        return sizes_of_classes(self.table, self.names)

    @cached_property
    def rows_and_persons(self) -> tuple[Sizes, Sizes] | None:
        """Rows and persons of each class, those without rows too; None without a population."""
        return None if self.population is None else rows_and_persons(self.table, self.population, self.names)
