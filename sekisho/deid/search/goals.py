"""The goals of a full-domain search: their exact value at a node, and what no node can be better than.

`floors` is an array over the lattice; three moves raise it as nodes become known. All use that going up a ladder only
merges classes: rows suppressed above are suppressed below, and classes below are no larger than above.
"""

from fractions import Fraction
from typing import assert_never

import numpy as np
import numpy.typing as npt

from sekisho.deid.policy import Goal
from sekisho.deid.search.classes import Classes
from sekisho.deid.search.problem import Node, Problem

Floors = npt.NDArray[np.float64]


def value_at(problem: Problem, node: Node, classes: Classes) -> Fraction:
    """Give back the goal's exact number at `node` (spec/policy.md 5)."""
    kept = classes.counts >= problem.k
    counts = classes.counts[kept]
    suppressed = problem.rows - int(counts.sum())
    match problem.goal:
        case Goal.LOSS | Goal.PRECISION_LOSS:
            cells = sum(
                (
                    Fraction(int((counts * cost[codes[kept]]).sum()), whole)
                    for codes, (cost, whole) in zip(classes.codes, _costs(problem, node), strict=True)
                ),
                Fraction(suppressed * len(node)),
            )
            return cells / (problem.rows * len(node))
        case Goal.DISCERNIBILITY:
            squares = sum(one * one for one in counts.tolist()) if counts.size else 0
            return Fraction(squares + problem.rows * suppressed)
        case Goal.AVERAGE_CLASS:
            return (
                Fraction(problem.rows - suppressed, counts.size * problem.k) if counts.size else Fraction(problem.rows)
            )
        case _:
            assert_never(problem.goal)


def first_floors(problem: Problem) -> Floors:
    """Give back for every node a number that its value cannot fall below, from the marginals alone."""
    floors = np.zeros(problem.shape, dtype=np.float64)
    if problem.goal in {Goal.LOSS, Goal.PRECISION_LOSS}:
        for axis, column in enumerate(_marginals(problem)):
            along = [1] * floors.ndim
            along[axis] = -1
            floors += column.reshape(along)
    return floors


def raise_above(problem: Problem, floors: Floors, node: Node, classes: Classes) -> None:
    """Raise the floors at and above `node`, whose classes are known: above, they only merge."""
    match problem.goal:
        case Goal.LOSS | Goal.PRECISION_LOSS:
            return
        case Goal.DISCERNIBILITY:
            counts = classes.counts.astype(np.float64)
            floor = float((counts * counts).sum())
        case Goal.AVERAGE_CLASS:
            least = problem.rows - problem.most_suppressed
            most_classes = min(len(classes), problem.rows // problem.k)
            floor = least / (most_classes * problem.k)
        case _:
            assert_never(problem.goal)
    above = floors[tuple(slice(level, None) for level in node)]
    np.maximum(above, floor, out=above)


def raise_below(problem: Problem, floors: Floors, marginal: Floors, node: Node, value: Fraction) -> None:
    """Raise the floors at and below `node`: what suppression costs there beyond the marginals it costs below too.

    Rows suppressed at `node` are suppressed below it, where their cells would otherwise have cost no more.
    """
    if problem.goal not in {Goal.LOSS, Goal.PRECISION_LOSS}:
        return
    extra = float(value) - float(marginal[node])
    under = tuple(slice(None, level + 1) for level in node)
    below = floors[under]
    np.maximum(below, marginal[under] + extra, out=below)


def _marginals(problem: Problem) -> list[Floors]:
    """Give back, per column and level, the column's share of the goal if no row were suppressed."""
    everything = problem.rows * len(problem.ladders)
    shares = []
    for axis, codes in enumerate(problem.finest.codes):
        ladder = problem.ladders[axis]
        rows = np.bincount(codes, weights=problem.finest.counts, minlength=len(ladder.labels[0]))
        levels = []
        for level in range(problem.highest[axis] + 1):
            cost, whole = _cost(problem, axis, level)
            levels.append(float((rows * cost[ladder.lift(0, level)]).sum()) / whole / everything)
        shares.append(np.array(levels))
    return shares


def _costs(problem: Problem, node: Node) -> list[tuple[npt.NDArray[np.int64], int]]:
    return [_cost(problem, axis, level) for axis, level in enumerate(node)]


def _cost(problem: Problem, axis: int, level: int) -> tuple[npt.NDArray[np.int64], int]:
    """Give back the cost of a cell per label as whole numbers, and the number that stands for 1."""
    ladder = problem.ladders[axis]
    if problem.goal is Goal.PRECISION_LOSS:
        return np.full(len(ladder.labels[level]), level, dtype=np.int64), ladder.height
    return ladder.covered[level] - 1, max(len(ladder.values) - 1, 1)
