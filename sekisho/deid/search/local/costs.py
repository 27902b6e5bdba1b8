"""What a label costs, in a form that compiled loops read: one number per column and range of codes.

Codes stand in ladder order, so the values of a class span a range of codes, and its label follows from the range: the
lowest node that holds both ends, or the interval itself where numbers and days may be written so.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.policy import Goal, Wording
from sekisho.deid.search.local.ranges import plain_codes

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Nodes = npt.NDArray[np.int32]

WIDEST_TABLE = 256  # up to so many values, the cost of every range is looked up: 512 KiB a column


class Costs(NamedTuple):
    """The cost of a cell by column and range of codes, and how cells and sizes make the cost of a class.

    Few arrays, since a compiled call pays for each: row j of `shape` is column j's number of values, begin of its nodes in
    `node` (level by level, as long as its values), of its weights in `number` (alike), first code that may stand in an interval and the one
    behind the last, begin of its running sum of rows in `number`, of its table in `number` (else −1), 1 where an interval costs the
    logarithm of its rows, the number of values of the columns before, and the
    highest level that a label may have (−1: any); `scale[j]` multiplies an interval's width, or that logarithm.
    A class of r rows whose cells cost w in sum costs r · (`by[0]` · w + `by[1]` · r) − `by[2]`.
    """

    shape: Counts
    node: Nodes
    number: Floats
    scale: Floats
    by: Floats


VALUES, NODES, WEIGHTS, FREE, NOT_FREE, BELOW, TABLE, LOGARITHM, BEFORE, LIMIT = range(10)


def costs_of(
    tuples: Tuples,
    ladders: Sequence[Ladder],
    goal: Goal,
    wording: Wording,
    limits: Sequence[int] = (),
    weights: Sequence[int] = (),
) -> Costs:
    """Give back the costs for `goal`; those that only look at class sizes break their ties by loss.

    A goal in cells counts column c `weights[c]` times, all once unless said: as shares of their mean, so that the cost of
    a row stays of the same size.

    A label above its column's limit has an infinite cost: no class that needs one is ever made.
    """
    highest = tuple(limits) or tuple(one.height for one in ladders)
    rows = [
        np.bincount(codes, weights=tuples.rows, minlength=len(ladder.values)).astype(np.float64)
        for codes, ladder in zip(tuples.codes, ladders, strict=True)
    ]
    times = tuple(weights) or (1,) * len(ladders)
    heavy = [one * len(ladders) / sum(times) for one in times]
    scales = [_scale(one, goal) * much for one, much in zip(rows, heavy, strict=True)]
    nodes, numbers = _Flat(np.zeros(0, dtype=np.int32)), _Flat(np.zeros(0))
    shape = np.zeros((len(ladders), 10), dtype=np.int64)
    for column, ladder in enumerate(ladders):
        shape[column] = (
            len(ladder.values),
            nodes.add(np.stack(ladder.nodes)),
            numbers.add(_within(_weights(ladder, rows[column], goal, scales[column], heavy[column]), highest[column])),
            *_free(ladder, goal, wording),
            numbers.add(np.concatenate([[0.0], np.cumsum(rows[column])])),
            -1,
            goal is Goal.ENTROPY_LOSS,
            sum(len(one.values) for one in ladders[:column]),
            highest[column] if highest[column] < ladder.height else -1,
        )
    costs = Costs(shape, nodes.whole, numbers.whole, np.array(scales), np.array(_by(goal, len(ladders))))
    for column, ladder in enumerate(ladders):
        if len(ladder.values) <= WIDEST_TABLE:
            begin = numbers.add(_table(costs, column, len(ladder.values)))
            shape[column, TABLE] = begin
            costs = costs._replace(number=numbers.whole)
    return costs


class _Flat:
    """Arrays laid end to end."""

    def __init__(self, first: npt.NDArray[Any]) -> None:
        self._parts = [first]
        self._size = first.size

    def add(self, part: npt.NDArray[Any]) -> int:
        """Lay `part` down and give back where it begins."""
        begin = self._size
        self._parts.append(part.ravel().astype(self._parts[0].dtype))
        self._size += part.size
        return begin

    @property
    def whole(self) -> npt.NDArray[Any]:
        return np.concatenate(self._parts)


def _by(goal: Goal, columns: int) -> tuple[float, float, float]:
    tie = 1 / (1024 * columns)
    match goal:
        case Goal.DISCERNIBILITY:
            return tie, 1.0, 0.0
        case Goal.AVERAGE_CLASS:
            return tie, 0.0, 1.0
        case _:
            return 1.0, 0.0, 0.0


def _scale(rows: Floats, goal: Goal) -> float:
    """Give back what an interval's width, or the logarithm of its rows, is multiplied by."""
    if goal is not Goal.ENTROPY_LOSS:
        return 1 / max(rows.size - 1, 1)
    there = rows[rows > 0]
    whole = float((there * np.log(there.sum() / there)).sum()) if there.size else 0.0
    return float(there.sum()) / whole if whole > 0 else 0.0


