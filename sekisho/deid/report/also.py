"""The measures that a policy asks for beside the usual: each takes seconds where a table has millions of rows."""

from sekisho.deid.exam import Also
from sekisho.deid.ladders.ladder import widened
from sekisho.deid.report.released import Released, level_of
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.report.risks import paired
from sekisho.deid.report.table_risks import ALSO_RISKS
from sekisho.deid.report.table_uses import ALSO_USES, Distributions
from sekisho.deid.utility.covering import read_cells, read_labels
from sekisho.deid.utility.queries import Asked, asked_of


def also_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs of what the policy's exam asks for, in the order of `Also`."""
    wanted = [one for one in Also if one in released.policy.exam.also]
    asked = _distributions(released) if any(one in ALSO_USES for one in wanted) else None
    pairs: list[MeasurePair] = []
    for one in wanted:
        if one in ALSO_RISKS:
            pairs += paired(*(ALSO_RISKS[one](examined) for examined in released.examined))
        elif asked is not None:
            pairs += [MeasurePair(None, measure) for measure in ALSO_USES[one](asked)]
    return tuple(pairs)


def _distributions(released: Released) -> Distributions:
    """Give back columns as they were before any change, and as they go out; tokens are nothing to compare.

    The plan's digest draws the queries, so that anyone can ask them again.
    """
    kept = [one for one in released.finished.names if one not in released.policy.pseudonyms]
    columns = {name: _asked(released, name) for name in kept}
    return Distributions(columns, released.names, released.plan.digest.raw, released.spread)


def _asked(released: Released, name: str) -> Asked:
    was, now = released.original.column(name), released.finished.column(name)
    if name in released.names:
        ladder = widened(released.answer.ladders[name], was.used().values)  # a change may have left values away
        return asked_of(was, read_labels(now, ladder, level_of(released.done[name])))
    return asked_of(was, read_cells(was, now))
