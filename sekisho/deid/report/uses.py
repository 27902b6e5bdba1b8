"""The measures of use that a report has."""

from sekisho.deid.report.released import Released, level_of
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.report.table_uses import Compared, uses_of_tables


def uses_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs; `before` is there where the measure means something of a table alone."""
    return uses_of_tables(
        Compared(
            original=released.original,
            before=released.before,
            after=released.after,
            sizes=released.sizes,
            read=released.read,
            levels={name: level_of(released.done[name]) for name in released.names},
            k=released.policy.least_rows,
        )
    )
