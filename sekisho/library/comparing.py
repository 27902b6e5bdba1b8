"""What any program released, beside the table that it was made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from sekisho.cores import spread
from sekisho.deid.exam import Also, Exam
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.rule import Rule, bind, fits, settle_rule
from sekisho.deid.policy import Climb, Policy
from sekisho.deid.report.examined import Examined
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.report.risks import paired
from sekisho.deid.report.table_uses import ALSO_USES, Compared, Distributions, uses_of_tables
from sekisho.deid.schema import Role, Schema
from sekisho.deid.search.question import Progress
from sekisho.deid.table import Column, Table, column_of
from sekisho.deid.utility.covering import Covered, read_cells, read_labels
from sekisho.deid.utility.foreign import as_ours
from sekisho.deid.utility.queries import Asked, asked_of
from sekisho.deid.written.lines import malformed
from sekisho.errors import BadTable, Finding, Reason, SekishoError
from sekisho.library.exact import Number, at_least, exact, exact_exam
from sekisho.library.measuring import RECURSIVE_C, Looked, RiskStep, look_at, risk_steps, taken
from sekisho.library.policies import climbs_of
from sekisho.library.results import told_in_words
from sekisho.library.roles import NO_SUCH_COLUMN, Roles
from sekisho.library.sources import Source, open_schema, open_table

UNREADABLE = "label-unreadable"
SEED = bytes(32)

Ladders = Policy | Mapping[str, Climb | Rule | str | Path]


@dataclass(frozen=True, eq=False)
class _Both:
    """A table and what was released of it, its cells spelled as ours, and what they cover."""

    was: Looked
    now: Looked
    read: Mapping[str, Covered]

    def examined(self) -> tuple[Examined, Examined]:
        before, after = (Examined(one.table, one.names, one.exam, spread=spread) for one in (self.was, self.now))
        return before, after


@told_in_words()
def compare_tables(  # noqa: PLR0913 - one keyword for each role
    before: Source,
    after: Source,
    schema: Schema | str | Path | None = None,
    *,
    quasi_identifiers: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    identifiers: Sequence[str] = (),
    plain: Sequence[str] = (),
    ladders: Ladders | None = None,
    k: int | None = None,
    exam: Exam | None = None,
    c: Number = RECURSIVE_C,
    seed: bytes = SEED,
    progress: Progress | None = None,
) -> tuple[MeasurePair, ...]:
    """Give back the measures of risk, before and after, and those of use of a table that any program released.

    Columns go by their names, and rows by no order. Numbers, days, `*`, intervals (`31-33`, `[30, 40[`, `(29, 39]`,
    `≥90`) and sets (`A | B`) are read as they stand; other labels need the column's ladder, from a policy or as in
    `make_policy`. A blank quasi-identifier counts as `*` where the table before has no blank. `k`, for `average-class`, is
    the smallest class after unless it is said. In `exam`, `also` may ask for everything; `seed` draws the queries. With
    more rows after than before, what follows single rows is left out, and distributions alone are compared; where labels
    overlap the copula is left out, because they have no distribution that it could fit.

    Refuses with TABLE_LABELS, by column, labels of a quasi-identifier that cannot be read; with TABLE_ROLES a column that
    the table before lacks; and what `measure_table` refuses.
    """
    if k is not None:
        at_least("k", k, 1)
    wanted = exact_exam(exam or Exam())
    declared = None if schema is None else open_schema(schema)
    first, second = open_table(before, declared), open_table(after)
    strange = tuple(Finding(one, NO_SUCH_COLUMN, 1) for one in second.names if one not in first.names)
    if strange:
        raise BadTable(Reason.TABLE_ROLES, findings=strange, count=len(strange))
    roles = Roles(quasi_identifiers, sensitive, identifiers, plain)
    was = look_at(first, declared, roles, wanted, second.names)
    both = _read_back(was, second, _climbs(ladders))
    examined = both.examined()
    skipped = {Also.COPULA} if any(_overlap(one) for one in both.read.values()) else set()
    steps: list[Callable[[], Sequence[MeasurePair]]] = [
        partial(_pairs, step, examined) for step in risk_steps(was, exact(c, "c"), skipped)
    ]
    if second.rows <= first.rows:
        steps.append(lambda: _uses(both, examined, k))
    steps += [partial(_also, both, one, seed) for one in ALSO_USES if one in wanted.also]
    return tuple(taken(steps, progress))


def _climbs(ladders: Ladders | None) -> Mapping[str, Climb]:
    return ladders.ladders if isinstance(ladders, Policy) else climbs_of(ladders or {})


def _read_back(was: Looked, released: Table, climbs: Mapping[str, Climb]) -> _Both:
    """Give back both tables, the released one spelled as ours; TABLE_LABELS names the columns that cannot be read."""
    columns: list[Column] = []
    read: dict[str, Covered] = {}
    findings: list[Finding] = []
    for one in was.schema.columns:
        before, after = was.table.column(one.name), released.column(one.name)
        if one.role is not Role.QUASI_IDENTIFIER:
            columns.append(as_ours(before, after))
            continue
        climb = climbs.get(one.name)
        wrong = None if climb is None else fits(climb.rule, one.kind)
        if wrong:
            raise malformed({}, ("ladder", one.name), rule=wrong)
        covered = _cells(before, after) if climb is None else _labels(before, after, climb)
        if isinstance(covered, Finding):
            findings.append(covered)
        else:
            columns.append(covered.column)
            read[one.name] = covered
    if findings:
        raise BadTable(Reason.TABLE_LABELS, findings=tuple(findings), count=len(findings))
    return _Both(was, replace(was, table=Table(tuple(columns))), read)


def _cells(before: Column, after: Column) -> Covered | Finding:
    """Give back what cells cover without a ladder; new numbers and days are values that were changed, new texts riddles."""
    covered = read_cells(before, as_ours(before, after, blank_is_star=True))
    known = set(before.used().values)
    riddles = {one for one in covered.ladder.values if isinstance(one, str) and one not in known}
    rows = sum(
        n for one, n in zip(covered.column.values, covered.column.counts.tolist(), strict=True) if one in riddles
    )
    return Finding(before.name, UNREADABLE, rows) if rows else covered


def _labels(before: Column, after: Column, climb: Climb) -> Covered | Finding:
    """Give back what labels cover by a ladder, which also takes numbers and days that were changed."""
    rule = settle_rule(climb.rule, before)
    ladder = bind(rule, before)
    labels = {label for level in ladder.labels for label in level}
    ours = as_ours(before, after, labels=labels, blank_is_star=True)
    known = before.used().values
    new = [one for one in ours.values if one not in known and isinstance(one, int | date)]
    if new and not isinstance(rule, FileLadder):
        ladder = bind(rule, column_of(before.name, [*known, *new]))
    try:
        return read_labels(ours, ladder)
    except SekishoError as error:
        if error.reason is not Reason.CLAIM_NOT_KEPT:
            raise
        return Finding(before.name, UNREADABLE, int(error.facts["count"]))


def _overlap(read: Covered) -> bool:
    """Say whether a value lies under two labels of the column."""
    covered = np.concatenate([np.zeros(0, dtype=np.int32), *read.places])
    return bool(np.unique(covered).size < covered.size)


def _pairs(step: RiskStep, examined: tuple[Examined, Examined]) -> tuple[MeasurePair, ...]:
    was, now = (step(one) for one in examined)
    return paired(was, now)


def _uses(both: _Both, examined: tuple[Examined, Examined], k: int | None) -> tuple[MeasurePair, ...]:
    was, now = (one.sizes for one in examined)
    least = int(now.min(initial=both.was.table.rows)) if k is None else k
    levels = dict.fromkeys(both.read)
    table = both.was.table
    return uses_of_tables(Compared(table, table, both.now.table, (was, now), both.read, levels, least))


def _also(both: _Both, one: Also, seed: bytes) -> tuple[MeasurePair, ...]:
    shown = [column for column in both.was.schema.columns if column.role is not Role.IDENTIFIER]
    columns = {column.name: _asked(both, column.name) for column in shown}
    found = ALSO_USES[one](Distributions(columns, both.was.names, seed, spread))
    return tuple(MeasurePair(None, measure) for measure in found)


def _asked(both: _Both, name: str) -> Asked:
    was, now = (one.table.column(name) for one in (both.was, both.now))
    return asked_of(was, both.read[name] if name in both.read else read_cells(was, now))
