"""How many rows look like each row, counted on the cells themselves.

Written apart from the search on purpose: it sorts rows column by column where the search packs keys, so that one checks
the other.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.table import Codes, Column, Table

Sizes = npt.NDArray[np.int64]
Order = npt.NDArray[np.integer]
Depths = npt.NDArray[np.int16]  # a table may have 1,000 columns


def sizes_of_classes(table: Table, names: Sequence[str]) -> Sizes:
    """Give back the rows of each class of rows alike in the columns `names`; `*` is a value like any other.

    Costs one counting sort per column: 10 million rows of 8 columns in about 2 s, and 8 bytes a row beside the table.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39", "30-39", "30-39", "40-49", "40-49", "50-59"], sex=["F", "F", "M", "M", "M", "F"])
    >>> sorted(sizes_of_classes(table, ["age", "sex"]).tolist())
    [1, 1, 2, 2]
    """
    columns = [table.column(name) for name in names]
    if not columns or not len(columns[0]):
        return np.zeros(0, dtype=np.int64)
    return _sizes(_depths(_sorted(columns), columns) < len(columns))


def least_alike_with_wildcards(table: Table, names: Sequence[str]) -> int:
    """Give back the least number of rows that a row could be, where `*` may stand for any value.

    Rows match when in every column they are equal or one of them is `*`. No row matches fewer rows than are equal to
    it, so this is never below the strict count, and classes at least as large as the least count so far need no look.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39", "*", "30-39", "40-49", "*", "40-49"])
    >>> least_alike_with_wildcards(table, ["age"])
    4
    """
    columns = [table.column(name) for name in names]
    if not columns or not len(columns[0]):
        return 0
    if not any(_starred_rows(one) for one in columns):
        return int(sizes_of_classes(table, names).min())
    # Columns with few `*` come first: there a walk down the tree has one way to go.
    columns.sort(key=lambda one: (_starred_rows(one), -len(one.values)))
    tree = _grow(columns)
    small = np.argsort(tree.rows, kind="stable")[:_FIRST]
    return int(_least(tree, np.arange(tree.rows.size), _least(tree, small, len(columns[0]))))


class _Tree(NamedTuple):
    """The classes in lexicographic order, and the tree of their prefixes.

    `cells[class][depth]`, `rows[class]`, `rows_before[class]` (one more than classes), `star[depth]` (the code of `*`,
    -1 where the column has none). A node stands for a prefix: it ends in the cell `code[n]`, holds the classes from
    `begin[n]` up to `end[n]`, and its children are the nodes from `child[n]` up to `child_end[n]`. Nodes of few classes
    have none. The `roots` first nodes are those of one cell.
    """

    cells: npt.NDArray[np.int32]
    rows: Sizes
    rows_before: Sizes
    star: Codes
    roots: int
    code: Codes
    begin: Sizes
    end: Sizes
    child: Sizes
    child_end: Sizes


_FIRST = 1_000  # smallest classes that are looked at before all others: they lower what the others have to reach
_FEW = 8  # classes that are looked at one by one rather than further down the tree


def _starred_rows(column: Column) -> int:
    return int(column.counts[column.values.index(TOP)]) if TOP in column.values else 0


def _grow(columns: Sequence[Column]) -> _Tree:
    order = _sorted(columns)
    depths = _depths(order, columns)
    rows = _sizes(depths < len(columns))
    first = order[depths < len(columns)]
    cells = np.stack([one.codes[first] for one in columns], axis=1)
    begin, end = _nodes(depths[depths < len(columns)], len(columns))
    offset = np.cumsum([0, *(one.size for one in begin)])
    child, child_end = (
        [offset[depth] + np.searchsorted(begin[depth], one) for depth, one in enumerate(bounds[:-1], 1)]
        for bounds in (begin, end)
    )
    leaves = np.zeros(begin[-1].size, dtype=np.int64)
    return _Tree(
        cells=cells,
        rows=rows,
        rows_before=np.concatenate([[0], np.cumsum(rows)]).astype(np.int64),
        star=np.array([one.values.index(TOP) if TOP in one.values else -1 for one in columns], dtype=np.int32),
        roots=begin[0].size,
        code=np.concatenate([cells[one, depth] for depth, one in enumerate(begin)]),
        begin=np.concatenate(begin),
        end=np.concatenate(end),
        child=np.concatenate([*child, leaves]),
        child_end=np.concatenate([*child_end, leaves]),
    )


def _nodes(depths: Depths, columns: int) -> tuple[list[Sizes], list[Sizes]]:
    """Give back, depth by depth, with which class each node begins and before which it ends.

    `depths[class]` is the first column in which a class differs from the one before it.
    """
    begins, ends = [], []
    large = np.ones(depths.size, dtype=np.bool_)  # by class: whether the node above has children
    for depth in range(columns):
        begin = np.flatnonzero(depths <= depth)
        size = np.diff(np.append(begin, depths.size))
        kept = large[begin]
        begins.append(begin[kept].astype(np.int64))
        ends.append((begin + size)[kept].astype(np.int64))
        large = np.repeat(size > _FEW, size)
    return begins, ends


@compiled
def _least(tree: _Tree, classes: Sizes, least: int) -> int:
    """Give back the least number of rows that one of `classes` matches, or `least` where all match more."""
    stack = np.empty((2 * tree.star.size + 3, 3), dtype=np.int64)
    for one in classes:
        if tree.rows[one] < least:
            least = min(least, _matching(tree, one, least, stack))
    return least


@compiled
def _matching(tree: _Tree, one: int, enough: int, stack: Sizes) -> int:
    """Give back the rows that class `one` matches, or `enough` where they are no fewer.

    `stack` holds siblings yet to be visited: from, up to, at depth.
    """
    depths = tree.star.size
    whole = depths  # from this depth on the class has `*` alone, and matches whatever stands there
    while whole > 0 and tree.cells[one, whole - 1] == tree.star[whole - 1]:
        whole -= 1
    if whole == 0:
        return enough
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, tree.roots, 0
    size, found = 1, 0
    while size > 0 and found < enough:
        size -= 1
        low, high, depth = stack[size, 0], stack[size, 1], stack[size, 2]
        wanted, star = tree.cells[one, depth], tree.star[depth]
        if wanted == star:
            if low + 1 < high:
                stack[size, 0], stack[size, 1], stack[size, 2] = low + 1, high, depth
                size += 1
            size, found = _enter(tree, one, low, depth, whole, stack, size, found)
            continue
        equal = _with_code(tree.code, low, high, wanted)
        if equal >= 0:
            size, found = _enter(tree, one, equal, depth, whole, stack, size, found)
        starred = _with_code(tree.code, low, high, star) if star >= 0 else -1
        if starred >= 0:
            size, found = _enter(tree, one, starred, depth, whole, stack, size, found)
    return int(min(found, enough))


@compiled
def _enter(
    tree: _Tree, one: int, node: int, depth: int, whole: int, stack: Sizes, size: int, found: int
) -> tuple[int, int]:
    """Count what lies under a node that matches so far, or put its children on the stack; give back size and rows."""
    begin, end = tree.begin[node], tree.end[node]
    if depth + 1 >= whole:
        return size, found + tree.rows_before[end] - tree.rows_before[begin]
    if end - begin > _FEW:
        stack[size, 0], stack[size, 1], stack[size, 2] = tree.child[node], tree.child_end[node], depth + 1
        return size + 1, found
    return size, found + _rows_alike(tree, one, begin, end, depth + 1, whole)


@compiled
def _rows_alike(tree: _Tree, one: int, begin: int, end: int, depth: int, whole: int) -> int:
    """Give back the rows of the classes from `begin` up to `end` that class `one` matches from `depth` on."""
    cells, star, rows = tree.cells, tree.star, 0
    for other in range(begin, end):
        alike = True
        for below in range(depth, whole):
            ours, theirs = cells[one, below], cells[other, below]
            if ours != theirs and ours != star[below] and theirs != star[below]:
                alike = False
                break
        if alike:
            rows += tree.rows[other]
    return rows


@compiled
def _with_code(codes: Codes, low: int, high: int, wanted: int) -> int:
    """Give back which of the siblings `low` up to `high` ends in the cell `wanted`, or -1; their codes rise."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if codes[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < end and codes[low] == wanted else -1


