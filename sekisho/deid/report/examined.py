"""One table whose risks are measured, whatever was done to it or not."""

from dataclasses import dataclass
from functools import cached_property

from sekisho.deid.exam import Exam
from sekisho.deid.risk.alike import Sizes, sizes_of_classes
from sekisho.deid.risk.population import rows_and_persons
from sekisho.deid.search.question import Spreading
from sekisho.deid.table import Table


@dataclass(frozen=True, eq=False)
class Examined:
    """A table, the quasi-identifiers by which its rows are alike, and what is assumed.

    `population` has one row per person and is recoded as the rows are. `unlike`: persons of it who are left out of it
    because no row can be theirs; None where presence is not asked for.
    """

    table: Table
    names: tuple[str, ...]
    exam: Exam
    population: Table | None = None
    unlike: int | None = None
    spread: Spreading = map

    @cached_property
    def sizes(self) -> Sizes:
        """Rows of each class."""
        return sizes_of_classes(self.table, self.names)

    @cached_property
    def rows_and_persons(self) -> tuple[Sizes, Sizes] | None:
        """Rows and persons of each class, those without rows too; None without a population."""
        return None if self.population is None else rows_and_persons(self.table, self.population, self.names)
