"""The oracle: every node, every row, in plain Python. For small tables and for tests of the real search."""

from collections import Counter
from fractions import Fraction
from itertools import product
from typing import assert_never

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.policy import Goal
from sekisho.deid.search.problem import Node
from sekisho.deid.table import Value

Rows = list[tuple[Value, ...]]
Answer = tuple[Fraction, int, Node]


def best_by_trying_all(
    rows: Rows, ladders: tuple[Ladder, ...], highest: Node, k: int, most_suppressed: int, goal: Goal
) -> Answer | None:
    """Give back (goal's value, suppressed rows, levels) of the best node, or None where none keeps the bounds."""
    answers = []
    for node in product(*(range(one + 1) for one in highest)):
        labels = [_label(row, ladders, node) for row in rows]
        sizes = Counter(labels)
        suppressed = sum(1 for one in labels if sizes[one] < k)
        if suppressed <= most_suppressed:
            answers.append((_value(rows, labels, ladders, node, k, goal), suppressed, node))
    return min(answers, default=None)


def climbs_of(ladder: Ladder) -> dict[Value, list[Value]]:
    """Give back for each value its labels, level by level."""
    return {
        value: [labels[node[place]] for labels, node in zip(ladder.labels, ladder.nodes, strict=True)]
        for place, value in enumerate(ladder.values)
    }


def _label(row: tuple[Value, ...], ladders: tuple[Ladder, ...], node: Node) -> tuple[Value, ...]:
    return tuple(climbs_of(ladder)[cell][level] for cell, ladder, level in zip(row, ladders, node, strict=True))


def _value(rows: Rows, labels: Rows, ladders: tuple[Ladder, ...], node: Node, k: int, goal: Goal) -> Fraction:
    sizes = Counter(labels)
    released = {label: size for label, size in sizes.items() if size >= k}
    suppressed = len(rows) - sum(released.values())
    match goal:
        case Goal.LOSS:
            cells = [
                _cell_loss(cell, ladder, level) if label in released else Fraction(1)
                for row, label in zip(rows, labels, strict=True)
                for cell, ladder, level in zip(row, ladders, node, strict=True)
            ]
            return sum(cells, Fraction(0)) / len(cells)
        case Goal.PRECISION_LOSS:
            cells = [
                Fraction(level, ladder.height) if label in released else Fraction(1)
                for label in labels
                for ladder, level in zip(ladders, node, strict=True)
            ]
            return sum(cells, Fraction(0)) / len(cells)
        case Goal.DISCERNIBILITY:
            return Fraction(sum(size**2 for size in released.values()) + len(rows) * suppressed)
        case Goal.AVERAGE_CLASS:
            return Fraction(sum(released.values()), len(released) * k) if released else Fraction(len(rows))
        case _:
            assert_never(goal)


def _cell_loss(cell: Value, ladder: Ladder, level: int) -> Fraction:
    climbs = climbs_of(ladder)
    covered = sum(1 for one in climbs.values() if one[level] == climbs[cell][level])
    return Fraction(covered - 1, len(climbs) - 1) if len(climbs) > 1 else Fraction(0)
