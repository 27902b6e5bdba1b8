"""How much less the released cells say than the values did, as a share of all they said: the non-uniform entropy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.table import Codes, Column
from sekisho.deid.utility.covering import Covered

Counts = npt.NDArray[np.int64]

ENTROPY_LOSS = Kind(
    "entropy-loss",
    Unit.SHARE,
    Better.LOWER,
    "mean over quasi-identifiers of (sum over rows of ln(N(label) / N(value))) / (sum of ln(rows / N(value))); left out: "
    "N = rows; "
    "N: rows of the table before that have the value, or one that the label covers",
    "",
    "Gionis and Tassa 2009, IEEE TKDE 21(2) (non-uniform entropy), divided by that of a table of *",
)


@dataclass(frozen=True)
class Entropy:
    """One column: what was lost, and what there was to lose, in nats over all rows of the table before."""

    lost: float
    whole: float


def entropy_of_labels(before: Column, read: Covered) -> Entropy:
    """Give back what one column's cells lost, from what the text of each covers.

    Which value a released row had need not be known: the sum over all rows of ln N(value) is that of the table before.
    """
    place = {value: number for number, value in enumerate(read.ladder.values)}
    rows = np.zeros(len(read.ladder.values), dtype=np.int64)
    for value, count in zip(before.values, before.counts.tolist(), strict=True):
        if count:
            rows[place[value]] = count
    every, left_out = len(before), len(before) - len(read.column)
    values = [-count * log(count) for count in rows.tolist() if count]
    until = np.concatenate([[0], np.cumsum(rows)])
    labels = [
        count * log(_rows_of(places, rows, until))
        for count, places in zip(read.column.counts.tolist(), read.places, strict=True)
    ]
    stars = left_out * log(every) if left_out else 0.0
    return Entropy(lost=fsum([*labels, stars, *values]), whole=fsum([every * log(every), *values]))


def _rows_of(places: Codes, rows: Counts, until: Counts) -> int:
    """Give back the rows at `places`; where they stand side by side, as the difference of two running sums."""
    first, last = places[0], places[-1]
    if last - first + 1 == places.size:
        return int(until[last + 1] - until[first])
    return int(rows[places].sum())


def entropy_loss(columns: Sequence[Entropy]) -> Measure:
    """Give back the mean over columns of what each lost of what it had to lose, to twelve decimals.

    >>> from sekisho.deid.ladders.bands import Bands
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.table import column_of
    >>> from sekisho.deid.utility.covering import read_labels
    >>> before = column_of("age", [31, 31, 32, 41, 41, 51])
    >>> after = column_of("age", ["30-39", "30-39", "30-39", 41, 41])  # the sixth row was left out
    >>> read = read_labels(after, bind(Bands((10,)), before))
    >>> entropy_loss([entropy_of_labels(before, read)]).text  # (2 ln(3/2) + ln 3 + ln 6) / (4 ln(6/2) + 2 ln 6)
    '0.463940'
    """
    # what was exchanged for rarer values, by whatever program, says no more than it did
    shares = [max(one.lost / one.whole, 0.0) if one.whole > 0 else 0.0 for one in columns]
    return Measure(ENTROPY_LOSS, twelve_decimals(fsum(shares) / len(shares)))
