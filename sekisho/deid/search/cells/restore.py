"""Which cells need not have been left out, once the `*` of all tuples are counted as matching anything.

A tuple also matches rows in which other cells became `*`, so that more rows match it than its own pattern asks for.
Cells are given back one by one as long as every tuple keeps matching enough rows. Matching only grows with more `*`:
a cell that could not be given back when it was tried cannot be given back later, and one pass leaves no needless cell.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.search.cells.patterns import Cells, Costs, Counts, Floats

Progress = Callable[[int, float], None]
Stop = Callable[[], bool]

STEPS = 10_000  # per tuple: how many other tuples may be looked at on its behalf
_SLICE = 4_096  # tuples or cells between two questions whether to stop
_FEW = 16  # tuples that are looked at one by one rather than split further


class _Index(NamedTuple):
    """The tuples, sorted by what stays of them when the pass begins.

    `keys[place][depth]` is what stays (-1 for `*`) and `codes[place][depth]` what was there, for columns in the order
    in which few cells are left out; `starred[place]` has bit d where depth d is left out now. `costs` as in `Costs`, by
    depth. `found` and `stack` are room for `_matches`.
    """

    keys: Cells
    codes: Cells
    starred: Counts
    rows: Counts
    matched: Counts
    costs: Costs
    found: Counts
    stack: Counts


def restore_cells(
    cells: Cells,
    rows: Counts,
    costs: Costs,
    patterns: Counts,
    least_rows: int,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Counts:
    """Give back `patterns` without cells that need not be left out; arguments as in `cheapest_patterns`.

    Tries two orders, and takes the cheaper end. No needless cell is left where no more than STEPS are needed; beyond
    that, or when `stop` answers True, the patterns so far. `progress` is told how many cells are tried and their share.
    """
    index, order, depths = _index(cells, rows, costs, patterns)
    left = np.array([STEPS * rows.size], dtype=np.int64)
    for begin in range(0, rows.size, _SLICE):
        if stop and stop():
            return patterns
        _count(index, begin, min(begin + _SLICE, rows.size), left)
    if left[0] <= 0:  # without all counts nothing may be given back
        return patterns
    ends = []
    for turn, queue in enumerate(_queues(index)):
        one = index._replace(starred=index.starred.copy(), matched=index.matched.copy())
        for begin in range(0, len(queue), _SLICE):
            if stop and stop():
                break
            if progress:
                tried = turn * len(queue) + begin
                progress(tried, tried / (2 * len(queue)))
            _restore(one, queue[begin : begin + _SLICE], least_rows, left)
        ends.append(one)
    starred = min(ends, key=lambda one: float((_lost(one) * one.rows).sum())).starred
    after = np.zeros_like(patterns)
    for depth, column in enumerate(depths.tolist()):
        after[order] |= (starred >> depth & 1) << column
    return after


def _index(cells: Cells, rows: Counts, costs: Costs, patterns: Counts) -> tuple[_Index, Counts, Counts]:
    """Give back the index, which tuple stands at each place, and which column at each depth."""
    stars = [np.count_nonzero(patterns >> column & 1) for column in range(cells.shape[1])]
    depths = np.lexsort((-cells.max(axis=0), stars)).astype(np.int64)
    starred = np.stack([patterns >> column & 1 for column in depths.tolist()], axis=1)
    keys = np.where(starred > 0, np.int32(-1), cells[:, depths])
    order = np.lexsort(keys.T[::-1]).astype(np.int64)
    index = _Index(
        keys=np.ascontiguousarray(keys[order]),
        codes=np.ascontiguousarray(cells[:, depths][order]),
        starred=starred[order] @ (np.int64(1) << np.arange(depths.size, dtype=np.int64)),
        rows=rows[order],
        matched=np.zeros(rows.size, dtype=np.int64),
        costs=Costs(costs.of, costs.begin[depths]),
        found=np.zeros(rows.size, dtype=np.int64),
        stack=np.zeros((2 * depths.size + 4, 3), dtype=np.int64),
    )
    return index, order, depths


def _cost(index: _Index, depth: int) -> Floats:
    """Give back what each tuple loses by `*` at `depth`, for one row; 0 where it has none."""
    cost = index.costs.of[index.costs.begin[depth] + index.codes[:, depth]]
    return np.where(index.starred >> depth & 1, cost, 0.0)


def _lost(index: _Index) -> Floats:
    lost = np.zeros(index.rows.size)
    for depth in range(index.codes.shape[1]):
        lost += _cost(index, depth)
    return lost


def _queues(index: _Index) -> tuple[Counts, Counts]:
    """Give back two orders to try cells in, each of shape (cells, 2): place and depth.

    The dearest cells first; and the tuples that lose least first, of each the dearest cell first. The second is better
    where all cells cost about the same: who needs few `*` then needs none, and who has many stays with them.
    """
    depths = range(index.codes.shape[1])
    starred = [np.flatnonzero(index.starred >> depth & 1) for depth in depths]
    place = np.concatenate(starred)
    depth = np.concatenate([np.full(one.size, depth) for depth, one in zip(depths, starred, strict=True)])
    cost = np.concatenate([_cost(index, depth)[one] for depth, one in zip(depths, starred, strict=True)])
    cells = np.stack([place, depth], axis=1).astype(np.int64)
    dearest = np.lexsort((depth, place, -cost * index.rows[place]))
    least = np.lexsort((depth, -cost, place, _lost(index)[place]))
    return cells[dearest], cells[least]


@compiled
def _count(index: _Index, low: int, high: int, left: Counts) -> None:
    """Count the rows that the tuples from `low` up to `high` match."""
    for one in range(low, high):
        if left[0] <= 0:
            return
        for at in range(_matches(index, one, left)):
            index.matched[one] += index.rows[index.found[at]]


@compiled
def _restore(index: _Index, queue: Counts, least_rows: int, left: Counts) -> None:
    """Give back those of the cells (place, depth) that can be."""
    last, size = -1, 0
    for at in range(queue.shape[0]):
        one, depth = queue[at, 0], queue[at, 1]
        if one != last:
            if left[0] <= 0:
                return
            last, size = one, _matches(index, one, left)
        if _can_restore(index, one, depth, size, least_rows):
            size = _restore_one(index, one, depth, size)


@compiled
def _can_restore(index: _Index, one: int, depth: int, size: int, least_rows: int) -> bool:
    codes, starred, rows, matched = index.codes, index.starred, index.rows, index.matched
    lost = 0
    for other in index.found[:size]:
        if codes[one, depth] != codes[other, depth] and not (starred[other] >> depth) & 1:  # no longer a match
            lost += rows[other]
            # A tuple that no row has (it is known from the population alone) needs nothing.
            if rows[other] > 0 and matched[other] - rows[one] < least_rows:
                return False
    return bool(rows[one] == 0 or matched[one] - lost >= least_rows)


@compiled
def _restore_one(index: _Index, one: int, depth: int, size: int) -> int:
    """Give the cell back, take it off the counts, and give back how many of `found` still match."""
    kept = 0
    for other in index.found[:size]:
        if index.codes[one, depth] != index.codes[other, depth] and not (index.starred[other] >> depth) & 1:
            index.matched[one] -= index.rows[other]
            index.matched[other] -= index.rows[one]
        else:
            index.found[kept] = other
            kept += 1
    index.starred[one] &= ~(np.int64(1) << depth)
    return kept


@compiled
def _matches(index: _Index, one: int, left: Counts) -> int:
    """Put the tuples that `one` matches into `found`, take the work off `left`, and give back how many they are."""
    depths = index.codes.shape[1]
    stack = index.stack
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, index.rows.size, 0
    size, found = 1, 0
    while size > 0:
        size -= 1
        low, high, depth = stack[size, 0], stack[size, 1], stack[size, 2]
        if depth == depths or high - low <= _FEW:
            left[0] -= high - low
            found = _look(index, one, low, high, found)
            continue
        left[0] -= 4
        end = _end_of(index.keys, low, high, depth, index.keys[low, depth])
        if (index.starred[one] >> depth) & 1:
            if end < high:
                stack[size, 0], stack[size, 1], stack[size, 2] = end, high, depth
                size += 1
            stack[size, 0], stack[size, 1], stack[size, 2] = low, end, depth + 1
            size += 1
            continue
        if index.keys[low, depth] < 0:  # `*` comes first
            stack[size, 0], stack[size, 1], stack[size, 2] = low, end, depth + 1
            size += 1
            low = end
        wanted = index.codes[one, depth]
        begin = _end_of(index.keys, low, high, depth, wanted - 1)
        end = _end_of(index.keys, begin, high, depth, wanted)
        if begin < end:
            stack[size, 0], stack[size, 1], stack[size, 2] = begin, end, depth + 1
            size += 1
    return found


@compiled
def _look(index: _Index, one: int, low: int, high: int, found: int) -> int:
    """Put those from `low` up to `high` that match now behind the `found` ones, and give back how many they are."""
    codes, starred = index.codes, index.starred
    for other in range(low, high):
        either = starred[one] | starred[other]
        match = True
        for depth in range(codes.shape[1]):
            if codes[one, depth] != codes[other, depth] and not (either >> depth) & 1:
                match = False
                break
        if match:
            index.found[found] = other
            found += 1
    return found


@compiled
def _end_of(keys: Cells, low: int, high: int, depth: int, wanted: int) -> int:
    """Give back the first place from `low` up to `high` whose key at `depth` is above `wanted`, or `high`."""
    while low < high:
        middle = (low + high) // 2
        if keys[middle, depth] <= wanted:
            low = middle + 1
        else:
            high = middle
    return low
