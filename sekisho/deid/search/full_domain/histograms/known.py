"""Classes that were already counted, so that a node is rolled up from the smallest that lies below it."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sekisho.deid.search.full_domain.goals import IN_CELLS
from sekisho.deid.search.full_domain.histograms.classes import Classes, Grouping, at_values, grouped, rolled_up
from sekisho.deid.search.full_domain.histograms.tally import Tally, Verdicts, look
from sekisho.deid.search.full_domain.lattice import nearest
from sekisho.deid.search.full_domain.problem import Problem
from sekisho.deid.search.obstacle import Judged

Counts = npt.NDArray[np.int64]

_MOST_BYTES = 256 * 2**20
_MOST_KEPT = 4_096
_WORTH_A_STONE = 1_500  # classes
_MOST_STONES = 3  # laid for one node


@dataclass(frozen=True, eq=False)
class Seen:
    """A node looked at: the classes it was rolled up from, at `low`, how they join, and which are kept."""

    node: Counts
    low: Counts
    classes: Classes
    grouping: Grouping
    answers: Verdicts
    sums: Tally


@dataclass(eq=False)
class Known:
    """The memory of a search, bounded in bytes."""

    problem: Problem
    nodes: Counts = field(init=False)
    sizes: Counts = field(init=False)
    classes: list[Classes] = field(default_factory=list)
    stones: set[bytes] = field(default_factory=set)
    bytes: int = 0

    def __post_init__(self) -> None:
        columns = len(self.problem.ladders)
        self.nodes = np.zeros((_MOST_KEPT, columns), dtype=np.int64)
        self.sizes = np.zeros(_MOST_KEPT, dtype=np.int64)
        self._keep(at_values(columns), self.problem.finest())

    def at(self, node: Counts) -> Seen:
        """Give back what the classes at `node` come to.

        They are kept where they may be of use: a search for a goal in cells looks at the highest nodes first, and never
        above one that it has looked at.
        """
        for _ in range(_MOST_STONES):
            if not self._lay_stone(node):
                break
        problem, lifts = self.problem, self.problem.price.lifts
        chosen = nearest(self.nodes, self.sizes, len(self.classes), node)
        low, classes = self.nodes[chosen], self.classes[chosen]
        most = problem.most_suppressed
        grouping, answers, sums = look(classes, low, node, lifts, problem.demands, problem.relaxed, most)
        few = grouping.rows.size <= classes.rows.size * 3 // 4 and len(self.classes) < _MOST_KEPT
        if few and problem.goal not in IN_CELLS:
            self._keep(node, rolled_up(classes, grouping, low, node, lifts, int(problem.demands.begin[-1])))
        return Seen(node, low, classes, grouping, answers, sums)

    def _lay_stone(self, node: Counts) -> bool:
        """Count the classes half-way up to `node`, once: much is the same for the nodes beside it. Say if it helped."""
        chosen = nearest(self.nodes, self.sizes, len(self.classes), node)
        low, classes = self.nodes[chosen], self.classes[chosen]
        middle = np.maximum(low + (node - low) // 2, 0)
        name = middle.tobytes()
        if classes.rows.size < _WORTH_A_STONE or name in self.stones or not (low < middle).any():
            return False
        self.stones.add(name)
        lifts = self.problem.price.lifts
        grouping = grouped(classes, low, middle, lifts)
        if grouping.rows.size > classes.rows.size * 3 // 4 or len(self.classes) == _MOST_KEPT:
            return False
        self._keep(middle, rolled_up(classes, grouping, low, middle, lifts, int(self.problem.demands.begin[-1])))
        return True

    def _keep(self, node: Counts, classes: Classes) -> None:
        if self.classes and self.bytes + classes.bytes > _MOST_BYTES:
            return
        self.nodes[len(self.classes)] = node
        self.sizes[len(self.classes)] = classes.rows.size + classes.spots.size
        self.classes.append(classes)
        self.bytes += classes.bytes


def judged_at(seen: Seen, problem: Problem) -> Judged:
    """Give back the classes at a node as they are judged bound by bound, those of the population alone too."""
    lifts, width = problem.price.lifts, int(problem.demands.begin[-1])
    classes = rolled_up(seen.classes, seen.grouping, seen.low, seen.node, lifts, width)
    begins = classes.begins if classes.begins.size else np.zeros(classes.rows.size + 1, dtype=np.int64)
    population = classes.population if classes.population.size else classes.rows
    return Judged(classes.rows, population, begins, classes.spots, classes.held)
