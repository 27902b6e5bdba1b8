"""A schema for a table that came without one: kinds as the cells are, roles as they were named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import TEXTS, ColumnSchema, Encoding, Kind, Role, Schema, read_written_schema, write_schema
from sekisho.deid.table import Column, Table
from sekisho.errors import BadTable, Finding, Malformed, Reason

NO_ROLE = "no-role"
TWO_ROLES = "two-roles"
NO_SUCH_COLUMN = "no-such-column"


@dataclass(frozen=True)
class Roles:
    """The names of the columns in each role."""

    quasi_identifiers: Sequence[str] = ()
    sensitive: Sequence[str] = ()
    identifiers: Sequence[str] = ()
    plain: Sequence[str] = ()

    @property
    def named(self) -> Iterable[tuple[Role, str]]:
        """Each role with each of its columns; one name alone need not stand in a list."""
        lists: Mapping[Role, Sequence[str]] = {
            Role.QUASI_IDENTIFIER: self.quasi_identifiers,
            Role.SENSITIVE: self.sensitive,
            Role.IDENTIFIER: self.identifiers,
            Role.PLAIN: self.plain,
        }
        return ((role, name) for role, names in lists.items() for name in _listed(names))


def schema_of(table: Table, roles: Roles, kinds: Mapping[str, Kind] | None = None, name: str = "table") -> Schema:
    """Give back the schema of a table whose columns all have just one role.

    `kinds` are those of columns that are blank throughout, by name; text unless said.

    Refuses with TABLE_ROLES, naming columns: one without a role (it would get out by oversight), one with two roles, a
    name that the table lacks; a table without rows (TABLE_EMPTY); with SCHEMA_MALFORMED a name that no schema can hold: empty, longer than 100 characters,
    with characters that cannot be seen, or one that a spreadsheet takes for a formula.
    """
    given: dict[str, set[Role]] = {}
    for role, column in roles.named:
        given.setdefault(column, set()).add(role)
    findings = [Finding(one, NO_ROLE, 1) for one in table.names if one not in given]
    findings += [Finding(one, TWO_ROLES, len(of)) for one, of in given.items() if len(of) > 1]
    findings += [Finding(one, NO_SUCH_COLUMN, 1) for one in given if one not in table.names]
    if findings:
        raise BadTable(Reason.TABLE_ROLES, findings=tuple(findings), count=len(findings))
    if table.rows == 0:  # its kinds would be a guess
        raise BadTable(Reason.TABLE_EMPTY)
    columns = tuple(_column(one, next(iter(given[one.name])), kinds or {}) for one in table.columns)
    return _check_written(Schema(name, Encoding.UTF_8, Csv(), columns))


def kind_of(column: Column) -> Kind:
    """Give back what the cells are: whole numbers, days, else text."""
    kinds = {type(one) for one in column.values if one is not None}
    if kinds == {int}:
        return Kind.INTEGER
    return Kind.DATE if kinds == {date} else Kind.TEXT


def check_kinds(table: Table, schema: Schema) -> Table:
    """Give back `table` if its columns and their cells are as declared; TABLE_DOES_NOT_FIT where they are not.

    A column that is blank throughout fits every kind.
    """
    if table.names != schema.names:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, columns=len(table.names), declared=len(schema.names))
    findings = []
    for column, declared in zip(table.columns, schema.columns, strict=True):
        asked = Kind.TEXT if declared.kind in TEXTS else declared.kind
        if any(one is not None for one in column.values) and kind_of(column) is not asked:
            findings.append(Finding(column.name, "type", table.rows))
    if findings:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, findings=tuple(findings), kinds=len(findings), rows=table.rows)
    return table


def check_population(persons: Table, names: Sequence[str]) -> Table:
    """Give back the population if it has these columns; TABLE_ROLES names those that it lacks."""
    lacking = tuple(Finding(one, NO_SUCH_COLUMN, 1) for one in names if one not in persons.names)
    if lacking:
        raise BadTable(Reason.TABLE_ROLES, findings=lacking, count=len(lacking))
    return persons


def _check_written(schema: Schema) -> Schema:
    """Give back `schema` if it could stand in a file, as reports and plans name its columns."""
    try:
        return read_written_schema(write_schema(schema))
    except Malformed as error:
        if isinstance(error.__cause__, Malformed):  # it says which column
            raise error.__cause__ from None
        raise


def _column(column: Column, role: Role, kinds: Mapping[str, Kind]) -> ColumnSchema:
    told = any(one is not None for one in column.values)
    kind = kind_of(column) if told else kinds.get(column.name, Kind.TEXT)
    return ColumnSchema(column.name, kind, role, blank=None in column.values)


def _listed(names: Sequence[str]) -> Sequence[str]:
    return [names] if isinstance(names, str) else names
