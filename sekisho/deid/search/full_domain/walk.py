"""The best found on a way down through a lattice too large to keep arrays over: greedy, with bounded memory.

After the top-down search of Meurers et al. 2021 (GigaScience 10(10)): the node with the best value is opened next, and
the nodes one level below it in one column are looked at. The budget is counted in nodes, so that the answer does not
depend on the machine.
"""

from dataclasses import replace
from heapq import heappop, heappush
from itertools import count

import numpy as np

from sekisho.deid.search.full_domain.goals import Node
from sekisho.deid.search.full_domain.histograms.known import Known, Seen, judged_at
from sekisho.deid.search.full_domain.problem import Found, Problem, Progress, Stop
from sekisho.deid.search.obstacle import AVERAGE, SHARE, Obstacle, first_obstacle, refusal, written
from sekisho.errors import CannotMeet, Reason
from sekisho.statement import LARGEST_INTEGER

_CELLS = 10**10  # looked at in one walk, if each node were counted from the tuples
_LEAST, _MOST = 500, 10_000  # nodes
_SLACK = 1e-9  # relative; floors are floats, values are exact


def walk(problem: Problem, *, progress: Progress | None = None, stop: Stop | None = None) -> Found:
    """Give back the best node found; never proven. Arguments and refusals as in `find_best`."""
    known = Known(problem)
    met = {problem.highest}
    seen = known.at(np.array(problem.highest))
    if is_cut(problem, seen):
        raise refusal_of(problem)
    best = found_at(problem, seen, 1) if keeps_bounds(problem, seen) else None
    turn = count()
    waiting = [(best.rank[:2] if best else (problem.rows**2, 0), next(turn), problem.highest)]
    evaluated, most = 1, budget(problem)
    while waiting and evaluated < most and not (stop and stop()):
        rank, _, node = heappop(waiting)
        if progress:
            progress(evaluated, 0.0)
        for below in _one_lower(node):
            if below in met or evaluated >= most:
                continue
            met.add(below)
            seen = known.at(np.array(below))
            evaluated += 1
            if is_cut(problem, seen):
                continue
            if keeps_bounds(problem, seen):
                found = found_at(problem, seen, evaluated)
                best = found if best is None or found.rank < best.rank else best
                heappush(waiting, (found.rank[:2], next(turn), below))
            else:
                heappush(waiting, (rank, next(turn), below))
    if best is None:
        raise too_large(problem)
    return replace(best, evaluated=evaluated)


def budget(problem: Problem) -> int:
    """Give back how many nodes a walk looks at."""
    return min(max(_CELLS // (len(problem.tuples) * len(problem.ladders)), _LEAST), _MOST)


def is_cut(problem: Problem, seen: Seen) -> bool:
    """Say whether no node below can keep the bounds.

    With no row to suppress every demand is monotone: classes that keep it keep it together. So it is with classes that have
    no row: only where nothing may be suppressed do they break a demand.
    """
    most = problem.most_suppressed
    return seen.sums.exposed > 0 or seen.sums.doomed > most or (most == 0 and seen.sums.suppressed > 0)


def keeps_bounds(problem: Problem, seen: Seen) -> bool:
    few = seen.sums.exposed == 0 and seen.sums.suppressed <= problem.most_suppressed
    return few and problem.keeps_average_risk(seen.sums)


def found_at(problem: Problem, seen: Seen, evaluated: int) -> Found:
    levels = tuple(seen.node.tolist())
    value = problem.price.exact(levels, seen.sums)
    return Found(levels, value, seen.sums.suppressed, problem.nodes, evaluated, proven=False)


def refusal_of(problem: Problem) -> CannotMeet:
    """Give back the refusal that names the obstacle, judged at the highest node."""
    seen = Known(problem).at(np.array(problem.highest))
    found = obstacle_at(problem, seen)
    if found is None:  # cannot be: the highest node is among those that do not keep the bounds
        raise AssertionError
    return refusal(found, suppressed=seen.sums.suppressed, allowed=problem.most_suppressed, rows=problem.rows)


def obstacle_at(problem: Problem, seen: Seen) -> Obstacle | None:
    """Give back what the node breaks: a bound alone, or all of them together, or the average risk."""
    names = [one.name for one in problem.tuples.spreads]
    sums, rows = seen.sums, problem.rows
    alone = first_obstacle(judged_at(seen, problem), problem.demands, names, problem.most_suppressed)
    if alone:
        return alone
    if sums.suppressed > problem.most_suppressed:
        asked = written(problem.most_suppressed / rows, up=False)
        return Obstacle(SHARE, "", asked, written(sums.suppressed / rows, up=True))
    if problem.average_risk is not None and not problem.keeps_average_risk(sums):
        reached = written(sums.kept / (rows - sums.suppressed), up=True)
        return Obstacle(AVERAGE, "", written(float(problem.average_risk), up=False), reached)
    return None


def too_large(problem: Problem) -> CannotMeet:
    """Give back the refusal where none of the nodes looked at keeps the bounds, and others are left."""
    return CannotMeet(Reason.SEARCH_TOO_LARGE, nodes=min(problem.nodes, LARGEST_INTEGER), most=budget(problem))


def above(value: float) -> float:
    """Give back what no floor of a node as good as `value` is above."""
    return value + abs(value) * _SLACK + 1e-12


def _one_lower(node: Node) -> list[Node]:
    return [(*node[:at], level - 1, *node[at + 1 :]) for at, level in enumerate(node) if level]
