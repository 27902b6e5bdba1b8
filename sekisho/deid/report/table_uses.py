"""The measures of use of what became of a table, beside the table as it was."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sekisho.deid.exam import Also
from sekisho.deid.measure import Measure
from sekisho.deid.report.report import MeasurePair
from sekisho.deid.risk.alike import Sizes
from sekisho.deid.search.question import Spreading
from sekisho.deid.table import Column, Table
from sekisho.deid.utility import class_size as utility
from sekisho.deid.utility import entropy
from sekisho.deid.utility.covering import Covered
from sekisho.deid.utility.divergence import divergence
from sekisho.deid.utility.loss import loss, loss_of_labels
from sekisho.deid.utility.precision import precision_loss, precision_of_labels
from sekisho.deid.utility.queries import Asked, query_error, query_error_p90, query_errors
from sekisho.deid.utility.suppressed import blank_cells, suppressed_cells
from sekisho.deid.utility.variation import column_variation, marginal_variation, pair_variation, variation


@dataclass(frozen=True, eq=False)
class Compared:
    """Tables and their quasi-identifiers: `original` as it was, `before` whose rows the labels of `after` cover.

    `sizes` are the classes of `original` and of `after`, `read` the labels of each quasi-identifier, `levels` the level
    that all of them have, or None; `k` the rows that a class needs.
    """

    original: Table
    before: Table
    after: Table
    sizes: tuple[Sizes, Sizes]
    read: Mapping[str, Covered]
    levels: Mapping[str, int | None]
    k: int


@dataclass(frozen=True, eq=False)
class Distributions:
    """Columns before and after as an analyst counts them, the names of the quasi-identifiers, and what draws queries."""

    columns: Mapping[str, Asked]
    names: tuple[str, ...]
    seed: bytes
    spread: Spreading = map

    @property
    def quasi_identifiers(self) -> Sequence[Asked]:
        return [self.columns[name] for name in self.names]


def uses_of_tables(one: Compared) -> tuple[MeasurePair, ...]:
    """Give back the pairs; `before` is there where the measure means something of a table alone."""
    (was, now), rows, first = one.sizes, one.before.rows, one.original.rows
    lost = [loss_of_labels(read, rows) for read in one.read.values()]
    precision = [precision_of_labels(read, rows, one.levels[name]) for name, read in one.read.items()]
    return (
        MeasurePair(None, utility.suppressed_share(rows, one.after.rows)),
        MeasurePair(None, suppressed_cells([one.after.column(name) for name in one.read], rows)),
        MeasurePair(*_blanks(one)),
        MeasurePair(None, loss(lost)),
        MeasurePair(None, precision_loss(precision)),
        *_entropy(one),
        MeasurePair(utility.discernibility(was, first), utility.discernibility(now, rows)),
        MeasurePair(utility.average_class(was, one.k, first), utility.average_class(now, one.k, rows)),
        MeasurePair(utility.class_of_a_record(was, first), utility.class_of_a_record(now, rows)),
    )


def _entropy(one: Compared) -> tuple[MeasurePair, ...]:
    """Give back the loss of entropy; nothing where cells have values that no row had: what these say is not known."""
    if not all(_has_rows(one.before.column(name), read) for name, read in one.read.items()):
        return ()
    entropies = [entropy.entropy_of_labels(one.before.column(name), read) for name, read in one.read.items()]
    return (MeasurePair(None, entropy.entropy_loss(entropies)),)


def _has_rows(before: Column, read: Covered) -> bool:
    """Say whether every label covers a value that some row had."""
    known = set(before.used().values)
    there = np.array([value in known for value in read.ladder.values], dtype=np.bool_)
    return all(bool(there[places].any()) for places in read.places)


def _blanks(one: Compared) -> tuple[Measure, Measure]:
    """Give back the share of blank cells of the columns that stay, before and after."""
    was, now = ([table.column(name) for name in one.after.names] for table in (one.original, one.after))
    return blank_cells(was, one.original.rows), blank_cells(now, one.before.rows)


def _variation(one: Distributions) -> tuple[Measure, ...]:
    found = variation(list(one.columns.values()))
    return (*marginal_variation(found), *pair_variation(found), *column_variation(found, list(one.columns)))


def _divergence(one: Distributions) -> tuple[Measure, ...]:
    return (divergence(one.quasi_identifiers),)


def _queries(one: Distributions) -> tuple[Measure, ...]:
    columns = list(one.columns.values())
    rows = [np.ones(side.size, dtype=np.int64) for side in (columns[0].before, columns[0].after)]
    errors = query_errors(columns, rows[0], rows[1], one.seed, spread=one.spread)
    return query_error(errors), query_error_p90(errors)


ALSO_USES: Mapping[Also, Callable[[Distributions], tuple[Measure, ...]]] = {
    Also.VARIATION: _variation,
    Also.DIVERGENCE: _divergence,
    Also.QUERIES: _queries,
}
"""Measures of use that take their time, by what asks for them."""
