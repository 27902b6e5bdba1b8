"""Refinement of a partition within a budget of steps: tuples move, classes dissolve, split and are cut anew in pairs."""

import numpy as np

from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.search.demands import Demands, counts_suffice
from sekisho.deid.search.local.costs import Costs
from sekisho.deid.search.local.draft import Draft, Room, open_draft, open_room
from sekisho.deid.search.local.fragments import Counts, Persons
from sekisho.deid.search.local.moves import dissolve, move_tuples
from sekisho.deid.search.local.pairs import cut_class, cut_pair

WINDOWS = (4, 4, 16, 16, 64, 64, 256, 256)  # how far a round looks along the row of classes, either way


@compiled
def refine(
    persons: Persons, costs: Costs, demands: Demands, order: Counts, begins: Counts, budget: int, window: int
) -> tuple[Counts, int]:
    """Give back each tuple's class after one round, numbered from 0 in the row's order, and the steps taken.

    They are a few more than `budget` at most: those of one class.
    """
    draft, room = open_draft(persons, costs, order, begins), open_room(persons)
    steps = _round(persons, costs, demands, draft, room, window, budget)
    number = np.full(draft.rows.size, -1, dtype=np.int64)
    here, found = _leftmost(draft), 0
    while here >= 0:
        number[here] = found
        found += 1
        here = draft.after[here]
    classes = np.empty(order.size, dtype=np.int64)
    for one in range(order.size):
        classes[one] = number[draft.class_of[one]]
    return classes, steps


@inner
def _round(persons: Persons, costs: Costs, demands: Demands, draft: Draft, room: Room, window: int, budget: int) -> int:
    """Try every move once for every class, along the row; give back the steps taken."""
    steps = 0
    here = _leftmost(draft)
    while here >= 0 and steps < budget:
        steps += move_tuples(persons, costs, demands, draft, room, here, window)
        if counts_suffice(demands, persons.width):
            steps += dissolve(persons, costs, demands, draft, room, here, window)
        following = draft.after[here]
        if draft.first[here] >= 0:
            cut, taken = cut_class(persons, costs, demands, draft, room, here)
            steps += taken
            if not cut:
                steps += cut_pair(persons, costs, demands, draft, room, here, window)
        here = following
    return steps


@inner
def _leftmost(draft: Draft) -> int:
    here = 0
    while here < draft.used[0] and draft.first[here] < 0:
        here += 1
    if here == draft.used[0]:
        return -1
    while draft.before[here] >= 0:
        here = draft.before[here]
    return here
