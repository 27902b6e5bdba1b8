"""Refinement, second move: a class, or two neighbours together, are cut anew where that costs least."""

import numpy as np

from sekisho.deid.passes.compiled import inner
from sekisho.deid.search.demands import Demands, broken, counts_suffice
from sekisho.deid.search.local.costs import Costs, cell_cost, class_cost
from sekisho.deid.search.local.draft import (
    Draft,
    Room,
    add_tuple,
    cells_of,
    empty_class,
    new_class,
    order_by_code,
)
from sekisho.deid.search.local.fragments import Counts, Floats, Persons

_LEAST_SAVING = 1e-9


@inner
def cut_class(
    persons: Persons, costs: Costs, demands: Demands, draft: Draft, room: Room, here: int
) -> tuple[bool, int]:
    """Cut class `here` in two if that saves; give back whether it did, and the steps taken."""
    if draft.rows[here] < 2 * demands.least_rows or draft.next[draft.first[here]] < 0:
        return False, 0
    members = room.members[: _list_members(draft, here, -1, room.members)]
    place, cost = _best_cut(persons, costs, demands, members, room)
    steps = members.size * persons.codes.shape[1]
    if cost >= class_cost(costs.by, draft.rows[here], draft.cells[here]) - _LEAST_SAVING:
        return False, steps
    there = new_class(draft, here)
    if there < 0:
        return False, steps
    _lay(persons, costs, draft, members, room.best, place, here, there)
    return True, steps


@inner
def cut_pair(persons: Persons, costs: Costs, demands: Demands, draft: Draft, room: Room, here: int, window: int) -> int:
    """Join class `here` with the neighbour that is most alike and cut both anew if that saves; give back the steps."""
    there, steps = _most_alike(costs, draft, here, window)
    if there < 0:
        return steps
    members = room.members[: _list_members(draft, here, there, room.members)]
    place, cost = _best_cut(persons, costs, demands, members, room)
    now = class_cost(costs.by, draft.rows[here], draft.cells[here]) + class_cost(
        costs.by, draft.rows[there], draft.cells[there]
    )
    if cost < now - _LEAST_SAVING:
        _lay(persons, costs, draft, members, room.best, place, here, there)
    return steps + members.size * persons.codes.shape[1]


@inner
def _best_cut(persons: Persons, costs: Costs, demands: Demands, members: Counts, room: Room) -> tuple[int, float]:
    """Give back how many of `members`, in the order `room.best`, come first, and what the two classes cost.

    Every column's order is tried, and every place in it where both sides keep the demands; infinite for none.
    """
    codes, size = persons.codes, members.size
    order, turned, heads, tails = room.order[:size], room.turned[:size], room.heads, room.tails
    best_place, best = 0, np.inf
    for column in range(codes.shape[1]):
        order_by_code(codes, members, column, order)
        if codes[members[order[0]], column] == codes[members[order[-1]], column]:
            continue
        for at in range(size):
            turned[at] = order[size - 1 - at]
        if counts_suffice(demands, persons.width):
            _running_rows(persons, costs, demands, members, order, room.left, heads)
            _running_rows(persons, costs, demands, members, turned, room.left, tails)
        else:
            _running(persons, costs, demands, members, order, room, heads)
            _running(persons, costs, demands, members, turned, room, tails)
        improved = False
        for place in range(1, size):
            cost = heads[place - 1] + tails[size - place - 1]
            if cost < best:
                best_place, best, improved = place, cost, True
        if improved:
            for at in range(size):
                room.best[at] = order[at]
    return best_place, best


@inner
def _running_rows(
    persons: Persons, costs: Costs, demands: Demands, members: Counts, order: Counts, ranges: Counts, out: Floats
) -> None:
    """Make `out[i]` the cost of the class of the first i + 1 members in `order`; infinite where it breaks a demand."""
    rows = people = 0
    _nothing(ranges)
    for at in range(order.size):
        one = members[order[at]]
        rows += persons.rows[one]
        people += persons.population[one]
        cells = _widen(persons, costs, ranges, one)
        kept = rows >= demands.least_rows and people >= demands.least_population
        out[at] = class_cost(costs.by, rows, cells) if kept else np.inf


@inner
def _running(
    persons: Persons, costs: Costs, demands: Demands, members: Counts, order: Counts, room: Room, out: Floats
) -> None:
    """As `_running_rows`, where counts do not suffice."""
    rows = people = 0
    histogram = room.histogram
    _nothing(room.left)
    for place in range(histogram.size):
        histogram[place] = 0
    for at in range(order.size):
        one = members[order[at]]
        rows += persons.rows[one]
        people += persons.population[one]
        cells = _widen(persons, costs, room.left, one)
        for entry in range(persons.begins[one], persons.begins[one + 1]):
            histogram[persons.place[entry]] += persons.amount[entry]
        out[at] = class_cost(costs.by, rows, cells) if broken(demands, histogram, rows, people) < 0 else np.inf


@inner
def _nothing(ranges: Counts) -> None:
    for column in range(ranges.shape[0]):
        ranges[column, 0], ranges[column, 1] = 1 << 30, -1


@inner
def _widen(persons: Persons, costs: Costs, ranges: Counts, one: int) -> float:
    """Take the tuple into `ranges`, and give back what a class's cells then cost."""
    codes = persons.codes
    shape, node, number, scale = costs.shape, costs.node, costs.number, costs.scale
    cells = 0.0
    for column in range(ranges.shape[0]):
        code = codes[one, column]
        ranges[column, 0] = min(ranges[column, 0], code)
        ranges[column, 1] = max(ranges[column, 1], code)
        cells += cell_cost(shape, node, number, scale, column, ranges[column, 0], ranges[column, 1])
    return cells


@inner
def _most_alike(costs: Costs, draft: Draft, here: int, window: int) -> tuple[int, int]:
    """Give back the class within `window` places that costs least to join (-1: none), and how many were looked at."""
    shape, node, number, scale, by = costs.shape, costs.node, costs.number, costs.scale, costs.by
    ranges, rows = draft.ranges, draft.rows
    best, least, steps = -1, np.inf, 0
    for way in range(2):
        to = here
        for _ in range(window):
            to = draft.before[to] if way == 0 else draft.after[to]
            if to < 0:
                break
            steps += 1
            cells = 0.0
            for column in range(ranges.shape[1]):
                low = min(ranges[here, column, 0], ranges[to, column, 0])
                high = max(ranges[here, column, 1], ranges[to, column, 1])
                cells += cell_cost(shape, node, number, scale, column, low, high)
            added = class_cost(by, rows[here] + rows[to], cells) - class_cost(by, rows[to], draft.cells[to])
            if added < least:
                best, least = to, added
    return best, steps


@inner
def _list_members(draft: Draft, here: int, there: int, members: Counts) -> int:
    """List the tuples of one class, or of two, in `members`; give back how many there are."""
    count = 0
    for turn in range(2):
        one = here if turn == 0 else there
        at = draft.first[one] if one >= 0 else -1
        while at >= 0:
            members[count] = at
            count += 1
            at = draft.next[at]
    return count


@inner
def _lay(
    persons: Persons, costs: Costs, draft: Draft, members: Counts, order: Counts, place: int, here: int, there: int
) -> None:
    """Put the first `place` members in `order` into class `here`, the others into class `there`."""
    empty_class(draft, here)
    empty_class(draft, there)
    for at in range(members.size):
        add_tuple(persons, draft, members[order[at]], here if at < place else there)
    draft.cells[here] = cells_of(costs, draft.ranges[here])
    draft.cells[there] = cells_of(costs, draft.ranges[there])
