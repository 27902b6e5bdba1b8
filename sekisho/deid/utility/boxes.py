"""Which tuples a class covers, for all classes at once: a tree of boxes over the tuples, asked box by box.

A class covers a tuple if each of its labels covers the tuple's value. The tree halves the values of a column at a time
(Bentley 1975, CACM 18(9), with the middle of the range for the median); a class that covers a whole box is noted there once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.utility.queries import Covers

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAF = 8  # tuples below which a box is not halved
OUTSIDE, ACROSS, INSIDE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Boxes:
    """Classes: `labels[column][class]`, the logarithm of each one's share of the rows, and what the labels cover."""

    labels: tuple[Codes, ...]
    logs: Floats
    covers: tuple[Covers, ...]


class _Labels(NamedTuple):
    """The labels of all columns one after the other, from `offsets[column]` on; their runs likewise."""

    offsets: Counts
    begins: Counts
    low: Counts
    high: Counts


class _Tree(NamedTuple):
    """Node n has the tuples `order[begin[n]:end[n]]`, whose codes lie from `low[n]` to `high[n]`, shape (nodes, columns).

    `left[n]` is its first child, the other one follows; 0 for a leaf.
    """

    order: Counts
    begin: Counts
    end: Counts
    left: Counts
    low: Codes
    high: Codes


def logs_of_shares(tuples: Sequence[Codes], widths: Sequence[int], boxes: Boxes) -> Floats:
    """Give back for each tuple ln of the sum over the classes that cover it of share / tuples covered; −inf for none.

    `tuples[column][tuple]` are below `widths[column]`; shape (tuples,). Logarithms hold where a class covers more tuples
    than a float can count.
    """
    codes = np.stack(tuples, axis=1)
    order, begin, end, left, low, high = _grow(codes, np.array(widths, dtype=np.int64))
    tree = _Tree(order, begin, end, left, low, high)
    labels = _joined(boxes.covers)
    logs = boxes.logs.copy()
    for column, covers in zip(boxes.labels, boxes.covers, strict=True):
        logs -= np.log(np.add.reduceat(covers.high - covers.low, covers.begins[:-1]))[column]
    return _drop(codes, *tree, *labels, np.stack(boxes.labels, axis=1), logs)


def _joined(covers: Sequence[Covers]) -> _Labels:
    labels = np.cumsum([0, *(one.begins.size - 1 for one in covers)])
    runs = np.cumsum([0, *(one.low.size for one in covers)])
    begins = [one.begins[:-1] + run for one, run in zip(covers, runs[:-1], strict=True)]
    return _Labels(
        labels[:-1].astype(np.int64),
        np.concatenate([*begins, runs[-1:]]).astype(np.int64),
        np.concatenate([one.low for one in covers]),
        np.concatenate([one.high for one in covers]),
    )


