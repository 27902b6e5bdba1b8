"""What is in a table, in counts only: what an operator sees before a plan is made."""

from dataclasses import dataclass

from sekisho.deid.risk.alike import sizes_of_classes
from sekisho.deid.schema import Role, Schema
from sekisho.deid.table import Table


@dataclass(frozen=True)
class ColumnProfile:
    """`distinct` values that rows use, `blank` rows without one, `once` values that stand in one row only."""

    name: str
    role: Role
    distinct: int
    blank: int
    once: int


@dataclass(frozen=True)
class Profile:
    """`tuples` distinct combinations of the quasi-identifiers, `unique` of them with one row."""

    rows: int
    tuples: int
    unique: int
    columns: tuple[ColumnProfile, ...]


def profile_table(table: Table, schema: Schema) -> Profile:
    """Give back the counts of `table`; without a quasi-identifier there are no tuples."""
    names = [one.name for one in schema.with_role(Role.QUASI_IDENTIFIER)]
    sizes = sizes_of_classes(table, names) if names and table.rows else None
    columns = []
    for one in schema.columns:
        counts = table.column(one.name).counts
        values = table.column(one.name).values
        blank = int(counts[values.index(None)]) if None in values else 0
        columns.append(ColumnProfile(one.name, one.role, int((counts > 0).sum()), blank, int((counts == 1).sum())))
    return Profile(
        rows=table.rows,
        tuples=0 if sizes is None else int(sizes.size),
        unique=0 if sizes is None else int((sizes == 1).sum()),
        columns=tuple(columns),
    )
