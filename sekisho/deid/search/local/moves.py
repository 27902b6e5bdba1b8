"""Refinement, first move: a tuple goes to the neighbouring class where it costs less; a class dissolves if that saves."""

import numpy as np

from sekisho.deid.passes.compiled import inner
from sekisho.deid.search.demands import Demands, broken, counts_suffice, enough
from sekisho.deid.search.local.costs import Costs, cell_cost, class_cost
from sekisho.deid.search.local.draft import Draft, Room, add_tuple, cells_of, drop_class, empty_class, take_tuple
from sekisho.deid.search.local.fragments import Codes, Counts, Floats, Persons

_LEAST_SAVING = 1e-9


@inner
def move_tuples(
    persons: Persons, costs: Costs, demands: Demands, draft: Draft, room: Room, here: int, window: int
) -> int:
    """Move tuples of class `here` to classes at most `window` places away where that saves; give back the steps taken."""
    steps = 0
    left = room.left
    one = draft.first[here]
    while one >= 0:
        following = draft.next[one]
        rows = persons.rows[one]
        if _can_leave(persons, demands, draft, room, one, here):
            to, added, seen = best_class(persons.codes, rows, costs, draft, one, here, window)
            steps += seen
            if to >= 0:
                _ranges_without(persons, draft, one, here, left)
                cells = cells_of(costs, left)
                saved = class_cost(costs.by, draft.rows[here], draft.cells[here]) - class_cost(
                    costs.by, draft.rows[here] - rows, cells
                )
                if saved - added > _LEAST_SAVING and _can_enter(persons, demands, draft, room, one, to):
                    take_tuple(persons, draft, one)
                    _set_ranges(draft.ranges, here, left)
                    draft.cells[here] = cells
                    add_tuple(persons, draft, one, to)
                    draft.cells[to] = cells_of(costs, draft.ranges[to])
        one = following
    return steps


@inner
def dissolve(persons: Persons, costs: Costs, demands: Demands, draft: Draft, room: Room, here: int, window: int) -> int:
    """Give every tuple of class `here` to a neighbour if that saves; give back the steps taken.

    Only where `counts_suffice`: sensitive values, or too many rows, could break the class that takes them.
    """
    steps, count, total = 0, 0, 0.0
    limit = class_cost(costs.by, draft.rows[here], draft.cells[here])
    one = draft.first[here]
    while one >= 0:
        room.members[count] = one
        room.target[count], added, seen = best_class(persons.codes, persons.rows[one], costs, draft, one, here, window)
        steps += seen
        total += added
        if room.target[count] < 0 or total >= limit - _LEAST_SAVING:
            return steps
        if not _has_enough(persons, demands, draft, one, room.target[count]):
            return steps
        one = draft.next[one]
        count += 1
    for at in range(count):
        to = room.target[at]
        add_tuple(persons, draft, room.members[at], to)
        draft.cells[to] = cells_of(costs, draft.ranges[to])
    empty_class(draft, here)
    drop_class(draft, here)
    return steps


@inner
def best_class(
    codes: Codes, rows: int, costs: Costs, draft: Draft, one: int, here: int, window: int
) -> tuple[int, float, int]:
    """Give back the neighbour that `one` costs least in (-1: none), what it adds there, and how many were looked at."""
    shape, node, number, scale, by = costs.shape, costs.node, costs.number, costs.scale, costs.by
    before, after, all_ranges, sizes, cells = draft.before, draft.after, draft.ranges, draft.rows, draft.cells
    best, least, seen = -1, np.inf, 0
    for way in range(2):
        to = here
        for _ in range(window):
            to = before[to] if way == 0 else after[to]
            if to < 0:
                break
            seen += 1
            was = class_cost(by, sizes[to], cells[to])
            total = _cells_with(
                codes, one, shape, node, number, scale, all_ranges, to, _most(by, sizes[to] + rows, least + was)
            )
            added = class_cost(by, sizes[to] + rows, total) - was
            if added < least:
                best, least = to, added
    return best, least, seen


@inner
def _most(by: Floats, rows: int, cost: float) -> float:
    """Give back what the cells may cost at most so that the class of `rows` rows costs no more than `cost`."""
    return (cost + by[2] - by[1] * rows * rows) / (by[0] * max(rows, 1))


@inner
def _cells_with(
    codes: Codes,
    one: int,
    shape: Counts,
    node: Codes,
    number: Floats,
    scale: Floats,
    ranges: Counts,
    to: int,
    most: float,
) -> float:
    """Give back the cost of the cells of class `to` with the tuple in it; stops counting above `most`."""
    total = 0.0
    for column in range(codes.shape[1]):
        code = codes[one, column]
        low, high = min(ranges[to, column, 0], code), max(ranges[to, column, 1], code)
        total += cell_cost(shape, node, number, scale, column, low, high)
        if total > most:
            return np.inf
    return total


@inner
def _can_leave(persons: Persons, demands: Demands, draft: Draft, room: Room, one: int, here: int) -> bool:
    rows, people = draft.rows[here] - persons.rows[one], draft.people[here] - persons.population[one]
    if rows < demands.least_rows or people < demands.least_population or rows == 0:
        return False
    return counts_suffice(demands, persons.width) or _keeps_values(
        persons, demands, draft, room, one, here, rows, people, -1
    )


@inner
def _can_enter(persons: Persons, demands: Demands, draft: Draft, room: Room, one: int, to: int) -> bool:
    if counts_suffice(demands, persons.width):
        return _has_enough(persons, demands, draft, one, to)
    rows, people = draft.rows[to] + persons.rows[one], draft.people[to] + persons.population[one]
    return _keeps_values(persons, demands, draft, room, one, to, rows, people, 1)


@inner
def _has_enough(persons: Persons, demands: Demands, draft: Draft, one: int, to: int) -> bool:
    """Say whether class `to` has enough with the tuple: one of the population alone had no rows, and begins to be released."""
    return enough(demands, draft.rows[to] + persons.rows[one], draft.people[to] + persons.population[one])


@inner
def _keeps_values(
    persons: Persons, demands: Demands, draft: Draft, room: Room, one: int, here: int, rows: int, people: int, sign: int
) -> bool:
    """Say whether class `here` keeps the demands with (`sign` 1) or without (−1) the tuple."""
    histogram = room.histogram
    for place in range(histogram.size):
        histogram[place] = draft.histogram[here, place]
    for entry in range(persons.begins[one], persons.begins[one + 1]):
        histogram[persons.place[entry]] += sign * persons.amount[entry]
    return broken(demands, histogram, rows, people) < 0


@inner
def _set_ranges(ranges: Counts, here: int, left: Counts) -> None:
    for column in range(left.shape[0]):
        ranges[here, column, 0], ranges[here, column, 1] = left[column, 0], left[column, 1]


@inner
def _ranges_without(persons: Persons, draft: Draft, one: int, here: int, left: Counts) -> None:
    """Make `left` the ranges of class `here` without the tuple."""
    codes, following = persons.codes, draft.next
    for column in range(codes.shape[1]):
        left[column, 0], left[column, 1] = 1 << 30, -1
    at = draft.first[here]
    while at >= 0:
        if at != one:
            for column in range(codes.shape[1]):
                code = codes[at, column]
                left[column, 0] = min(left[column, 0], code)
                left[column, 1] = max(left[column, 1], code)
        at = following[at]
