"""The report of a release: every number is counted on the released cells, by other code than the search."""

from sekisho.deid.changes.change import Where
from sekisho.deid.plan import Generalise, Recode, Star, Token
from sekisho.deid.policy import Mode
from sekisho.deid.report.also import also_of
from sekisho.deid.report.bars import (
    Bar,
    Spelling,
    bars_after,
    bars_alike,
    bars_before,
    order_of_labels,
    round_bars,
    spelling_of,
)
from sekisho.deid.report.claims import check_claims, check_columns
from sekisho.deid.report.released import Released
from sekisho.deid.report.report import ColumnReport, LevelRows, Report, bin_sizes
from sekisho.deid.report.risks import risks_of
from sekisho.deid.report.uses import uses_of
from sekisho.deid.schema import ColumnSchema
from sekisho.deid.table import Column
from sekisho.deid.utility.covering import Covered
from sekisho.deid.utility.loss import loss_of_labels


def measure_released(released: Released) -> Report:
    """Give back the report; refuses with CLAIM_NOT_KEPT where a bound does not hold or a claimed number differs."""
    policy, answer = released.policy, released.answer
    check_columns(released)
    report = Report(
        schema=released.schema.digest,
        policy=policy.digest,
        plan=released.plan.digest,
        k=policy.least_rows,
        suppression_limit=policy.suppression_limit,
        bounds=policy.bounds,
        goal=policy.goal,
        mode=policy.mode,
        labels=policy.labels if policy.mode is Mode.LOCAL else None,
        star=policy.star if policy.mode is Mode.CELLS else None,
        nodes=answer.nodes,
        evaluated=answer.evaluated,
        steps=answer.steps,
        proven=answer.proven,
        whole=answer.whole,
        changes=released.plan.changes,
        exam=policy.exam,
        rows_before=released.original.rows,
        rows_changed=released.before.rows,
        rows_after=released.after.rows,
        rows_added=released.finished.rows - released.after.rows,
        measures=(*risks_of(released), *uses_of(released), *also_of(released)),
        sizes_before=bin_sizes(released.sizes[0]),
        sizes_after=bin_sizes(released.sizes[1]),
        columns=tuple(_column(released, one) for one in released.schema.columns),
    )
    return check_claims(report, policy, answer)


def _column(released: Released, column: ColumnSchema) -> ColumnReport:
    before, after, done = released.original, released.after, released.done[column.name]
    stays = column.name in after.names
    shown = stays and not isinstance(done, Token)  # tokens of people with many rows are nothing to show
    read = released.read.get(column.name)
    bars = _bars(released, column) if shown else ((), ())
    return ColumnReport(
        name=column.name,
        kind=column.kind,
        role=column.role,
        done=done,
        loss=None if read is None else loss_of_labels(read, released.before.rows),
        distinct_before=int((before.column(column.name).counts > 0).sum()),
        distinct_after=int((after.column(column.name).counts > 0).sum()) if stays else 0,
        levels=() if read is None or isinstance(done, Generalise) else _levels(read),
        causes=tuple(one for one in released.answer.causes if one.column == column.name),
        before=bars[0],
        after=bars[1],
    )


def _levels(read: Covered) -> tuple[LevelRows, ...]:
    """Give back how many released rows have a label of each level, or one narrower inside it."""
    rows: dict[int, int] = {}
    for level, count in zip(read.levels, read.column.counts.tolist(), strict=True):
        rows[level] = rows.get(level, 0) + count
    return tuple(LevelRows(level, rows[level]) for level in sorted(rows))


def _bars(released: Released, column: ColumnSchema) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Give back the bars of a column that stays; only where it was generalised are the labels other ones after.

    Where labels are mixed there are none after: overlapping labels make no distribution.
    """
    was, now = released.original.column(column.name), released.after.column(column.name)
    done, ladder, k = released.done[column.name], released.answer.ladders.get(column.name), released.policy.least_group
    spell = spelling_of(was, done)
    order = order_of_labels(ladder, 0) if ladder else column.values
    gone = _gone(released, was, spell)
    match done:
        case Generalise(level=level) if ladder and level:
            bars = bars_before(was, k, spell, order, gone), bars_after(now, k, spell, order_of_labels(ladder, level))
        case Star() | Recode(level=None):
            bars = bars_before(was, k, spell, order, gone), ()
        case Recode(level=int() as level) if level:
            bars = bars_before(was, k, spell, order, gone), ()
        case _:
            bars = bars_alike(was, now, k, spell, order, gone)
    if released.finished.rows > released.after.rows:
        return bars[0], round_bars(bars[1], k)  # else whoever counts the file finds how many rows of a value are made
    return bars


def _gone(released: Released, was: Column, spell: Spelling) -> frozenset[str]:
    """Give back the labels of which changes took all values away by a condition on the column: they are named nowhere else."""
    wheres: list[Where | None] = [getattr(one, "where", None) for one in released.policy.changes]
    if not any(one is not None and one.column == was.name for one in wheres):
        return frozenset()
    left = released.before.column(was.name).used().values
    return frozenset(map(spell, was.used().values)) - frozenset(map(spell, left))