def _sorted(columns: Sequence[Column]) -> Order:
    """Give back the rows in lexicographic order of their codes, the first column weighing most."""
    rows = len(columns[0])
    order: Order = np.arange(rows, dtype=np.int32 if rows < 2**31 else np.int64)
    for one in reversed(columns):
        order = _sorted_by(order, one.codes, one.counts)
    return order


@compiled
def _sorted_by(order: Order, codes: Codes, counts: Sizes) -> Order:
    """Give back `order` sorted by the code of each row; rows with the same code keep their order."""
    place = np.zeros(counts.size, dtype=np.int64)
    for code in range(1, counts.size):
        place[code] = place[code - 1] + counts[code - 1]
    after = np.empty_like(order)
    for row in order:
        code = codes[row]
        after[place[code]] = row
        place[code] += 1
    return after


def _depths(order: Order, columns: Sequence[Column]) -> Depths:
    """Give back for each place in `order` the first column that differs from the row before; their number if none."""
    depths = np.full(order.size, len(columns), dtype=np.int16)
    depths[0] = 0
    for depth, one in reversed(list(enumerate(columns))):
        _mark_changes(order, one.codes, depth, depths)
    return depths


@compiled
def _mark_changes(order: Order, codes: Codes, depth: int, depths: Depths) -> None:
    before = codes[order[0]]
    for place in range(1, order.size):
        here = codes[order[place]]
        if here != before:
            depths[place] = depth
        before = here


def _sizes(begins: npt.NDArray[np.bool_]) -> Sizes:
    return np.diff(np.append(np.flatnonzero(begins), begins.size)).astype(np.int64)
