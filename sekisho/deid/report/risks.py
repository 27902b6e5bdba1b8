"""The measures of risk that a report has, before and after."""

from collections.abc import Sequence

from sekisho.deid.bounds import TCloseness
from sekisho.deid.ladders.rule import bind
from sekisho.deid.measure import Measure
from sekisho.deid.report.released import Released
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.report.table_risks import risks_of_table
from sekisho.deid.risk.anonymity import classes
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.sensitive import check_bound, measure_of
from sekisho.deid.search.question import released_values
from sekisho.deid.table import Column, Table


def risks_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs, the most telling first."""
    was, now = (risks_of_table(one) for one in released.examined)
    sizes = released.sizes
    return (*paired(was, now), *_sensitive(released), MeasurePair(classes(sizes[0]), classes(sizes[1])))


def paired(before: Sequence[Measure], after: Sequence[Measure]) -> tuple[MeasurePair, ...]:
    """Give back the measures after, each with that of its name and column before if there is one."""
    known = {(one.kind.name, one.column): one for one in before}
    return tuple(MeasurePair(known.get((one.kind.name, one.column)), one) for one in after)


def _sensitive(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the measure of each bound on a sensitive column, before and after; each is checked."""
    pairs = []
    for bound in released.policy.sensitive_bounds:
        values = released_values(released.before.column(bound.column), released.schema, released.policy)
        before = Table((*(released.before.column(one) for one in released.names), values))
        tree = bind(bound.ladder, values) if isinstance(bound, TCloseness) and bound.ladder else None
        was, now = (held_in(one, released.names, bound.column, values) for one in (before, released.after))
        pairs.append(MeasurePair(measure_of(bound, was, tree), check_bound(bound, now, tree)))
    return tuple(pairs)


def held_in(table: Table, names: Sequence[str], column: str, values: Column) -> Histograms:
    """Give back which sensitive values the classes of `table` have; `values` is the column before rows were left out."""
    return histograms(classes_of_rows(table, names), table.column(column), values)
