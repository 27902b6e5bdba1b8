"""Parts of a table small enough for methods whose cost is quadratic.

As in Mondrian (LeFevre, DeWitt and Ramakrishnan 2006, ICDE) a part is cut at the median of the column that varies most,
until none is too large; what is near but on two sides of a cut no longer comes together.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def split(points: Floats, largest: int, group: int) -> list[Rows]:
    """Give back the rows of each part, rising; no part has more than `largest` rows, none fewer than 2 · `group` if cut.

    `points`: shape (rows, columns), all to one scale; `largest` is at least 4 · `group`. A cut leaves whole groups on its
    one side, so that the last part alone has rows over. n log(n / largest) steps.
    """
    if largest < 4 * group:
        raise ValueError("a part has room for four groups")
    parts: list[Rows] = []
    waiting = [np.arange(points.shape[0], dtype=np.int64)]
    while waiting:
        rows = waiting.pop()
        if rows.size <= largest:
            parts.append(rows)
            continue
        low = _lower_half(points[rows], rows.size // 2 // group * group)
        waiting += [rows[~low], rows[low]]
    return parts


def _lower_half(points: Floats, size: int) -> npt.NDArray[np.bool_]:
    """Say of each row whether it is among the `size` lowest of the column that varies most; of equal rows the first are."""
    values = points[:, int(points.var(axis=0).argmax())]
    border = np.partition(values, size - 1)[size - 1]
    low: npt.NDArray[np.bool_] = values < border
    low[np.flatnonzero(values == border)[: size - int(low.sum())]] = True
    return low
