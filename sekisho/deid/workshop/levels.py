"""What each level of a ladder does to a column, in numbers and bars that show nothing rare."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.spelling import written
from sekisho.deid.table import Column

MOST_BARS = 12


@dataclass(frozen=True)
class LabelBar:
    """A label and its rows; None stands for all labels that are too rare or too many to be shown, "" for blank cells."""

    label: str | None
    rows: int


@dataclass(frozen=True)
class LevelView:
    """One level: its distinct `labels`, the rows of the `smallest` and of the `largest`, the rows under rare labels.

    `rare_rows` counts the rows under labels that fewer than k rows have.
    """

    level: int
    labels: int
    smallest: int
    largest: int
    rare_rows: int
    rows: int
    bars: tuple[LabelBar, ...]

    @property
    def rare_share(self) -> Fraction:
        """The share of rows under labels that fewer than k rows have, 0 to 1."""
        return Fraction(self.rare_rows, self.rows or 1)


def view_levels(ladder: Ladder, column: Column, k: int) -> tuple[LevelView, ...]:
    """Give back every level from 0 to below `*`, in the rows of `column`, which the ladder was bound to.

    One pass over the rows. A label is shown as it would be released: one of quantiles begins at a number of the column.
    A label that fewer than `k` rows have is in no bar of its own, and the bar of all that are
    left is no smaller either: it takes in further labels until it is.
    """
    return tuple(_view(ladder, level, _rows_of_values(ladder, column), k) for level in range(ladder.height))


def _rows_of_values(ladder: Ladder, column: Column) -> list[int]:
    rows = dict(zip(column.values, column.counts.tolist(), strict=True))
    return [rows.get(value, 0) for value in ladder.values]


def _view(ladder: Ladder, level: int, rows: list[int], k: int) -> LevelView:
    under = np.bincount(ladder.nodes[level], weights=np.array(rows), minlength=len(ladder.labels[level]))
    counts = [int(one) for one in under]
    bars = [LabelBar(written(label), count) for label, count in zip(ladder.labels[level], counts, strict=True)]
    return LevelView(
        level=level,
        labels=len(counts),
        smallest=min(counts, default=0),
        largest=max(counts, default=0),
        rare_rows=sum(one for one in counts if one < k),
        rows=sum(counts),
        bars=_pooled(bars, k),
    )


def _pooled(bars: list[LabelBar], k: int) -> tuple[LabelBar, ...]:
    """Give back the bars that `k` rows or more have, the largest in their order, then the pool of all others."""
    large = sorted((one for one in bars if one.rows >= k), key=lambda one: -one.rows)
    kept = large[: MOST_BARS if len(large) == len(bars) <= MOST_BARS else MOST_BARS - 1]
    rest = sum(one.rows for one in bars) - sum(one.rows for one in kept)
    while 0 < rest < k and kept:
        rest += kept.pop().rows
    shown = [one for one in bars if one in kept]
    return (*shown, LabelBar(None, rest)) if rest >= k else tuple(shown)
