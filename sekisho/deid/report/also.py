"""The measures that a policy asks for beside the usual: each takes seconds where a table has millions of rows."""

from collections.abc import Callable, Mapping

import numpy as np

from sekisho.deid.exam import Also
from sekisho.deid.report.released import Released, level_of
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.risk.records.suda import suda_measures, suda_scores
from sekisho.deid.risk.uniqueness.copula import copula_measures, copula_uniqueness
from sekisho.deid.table import Table
from sekisho.deid.utility.covering import read_cells, read_labels
from sekisho.deid.utility.divergence import divergence
from sekisho.deid.utility.queries import Asked, asked_of, query_error, query_error_p90, query_errors
from sekisho.deid.utility.variation import marginal_variation, pair_variation, variation


def also_of(released: Released) -> tuple[MeasurePair, ...]:
    """Give back the pairs of what the policy's exam asks for, in the order of `Also`."""
    wanted = released.policy.exam.also
    return tuple(pair for one, measure in _MEASURED.items() if one in wanted for pair in measure(released))


def _suda(released: Released) -> tuple[MeasurePair, ...]:
    was, now = (suda_measures(suda_scores(one, released.names, spread=released.spread)) for one in (released.original, released.after))
    return tuple(MeasurePair(*one) for one in zip(was, now, strict=True))


def _copula(released: Released) -> tuple[MeasurePair, ...]:
    persons = released.policy.exam.population
    if persons is None:
        raise ValueError("the copula needs a population")
    was, now = (
        copula_measures(copula_uniqueness(one, released.names, persons, spread=released.spread)) for one in (released.original, released.after)
    )
    return tuple(MeasurePair(*one) for one in zip(was, now, strict=True))


def _variation(released: Released) -> tuple[MeasurePair, ...]:
    found = variation(list(_columns(released, released.finished.names).values()))
    return tuple(MeasurePair(None, one) for one in (*marginal_variation(found), *pair_variation(found)))


def _divergence(released: Released) -> tuple[MeasurePair, ...]:
    return (MeasurePair(None, divergence(list(_columns(released, released.names).values()))),)


def _queries(released: Released) -> tuple[MeasurePair, ...]:
    """Ask counts and ranges of all columns; the plan's digest draws them, so that anyone can ask them again."""
    columns = list(_columns(released, released.finished.names).values())
    rows = [np.ones(one.size, dtype=np.int64) for one in (columns[0].before, columns[0].after)]
    errors = query_errors(columns, rows[0], rows[1], released.plan.digest.raw, spread=released.spread)
    return (MeasurePair(None, query_error(errors)), MeasurePair(None, query_error_p90(errors)))


_MEASURED: Mapping[Also, Callable[[Released], tuple[MeasurePair, ...]]] = {
    Also.SUDA: _suda,
    Also.COPULA: _copula,
    Also.VARIATION: _variation,
    Also.DIVERGENCE: _divergence,
    Also.QUERIES: _queries,
}


def _columns(released: Released, names: tuple[str, ...]) -> dict[str, Asked]:
    """Give back columns as they were before any change, and as they go out; tokens are nothing to compare.

    Where a change left values away that no ladder need know, all columns are taken as the changes left them.
    """
    kept = [one for one in names if one not in released.policy.pseudonyms]
    before = released.original if _ladders_know(released) else released.before
    return {name: _asked(released, before, name) for name in kept}


def _ladders_know(released: Released) -> bool:
    return all(
        set(released.original.column(name).used().values) <= set(released.answer.ladders[name].values)
        for name in released.names
    )


def _asked(released: Released, before: Table, name: str) -> Asked:
    was, now = before.column(name), released.finished.column(name)
    if name in released.names:
        return asked_of(was, read_labels(now, released.answer.ladders[name], level_of(released.done[name])))
    return asked_of(was, read_cells(was, now))