@compiled
def _grow(codes: Codes, widths: Counts) -> tuple[Counts, Counts, Counts, Counts, Codes, Codes]:
    """Give back the tree over `codes`, shape (tuples, columns): its nodes stand before their children."""
    tuples, columns = codes.shape
    most = 2 * tuples
    order = np.arange(tuples)
    begin, end, left = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros(most, np.int64)
    low, high = np.empty((most, columns), np.int32), np.empty((most, columns), np.int32)
    end[0], nodes, node = tuples, 1, 0
    while node < nodes:
        low[node] = codes[order[begin[node]]]
        high[node] = low[node]
        for place in range(begin[node], end[node]):
            for column in range(columns):
                code = codes[order[place], column]
                low[node, column] = min(low[node, column], code)
                high[node, column] = max(high[node, column], code)
        if end[node] - begin[node] > LEAF:
            widest = int(np.argmax((high[node] - low[node]) / widths))
            middle = int((low[node, widest] + high[node, widest]) // 2)
            cut = _part(codes, order, begin[node], end[node], widest, middle)
            left[node] = nodes
            begin[nodes], end[nodes] = begin[node], cut
            begin[nodes + 1], end[nodes + 1] = cut, end[node]
            nodes += 2
        node += 1
    return order, begin[:nodes].copy(), end[:nodes].copy(), left[:nodes].copy(), low[:nodes].copy(), high[:nodes].copy()


@inner
def _part(codes: Codes, order: Counts, begin: int, end: int, column: int, middle: int) -> int:
    """Move tuples up to `middle` before the others, in place; give back where the others begin."""
    while begin < end:
        if codes[order[begin], column] <= middle:
            begin += 1
        else:
            end -= 1
            order[begin], order[end] = order[end], order[begin]
    return begin


@compiled
def _drop(  # noqa: PLR0913, PLR0917 - compiled loops are handed their arrays one by one
    codes: Codes,
    order: Counts,
    begin: Counts,
    end: Counts,
    left: Counts,
    low: Codes,
    high: Codes,
    offsets: Counts,
    begins: Counts,
    run_low: Counts,
    run_high: Counts,
    classes: Codes,
    logs: Floats,
) -> Floats:
    """Give back the logarithm of what the classes bring to each tuple."""
    of_tuple = np.full(codes.shape[0], -np.inf)
    of_node = np.full(begin.size, -np.inf)
    stack = np.empty(2 * 64 * codes.shape[1], np.int64)  # a path halves each column's codes at most 32 times
    for one in range(classes.shape[0]):
        stack[0], height = 0, 1
        while height:
            height -= 1
            node = stack[height]
            lies = _lies(low[node], high[node], offsets, begins, run_low, run_high, classes[one])
            if lies == INSIDE:
                of_node[node] = _add(of_node[node], logs[one])
            elif lies == ACROSS and left[node]:
                stack[height], stack[height + 1] = left[node], left[node] + 1
                height += 2
            elif lies == ACROSS:
                for place in range(begin[node], end[node]):
                    at = codes[order[place]]
                    if _lies(at, at, offsets, begins, run_low, run_high, classes[one]) == INSIDE:
                        of_tuple[order[place]] = _add(of_tuple[order[place]], logs[one])
    _hand_down(order, begin, end, left, of_node, of_tuple)
    return of_tuple


@inner
def _hand_down(order: Counts, begin: Counts, end: Counts, left: Counts, of_node: Floats, of_tuple: Floats) -> None:
    """Add what is noted at the nodes to their tuples, in place."""
    for node in range(begin.size):
        if left[node]:
            of_node[left[node]] = _add(of_node[left[node]], of_node[node])
            of_node[left[node] + 1] = _add(of_node[left[node] + 1], of_node[node])
            continue
        for place in range(begin[node], end[node]):
            of_tuple[order[place]] = _add(of_tuple[order[place]], of_node[node])


@inner
def _lies(
    low: Codes, high: Codes, offsets: Counts, begins: Counts, run_low: Counts, run_high: Counts, labels: Codes
) -> int:
    """Say how the box from `low` to `high` lies to what the labels cover: a box of one value is never ACROSS."""
    found = INSIDE
    for column in range(labels.size):
        first = begins[offsets[column] + labels[column]]
        behind = begins[offsets[column] + labels[column] + 1]
        while behind - first > 1:  # the last run that begins at or below the box
            middle = (first + behind) // 2
            if run_low[middle] <= low[column]:
                first = middle
            else:
                behind = middle
        if run_low[first] <= low[column] and high[column] < run_high[first]:
            continue
        above = behind < begins[offsets[column] + labels[column] + 1] and run_low[behind] <= high[column]
        touched = run_low[first] <= high[column] and low[column] < run_high[first]
        if not touched and not above:
            return OUTSIDE
        found = ACROSS
    return found


@inner
def _add(one: float, other: float) -> float:
    """Give back ln(exp(one) + exp(other))."""
    if one == -np.inf:
        return other
    if other == -np.inf:
        return one
    return max(one, other) + log1p(exp(-abs(one - other)))
