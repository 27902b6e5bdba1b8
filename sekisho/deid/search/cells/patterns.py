"""Which cells of each tuple to leave out so that what stays of it is what enough rows had before.

A tuple's pattern is the set of its cells that become `*`. What stays must be equal in at least `least_rows` rows of the
table as it was: (k,1)-anonymity of Gionis, Mazza and Tassa 2008, ICDE. It follows that the tuple matches as many rows
where `*` matches anything, whatever else becomes of them. Tuples do not wait for each other, so that the cheapest
pattern of each is found apart: down a tree that keeps or leaves out one column after the other.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled

Cells = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Stop = Callable[[], bool]

STEPS = 2_000  # per tuple: how many times the search for something cheaper may look at it
_SLICE = 20_000_000  # steps between two questions whether to stop


class Costs(NamedTuple):
    """A cell of column c with the code v costs `of[begin[c] + v]`, for every row."""

    of: Floats
    begin: Counts


class _Walk(NamedTuple):
    """A walk down the tree that keeps or leaves out the columns one by one, in `order`.

    `members` are the tuples; a node is those from `low` up to `high`, which are equal in the columns kept so far, the
    column that comes next, and the pattern so far: one row of `stack` each. `height[0]` is how many lie on it.
    `patterns` and what they cost, `best`, are the best so far: -1 and infinite where there is none. Where `settles`
    a tuple takes the first pattern it comes to, and is done. `place` and `many` have one entry per code, for the
    counting of one node, and are zero between; `spare` is room for its members.
    """

    cells: Cells
    rows: Counts
    costs: Costs
    order: Counts
    least_rows: int
    settles: int
    patterns: Counts
    best: Floats
    members: Counts
    spare: Counts
    stack: Counts
    height: Counts
    place: Counts
    many: Counts


def cheapest_patterns(
    cells: Cells, rows: Counts, costs: Costs, order: Counts, least_rows: int, *, stop: Stop | None = None
) -> Counts:
    """Give back the pattern of each tuple, bit c for column c; `cells[tuple][column]` are codes.

    `order` is the order in which columns are decided. Each tuple's pattern is the cheapest there is where no more than
    STEPS are needed, and else the best found.
    """
    walk = _begin(cells, rows, costs, order, least_rows)
    _go_on(walk, np.iinfo(np.int64).max)
    walk = _begin(cells, rows, costs, order, least_rows)._replace(settles=0, best=walk.best, patterns=walk.patterns)
    left = STEPS * rows.size
    while left > 0 and walk.height[0] and not (stop and stop()):
        left -= _go_on(walk, min(left, _SLICE))
    return walk.patterns


def _begin(cells: Cells, rows: Counts, costs: Costs, order: Counts, least_rows: int) -> _Walk:
    tuples, columns = cells.shape
    width = int(cells.max()) + 1
    stack = np.zeros((tuples + columns + 2, 4), dtype=np.int64)
    stack[0, 1] = tuples
    return _Walk(
        cells=cells,
        rows=rows,
        costs=costs,
        order=order,
        least_rows=least_rows,
        settles=1,
        patterns=np.full(tuples, -1, dtype=np.int64),
        best=np.full(tuples, np.inf),
        members=np.arange(tuples, dtype=np.int64),
        spare=np.zeros(tuples, dtype=np.int64),
        stack=stack,
        height=np.ones(1, dtype=np.int64),
        place=np.zeros(width, dtype=np.int64),
        many=np.zeros(width, dtype=np.int64),
    )


@compiled
def _go_on(walk: _Walk, most: int) -> int:
    """Go on until no node is left or `most` steps are done; give back the steps, one per tuple of a node."""
    steps = 0
    while walk.height[0] > 0 and steps < most:
        walk.height[0] -= 1
        top = walk.height[0]
        low, high, depth, pattern = walk.stack[top, 0], walk.stack[top, 1], walk.stack[top, 2], walk.stack[top, 3]
        steps += high - low
        if not _any_open(walk, low, high, pattern):
            continue
        if depth == walk.order.size:
            _settle(walk, low, high, pattern)
            continue
        # Left out is tried last, when those that can keep the column no longer ask for it.
        _push(walk, low, high, depth + 1, pattern | (1 << walk.order[depth]))
        _keep(walk, low, high, depth, pattern)
    return int(steps)


@compiled
def _settle(walk: _Walk, low: int, high: int, pattern: int) -> None:
    """Give the pattern to the members that have none, or a dearer one."""
    for one in walk.members[low:high]:
        cost = _cost(walk.cells, walk.costs, one, pattern)
        if cost < walk.best[one] - 1e-9 and not (walk.settles and walk.patterns[one] >= 0):
            walk.best[one], walk.patterns[one] = cost, pattern


@compiled
def _push(walk: _Walk, low: int, high: int, depth: int, pattern: int) -> None:
    top = walk.height[0]
    walk.stack[top, 0], walk.stack[top, 1], walk.stack[top, 2], walk.stack[top, 3] = low, high, depth, pattern
    walk.height[0] += 1


@compiled
def _cost(cells: Cells, costs: Costs, one: int, pattern: int) -> float:
    total = 0.0
    column = 0
    while pattern:
        if pattern & 1:
            total += costs.of[costs.begin[column] + cells[one, column]]
        pattern >>= 1
        column += 1
    return total


@compiled
def _any_open(walk: _Walk, low: int, high: int, pattern: int) -> bool:
    """Say whether a member could do better than it has, with this pattern or one that grows from it."""
    cells, costs, best = walk.cells, walk.costs, walk.best
    for one in walk.members[low:high]:
        if walk.settles:
            if np.isinf(best[one]):
                return True
        elif best[one] > 0 and _cost(cells, costs, one, pattern) < best[one] - 1e-9:  # nearer than that is equal
            return True
    return False


@compiled
def _keep(walk: _Walk, low: int, high: int, depth: int, pattern: int) -> None:
    """Put the members in the order of their codes in the next column, and on the stack the codes enough rows have."""
    cells, place, many, members, spare = walk.cells, walk.place, walk.many, walk.members, walk.spare
    column = walk.order[depth]
    for at in range(low, high):
        one = members[at]
        spare[at] = one
        place[cells[one, column]] += 1
        many[cells[one, column]] += walk.rows[one]
    begin = low
    for at in range(low, high):
        code = cells[spare[at], column]
        size = place[code]
        if size > 0:  # the first of its code: its members will stand from `begin` on; from now on the place is negative
            if many[code] >= walk.least_rows:
                _push(walk, begin, begin + size, depth + 1, pattern)
            place[code] = -begin - 1
            begin += size
        members[-place[code] - 1] = spare[at]
        place[code] -= 1
    for at in range(low, high):
        code = cells[members[at], column]
        place[code] = 0
        many[code] = 0
