"""Compiled moves over the whole lattice, whose nodes are numbered, the last column's level running fastest."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NOWHERE = -1


class Lattice(NamedTuple):
    """Which nodes are `open`, and what no value at a node is below: `base` + `extra`.

    `stride[column]` is how far a node lies from the one a level higher in that column.
    """

    highest: Counts
    stride: Counts
    open: Flags
    base: Floats
    extra: Floats


def lattice_of(highest: tuple[int, ...], base: Floats) -> Lattice:
    """Give back the lattice with every node open; `base` has one entry per node."""
    shape = np.array(highest, dtype=np.int64) + 1
    stride = np.concatenate([np.cumprod(shape[::-1])[::-1][1:], [1]]).astype(np.int64)
    return Lattice(shape - 1, stride, np.ones(base.size, dtype=np.bool_), base, np.zeros(base.size))


@compiled
def levels_of(lattice: Lattice, number: int) -> Counts:
    """Give back the levels of a node."""
    return number // lattice.stride % (lattice.highest + 1)


@compiled
def close_below(lattice: Lattice, node: Counts) -> None:
    """Close `node` and all below it."""
    _sweep(lattice, np.zeros(node.size, dtype=np.int64), node, 0, 0.0)


@compiled
def raise_extra_below(lattice: Lattice, node: Counts, floor: float) -> None:
    """Let no node at or below `node` have less than `floor` beyond its base."""
    _sweep(lattice, np.zeros(node.size, dtype=np.int64), node, 1, floor)


@compiled
def raise_base_above(lattice: Lattice, node: Counts, floor: float) -> None:
    """Let no node at or above `node` have less than `floor` as base."""
    _sweep(lattice, node, lattice.highest, 2, floor)


@compiled
def _sweep(lattice: Lattice, low: Counts, high: Counts, what: int, floor: float) -> None:
    columns = low.size
    at = low.copy()
    number = 0
    for column in range(columns):
        number += at[column] * lattice.stride[column]
    last = columns - 1
    while True:
        for step in range(high[last] - low[last] + 1):
            if what == 0:
                lattice.open[number + step] = False
            elif what == 1:
                lattice.extra[number + step] = max(lattice.extra[number + step], floor)
            else:
                lattice.base[number + step] = max(lattice.base[number + step], floor)
        column = last - 1
        while column >= 0 and at[column] == high[column]:
            number -= (at[column] - low[column]) * lattice.stride[column]
            at[column] = low[column]
            column -= 1
        if column < 0:
            return
        at[column] += 1
        number += lattice.stride[column]


@compiled
def next_in_order(lattice: Lattice, order: Counts, begin: int, limit: float) -> int:
    """Give back the place in `order` of the first open node from `begin` on whose floor is not above `limit`.

    `order` has the nodes by rising base. Nodes above the limit are closed on the way; NOWHERE where none is left.
    """
    for place in range(begin, order.size):
        node = order[place]
        if lattice.base[node] > limit:
            return -1
        if lattice.open[node]:
            if lattice.base[node] + lattice.extra[node] <= limit:
                return place
            lattice.open[node] = False
    return -1


@compiled
def lowest_open(lattice: Lattice, limit: float) -> int:
    """Give back the open node with the lowest floor, NOWHERE where none is at most `limit`; those above are closed."""
    best = np.inf
    answer = -1
    for node in range(lattice.open.size):
        if lattice.open[node]:
            floor = lattice.base[node] + lattice.extra[node]
            if floor > limit:
                lattice.open[node] = False
            elif floor < best:
                best = floor
                answer = node
    return answer


@compiled
def way_up(lattice: Lattice, number: int, limit: float) -> Counts:
    """Give back a way up from a node through open nodes, each time the step that raises the floor least."""
    way = np.empty(lattice.highest.sum() + 1, dtype=np.int64)
    length = 0
    levels = levels_of(lattice, number)
    while True:
        way[length] = number
        length += 1
        best = limit
        chosen = -1
        for column in range(levels.size):
            if levels[column] < lattice.highest[column]:
                above = number + lattice.stride[column]
                floor = lattice.base[above] + lattice.extra[above]
                if lattice.open[above] and (floor < best or (floor == best and chosen < 0)):
                    best = floor
                    chosen = column
        if chosen < 0:
            return way[:length].copy()
        levels[chosen] += 1
        number += lattice.stride[chosen]


@compiled
def nearest(nodes: Counts, sizes: Counts, count: int, node: Counts) -> int:
    """Give back which of the first `count` rows of `nodes` lies nowhere above `node` and has the least size."""
    best = -1
    for one in range(count):
        if best >= 0 and sizes[one] >= sizes[best]:
            continue
        below = True
        for column in range(node.size):
            if nodes[one, column] > node[column]:
                below = False
                break
        if below:
            best = one
    return best
