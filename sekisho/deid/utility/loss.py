"""Loss (NCP): a mean over cells of how many values of the table each could stand for."""

from collections.abc import Sequence
from fractions import Fraction

from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.utility.covering import Covered

LOSS = Kind(
    "loss",
    Unit.SHARE,
    Better.LOWER,
    "mean over rows and quasi-identifiers of (values covered − 1) / (values in the table − 1); left out: 1",
    "",
    "Xu et al. 2006, KDD (NCP); Ghinita et al. 2007, VLDB (GCP)",
)


def loss(columns: Sequence[Fraction]) -> Measure:
    """Give back the mean of the columns' losses (NCP).

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_labels
    >>> ladder = bind(Bands((10,)), column_of("age", [31, 32, 35, 41, 45, 51]))
    >>> after = column_of("age", ["30-39", "30-39", "30-39", "40-49", "40-49"])  # the sixth row was left out
    >>> loss([loss_of_labels(read_labels(after, ladder), 6)]).text  # (3 × 2/5 + 2 × 1/5 + 1) / 6
    '0.433333'
    """
    return Measure(LOSS, sum(columns, Fraction(0)) / len(columns))


def loss_of_labels(read: Covered, rows_before: int) -> Fraction:
    """Give back the mean loss of one column's cells, from what the text of each covers; of a row left out: 1.

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_labels
    >>> ladder = bind(Bands((10,)), column_of("age", [31, 32, 35, 41, 45, 51]))
    >>> released = column_of("age", ["31-32", "31-32", 35, "40-49", "40-49"])  # the sixth row was left out
    >>> loss_of_labels(read_labels(released, ladder), 6)  # (2 × 1/5 + 0 + 2 × 1/5 + 1) / 6
    Fraction(3, 10)
    """
    whole = len(read.ladder.values) - 1
    pairs = zip(read.column.counts.tolist(), read.places, strict=True)
    lost = sum(rows * (places.size - 1) for rows, places in pairs)
    return (Fraction(lost, max(whole, 1)) + rows_before - len(read.column)) / rows_before
