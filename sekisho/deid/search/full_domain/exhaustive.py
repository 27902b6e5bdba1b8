"""The oracle: every node, every row, in plain Python. For small tables and for tests of the real search.

It shares no code with the search: every bound is computed here from its definition (`bounds.py` names the sources).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import log
from typing import assert_never

from sekisho.deid.bounds import (
    AlphaK,
    AverageRisk,
    BetaLikeness,
    Bound,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    HighestRisk,
    KMap,
    KSubjects,
    Presence,
    RecursiveL,
    TCloseness,
)
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.policy import Goal
from sekisho.deid.table import Value

Row = tuple[Value, ...]
Node = tuple[int, ...]
Answer = tuple[Fraction, int, Node]

_TOLERANCE = 1e-12


@dataclass(frozen=True, eq=False)
class Question:
    """Rows, the values of each sensitive column beside them, and the persons of the population, for k-map and presence.

    `trees` are the ladders of sensitive columns whose distance is hierarchical, `subjects` the persons whose rows they are.
    """

    rows: Sequence[Row]
    ladders: tuple[Ladder, ...]
    highest: Node
    k: int
    most_suppressed: int
    goal: Goal
    bounds: Sequence[Bound] = ()
    sensitive: Mapping[str, Sequence[int]] = field(default_factory=dict)
    population: Sequence[Row] = ()
    trees: Mapping[str, Ladder] = field(default_factory=dict)
    weights: Sequence[int] = ()
    subjects: Sequence[Value] = ()

    @property
    def times(self) -> Sequence[int]:
        """How many times a goal in cells counts each column."""
        return self.weights or (1,) * len(self.ladders)


def best_by_trying_all(asked: Question) -> Answer | None:
    """Give back (goal's value, suppressed rows, levels) of the best node, or None where none keeps the bounds."""
    nodes = product(*(range(one + 1) for one in asked.highest))
    return min((one for one in (answer_at(asked, node) for node in nodes) if one), default=None)


def answer_at(asked: Question, node: Node) -> Answer | None:
    """Give back (value, suppressed rows, levels) of a node, or None where it does not keep the bounds."""
    labels = [_label(row, asked.ladders, node) for row in asked.rows]
    persons = Counter(_label(row, asked.ladders, node) for row in asked.population)
    places: dict[Row, list[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    released = {label: len(one) for label, one in places.items() if _keeps(asked, one, persons[label])}
    suppressed = len(labels) - sum(released.values())
    if any(one.at_least > 0 for one in asked.bounds if isinstance(one, Presence)) and persons.keys() - released.keys():
        return None  # persons whom nobody released is like are known not to be there
    risks = [one.at_most for one in asked.bounds if isinstance(one, AverageRisk)]
    if suppressed > asked.most_suppressed or any(len(released) > one * sum(released.values()) for one in risks):
        return None
    return _value(asked, labels, released, node), suppressed, node


def climbs_of(ladder: Ladder) -> dict[Value, list[Value]]:
    """Give back for each value its labels, level by level."""
    return {
        value: [labels[node[place]] for labels, node in zip(ladder.labels, ladder.nodes, strict=True)]
        for place, value in enumerate(ladder.values)
    }


def _label(row: Row, ladders: tuple[Ladder, ...], node: Node) -> Row:
    return tuple(climbs_of(ladder)[cell][level] for cell, ladder, level in zip(row, ladders, node, strict=True))


def _keeps(asked: Question, places: Sequence[int], persons: int) -> bool:
    return len(places) >= asked.k and all(_keeps_one(asked, one, places, persons) for one in asked.bounds)


def _keeps_one(asked: Question, bound: Bound, places: Sequence[int], persons: int) -> bool:  # noqa: C901, PLR0911, PLR0912  # one for each bound
    match bound:
        case KMap(at_least=least):
            return persons >= least
        case KSubjects(at_least=least):
            return len({asked.subjects[one] for one in places}) >= least
        case Presence(at_most=most, at_least=least):
            return least * persons <= len(places) <= most * persons
        case HighestRisk(at_most=most):
            return Fraction(1, len(places)) <= most
        case AverageRisk():
            return True
        case AlphaK(column=column, at_most=most):
            return max(_counts(asked, column, places).values()) <= most * len(places)
        case DistinctL(column=column, at_least=least):
            return len(_counts(asked, column, places)) >= least
        case EntropyL(column=column, at_least=least):
            shares = [one / len(places) for one in _counts(asked, column, places).values()]
            return -sum(one * log(one) for one in shares) >= log(least) - _TOLERANCE
        case RecursiveL(column=column, at_least=least, c=c):
            falling = sorted(_counts(asked, column, places).values(), reverse=True)
            return falling[0] < c * sum(falling[least - 1 :])
        case TCloseness(column=column, at_most=most):
            return _distance(asked, bound, _gains(asked, column, places)) <= float(most) + _TOLERANCE
        case DeltaDisclosure(column=column, at_most=most):
            ratios = [gain / share + 1 for gain, share in _gains(asked, column, places).values()]
            return all(one > 0 and abs(log(one)) < most for one in ratios)
        case BetaLikeness(column=column, at_most=most, enhanced=enhanced):
            return all(
                gain / share <= min(float(most), -log(share) if enhanced else float(most)) + 1e-9
                for gain, share in _gains(asked, column, places).values()
            )
        case _:
            assert_never(bound)


def _counts(asked: Question, column: str, places: Sequence[int]) -> Counter[int]:
    return Counter(asked.sensitive[column][one] for one in places)


def _gains(asked: Question, column: str, places: Sequence[int]) -> dict[int, tuple[Fraction, Fraction]]:
    """Give back for each value of the table, in order, (p - q, q): shares in the class and in the table."""
    inside, everywhere = _counts(asked, column, places), Counter(asked.sensitive[column])
    rows = len(asked.rows)
    return {
        value: (Fraction(inside[value], len(places)) - Fraction(everywhere[value], rows), Fraction(count, rows))
        for value, count in sorted(everywhere.items())
    }


def _distance(asked: Question, bound: TCloseness, gains: Mapping[int, tuple[Fraction, Fraction]]) -> Fraction:
    extra = {value: gain for value, (gain, _) in gains.items()}
    match bound.distance:
        case Distance.EQUAL:
            return sum((abs(one) for one in extra.values()), Fraction(0)) / 2
        case Distance.ORDERED:
            carried = [sum(list(extra.values())[: end + 1], Fraction(0)) for end in range(len(extra))]
            return sum((abs(one) for one in carried), Fraction(0)) / max(len(extra) - 1, 1)
        case Distance.HIERARCHICAL:
            # a tree whose every edge is 1 / 2H long puts leaves with their ancestor at height h at h / H
            tree = asked.trees[bound.column]
            crossing = Fraction(0)
            for nodes in tree.nodes[:-1]:
                through: dict[int, Fraction] = {}
                for value, one in extra.items():
                    through[int(nodes[value])] = through.get(int(nodes[value]), Fraction(0)) + one
                crossing += sum((abs(one) for one in through.values()), Fraction(0))
            return crossing / (2 * tree.height)
        case _:
            assert_never(bound.distance)


def _value(asked: Question, labels: Sequence[Row], released: Mapping[Row, int], node: Node) -> Fraction:
    suppressed = len(labels) - sum(released.values())
    match asked.goal:
        case Goal.LOSS | Goal.PRECISION_LOSS:
            cells = [
                asked.times[axis] * (_cell(asked, axis, cell, level) if label in released else Fraction(1))
                for row, label in zip(asked.rows, labels, strict=True)
                for axis, (cell, level) in enumerate(zip(row, node, strict=True))
            ]
            return sum(cells, Fraction(0)) / (len(labels) * sum(asked.times))
        case Goal.DISCERNIBILITY:
            return Fraction(sum(size**2 for size in released.values()) + len(labels) * suppressed)
        case Goal.AVERAGE_CLASS:
            return Fraction(sum(released.values()), len(released) * asked.k) if released else Fraction(len(labels))
        case Goal.ENTROPY_LOSS:
            return Fraction(_entropy_loss(asked, labels, released, node))
        case _:
            assert_never(asked.goal)


def _cell(asked: Question, axis: int, cell: Value, level: int) -> Fraction:
    ladder = asked.ladders[axis]
    if asked.goal is Goal.PRECISION_LOSS:
        return Fraction(level, ladder.height)
    climbs = climbs_of(ladder)
    covered = sum(1 for one in climbs.values() if one[level] == climbs[cell][level])
    return Fraction(covered - 1, len(climbs) - 1) if len(climbs) > 1 else Fraction(0)


def _entropy_loss(asked: Question, labels: Sequence[Row], released: Mapping[Row, int], node: Node) -> float:
    shares = []
    for axis, ladder in enumerate(asked.ladders):
        climbs = climbs_of(ladder)
        column = [row[axis] for row in asked.rows]
        values, at_level = Counter(column), Counter(climbs[one][node[axis]] for one in column)
        lost, most = 0.0, 0.0
        for cell, label in zip(column, labels, strict=True):
            left_out = log(len(column) / values[cell])
            most += left_out
            lost += log(at_level[climbs[cell][node[axis]]] / values[cell]) if label in released else left_out
        shares.append(asked.times[axis] * lost / most if most else 0.0)
    return sum(shares) / sum(asked.times)
