"""Top-down local recoding: a fragment is cut along the ladder of the column that gains most per nat, until no cut is left.

LeFevre, DeWitt and Ramakrishnan 2006 (Mondrian) cut at medians; here the cut follows the ladder, children that break a
demand are gathered in a rest that keeps the parent's label, and labels are narrowed to what a fragment holds.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.search.demands import Demands, counts_suffice
from sekisho.deid.search.local.costs import BEFORE, NODES, VALUES, Costs, cell_cost, class_cost, level_of
from sekisho.deid.search.local.desk import (
    ALONE,
    HIGH,
    LOW,
    PEOPLE,
    ROWS,
    clear_desk,
    count_children,
    count_values,
    decide,
    decide_by_rows,
    lay_out,
    measure,
    sort_first,
)

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_WIDE = 2  # values a tuple: where ranges are wider, walking them takes longer than looking at each tuple
_TABLE_OF_NATS = 1_024
_LEAST_GAIN = 1e-9  # of the fragment's cost
_HALF_A_NAT = 0.5  # what every cut is taken to spend beside its own entropy, so that tiny cuts do not look cheap


class Persons(NamedTuple):
    """Who stands behind the tuples: `codes` of shape (tuples, columns), `rows`, `population`, and sensitive values.

    Tuple t has `amount[i]` rows with the value at place `place[i]` of a class's histogram, for i from `begins[t]` to
    `begins[t + 1]`; a histogram has `width` places.
    """

    codes: Codes
    rows: Counts
    population: Counts
    begins: Counts
    place: Counts
    amount: Counts
    width: int


@compiled
def cut_all(persons: Persons, costs: Costs, demands: Demands, largest: int, order: Counts) -> Counts:
    """Sort `order` (numbers of tuples) by fragment and give back where each begins.

    Fragments of at most `largest` tuples are left whole, all others are cut as long as a cut gains; with `largest` 0 the
    fragments are the classes.
    """
    columns = persons.codes.shape[1]
    nodes = costs.shape[:, VALUES].max()
    desk, touched = np.zeros((nodes, 6), dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    by_counts = counts_suffice(demands, persons.width)
    slots = 1 if by_counts else min(nodes, order.size) + 1
    histogram, rest = np.zeros((slots, persons.width), dtype=np.int64), np.zeros(persons.width, dtype=np.int64)
    begins, spare = np.empty(order.size + 1, dtype=np.int64), np.empty(order.size, dtype=np.int64)
    stack, pieces = np.empty((order.size + 2, 2), dtype=np.int64), np.empty((order.size + 2, 2), dtype=np.int64)
    closed = np.zeros((order.size + 2, columns), dtype=np.bool_)
    ranges, live = np.empty((columns, 2), dtype=np.int64), np.empty(columns, dtype=np.int64)
    simple = by_counts and demands.least_population <= 1
    seen = np.zeros(costs.shape[:, VALUES].sum() if simple else 0, dtype=np.int64)
    nats = np.array([one * np.log(max(one, 1)) for one in range(_TABLE_OF_NATS)])
    depth, found, stack[0, 0], stack[0, 1] = 1, 0, 0, order.size
    while depth > 0:
        depth -= 1
        begin, end = stack[depth, 0], stack[depth, 1]
        column = -1
        if end - begin > largest:
            column = _best_column(
                persons, costs, demands, order[begin:end], closed[depth], live, ranges, desk, touched, histogram, rest, seen, nats
            )  # fmt: skip
        count = 0
        if column >= 0:
            count = _cut(
                persons, costs, demands, order[begin:end], column, ranges, desk, touched, histogram, rest, spare, pieces
            )
        if count < 2:  # nothing is parted: a class
            begins[found], found = begin, found + 1
            continue
        depth = _push(stack, closed, pieces, count, begin, depth)
    return begins[:found].copy()


@inner
def _push(stack: Counts, closed: Bools, pieces: Counts, count: int, begin: int, depth: int) -> int:
    """Lay the pieces of the fragment at `depth` down, the first uppermost, with its closed columns; give back the depth."""
    for piece in range(count):
        at = depth + count - 1 - piece
        stack[at, 0], stack[at, 1] = begin + pieces[piece, 0], begin + pieces[piece, 1]
        for column in range(closed.shape[1]):
            closed[at, column] = closed[depth, column]
    return depth + count


@inner
def _best_column(
    persons: Persons,
    costs: Costs,
    demands: Demands,
    order: Counts,
    closed: Bools,
    live: Counts,
    ranges: Counts,
    desk: Counts,
    touched: Counts,
    histogram: Counts,
    rest: Counts,
    seen: Counts,
    nats: Floats,
) -> int:
    """Give back the column whose cut gains most for what it spends, or -1; `ranges` become the fragment's.

    A fragment can be cut until about ln(rows / k) nats are spent; a cut spends the entropy of its children's sizes. So the
    gain is judged per nat (Quinlan 1993, C4.5, section 2.2: the gain ratio). What the other columns cost is the same before
    and after. Columns that cannot be cut here nor in any part of the fragment become `closed`.
    """
    shape, node, number, scale, by = costs.shape, costs.node, costs.number, costs.scale, costs.by
    open_columns = _open(closed, live)
    rows = measure(persons.codes, persons.rows, order, live[:open_columns], ranges)
    least = demands.least_rows
    if rows == 0 or (least > 1 and rows < 2 * least):
        return -1
    dense = seen.size > 0 and _see(persons.codes, persons.rows, shape, order, live[:open_columns], ranges, seen)
    best, chosen = 0.0, -1
    for column in live[:open_columns]:
        low, high = ranges[column, 0], ranges[column, 1]
        if level_of(shape, node, column, low, high) == 0:  # one value, or several that a ladder codes as one
            closed[column] = True
            continue
        before = class_cost(by, rows, cell_cost(shape, node, number, scale, column, low, high))
        if dense:
            after, spent = _cost_seen(seen, nats, shape, node, number, scale, by, column, low, high, least)
        else:
            after, spent = _cost_cut(
                persons, costs, demands, order, column, ranges, desk, touched, histogram, rest, nats
            )
        gain = before - after
        if gain > _LEAST_GAIN * max(1.0, abs(before)):
            score = gain / (rows * _HALF_A_NAT + _nats(rows, nats) - spent)
            if score > best:
                best, chosen = score, column
        elif spent < 0:
            closed[column] = True
    if dense:
        _forget(shape, live[:open_columns], ranges, seen)
    return chosen


@inner
def _nats(rows: int, nats: Floats) -> float:
    """Give back r ln r, from a table where it is small."""
    return nats[rows] if rows < nats.size else rows * np.log(rows)


@inner
def _open(closed: Bools, live: Counts) -> int:
    """List the columns that are not closed in `live`; give back how many."""
    count = 0
    for column in range(closed.size):
        if not closed[column]:
            live[count] = column
            count += 1
    return count


@inner
def _cost_cut(
    persons: Persons,
    costs: Costs,
    demands: Demands,
    order: Counts,
    column: int,
    ranges: Counts,
    desk: Counts,
    touched: Counts,
    histogram: Counts,
    rest: Counts,
    nats: Floats,
) -> tuple[float, float]:
    """Give back the cost after the cut of `column` and Σ r ln r; infinite where it cannot be."""
    shape, node = costs.shape, costs.node
    level = level_of(shape, node, column, ranges[column, 0], ranges[column, 1]) - 1
    begin = shape[column, NODES] + level * shape[column, VALUES]
    found = count_children(persons.codes, persons.rows, persons.population, order, column, node, begin, desk, touched)
    by_counts = counts_suffice(demands, persons.width)
    if by_counts:
        alone = decide_by_rows(demands.least_rows, demands.least_population, found, desk, touched)
    else:
        count_values(
            persons.codes, persons.begins, persons.place, persons.amount, order, column, node, begin, desk, histogram
        )
        alone = decide(demands, found, desk, touched, histogram, rest)
    after = (np.inf, _hope(demands, found, desk, touched) if by_counts else 0.0)
    if alone > 0:
        after = _cost_of_children(costs, column, found, desk, touched, nats)
    clear_desk(found, desk, touched, histogram)
    return after


@inner
def _see(
    codes: Codes, weights: Counts, shape: Counts, order: Counts, live: Counts, ranges: Counts, seen: Counts
) -> bool:
    """Count rows by value for all columns at once, unless the ranges are too wide for so few tuples."""
    wide = 0
    for column in live:
        wide += ranges[column, 1] - ranges[column, 0]
    if wide > _WIDE * live.size * order.size:
        return False
    for one in order:
        rows = weights[one]
        for column in live:
            seen[shape[column, BEFORE] + codes[one, column]] += rows
    return True


@inner
def _cost_seen(
    seen: Counts,
    nats: Floats,
    shape: Counts,
    node: Codes,
    number: Floats,
    scale: Floats,
    by: Floats,
    column: int,
    low: int,
    high: int,
    least: int,
) -> tuple[float, float]:
    """Give back the cost after the cut of `column`, from the rows by value, and Σ r ln r over the children's rows r.

    The cost is infinite where no child can stand alone, and the sum −1 where none is large enough, here or in any part.
    The same as `count_children`, `decide_by_rows` and `_cost_of_children`, in one walk that writes nothing down.
    """
    first = shape[column, BEFORE]
    begin = shape[column, NODES] + (level_of(shape, node, column, low, high) - 1) * shape[column, VALUES]
    total, spent, alone = 0.0, 0.0, 0
    rest, rest_low, rest_high = 0, 1 << 30, -1
    least_rows, least_cost, least_low, least_high = 1 << 60, 0.0, 0, 0
    code = low
    while code <= high:
        rows, child_low, child_high, code = _next_child(seen, first, node, begin, code, high)
        if rows == 0:
            continue
        if rows < least:
            rest += rows
            rest_low, rest_high = min(rest_low, child_low), child_high
            continue
        own = class_cost(by, rows, cell_cost(shape, node, number, scale, column, child_low, child_high))
        alone += 1
        total += own
        spent += _nats(rows, nats)
        if rows < least_rows:
            least_rows, least_cost, least_low, least_high = rows, own, child_low, child_high
    if alone == 0:
        return np.inf, -1.0
    if rest > 0 and rest < least:
        rest += least_rows
        rest_low, rest_high = min(rest_low, least_low), max(rest_high, least_high)
        total -= least_cost
        spent -= _nats(least_rows, nats)
        alone -= 1
    if alone == 0:
        return np.inf, 0.0
    if rest > 0:
        total += class_cost(by, rest, cell_cost(shape, node, number, scale, column, rest_low, rest_high))
        spent += _nats(rest, nats)
    return total, spent


@inner
def _next_child(seen: Counts, first: int, node: Codes, begin: int, code: int, high: int) -> tuple[int, int, int, int]:
    """Give back the rows, lowest and highest code of the child that begins at `code`, and where the next one begins."""
    child = node[begin + code]
    rows, child_low, child_high = 0, high, -1
    while code <= high and node[begin + code] == child:
        here = seen[first + code]
        if here > 0:
            rows += here
            child_low, child_high = min(child_low, code), code
        code += 1
    return rows, child_low, child_high, code


@inner
def _forget(shape: Counts, live: Counts, ranges: Counts, seen: Counts) -> None:
    for column in live:
        for code in range(ranges[column, 0], ranges[column, 1] + 1):
            seen[shape[column, BEFORE] + code] = 0


@inner
def _hope(demands: Demands, found: int, desk: Counts, touched: Counts) -> float:
    """Give back −1 where no child is large enough: then none is in any part of the fragment either."""
    for at in range(found):
        child = touched[at]
        if desk[child, ROWS] >= demands.least_rows and desk[child, PEOPLE] >= demands.least_population:
            return 0.0
    return -1.0


@inner
def _cost_of_children(
    costs: Costs, column: int, found: int, desk: Counts, touched: Counts, nats: Floats
) -> tuple[float, float]:
    """Give back the cost after the cut and Σ r ln r, the other columns aside."""
    shape, node, number, scale, by = costs.shape, costs.node, costs.number, costs.scale, costs.by
    total, spent = 0.0, 0.0
    rest, rest_low, rest_high = 0, 1 << 30, -1
    for at in range(found):
        child = touched[at]
        low, high = desk[child, LOW], desk[child, HIGH]
        if desk[child, ALONE] == 1:
            spent += _nats(desk[child, ROWS], nats)
            total += class_cost(by, desk[child, ROWS], cell_cost(shape, node, number, scale, column, low, high))
        else:
            rest += desk[child, ROWS]
            rest_low, rest_high = min(rest_low, low), max(rest_high, high)
    if rest > 0:
        spent += _nats(rest, nats)
        total += class_cost(by, rest, cell_cost(shape, node, number, scale, column, rest_low, rest_high))
    return total, spent


@inner
def _cut(
    persons: Persons,
    costs: Costs,
    demands: Demands,
    order: Counts,
    column: int,
    ranges: Counts,
    desk: Counts,
    touched: Counts,
    histogram: Counts,
    rest: Counts,
    spare: Counts,
    pieces: Counts,
) -> int:
    """Sort the fragment by child, the rest last; give back how many `pieces` (begin, end) it fell into."""
    codes, node, shape = persons.codes, costs.node, costs.shape
    level = level_of(shape, node, column, ranges[column, 0], ranges[column, 1]) - 1
    begin = shape[column, NODES] + level * shape[column, VALUES]
    found = count_children(codes, persons.rows, persons.population, order, column, node, begin, desk, touched)
    if counts_suffice(demands, persons.width):
        decide_by_rows(demands.least_rows, demands.least_population, found, desk, touched)
    else:
        count_values(
            persons.codes, persons.begins, persons.place, persons.amount, order, column, node, begin, desk, histogram
        )
        decide(demands, found, desk, touched, histogram, rest)
    sort_first(touched, found)
    count = lay_out(codes, order, column, node, begin, desk, touched[:found], pieces)
    for at in range(order.size):
        spare[at] = order[at]
    tail = pieces[count, 0]
    for at in range(order.size):
        child = node[begin + codes[spare[at], column]]
        if desk[child, ALONE] == 1:
            order[desk[child, HIGH]] = spare[at]
            desk[child, HIGH] += 1
        else:
            order[tail] = spare[at]
            tail += 1
    rested = pieces[count, 0] < order.size
    clear_desk(found, desk, touched, histogram)
    return count + 1 if rested else count
