"""How well columns tell rows apart, and the few that nearly tell all of them apart (spec/inspect.md 5).

Motwani and Xu 2007, "Efficient Algorithms for Masking and Finding Quasi-Identifiers", 1.1: a set of columns is an α-distinct
quasi-identifier if it becomes a key once at most 1 - α of the rows are removed, so α is the distinct combinations for each row;
it is a β-separation quasi-identifier if it separates β of all pairs of rows. The greedy choice is theirs too (section 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Codes

Numbers = npt.NDArray[np.int64] | Codes

GOAL = 0.9  # distinction at which a set counts as a quasi-identifier
GAIN = 0.005  # of distinction and of separation: less is no reason to add a column
MOST_ROWS = 20_000
MOST_CELLS = 2_000_000


@dataclass(frozen=True)
class Key:
    """Columns in the order in which they were chosen, and what all of them together do in `rows` rows."""

    columns: tuple[str, ...]
    distinction: float
    separation: float
    rows: int


def distinction(codes: Numbers) -> float:
    """Distinct values for each row: α of Motwani and Xu; 0 for no rows.

    >>> distinction(np.array([0, 0, 1, 1, 2, 2]))
    0.5
    """
    return len(np.unique(codes)) / len(codes) if len(codes) else 0.0


def separation(codes: Numbers) -> float:
    """Share of the pairs of rows whose values differ: β of Motwani and Xu; 0 for fewer than two rows.

    >>> separation(np.array([0, 0, 1, 1, 2, 2]))
    0.8
    """
    rows = len(codes)
    if rows < 2:
        return 0.0
    _, sizes = np.unique(codes, return_counts=True)
    same = int((sizes.astype(np.int64) * (sizes.astype(np.int64) - 1)).sum())
    return 1 - same / (rows * (rows - 1))


def find_key(columns: Mapping[str, Codes]) -> Key:
    """Give back a small set of columns chosen greedily: each time the one with which most pairs of rows are separated.

    It ends at GOAL, or where no column gains GAIN. Takes the first MOST_ROWS rows, fewer of wide tables.
    """
    rows = min(MOST_ROWS, MOST_CELLS // max(len(columns), 1), *(len(one) for one in columns.values())) if columns else 0
    together = np.zeros(rows, np.int64)
    chosen: list[str] = []
    reached = (0.0, 0.0)
    left = {name: codes[:rows].astype(np.int64) for name, codes in columns.items()}
    while left and reached[0] < GOAL:
        tried = {name: _both(together, codes) for name, codes in left.items()}
        best = max(tried, key=lambda name: (separation(tried[name]), distinction(tried[name])))
        gained = distinction(tried[best]), separation(tried[best])
        if gained[0] - reached[0] < GAIN and gained[1] - reached[1] < GAIN:
            break
        together, reached = tried[best], gained
        chosen.append(best)
        del left[best]
    return Key(tuple(chosen), *reached, rows)


def _both(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Give back codes that are equal just where both are; small again, so that they never overflow."""
    _, codes = np.unique(first * (int(second.max(initial=0)) + 1) + second, return_inverse=True)
    small: npt.NDArray[np.int64] = codes.astype(np.int64)
    return small
