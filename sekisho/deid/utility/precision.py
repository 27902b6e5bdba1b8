"""Precision: a mean over cells of how high in its ladder each stands."""

from collections.abc import Sequence
from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.utility.covering import Covered
from sekisho.errors import Reason, SekishoError

PRECISION_LOSS = Kind(
    "precision-loss",
    Unit.SHARE,
    Better.LOWER,
    "mean over rows and quasi-identifiers of level / highest level; left out: 1",
    "",
    "Sweeney 2002, IJUFKS 10(5), definition 4 (1 − Prec)",
)


def precision_of_labels(read: Covered, rows_before: int, level: int | None = None) -> Fraction:
    """Give back the mean of level / highest level over one column's cells; of a row left out: 1.

    A cell's level is the lowest at which one label covers all that it covers: that of the ladder's label for an
    interval or a set inside it, 0 for what covers one value. Where a plan has one `level` for the whole column, every
    cell counts as that; refuses with CLAIM_NOT_KEPT if one is no label of it.

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_labels
    >>> ladder = bind(Bands((10,)), column_of("age", [31, 32, 35, 41, 45, 51]))
    >>> released = column_of("age", ["31-32", "31-32", 35, "40-49", "40-49"])  # the sixth row was left out
    >>> precision_of_labels(read_labels(released, ladder), 6)  # (2 × 1/2 + 0 + 2 × 1/2 + 1) / 6
    Fraction(1, 2)
    """
    levels = read.levels
    if level is not None:
        strange = len(set(read.column.values) - set(read.ladder.labels[level]))
        if strange:
            raise SekishoError(Reason.CLAIM_NOT_KEPT, claim="labels", column=read.column.name, count=strange)
        levels = (level,) * len(levels)
    climbed = sum(rows * one for rows, one in zip(read.column.counts.tolist(), levels, strict=True))
    return (Fraction(climbed, max(read.ladder.height, 1)) + rows_before - len(read.column)) / rows_before


def precision_loss(columns: Sequence[Fraction]) -> Measure:
    """Give back the mean of the columns' losses of precision (1 − Prec).

    >>> precision_loss([Fraction(1, 2), Fraction(1, 4)]).text
    '0.375000'
    """
    return Measure(PRECISION_LOSS, sum(columns, Fraction(0)) / len(columns))