def _weights(ladder: Ladder, rows: Floats, goal: Goal, scale: float, heavy: float) -> Floats:
    """Give back the cost of a cell by level and value, `heavy` times its own; shape (levels, values)."""
    levels: list[Floats] = []
    for level, (nodes, covered) in enumerate(zip(ladder.nodes, ladder.covered, strict=True)):
        match goal:
            case Goal.ENTROPY_LOSS:
                under = np.bincount(nodes, weights=rows)[nodes]
                levels.append((np.log(np.maximum(under, 1)) * scale).astype(np.float64))
            case Goal.PRECISION_LOSS:
                levels.append(np.full(nodes.size, heavy * level / max(ladder.height, 1)))
            case _:
                levels.append(((covered[nodes] - 1) * scale).astype(np.float64))
    return np.stack(levels)


def _within(weights: Floats, limit: int) -> Floats:
    weights[limit + 1 :] = np.inf
    return weights


def _free(ladder: Ladder, goal: Goal, wording: Wording) -> tuple[int, int]:
    """Give back the range of codes that may stand as intervals; of sets, an interval's width is a fair guess."""
    if goal is Goal.PRECISION_LOSS or wording is Wording.LADDER:
        return 0, 0
    first, behind = plain_codes(ladder)
    return (0, len(ladder.values)) if wording is Wording.SETS and first == behind else (first, behind)


@compiled
def _table(costs: Costs, column: int, size: int) -> Floats:
    table = np.zeros(size * size)
    for low in range(size):
        for high in range(low, size):
            table[low * size + high] = cell_cost(costs.shape, costs.node, costs.number, costs.scale, column, low, high)
    return table


@inner
def level_of(shape: Counts, node: Nodes, column: int, low: int, high: int) -> int:
    """Give back the lowest level at which both codes have one node."""
    size = shape[column, VALUES]
    place = shape[column, NODES]
    level = 0
    while node[place + low] != node[place + high]:
        place += size
        level += 1
    return level


@inner
def cell_cost(shape: Counts, node: Nodes, number: Floats, scale: Floats, column: int, low: int, high: int) -> float:
    """Give back what a cell of `column` costs in a class whose codes span `low` to `high`."""
    if shape[column, TABLE] >= 0:
        return number[shape[column, TABLE] + low * shape[column, VALUES] + high]
    return _wide_cost(shape, node, number, scale, column, low, high)


@inner
def _wide_cost(shape: Counts, node: Nodes, number: Floats, scale: Floats, column: int, low: int, high: int) -> float:
    """Give back the same for a column of too many values for a table."""
    size = shape[column, VALUES]
    if (
        shape[column, FREE] <= low
        and high < shape[column, NOT_FREE]
        and (shape[column, LIMIT] < 0 or level_of(shape, node, column, low, high) <= shape[column, LIMIT])
    ):
        if shape[column, LOGARITHM] == 0:
            return (high - low) * scale[column]
        begin = shape[column, BELOW]
        return np.log(max(number[begin + high + 1] - number[begin + low], 1.0)) * scale[column]
    return number[shape[column, WEIGHTS] + level_of(shape, node, column, low, high) * size + low]


@inner
def class_cost(by: Floats, rows: int, cells: float) -> float:
    """Give back the cost of a class of `rows` rows whose cells cost `cells` in sum; nothing for a class without rows."""
    if rows == 0:
        return 0.0
    return rows * (by[0] * cells + by[1] * rows) - by[2]
