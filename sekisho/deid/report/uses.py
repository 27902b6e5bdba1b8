"""The measures of use that a report has."""

from sekisho.deid.measure import Measure
from sekisho.deid.report.released import Released, level_of
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.utility import cells, entropy
from sekisho.deid.utility import class_size as utility
from sekisho.deid.utility.suppressed import blank_cells, suppressed_cells


def uses_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs; `before` is there where the measure means something of a table alone."""
    was, now = released.sizes
    before, names, policy = released.before, released.names, released.policy
    rows = before.rows
    read = [released.read[name] for name in names]
    levels = [level_of(released.done[name]) for name in names]
    lost = [cells.loss_of_labels(one, rows) for one in read]
    precision = [cells.precision_of_labels(one, rows, level) for one, level in zip(read, levels, strict=True)]
    entropies = [entropy.entropy_of_labels(before.column(name), one) for name, one in zip(names, read, strict=True)]
    return (
        MeasurePair(None, utility.suppressed_share(rows, released.after.rows)),
        MeasurePair(None, suppressed_cells([released.after.column(name) for name in names], rows)),
        MeasurePair(*_blanks(released)),
        MeasurePair(None, cells.loss(lost)),
        MeasurePair(None, cells.precision_loss(precision)),
        MeasurePair(None, entropy.entropy_loss(entropies)),
        MeasurePair(utility.discernibility(was, released.original.rows), utility.discernibility(now, rows)),
        MeasurePair(
            utility.average_class(was, policy.least_rows, released.original.rows),
            utility.average_class(now, policy.least_rows, rows),
        ),
        MeasurePair(utility.class_of_a_record(was, released.original.rows), utility.class_of_a_record(now, rows)),
    )


def _blanks(released: Released) -> tuple[Measure, Measure]:
    """Give back the share of blank cells of the columns that stay, before and after."""
    names = released.after.names
    was, now = ([one.column(name) for name in names] for one in (released.original, released.after))
    return blank_cells(was, released.original.rows), blank_cells(now, released.before.rows)
