"""The proven optimum over a lattice of levels, by best-first search with cones of the lattice cut off.

Best first by lower bounds, and pruning by monotonicity both ways: Sweeney 2002 (minimal generalisation), LeFevre et al.
2005 (Incognito, roll-up), El Emam et al. 2009 (OLA), Kohlmayer et al. 2012 (Flash: binary search along paths).
"""

from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from sekisho.deid.policy import Goal
from sekisho.deid.search.full_domain.goals import IN_CELLS
from sekisho.deid.search.full_domain.histograms.known import Known, Seen
from sekisho.deid.search.full_domain.lattice import (
    NOWHERE,
    Lattice,
    close_below,
    lattice_of,
    levels_of,
    lowest_open,
    next_in_order,
    raise_base_above,
    raise_extra_below,
    way_up,
)
from sekisho.deid.search.full_domain.problem import Found, Problem, Progress, Stop
from sekisho.deid.search.full_domain.walk import (
    above,
    found_at,
    is_cut,
    keeps_bounds,
    refusal_of,
    too_large,
    walk,
)

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_PROVEN = 100_000  # nodes of a lattice that is searched to its end where no cone can be cut off
MOST_EVALUATED = 20_000  # nodes looked at in a larger one
LARGEST_SEARCHED = 1_000_000  # nodes; arrays are kept over so many


@dataclass(eq=False)
class Search:
    """The state of one search: which nodes are open, and the best so far; no floor above `limit` can be better."""

    problem: Problem
    lattice: Lattice
    known: Known
    order: Counts
    place: int = 0
    best: Found | None = None
    limit: float = np.inf
    evaluated: int = 0

    def visit(self, number: int) -> bool:
        """Evaluate a node, close what it decides, and say whether it keeps the bounds."""
        node = levels_of(self.lattice, number)
        seen = self.known.at(node)
        self.evaluated += 1
        self._raise_base(seen)
        if is_cut(self.problem, seen):
            close_below(self.lattice, node)
            return False
        self._raise_extra(seen)
        self.lattice.open[number] = False
        if not keeps_bounds(self.problem, seen):
            return False
        self._take(number, seen)
        return True

    def _take(self, number: int, seen: Seen) -> None:
        price, sums = self.problem.price, seen.sums
        if price.goal in IN_CELLS:
            rough = float(self.lattice.base[number]) + price.beyond_labels(sums.suppressed, sums.cells)
            if rough > self.limit:
                return
        found = found_at(self.problem, seen, self.evaluated)
        if self.best is None or found.rank < self.best.rank:
            self.best = found
            self.limit = above(float(found.value))

    def _raise_base(self, seen: Seen) -> None:
        problem, sums = self.problem, seen.sums
        match problem.goal:
            case Goal.DISCERNIBILITY:
                raise_base_above(self.lattice, seen.node, float(sums.squares))
            case Goal.AVERAGE_CLASS:
                most_kept = sums.kept + sums.suppressed // max(problem.demands.least_rows, 1)
                least = (problem.rows - problem.most_suppressed) / (max(most_kept, 1) * problem.price.k)
                raise_base_above(self.lattice, seen.node, least)
            case _:
                return

    def _raise_extra(self, seen: Seen) -> None:
        problem, sums = self.problem, seen.sums
        match problem.goal:
            case Goal.DISCERNIBILITY:
                floor = float(problem.rows * sums.doomed - sums.doomed_squares)
            case Goal.AVERAGE_CLASS:
                return
            case _:
                floor = problem.price.beyond_labels(sums.doomed, sums.doomed_cells)
        if floor > 0:
            raise_extra_below(self.lattice, seen.node, floor)

    def next(self) -> int:
        """Give back the open node with the lowest floor, NOWHERE where none can be better than the best."""
        if self.problem.goal not in IN_CELLS:
            return lowest_open(self.lattice, self.limit)
        place = next_in_order(self.lattice, self.order, self.place, self.limit)
        if place == NOWHERE:
            return NOWHERE
        self.place = place
        return int(self.order[place])

    def climb(self, way: Counts) -> None:
        """Visit what `way` leads to: its end, or by bisection until the lowest that keeps the bounds is known.

        What suppresses too much at the end closes the most below, and its classes are few. That is all where floors
        are sharp; for the goals that look at classes they only become so as nodes are known.
        """
        low, high = 0, len(way)
        if self.problem.goal in IN_CELLS:
            low = high - 1
        while low < high:
            middle = (low + high) // 2
            if self.visit(int(way[middle])):
                high = middle
            else:
                low = middle + 1


def find_best(problem: Problem, *, progress: Progress | None = None, stop: Stop | None = None) -> Found:
    """Give back the node with the smallest goal among all that keep the bounds; ties as in spec/policy.md 5.

    `progress` is told how many nodes are decided and the least value still possible. Where `stop` answers True the
    search ends with the best so far, `proven` False; so it does beyond MOST_EVALUATED nodes where a lattice of more
    than MOST_PROVEN is to be searched for a model without cones to cut off, and on any above LARGEST_SEARCHED, which is
    walked. Refuses with NO_PLAN where no node keeps the bounds, and with SEARCH_TOO_LARGE where none was found.
    """
    if problem.nodes > LARGEST_SEARCHED:
        return walk(problem, progress=progress, stop=stop)
    lattice = lattice_of(problem.highest, first_floors(problem))
    search = Search(problem, lattice, Known(problem), np.argsort(lattice.base, kind="stable"))
    search.visit(problem.nodes - 1)
    most = problem.nodes if problem.is_monotone or problem.nodes <= MOST_PROVEN else MOST_EVALUATED
    while (number := search.next()) != NOWHERE and search.evaluated < most:
        if progress:
            progress(problem.nodes - int(lattice.open.sum()), float(lattice.base[number]))
        if stop and stop():
            break
        search.climb(way_up(lattice, number, search.limit))
    if search.best is None:
        raise refusal_of(problem) if number == NOWHERE else too_large(problem)
    return replace(search.best, evaluated=search.evaluated, proven=number == NOWHERE)


def first_floors(problem: Problem) -> Floats:
    """Give back for every node a number that its value cannot fall below, from each column's counts alone."""
    price = problem.price
    if price.goal in IN_CELLS:
        total: Floats = reduce(np.add.outer, price.labels_alone(problem.highest)).ravel()
        return total
    labels = [
        np.array([float(len(one)) for one in ladder.labels[: high + 1]])
        for ladder, high in zip(problem.ladders, problem.highest, strict=True)
    ]
    classes = np.minimum(reduce(np.multiply.outer, labels).ravel(), len(problem.tuples))
    if price.goal is Goal.DISCERNIBILITY:
        floors: Floats = problem.rows**2 / classes
        return floors
    most = np.maximum(np.minimum(classes, problem.rows // max(problem.demands.least_rows, 1)), 1)
    sizes: Floats = (problem.rows - problem.most_suppressed) / (most * price.k)
    return sizes
