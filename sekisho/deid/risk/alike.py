"""How many rows look like each row, counted on the cells themselves.

Written apart from the search on purpose: it sorts rows where the search packs keys, so that one checks the other.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import TOP
from sekisho.deid.table import Table

Sizes = npt.NDArray[np.int64]


def sizes_of_classes(table: Table, names: Sequence[str]) -> Sizes:
    """Give back the rows of each class of rows alike in the columns `names`; `*` is a value like any other.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39", "30-39", "30-39", "40-49", "40-49", "50-59"], sex=["F", "F", "M", "M", "M", "F"])
    >>> sorted(sizes_of_classes(table, ["age", "sex"]).tolist())
    [1, 1, 2, 2]
    """
    return _sizes(*_distinct([table.column(name).codes for name in names]))


def least_alike_with_wildcards(table: Table, names: Sequence[str]) -> int:
    """Give back the least number of rows that a row could be, where `*` may stand for any value.

    Rows match when in every column they are equal or one of them is `*`. No row matches fewer rows than are equal to
    it, so this is never below the strict count.

    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=["30-39", "*", "30-39", "40-49", "*", "40-49"])
    >>> least_alike_with_wildcards(table, ["age"])
    4
    """
    columns = [table.column(name) for name in names]
    if not columns or not len(columns[0]):
        return 0
    tuples, counts = _classes([one.codes for one in columns])
    stars = np.stack(
        [
            codes == (one.values.index(TOP) if TOP in one.values else -1)
            for one, codes in zip(columns, tuples, strict=True)
        ]
    )
    patterns, member = np.unique(stars, axis=1, return_inverse=True)
    matches = np.zeros(counts.size, dtype=np.int64)
    for here in range(patterns.shape[1]):
        for there in range(patterns.shape[1]):
            both = np.flatnonzero(~(patterns[:, here] | patterns[:, there]))
            ours, theirs = np.flatnonzero(member == here), np.flatnonzero(member == there)
            matches[ours] += _matching([tuples[one] for one in both], counts, ours, theirs)
    return int(matches.min())


def _matching(tuples: list[Sizes], counts: Sizes, ours: Sizes, theirs: Sizes) -> Sizes:
    """Give back for each class of `ours` the rows of `theirs` that are equal in every one of `tuples`."""
    if not tuples:
        return np.full(ours.size, counts[theirs].sum())
    together = np.concatenate([ours, theirs])
    order, begins = _distinct([one[together] for one in tuples])
    group = np.empty(together.size, dtype=np.int64)
    group[order] = np.cumsum(begins) - 1
    sums = np.bincount(group[ours.size :], weights=counts[theirs], minlength=int(begins.sum()))
    return sums[group[: ours.size]].astype(np.int64)


def _classes(codes: list[npt.NDArray[np.int32]]) -> tuple[list[Sizes], Sizes]:
    order, begins = _distinct(codes)
    first = order[begins]
    return [one[first].astype(np.int64) for one in codes], _sizes(order, begins)


def _distinct(codes: Sequence[npt.NDArray[np.integer]]) -> tuple[Sizes, npt.NDArray[np.bool_]]:
    """Give back an order in which equal rows stand together, and where in it a new one begins."""
    order = np.lexsort(codes)
    begins = np.zeros(order.size, dtype=np.bool_)
    begins[:1] = True
    for one in codes:
        begins[1:] |= one[order[1:]] != one[order[:-1]]
    return order, begins


def _sizes(order: Sizes, begins: npt.NDArray[np.bool_]) -> Sizes:
    return np.diff(np.append(np.flatnonzero(begins), order.size)).astype(np.int64)
