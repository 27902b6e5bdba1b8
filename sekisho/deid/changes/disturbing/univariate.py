"""Groups of near numbers in one column, with the least sum of squares that there is.

Hansen and Mukherjee 2003, IEEE Trans Knowl Data Eng 15(4): in sorted order every group is a run, no group need have more than
2k − 1 numbers, and the best borders are a shortest path. For n numbers 2 k n steps.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled

Floats = npt.NDArray[np.float64]
Starts = npt.NDArray[np.int64]

MOST_EXACT = 256  # of larger groups borders are looked for at every (k // 128)-th number only: a percent of a group off


@compiled
def best_runs(ordered: Floats, group: int) -> Starts:
    """Give back where each group begins in the rising numbers `ordered`, and last of all how many they are.

    Each group has `group` to 2 · `group` − 1 numbers; there are at least `group`. The sum of squares is the least possible
    for groups below `MOST_EXACT`, and next to it for larger ones.
    """
    step = max(2 * group // MOST_EXACT, 1) if group >= MOST_EXACT else 1
    pieces = ordered.size // step
    ends = np.arange(pieces + 1) * step
    ends[pieces] = ordered.size
    before = _shortest_path(ordered, ends, group, 2 * group + 2 * step - 3)
    runs, end = 0, pieces
    starts = np.empty(2 * pieces + 1, np.int64)
    starts[0] = ordered.size
    while end > 0:
        begin = before[end]
        rows = ends[end] - ends[begin]
        if rows >= 2 * group:  # only where borders are coarse
            runs += 1
            starts[runs] = ends[begin] + rows // 2
        runs += 1
        starts[runs] = ends[begin]
        end = begin
    return starts[: runs + 1][::-1].copy()


@compiled
def _shortest_path(ordered: Floats, ends: Starts, group: int, largest: int) -> Starts:
    """Give back, for each piece of the numbers, with which piece the last group of the best path up to it begins."""
    pieces = ends.size - 1
    means, squares = np.empty(pieces), np.zeros(pieces)
    for piece in range(pieces):
        means[piece] = ordered[ends[piece] : ends[piece + 1]].mean()
        for at in range(ends[piece], ends[piece + 1]):
            squares[piece] += (ordered[at] - means[piece]) ** 2
    cost, before = np.full(pieces + 1, np.inf), np.zeros(pieces + 1, np.int64)
    cost[0] = 0.0
    inverse = 1.0 / np.maximum(np.arange(largest + 1), 1)  # a division in the innermost loop would double its time
    for end in range(1, pieces + 1):
        rows, mean, spread = 0, 0.0, 0.0
        for begin in range(end - 1, -1, -1):
            more = ends[begin + 1] - ends[begin]
            if rows + more > largest:
                break
            part = more * inverse[rows + more]
            apart = means[begin] - mean  # sums of squares put together: Chan, Golub and LeVeque 1983, Am Stat 37(3)
            spread += squares[begin] + apart * apart * rows * part
            mean += apart * part
            rows += more
            if rows >= group and cost[begin] + spread < cost[end]:
                cost[end], before[end] = cost[begin] + spread, begin
    return before
