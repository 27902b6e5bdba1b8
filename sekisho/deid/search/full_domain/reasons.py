"""Why a column stands as high as it does: what would break if it alone stood one level lower."""

from dataclasses import dataclass

import numpy as np

from sekisho.deid.search.full_domain.goals import Node
from sekisho.deid.search.full_domain.histograms.known import Known
from sekisho.deid.search.full_domain.problem import Problem
from sekisho.deid.search.full_domain.walk import obstacle_at

GOAL = "goal"


@dataclass(frozen=True)
class Cause:
    """Why `column` stands at `level` and not one lower.

    `bound` is the measure that would break there (of the sensitive column `sensitive`, or ""), or GOAL where none
    would and the goal alone prefers the level; `suppressed` rows would be left out there, `allowed` may be.
    """

    column: str
    level: int
    bound: str
    sensitive: str
    suppressed: int
    allowed: int


def causes(problem: Problem, levels: Node) -> tuple[Cause, ...]:
    """Give back one cause for each column that is generalised at `levels`; costs a group-by of the tuples for each."""
    known = Known(problem)
    found = []
    for axis, (ladder, level) in enumerate(zip(problem.ladders, levels, strict=True)):
        if level == 0:
            continue
        node = np.array(levels)
        node[axis] -= 1
        seen = known.at(node)
        broken = obstacle_at(problem, seen)
        found.append(
            Cause(
                ladder.column,
                level,
                broken.bound if broken else GOAL,
                broken.column if broken else "",
                seen.sums.suppressed,
                problem.most_suppressed,
            )
        )
    return tuple(found)
