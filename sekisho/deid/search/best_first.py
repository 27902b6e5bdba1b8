"""The proven optimum over a lattice of levels, by best-first search with cones of the lattice cut off.

Best first by lower bounds, and pruning by monotonicity both ways: Sweeney 2002 (minimal generalisation), LeFevre et al.
2005 (Incognito, roll-up), El Emam et al. 2009 (OLA), Kohlmayer et al. 2012 (Flash: binary search along paths).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sekisho.deid.search.classes import Classes
from sekisho.deid.search.goals import Floors, first_floors, raise_above, raise_below, value_at
from sekisho.deid.search.problem import Found, Node, Problem
from sekisho.errors import CannotMeet, Reason

Progress = Callable[[int, float], None]
Stop = Callable[[], bool]

_SLACK = 1e-9  # relative; floors are floats, values are exact
_KEPT_BYTES = 256 * 2**20


@dataclass(eq=False)
class _Known:
    """Classes already counted, so that a node is rolled up from the smallest that lies below it."""

    problem: Problem
    nodes: list[Node] = field(default_factory=list)
    classes: list[Classes] = field(default_factory=list)
    bytes: int = 0

    def at(self, node: Node) -> Classes:
        below = np.flatnonzero((np.array(self.nodes) <= np.array(node)).all(axis=1))
        nearest = min(below.tolist(), key=lambda one: len(self.classes[one]))
        classes = self.problem.lift(self.classes[nearest], self.nodes[nearest], node)
        if len(classes) <= len(self.classes[nearest]) * 3 // 4:
            self.keep(node, classes)
        return classes

    def keep(self, node: Node, classes: Classes) -> None:
        size = len(classes) * (8 + 4 * len(node))
        if self.nodes and self.bytes + size > _KEPT_BYTES:
            return
        self.nodes.append(node)
        self.classes.append(classes)
        self.bytes += size


@dataclass(eq=False)
class _Search:
    """The state of one search: which nodes are open, and no better than what."""

    problem: Problem
    known: _Known
    marginal: Floors
    floors: Floors
    open: npt.NDArray[np.bool_]
    best: Found | None = None
    evaluated: int = 0

    def visit(self, node: Node) -> int:
        """Evaluate `node`, close what it decides, and give back how many rows it suppresses."""
        problem = self.problem
        classes = self.known.at(node)
        self.evaluated += 1
        suppressed = problem.suppressed(classes)
        value = value_at(problem, node, classes)
        raise_above(problem, self.floors, node, classes)
        if suppressed > problem.most_suppressed:
            self.open[tuple(slice(None, level + 1) for level in node)] = False
            return suppressed
        raise_below(problem, self.floors, self.marginal, node, value)
        self.open[node] = False
        found = Found(node, value, suppressed, problem.nodes, self.evaluated, proven=False)
        if self.best is None or found.rank < self.best.rank:
            self.best = found
        return suppressed

    def next(self) -> Node | None:
        """Give back the open node with the lowest floor, or None where none can be better than the best."""
        limit = _above(float(self.best.value)) if self.best else np.inf
        self.open &= self.floors <= limit
        if not self.open.any():
            return None
        at = int(np.argmin(np.where(self.open, self.floors, np.inf)))
        return tuple(int(one) for one in np.unravel_index(at, self.floors.shape))

    def path(self, node: Node) -> list[Node]:
        """Give back a way up from `node` through open nodes, each time the step that raises the floor least."""
        way = [node]
        while True:
            steps = [
                (*node[:axis], node[axis] + 1, *node[axis + 1 :])
                for axis in range(len(node))
                if node[axis] < self.problem.highest[axis]
            ]
            steps = [one for one in steps if self.open[one]]
            if not steps:
                return way
            node = min(steps, key=lambda one: (float(self.floors[one]), one))
            way.append(node)


def find_best(problem: Problem, *, progress: Progress | None = None, stop: Stop | None = None) -> Found:
    """Give back the node with the smallest goal among all that keep the bounds; ties as in spec/policy.md 5.

    `progress` is told how many nodes are decided and the least value still possible. Where `stop` answers True the
    search ends with the best so far, `proven` False. Refuses with NO_PLAN where even the highest node suppresses too
    many rows (facts: how many, and how many may be).
    """
    marginal = first_floors(problem)
    known = _Known(problem)
    known.keep(problem.bottom, problem.finest)
    search = _Search(problem, known, marginal, marginal.copy(), np.ones(problem.shape, dtype=np.bool_))
    needed = search.visit(problem.highest)
    if search.best is None:
        raise CannotMeet(Reason.NO_PLAN, suppressed=needed, allowed=problem.most_suppressed, rows=problem.rows)
    proven = True
    while (node := search.next()) is not None:
        if progress:
            progress(problem.nodes - int(search.open.sum()), float(search.floors[node]))
        if stop and stop():
            proven = False
            break
        _climb(search, search.path(node))
    best = search.best
    return Found(best.levels, best.value, best.suppressed, problem.nodes, search.evaluated, proven)


def _climb(search: _Search, way: list[Node]) -> None:
    """Visit nodes of `way` by bisection until the lowest that keeps the bounds is known."""
    low, high = 0, len(way)
    while low < high:
        middle = (low + high) // 2
        if search.visit(way[middle]) > search.problem.most_suppressed:
            low = middle + 1
        else:
            high = middle


def _above(value: float) -> float:
    return value + abs(value) * _SLACK + 1e-12
