"""Table in, table out: plan, apply, measure, in one call or one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from sekisho.deid.apply import apply_plan
from sekisho.deid.bars import Bar, bars_after, bars_alike, bars_before, order_of_labels, spelling_of
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.plan import Generalise, Plan, Transformation, make_plan
from sekisho.deid.policy import Goal, Policy, check_policy, quasi_identifiers
from sekisho.deid.report import ColumnReport, MeasurePair, Report, bin_sizes
from sekisho.deid.risk import class_size as risk
from sekisho.deid.risk.alike import Sizes, least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.schema import ColumnSchema, Role, Schema
from sekisho.deid.search.best_first import Progress, Stop, find_best
from sekisho.deid.search.problem import Found, pose
from sekisho.deid.table import Table
from sekisho.deid.utility import cells
from sekisho.deid.utility import class_size as utility
from sekisho.errors import BadTable, Reason, SekishoError


@dataclass(frozen=True)
class Planned:
    """A plan, the ladders bound to the table that it was made for, and how the search came to it."""

    plan: Plan
    ladders: Mapping[str, Ladder]
    found: Found


@dataclass(frozen=True)
class Outcome:
    """A de-identified table with its plan and report."""

    table: Table
    plan: Plan
    report: Report


def deidentify(table: Table, schema: Schema, policy: Policy, *, entropy: bytes) -> Outcome:
    """Give back the table that keeps the policy's bounds with the best goal, its plan and its report.

    `entropy`: at least 32 secret bytes that shuffle the rows. Costs a group-by of the table and a search over at most a
    million nodes. Refuses what `plan_table` and `measure_release` refuse.
    """
    planned = plan_table(table, schema, policy)
    released = apply_plan(table, planned.plan, planned.ladders, entropy=entropy)
    return Outcome(released, planned.plan, measure_release(table, released, schema, policy, planned))


def plan_table(
    table: Table, schema: Schema, policy: Policy, *, progress: Progress | None = None, stop: Stop | None = None
) -> Planned:
    """Give back the proven best plan for `table`; `progress` and `stop` as in `find_best`.

    Refuses: a table with other columns than `schema` or without rows, a policy that does not fit, a ladder without a
    value that the table has, k above the rows, a lattice above a million nodes, bounds that no plan can keep.
    """
    if table.names != schema.names:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, columns=len(table.names), declared=len(schema.names))
    check_policy(policy, schema)
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    names = quasi_identifiers(policy, schema)
    ladders = {name: bind(policy.ladders[name].rule, table.column(name)) for name in names}
    found = find_best(pose(table, ladders, policy), progress=progress, stop=stop)
    return Planned(make_plan(schema, policy, found.levels), ladders, found)


def measure_release(before: Table, after: Table, schema: Schema, policy: Policy, planned: Planned) -> Report:
    """Give back the report, counted anew on the cells of `after`.

    Refuses with CLAIM_NOT_KEPT where a bound does not hold or the search claimed another number.
    """
    if after.names != planned.plan.names or any(one.name in after.names for one in schema.with_role(Role.IDENTIFIER)):
        raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="columns")
    names = [one.name for one in schema.with_role(Role.QUASI_IDENTIFIER) if one.name in after.names]
    sizes = (sizes_of_classes(before, names), sizes_of_classes(after, names))
    done = dict(planned.plan.columns)
    columns = tuple(
        _report_column(one, before, after, done[one.name], planned.ladders.get(one.name), policy.k)
        for one in schema.columns
    )
    report = Report(
        schema=schema.digest,
        policy=policy.digest,
        plan=planned.plan.digest,
        k=policy.k,
        suppression_limit=policy.suppression_limit,
        goal=policy.goal,
        nodes=planned.found.nodes,
        evaluated=planned.found.evaluated,
        proven=planned.found.proven,
        rows_before=before.rows,
        rows_after=after.rows,
        measures=_measures(before, after, names, sizes, policy.k, columns),
        sizes_before=bin_sizes(sizes[0]),
        sizes_after=bin_sizes(sizes[1]),
        columns=columns,
    )
    return check_claims(report, policy, planned.found)


def check_claims(report: Report, policy: Policy, found: Found) -> Report:
    """Give back the report if every bound holds in it and its goal is the number that the search claimed."""
    suppressed = report.rows_before - report.rows_after
    claims = {
        "k": report.rows_after == 0 or report.number("k") >= policy.k,
        "suppression": suppressed == found.suppressed <= policy.most_suppressed(report.rows_before),
        "goal": report.number(_measure_of(policy.goal)) == found.value,
    }
    for claim, held in claims.items():
        if not held:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim=claim)
    return report


def _measure_of(goal: Goal) -> str:
    match goal:
        case Goal.LOSS:
            return cells.LOSS.name
        case Goal.PRECISION_LOSS:
            return cells.PRECISION_LOSS.name
        case Goal.DISCERNIBILITY:
            return utility.DISCERNIBILITY.name
        case Goal.AVERAGE_CLASS:
            return utility.AVERAGE_CLASS.name
        case _:
            assert_never(goal)


def _measures(
    before: Table,
    after: Table,
    names: Sequence[str],
    sizes: tuple[Sizes, Sizes],
    k: int,
    columns: Sequence[ColumnReport],
) -> tuple[MeasurePair, ...]:
    was, now = sizes
    rows = before.rows
    levels = [(one.done.level, one.done.height) for one in columns if isinstance(one.done, Generalise)]
    losses = [one.loss for one in columns if one.loss is not None]
    wildcard = [risk.k_with_wildcards(least_alike_with_wildcards(one, names)) for one in (before, after)]
    return (
        MeasurePair(risk.k_anonymity(was), risk.k_anonymity(now)),
        MeasurePair(wildcard[0], wildcard[1]),
        MeasurePair(risk.unique_rows(was), risk.unique_rows(now)),
        MeasurePair(risk.highest_risk(was), risk.highest_risk(now)),
        MeasurePair(risk.average_risk(was), risk.average_risk(now)),
        MeasurePair(risk.classes(was), risk.classes(now)),
        MeasurePair(None, utility.suppressed_share(rows, after.rows)),
        MeasurePair(None, cells.loss(losses)),
        MeasurePair(None, cells.precision_loss(levels, rows, after.rows)),
        MeasurePair(utility.discernibility(was, rows), utility.discernibility(now, rows)),
        MeasurePair(utility.average_class(was, k, rows), utility.average_class(now, k, rows)),
    )


def _report_column(
    column: ColumnSchema, before: Table, after: Table, done: Transformation, ladder: Ladder | None, k: int
) -> ColumnReport:
    stays = column.name in after.names
    level = done.level if isinstance(done, Generalise) else 0
    loss: Fraction | None = None
    if ladder is not None:
        unknown = set(after.column(column.name).used().values) - set(ladder.labels[level])
        if unknown:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="labels", column=column.name, count=len(unknown))
        loss = cells.column_loss(after, ladder, level, before.rows)
    bars = _bars(column, before, after, done, ladder, k) if stays else ((), ())
    return ColumnReport(
        name=column.name,
        kind=column.kind,
        role=column.role,
        done=done,
        loss=loss,
        distinct_before=int((before.column(column.name).counts > 0).sum()),
        distinct_after=int((after.column(column.name).counts > 0).sum()) if stays else 0,
        before=bars[0],
        after=bars[1],
    )


def _bars(
    column: ColumnSchema, before: Table, after: Table, done: Transformation, ladder: Ladder | None, k: int
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Give back the bars of a column that stays; only where it was generalised are the labels other ones after."""
    was, now = before.column(column.name), after.column(column.name)
    spell = spelling_of(was, done)
    order = order_of_labels(ladder, 0) if ladder else column.values
    match done:
        case Generalise(level=level) if ladder and level:
            labels = order_of_labels(ladder, level)
            return bars_before(was, k, spell, order), bars_after(now, k, spell, labels)
        case _:
            return bars_alike(was, now, k, spell, order)
