"""The ladders as flat arrays that compiled loops read."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

VALUES = -1  # the level below level 0: the values themselves, before a rule codes the top and the bottom


class Lifts(NamedTuple):
    """From every level of every column to every level above it.

    What code x of column c at level `low` becomes at `high` stands at `up[begin[c, low + 1, high] + x]`; `low` begins at
    VALUES. `sizes[c, level]` is how many labels a level has. The cost of a cell with label x is
    `cost[cost_begin[c, level] + x]` and that of a cell left out `whole[c]`, in whole numbers.
    """

    up: Codes
    begin: Counts
    sizes: Counts
    cost: Counts
    cost_begin: Counts
    whole: Counts


def lay_flat(ladders: Sequence[Ladder], costs: Sequence[Sequence[Counts]], whole: Sequence[int]) -> Lifts:
    """Give back the lifts of `ladders`; `costs[column][level]` has one cost per label."""
    levels = max(one.height for one in ladders) + 1
    begin = np.zeros((len(ladders), levels + 1, levels), dtype=np.int64)
    cost_begin = np.zeros((len(ladders), levels), dtype=np.int64)
    sizes = np.ones((len(ladders), levels), dtype=np.int64)
    ups: list[Codes] = []
    prices: list[Counts] = []
    for column, ladder in enumerate(ladders):
        for high in range(ladder.height + 1):
            sizes[column, high] = len(ladder.labels[high])
            cost_begin[column, high] = sum(one.size for one in prices)
            prices.append(costs[column][high])
            for low in range(VALUES, high + 1):
                begin[column, low + 1, high] = sum(one.size for one in ups)
                ups.append(ladder.nodes[high] if low == VALUES else ladder.lift(low, high))
    return Lifts(
        up=np.concatenate(ups).astype(np.int32),
        begin=begin,
        sizes=sizes,
        cost=np.concatenate(prices).astype(np.int64),
        cost_begin=cost_begin,
        whole=np.array(whole, dtype=np.int64),
    )
