"""Every measure of risk of a table as it is, whoever made it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from sekisho.cores import spread
from sekisho.deid.exam import Also, Exam
from sekisho.deid.measure import Measure
from sekisho.deid.policy import Mode, Policy
from sekisho.deid.report.examined import Examined
from sekisho.deid.report.risks import held_in
from sekisho.deid.report.table_risks import ALSO_RISKS, risks_of_sensitive, risks_of_table
from sekisho.deid.risk.anonymity import classes
from sekisho.deid.schema import ColumnSchema, Kind, Role, Schema
from sekisho.deid.search.question import Progress
from sekisho.deid.table import Column, Table, rank_of
from sekisho.deid.written.checking import check_policy
from sekisho.deid.written.lines import malformed
from sekisho.errors import CannotMeet, Reason
from sekisho.library.exact import Number, exact, exact_exam
from sekisho.library.results import told_in_words
from sekisho.library.roles import Roles, check_population, schema_of
from sekisho.library.sources import Source, open_schema, open_table

RECURSIVE_C = 3

Taken = TypeVar("Taken")
RiskStep = Callable[[Examined], tuple[Measure, ...]]


@dataclass(frozen=True, eq=False)
class Looked:
    """A table of the columns that have a role, their schema, and the checked exam."""

    table: Table
    schema: Schema
    exam: Exam

    @property
    def names(self) -> tuple[str, ...]:
        """The quasi-identifiers."""
        return tuple(one.name for one in self.schema.with_role(Role.QUASI_IDENTIFIER))


@told_in_words()
def measure_table(  # noqa: PLR0913 - one keyword for each role
    source: Source,
    schema: Schema | str | Path | None = None,
    *,
    quasi_identifiers: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    identifiers: Sequence[str] = (),
    plain: Sequence[str] = (),
    population: Source | None = None,
    exam: Exam | None = None,
    c: Number = RECURSIVE_C,
    progress: Progress | None = None,
) -> tuple[Measure, ...]:
    """Give back the measures, the most telling first; nothing is changed or released.

    Rows are compared in the quasi-identifiers, named or those of `schema`. Columns without a role are not looked at, and
    those of the schema that the table lacks are passed over. `population` is a table of all persons, recoded as the rows
    are; `exam` as in a policy, with "suda", which ranks the columns too, "copula" or "all" in its `also`. `c` is that of
    recursive (c, l)-diversity. A sensitive value's share of the whole is its share of this table.

    Refuses with TABLE_ROLES a name that the table lacks, and with TABLE_EMPTY, NO_QUASI_IDENTIFIER, POLICY_MALFORMED (an
    exam that does not fit), POPULATION_TOO_SMALL, SUDA_TOO_WIDE, and what `open_table` refuses.
    """
    wanted = exact_exam(exam or Exam())
    persons = None if population is None else open_table(population)
    if persons is not None and wanted.population is None:
        wanted = replace(wanted, population=persons.rows)
    roles = Roles(quasi_identifiers, sensitive, identifiers, plain)
    looked = look_at(open_table(source), schema, roles, wanted)
    if persons is not None:
        check_population(persons, looked.names)
    unlike = None if persons is None else 0
    examined = Examined(looked.table, looked.names, looked.exam, persons, unlike, spread)
    steps = [partial(step, examined) for step in risk_steps(looked, exact(c, "c"))]
    return tuple(taken(steps, progress))


def look_at(
    table: Table,
    schema: Schema | str | Path | None,
    roles: Roles,
    exam: Exam,
    stay: Sequence[str] | None = None,
) -> Looked:
    """Give back what is looked at: columns with a role or a part in the exam; of these only those named in `stay`."""
    declared = None if schema is None else open_schema(schema)
    if declared is not None and any(True for _ in roles.named):
        raise TypeError("roles stand in the schema: give a schema or roles, not both")
    known = table.names if stay is None else [one for one in table.names if one in stay]
    given = roles if declared is None else _roles_of(declared, known)
    if not any(role is Role.QUASI_IDENTIFIER for role, _ in given.named):
        raise CannotMeet(Reason.NO_QUASI_IDENTIFIER)
    found = schema_of(*_with_role(table, given, exam))
    kept = tuple(_told(one, declared) for one in found.columns if stay is None or one.name in stay)
    looked = replace(found, columns=kept)
    if Also.COPULA in exam.also and exam.population is None:
        raise malformed({}, ("exam", "also"), rule="copula-needs-population")
    without = tuple(one for one in exam.also if one is not Also.COPULA)  # policies ask it of one mode alone
    as_it_is = Policy(k=2, mode=Mode.CELLS, exam=replace(exam, also=without))
    check_policy(as_it_is, replace(looked, columns=tuple(_all_there(one) for one in kept)))
    if exam.population is not None and exam.population < table.rows:
        raise CannotMeet(Reason.POPULATION_TOO_SMALL, rows=table.rows, population=exam.population)
    return Looked(Table(tuple(table.column(one.name) for one in kept)), looked, exam)


def risk_steps(looked: Looked, c: Fraction, skipped: Collection[Also] = ()) -> list[RiskStep]:
    """Give back the measures in steps that can be watched, but for those `skipped`; the same before and after."""
    sensitive = looked.schema.with_role(Role.SENSITIVE)
    return [
        risks_of_table,
        *(partial(_sensitive, column=one, c=c) for one in sensitive),
        lambda one: (classes(one.sizes),),
        *(ALSO_RISKS[one] for one in ALSO_RISKS if one in looked.exam.also and one not in skipped),
    ]


def taken(steps: Sequence[Callable[[], Iterable[Taken]]], progress: Progress | None) -> Iterable[Taken]:
    """Yield what the steps give, and tell the share of them that is done."""
    told = progress or (lambda _: None)
    told(0.0)  # the first step may have to wait for the compiler
    for number, step in enumerate(steps, 1):
        yield from step()
        told(number / len(steps))


def _roles_of(schema: Schema, names: Sequence[str]) -> Roles:
    def named(role: Role) -> list[str]:
        return [one.name for one in schema.with_role(role) if one.name in names]

    return Roles(*(named(one) for one in (Role.QUASI_IDENTIFIER, Role.SENSITIVE, Role.IDENTIFIER, Role.PLAIN)))


def _with_role(table: Table, roles: Roles, exam: Exam) -> tuple[Table, Roles]:
    """Give back the columns that are looked at, and roles for all of them."""
    named = {name for _, name in roles.named}
    asked = [one for one in (exam.weights, exam.household, exam.subject) if one and one in table.names]
    more = [one for one in dict.fromkeys(asked) if one not in named]
    looked = Table(tuple(one for one in table.columns if one.name in named.union(more)))
    plain = [roles.plain] if isinstance(roles.plain, str) else roles.plain
    return looked, replace(roles, plain=[*plain, *more])


def _told(column: ColumnSchema, declared: Schema | None) -> ColumnSchema:
    """Give back the column with the order of values that the schema declares for it."""
    if declared is None or column.name not in declared.names:
        return column
    return replace(column, values=declared.column(column.name).values)


def _all_there(column: ColumnSchema) -> ColumnSchema:
    """Give back a column of a table that nobody releases: its identifiers are there to be looked at."""
    return replace(column, role=Role.PLAIN) if column.role is Role.IDENTIFIER else column


def _sensitive(one: Examined, *, column: ColumnSchema, c: Fraction) -> tuple[Measure, ...]:
    values = _in_order(one.table.column(column.name), column)
    kinds = {type(value) for value in values.values if value is not None}
    ordered = bool(column.values) or (column.kind in {Kind.INTEGER, Kind.DATE} and len(kinds) == 1)
    table = Table((*(one.table.column(name) for name in one.names), values))
    return risks_of_sensitive(held_in(table, one.names, column.name, values), c, ordered=ordered)


def _in_order(column: Column, declared: ColumnSchema) -> Column:
    """Give back the column with its values in the order of the ordered distance; a blank cell is the last."""
    used = column.used()
    rank = {value: place for place, value in enumerate(declared.values)}
    order = sorted(
        range(len(used.values)),
        key=lambda one: (
            used.values[one] is None,
            rank.get(str(used.values[one]), len(rank)),
            rank_of(used.values[one]),
        ),
    )
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return Column(used.name, tuple(used.values[one] for one in order), place[used.codes])
