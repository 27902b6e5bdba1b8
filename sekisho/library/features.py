"""Columns as numbers that a model can learn from: released labels in the same space as the values that they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Column, Value
from sekisho.deid.utility.covering import Covered

Floats = npt.NDArray[np.float64]

MOST_GROUPS = 50


@dataclass(frozen=True, eq=False)
class Feature:
    """One column: numbers and days are (number, 1 if blank), texts 1 in the place of their group.

    `groups` names the place of each text known when learning; what is not in it has 0 in every place. `blank` stands for the
    number of a blank cell.
    """

    name: str
    groups: Mapping[Value, int] | None
    blank: float

    @property
    def width(self) -> int:
        return 2 if self.groups is None else max(self.groups.values(), default=0) + 1

    def values_of(self, column: Column) -> Floats:
        """Give back the cells of an original column as numbers; shape (rows, width)."""
        return self._numbers(column.values)[column.codes]

    def labels_of(self, read: Covered) -> Floats:
        """Give back released cells, each as the mean over the values that it covers; shape (rows, width)."""
        numbers = self._numbers(read.ladder.values)
        means = [numbers[one].mean(axis=0) for one in read.places]
        return np.stack(means)[read.column.codes] if means else np.zeros((0, self.width))

    def _numbers(self, values: tuple[Value, ...]) -> Floats:
        if self.groups is None:
            return np.array([(self.blank if one is None else _number(one), one is None) for one in values], dtype=float)
        places = np.array([self.groups.get(one, -1) for one in values])
        numbers: Floats = (places[:, None] == np.arange(self.width)).astype(np.float64)
        return numbers


def feature_of(column: Column) -> Feature:
    """Give back how the column is read, as its values before tell: texts beyond the 49 most frequent are one group."""
    known = [(value, rows) for value, rows in zip(column.values, column.counts.tolist(), strict=True) if rows]
    numbers = [(_number(value), rows) for value, rows in known if isinstance(value, int | date)]
    if numbers and len(numbers) >= len(known) - (None in column.values):
        every = sum(rows for _, rows in numbers)
        return Feature(column.name, None, sum(number * rows for number, rows in numbers) / every)
    ranked = sorted(known, key=lambda one: (-one[1], str(one[0])))
    return Feature(column.name, {one: min(n, MOST_GROUPS - 1) for n, (one, _) in enumerate(ranked)}, 0.0)


def _number(value: Value) -> float:
    if isinstance(value, date):
        return float(value.toordinal())
    return float(value) if isinstance(value, int) else 0.0
