"""Leaving out single cells where `*` may stand for anything (policy `mode = "cells"`, `star = "anything"`).

Two rows match when in every column they are equal or one of them is `*`; every tuple has to match `least_rows` rows
(Templ, Kowarik and Meindl 2015, J Stat Softw 67(4)). This reading is weak: where `least_rows` − 1 rows become `*`
throughout, every row matches enough, and all others could stay as they are. The search does not go there: it begins
with what keeps more than the reading asks (see `patterns`) and gives back only what nobody's count needs (see
`restore`). A row may then stand as it is and be the only one of its kind.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.search.cells.patterns import Costs, Stop, cheapest_patterns
from sekisho.deid.search.cells.restore import Progress, restore_cells
from sekisho.errors import CannotMeet, Reason

Stars = npt.NDArray[np.bool_]

_TIE = 0.01  # of the mean cost of a cell


def suppress_cells(
    tuples: Tuples,
    least_rows: int,
    weights: tuple[npt.NDArray[np.float64], ...],
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Stars:
    """Give back which cells become `*`, shape (columns, tuples).

    `weights[column][code]` is the cost of leaving out a cell with that code, for one row. The sum of the costs is made
    small, not proven smallest; no single `*` is needless, unless the table is so large that the steps of `restore` run
    out or `stop` answers True. `progress` is told how many tuples have been looked at again and their share. Costs
    about 1 s for 20,000 tuples of nine columns. Refuses with K_LARGER_THAN_TABLE.
    """
    rows = int(tuples.rows.sum())
    if rows < least_rows:
        raise CannotMeet(Reason.K_LARGER_THAN_TABLE, k=least_rows, rows=rows)
    cells = np.ascontiguousarray(np.stack(tuples.codes, axis=1))
    costs = _costs(weights, tuples)
    order = np.argsort(cells.max(axis=0), kind="stable").astype(np.int64)
    patterns = cheapest_patterns(cells, tuples.rows, costs, order, least_rows, stop=stop)
    patterns = restore_cells(cells, tuples.rows, costs, patterns, least_rows, progress=progress, stop=stop)
    return np.stack([(patterns >> column & 1).astype(np.bool_) for column in range(len(weights))])


def _costs(weights: tuple[npt.NDArray[np.float64], ...], tuples: Tuples) -> Costs:
    """Give back the costs; where they are equal, the column with most values is the one to leave out.

    It is the one that tuples most often differ in. So `*` gather in few columns, and counts over the others stay exact.
    """
    total = sum(float((weight[codes] * tuples.rows).sum()) for weight, codes in zip(weights, tuples.codes, strict=True))
    mean = total / (len(weights) * int(tuples.rows.sum()))
    return Costs(
        of=np.concatenate([weight + _TIE * mean / max(weight.size, 1) for weight in weights]),
        begin=np.cumsum([0, *(weight.size for weight in weights)], dtype=np.int64)[:-1],
    )
