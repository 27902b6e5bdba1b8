"""A partition being improved: classes as chains of tuples, with what each holds."""

from typing import NamedTuple

import numpy as np

from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.search.local.costs import Costs, cell_cost
from sekisho.deid.search.local.fragments import Codes, Counts, Floats, Persons


class Draft(NamedTuple):
    """Classes are numbered from 0 on, and stand in a row (`before`, `after`, −1 at its ends) in which neighbours are alike.

    A class's tuples are a chain: `first[class]`, then `next[tuple]`, −1 at the end. `rows`, `people`, `ranges` (lowest and
    highest code by column), `cells` (cost of its cells) and `histogram` are kept by class; `used[0]` numbers are taken.
    """

    class_of: Counts
    next: Counts
    first: Counts
    before: Counts
    after: Counts
    rows: Counts
    people: Counts
    ranges: Counts
    cells: Floats
    histogram: Counts
    used: Counts


class Room(NamedTuple):
    """Arrays that the moves work in, made once: what is allocated in a step costs more than the step.

    As long as there are tuples: `members`, `target`, `order`, `turned`, `best`, and the costs `heads` and `tails`; `left` holds
    ranges, `histogram` sensitive values.
    """

    members: Counts
    target: Counts
    order: Counts
    turned: Counts
    best: Counts
    heads: Floats
    tails: Floats
    left: Counts
    histogram: Counts


@compiled
def open_room(persons: Persons) -> Room:
    tuples, columns = persons.codes.shape
    return Room(
        np.empty(tuples, dtype=np.int64),
        np.empty(tuples, dtype=np.int64),
        np.empty(tuples, dtype=np.int64),
        np.empty(tuples, dtype=np.int64),
        np.empty(tuples, dtype=np.int64),
        np.empty(tuples),
        np.empty(tuples),
        np.empty((columns, 2), dtype=np.int64),
        np.empty(persons.width, dtype=np.int64),
    )


@compiled
def open_draft(persons: Persons, costs: Costs, order: Counts, begins: Counts) -> Draft:
    """Give back the draft of the classes that begin at `begins` in `order`."""
    tuples, columns = persons.codes.shape
    classes = begins.size
    room = 2 * classes + 64
    draft = Draft(
        np.zeros(tuples, dtype=np.int64),
        np.full(tuples, -1, dtype=np.int64),
        np.full(room, -1, dtype=np.int64),
        np.arange(room) - 1,
        np.arange(room) + 1,
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int64),
        np.zeros((room, columns, 2), dtype=np.int64),
        np.zeros(room),
        np.zeros((room, persons.width), dtype=np.int64),
        np.array([classes]),
    )
    draft.after[classes - 1] = -1
    for one in range(classes):
        empty_class(draft, one)
        end = begins[one + 1] if one + 1 < classes else order.size
        for at in range(end - 1, begins[one] - 1, -1):
            add_tuple(persons, draft, order[at], one)
        draft.cells[one] = cells_of(costs, draft.ranges[one])
    return draft


@inner
def empty_class(draft: Draft, one: int) -> None:
    draft.first[one] = -1
    draft.rows[one] = draft.people[one] = 0
    draft.cells[one] = 0.0
    draft.ranges[one, :, 0] = 1 << 30
    draft.ranges[one, :, 1] = -1
    draft.histogram[one, :] = 0


@inner
def add_tuple(persons: Persons, draft: Draft, one: int, to: int) -> None:
    """Add a tuple that is in no class; the cost of the cells is not brought up to date."""
    draft.class_of[one] = to
    draft.next[one] = draft.first[to]
    draft.first[to] = one
    draft.rows[to] += persons.rows[one]
    draft.people[to] += persons.population[one]
    codes, ranges = persons.codes, draft.ranges
    for column in range(codes.shape[1]):
        code = codes[one, column]
        ranges[to, column, 0] = min(ranges[to, column, 0], code)
        ranges[to, column, 1] = max(ranges[to, column, 1], code)
    for entry in range(persons.begins[one], persons.begins[one + 1]):
        draft.histogram[to, persons.place[entry]] += persons.amount[entry]


@inner
def take_tuple(persons: Persons, draft: Draft, one: int) -> None:
    """Take a tuple out of its class's chain and counts; ranges and cost are not brought up to date."""
    here = draft.class_of[one]
    if draft.first[here] == one:
        draft.first[here] = draft.next[one]
    else:
        at = draft.first[here]
        while draft.next[at] != one:
            at = draft.next[at]
        draft.next[at] = draft.next[one]
    draft.rows[here] -= persons.rows[one]
    draft.people[here] -= persons.population[one]
    for entry in range(persons.begins[one], persons.begins[one + 1]):
        draft.histogram[here, persons.place[entry]] -= persons.amount[entry]


@inner
def cells_of(costs: Costs, ranges: Counts) -> float:
    """Give back what the cells of a class cost; `ranges` of shape (columns, 2)."""
    shape, node, number, scale = costs.shape, costs.node, costs.number, costs.scale
    total = 0.0
    for column in range(ranges.shape[0]):
        total += cell_cost(shape, node, number, scale, column, ranges[column, 0], ranges[column, 1])
    return total


@inner
def drop_class(draft: Draft, one: int) -> None:
    """Take an empty class out of the row."""
    before, after = draft.before[one], draft.after[one]
    if before >= 0:
        draft.after[before] = after
    if after >= 0:
        draft.before[after] = before


@inner
def new_class(draft: Draft, beside: int) -> int:
    """Give back an empty class that stands behind `beside`, or -1 where no number is left."""
    one = draft.used[0]
    if one >= draft.rows.size:
        return -1
    draft.used[0] += 1
    empty_class(draft, one)
    after = draft.after[beside]
    draft.before[one], draft.after[one] = beside, after
    draft.after[beside] = one
    if after >= 0:
        draft.before[after] = one
    return one


@inner
def order_by_code(codes: Codes, members: Counts, column: int, order: Counts) -> None:
    """Make `order` one of `members` in which the codes of `column` rise; equal codes keep their order (Shell 1959)."""
    for at in range(members.size):
        order[at] = at
    gap = 1
    while gap < members.size // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, members.size):
            here = order[at]
            code = codes[members[here], column]
            to = at
            while to >= gap and _stands_behind(codes, members, column, order[to - gap], code, here):
                order[to] = order[to - gap]
                to -= gap
            order[to] = here
        gap //= 3


@inner
def _stands_behind(codes: Codes, members: Counts, column: int, other: int, code: int, here: int) -> bool:
    theirs = codes[members[other], column]
    return theirs > code or (theirs == code and other > here)
