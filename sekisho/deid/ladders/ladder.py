"""A ladder bound to a column: what each value present becomes, level by level."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Codes, Column, Value, rank_of
from sekisho.errors import CannotMeet, Malformed, Reason

TOP = "*"
MOST_LEVELS = 30  # level 0 and * among them

Labels = tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Ladder:
    """What the values of one column become.

    `values` are the values present in the table, ordered so that every node of every level is a range of them.
    `labels[level]` are the distinct labels of a level and `nodes[level][value]` is an index into them; level 0 shows
    the values (coded at top and bottom, if the rule says so), the last level is `*`.
    """

    column: str
    values: tuple[Value, ...]
    labels: tuple[Labels, ...]
    nodes: tuple[Codes, ...]

    @property
    def height(self) -> int:
        """Levels above level 0."""
        return len(self.labels) - 1

    @cached_property
    def covered(self) -> tuple[npt.NDArray[np.int64], ...]:
        """For each level, how many of the values present stand under each label."""
        return tuple(
            np.bincount(node, minlength=len(labels)).astype(np.int64)
            for node, labels in zip(self.nodes, self.labels, strict=True)
        )

    @cached_property
    def standing(self) -> dict[Value, tuple[int, ...] | range]:
        """For each label's text the codes that it may stand for: at several levels one text may name different nodes."""
        found: dict[Value, set[tuple[int, int]]] = {}
        for labels, nodes in zip(self.labels, self.nodes, strict=True):
            begins = np.searchsorted(nodes, np.arange(len(labels) + 1)).tolist()
            for label, begin, end in zip(labels, begins, begins[1:], strict=False):
                found.setdefault(label, set()).add((begin, end))
        return {
            label: range(*next(iter(ends)))
            if len(ends) == 1
            else tuple(sorted({one for end in ends for one in range(*end)}))
            for label, ends in found.items()
        }

    def lift(self, low: int, high: int) -> Codes:
        """Give back, for each label of level `low`, the index of its label at level `high`."""
        up = np.zeros(len(self.labels[low]), dtype=np.int32)
        up[self.nodes[low]] = self.nodes[high]
        return up

    def codes_of(self, column: Column) -> Codes:
        """Give back for each row of `column` the place of its value in `values`, in ladder order.

        Refuses with LADDER_MISSING_VALUE a column of another table, where a row has a value that is not known here.
        """
        place = {value: number for number, value in enumerate(self.values)}
        order = np.array([place.get(value, -1) for value in column.values], dtype=np.int32)
        missing = int((column.counts[order < 0] > 0).sum())
        if missing:
            raise CannotMeet(Reason.LADDER_MISSING_VALUE, column=self.column, count=missing)
        codes: Codes = order[column.codes]
        return codes


def widened(ladder: Ladder, values: Iterable[Value]) -> Ladder:
    """Give back the ladder with further values, each with a label of its own at every level below `*`.

    For reading what labels cover of values that no row had when the ladder was bound: no label of the ladder covers one.
    """
    known = set(ladder.values)
    more = tuple(sorted((one for one in values if one not in known), key=rank_of))
    if not more:
        return ladder
    labels, nodes = [], []
    for level, (names, node) in enumerate(zip(ladder.labels, ladder.nodes, strict=True)):
        top = level == ladder.height
        added = np.zeros(len(more)) if top else len(names) + np.arange(len(more))
        labels.append(names if top else (*names, *more))
        nodes.append(np.concatenate([node, added]).astype(np.int32))
    return Ladder(ladder.column, (*ladder.values, *more), tuple(labels), tuple(nodes))


def grow(column: str, values: Iterable[Value], climb: Callable[[Value], Labels]) -> Ladder:
    """Give back the ladder of `values`, where `climb` gives a value's labels from level 0 to `*`.

    Refuses with LADDER_MALFORMED what is not a tree: two values with one label at a level and two labels at the next.
    """
    climbs = {value: climb(value) for value in values}
    ordered = _in_ladder_order(climbs)
    height = len(next(iter(climbs.values()))) if climbs else 1
    check_tree(column, climbs.values())
    labels: list[Labels] = []
    nodes: list[Codes] = []
    for level in range(height):
        place: dict[Value, int] = {}
        nodes.append(np.array([place.setdefault(climbs[one][level], len(place)) for one in ordered], dtype=np.int32))
        labels.append(tuple(place))
    return Ladder(column, ordered, tuple(labels), tuple(nodes))


def check_tree(column: str, climbs: Iterable[Labels]) -> None:
    parents: dict[tuple[int, Value], Value] = {}
    for labels in climbs:
        for level, (label, parent) in enumerate(pairwise(labels)):
            if parents.setdefault((level, label), parent) != parent:
                raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="not-a-tree", level=level + 1)


def _in_ladder_order(climbs: dict[Value, Labels]) -> tuple[Value, ...]:
    """Give back the values so that those under one label stand together at every level, else in the order given."""
    rank: dict[tuple[int, Value], int] = {}
    for labels in climbs.values():
        for level, label in enumerate(labels):
            rank.setdefault((level, label), len(rank))
    return tuple(
        sorted(
            climbs,
            key=lambda value: [rank[level, label] for level, label in reversed(list(enumerate(climbs[value])))],
        )
    )
