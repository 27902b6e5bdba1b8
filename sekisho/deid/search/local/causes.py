"""Why cells of a partition are as general as they are: the demand that a further cut of their class would break."""

from collections.abc import Sequence

import numpy as np

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.recoding import Cause
from sekisho.deid.search.demands import SENSITIVE, Demands, broken
from sekisho.deid.search.local.costs import NODES, VALUES, Costs, level_of
from sekisho.deid.search.local.desk import PEOPLE, ROWS, clear_desk, count_children, count_values
from sekisho.deid.search.local.fragments import Codes, Counts, Persons
from sekisho.deid.search.local.partition import Partition

GOAL = "goal"

Bound = tuple[str, str]  # a measure's name, and its sensitive column or ""


def causes_of(
    partition: Partition,
    persons: Persons,
    costs: Costs,
    demands: Demands,
    names: Sequence[str],
    bounds: Sequence[Bound],
) -> tuple[Cause, ...]:
    """Give back how many rows each bound keeps general, by column; `bounds` in the order of what `broken` answers."""
    order = np.argsort(partition.class_of, kind="stable")
    order = order[np.searchsorted(partition.class_of[order], 0) :]
    tally = _tally(persons, costs, demands, partition.class_of, partition.ranges, order)
    every = (*bounds, (GOAL, ""))
    return tuple(
        Cause(name, bound, sensitive, int(rows))
        for name, counts in zip(names, tally, strict=True)
        for (bound, sensitive), rows in zip(every, counts, strict=True)
        if rows
    )


@compiled
def _tally(persons: Persons, costs: Costs, demands: Demands, class_of: Codes, ranges: Counts, order: Counts) -> Counts:
    """Give back rows by column and by what a cut of their class along that column's ladder would break; last: nothing."""
    columns, nodes = persons.codes.shape[1], costs.shape[:, VALUES].max()
    tally = np.zeros((columns, SENSITIVE + demands.kind.size + 1), dtype=np.int64)
    desk, touched = np.zeros((nodes, 6), dtype=np.int64), np.zeros(nodes, dtype=np.int64)
    slots = min(nodes, class_of.size) + 1 if persons.width > 0 else 1
    histogram = np.zeros((slots, persons.width), dtype=np.int64)
    begin = 0
    while begin < order.size:
        one = class_of[order[begin]]
        end = begin
        rows = 0
        while end < order.size and class_of[order[end]] == one:
            rows += persons.rows[order[end]]
            end += 1
        for column in range(columns):
            low, high = ranges[one, column, 0], ranges[one, column, 1]
            if level_of(costs.shape, costs.node, column, low, high) > 0:
                what = _asks(persons, costs, demands, order[begin:end], column, low, high, desk, touched, histogram)
                tally[column, what] += rows
        begin = end
    return tally


@compiled
def _asks(
    persons: Persons,
    costs: Costs,
    demands: Demands,
    order: Counts,
    column: int,
    low: int,
    high: int,
    desk: Counts,
    touched: Counts,
    histogram: Counts,
) -> int:
    """Give back the first demand, in their order, that a child of the class breaks; the last number where none does."""
    shape, node = costs.shape, costs.node
    begin = shape[column, NODES] + (level_of(shape, node, column, low, high) - 1) * shape[column, VALUES]
    found = count_children(persons.codes, persons.rows, persons.population, order, column, node, begin, desk, touched)
    if persons.width > 0:
        count_values(
            persons.codes, persons.begins, persons.place, persons.amount, order, column, node, begin, desk, histogram
        )
    first = SENSITIVE + demands.kind.size
    for at in range(found):
        child = touched[at]
        what = broken(demands, histogram[at if persons.width > 0 else 0], desk[child, ROWS], desk[child, PEOPLE])
        if 0 <= what < first:
            first = what
    clear_desk(found, desk, touched, histogram)
    return first
