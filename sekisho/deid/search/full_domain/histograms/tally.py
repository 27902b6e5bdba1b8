"""What a node's classes come to: rows left out, and exact sums that the goals are made of."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.search.demands import Demands, broken, is_present
from sekisho.deid.search.full_domain.histograms.classes import Classes, Grouping, grouped, members
from sekisho.deid.search.full_domain.histograms.lifts import Lifts
from sekisho.deid.search.full_domain.relaxed import Relaxed, lacks

Counts = npt.NDArray[np.int64]
Verdicts = npt.NDArray[np.int8]

KEPT, BROKEN, DOOMED = range(3)


class Tally(NamedTuple):
    """The sums of a node, in rows, classes, and squares of rows.

    `exposed` classes of the population have no row and break a demand: there is no row to leave out. `suppressed` rows
    stand in classes that break a demand. `doomed` of them stand in classes whose every part breaks
    it too, so no node below suppresses fewer. `cells[column]` is the cost of the suppressed rows' cells if they were
    kept, in whole numbers of the column's unit, and `doomed_cells` of the doomed ones'; both are zero where `doomed` is
    above the limit, and nobody asks. `squares` is the sum of |E|² over all classes, `kept_squares` over those kept,
    `doomed_squares` over those doomed.
    """

    exposed: int
    suppressed: int
    doomed: int
    classes: int
    kept: int
    squares: int
    kept_squares: int
    doomed_squares: int
    cells: Counts
    doomed_cells: Counts


@compiled
def look(
    classes: Classes, low: Counts, high: Counts, lifts: Lifts, demands: Demands, relaxed: Relaxed, limit: int
) -> tuple[Grouping, Verdicts, Tally]:
    """Give back how the classes at `low` join at `high`, which are kept there, and the sums; `limit` as in `tally`."""
    grouping = grouped(classes, low, high, lifts)
    answers = verdicts(classes, grouping, demands, relaxed)
    return grouping, answers, tally(classes, grouping, answers, exposed(grouping, demands), low, high, lifts, limit)


@compiled
def verdicts(classes: Classes, grouping: Grouping, demands: Demands, relaxed: Relaxed) -> Verdicts:
    """Give back for each class of the node above whether it is KEPT, BROKEN or DOOMED."""
    count, counted = grouping.rows.size, grouping.population.size > 0
    answers = np.zeros(count, dtype=np.int8)
    for place in range(count):
        persons = grouping.population[place] if counted else grouping.rows[place]
        if grouping.rows[place] < demands.least_rows or (counted and persons < demands.least_population):
            answers[place] = 2
        elif counted and not is_present(demands, grouping.rows[place], persons):
            answers[place] = 1
    if demands.kind.size == 0:
        return answers
    first, ordered = members(grouping)
    histogram = np.zeros(demands.begin[-1], dtype=np.int64)
    for place in range(count):
        if answers[place] == 2 or grouping.rows[place] == 0:
            continue
        _pour(histogram, classes, ordered[first[place] : first[place + 1]], 1)
        persons = grouping.population[place] if counted else demands.least_population
        if broken(demands, histogram, grouping.rows[place], persons) >= 0:
            answers[place] = 2 if lacks(demands, relaxed, histogram) else 1
        _pour(histogram, classes, ordered[first[place] : first[place + 1]], -1)
    return answers


@compiled
def exposed(grouping: Grouping, demands: Demands) -> int:
    """Give back how many classes of the population without a row break a demand."""
    found = 0
    for place in range(grouping.population.size):
        if grouping.rows[place] == 0 and not is_present(demands, 0, grouping.population[place]):
            found += 1
    return found


@compiled
def _pour(histogram: Counts, classes: Classes, joined: npt.NDArray[np.int32], sign: int) -> None:
    for one in joined:
        for at in range(classes.begins[one], classes.begins[one + 1]):
            histogram[classes.spots[at]] += sign * classes.held[at]


@compiled
def tally(
    classes: Classes,
    grouping: Grouping,
    answers: Verdicts,
    exposed_classes: int,
    low: Counts,
    high: Counts,
    lifts: Lifts,
    limit: int,
) -> Tally:
    """Give back the sums at node `high`; `limit` is how many rows may be suppressed."""
    columns = classes.codes.shape[0]
    suppressed, doomed, every, kept = 0, 0, 0, 0
    squares, kept_squares, doomed_squares = 0, 0, 0
    for place in range(grouping.rows.size):
        rows = grouping.rows[place]
        if rows == 0:
            continue  # persons of the population alone
        every += 1
        squares += rows * rows
        if answers[place] == 0:
            kept += 1
            kept_squares += rows * rows
        else:
            suppressed += rows
        if answers[place] == 2:
            doomed += rows
            doomed_squares += rows * rows
    cells = np.zeros(columns, dtype=np.int64)
    doomed_cells = np.zeros(columns, dtype=np.int64)
    if doomed <= limit:
        for place in range(grouping.rows.size):
            if answers[place] == 0 or grouping.rows[place] == 0:
                continue
            one = grouping.member[place]
            for column in range(columns):
                begin = lifts.begin[column, low[column] + 1, high[column]]
                label = lifts.up[begin + classes.codes[column, one]]
                lost = grouping.rows[place] * lifts.cost[lifts.cost_begin[column, high[column]] + label]
                cells[column] += lost
                if answers[place] == 2:
                    doomed_cells[column] += lost
    return Tally(
        exposed_classes, suppressed, doomed, every, kept, squares, kept_squares, doomed_squares, cells, doomed_cells
    )
