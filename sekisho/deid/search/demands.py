"""What a class must keep, in a form that compiled loops read: the searches' own judgement of a class.

The measures in `risk/` judge the released table by other code. Unions: two classes that keep a demand keep it together
(all of these are closed under union: counts add, entropy is concave, distances are convex, and the share that a union has
of a value, or of the population, lies between the shares of its parts).
"""

from collections.abc import Mapping, Sequence
from math import log
from typing import NamedTuple, assert_never

import numpy as np
import numpy.typing as npt

from sekisho.deid.bounds import (
    AlphaK,
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    Presence,
    RecursiveL,
    SensitiveBound,
    TCloseness,
)
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.passes.compiled import compiled, inner
from sekisho.deid.passes.tuples import Spread

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Histogram = npt.NDArray[np.int64]

DISTINCT, ENTROPY, RECURSIVE, EQUAL, ORDERED, HIERARCHICAL, DELTA, BETA, ALPHA = range(9)
LEAST_ROWS, LEAST_POPULATION, PRESENCE, SENSITIVE = range(4)  # `broken` answers; from SENSITIVE on, sensitive demands


class Demands(NamedTuple):
    """Demands on one class: `least_rows` of the table, `least_population` persons, and one entry per sensitive demand.

    Rows are `least_presence` to `most_presence` of its persons; 0 and 1 ask nothing, and with 0 a class without rows is free.

    `kind`, `number`, `second` (c, or 1 for enhanced) and `column` have one entry per demand. The histogram of a class is flat: the
    column c has its counts at `begin[c]:begin[c + 1]`; `share` is laid out alike and holds the table's shares. `group` holds, for
    hierarchical demands, the tree: demand d has, from `group_begin[d]` on, `levels[d]` rows of the column's width with the
    values by node, level 0 first, and as many rows with their nodes.
    """

    least_rows: int
    least_population: int
    least_presence: float
    most_presence: float
    kind: Counts
    number: Floats
    second: Floats
    column: Counts
    begin: Counts
    share: Floats
    group_begin: Counts
    levels: Counts
    group: Counts

    @property
    def needs_population(self) -> bool:
        return self.least_population > 0 or self.least_presence > 0 or self.most_presence < 1


def demand(
    bounds: Sequence[SensitiveBound],
    spreads: Sequence[Spread],
    ladders: Mapping[str, Ladder],
    *,
    least_rows: int,
    least_population: int,
    presence: Presence | None = None,
) -> Demands:
    """Give back the demands; `ladders` holds, by column, the tree for a hierarchical distance."""
    place = {one.name: number for number, one in enumerate(spreads)}
    begin = np.cumsum([0, *(one.width for one in spreads)], dtype=np.int64)
    whole = [one.whole for one in spreads]
    groups = [_groups(one, ladders) for one in bounds]
    kinds = [_kind(one) for one in bounds]
    return Demands(
        least_rows=least_rows,
        least_population=least_population,
        least_presence=float(presence.at_least) if presence else 0.0,
        most_presence=float(presence.at_most) if presence else 1.0,
        kind=np.array([kind for kind, _, _ in kinds], dtype=np.int64),
        number=np.array([number for _, number, _ in kinds], dtype=np.float64),
        second=np.array([second for _, _, second in kinds], dtype=np.float64),
        column=np.array([place[one.column] for one in bounds], dtype=np.int64),
        begin=begin,
        share=np.concatenate([np.zeros(0), *(one / max(one.sum(), 1) for one in whole)]),
        group_begin=np.cumsum([0, *(one.size for one in groups)], dtype=np.int64)[:-1],
        levels=np.array([one.shape[1] for one in groups], dtype=np.int64),
        group=np.concatenate([np.zeros(0, dtype=np.int64), *(one.ravel() for one in groups)]),
    )


def _kind(bound: SensitiveBound) -> tuple[int, float, float]:  # noqa: PLR0911 - one per kind
    match bound:
        case DistinctL(at_least=least):
            return DISTINCT, least, 0
        case EntropyL(at_least=least):
            return ENTROPY, log(least), 0
        case RecursiveL(at_least=least, c=c):
            return RECURSIVE, least, float(c)
        case TCloseness(at_most=most, distance=Distance.EQUAL):
            return EQUAL, float(most), 0
        case TCloseness(at_most=most, distance=Distance.ORDERED):
            return ORDERED, float(most), 0
        case TCloseness(at_most=most):
            return HIERARCHICAL, float(most), 0
        case DeltaDisclosure(at_most=most):
            return DELTA, float(most), 0
        case BetaLikeness(at_most=most, enhanced=enhanced):
            return BETA, float(most), float(enhanced)
        case AlphaK(at_most=most):
            return ALPHA, float(most), 0
        case _:
            assert_never(bound)


def _groups(bound: SensitiveBound, ladders: Mapping[str, Ladder]) -> Counts:
    if isinstance(bound, TCloseness) and bound.distance is Distance.HIERARCHICAL:
        nodes = np.stack(ladders[bound.column].nodes).astype(np.int64)
        order = np.argsort(nodes, axis=1, kind="stable")
        return np.stack([order, np.take_along_axis(nodes, order, axis=1)])
    return np.zeros((2, 0, 0), dtype=np.int64)


@inner
def counts_suffice(demands: Demands, width: int) -> bool:
    """Say whether a class is judged by having rows and persons enough alone; `width` is that of its histogram."""
    return width == 0 and demands.most_presence >= 1 and demands.least_presence <= 0


@inner
def enough(demands: Demands, rows: int, population: int) -> bool:
    """Say whether a class has rows and persons enough; one without rows is not released and needs none."""
    return rows == 0 or (rows >= demands.least_rows and population >= demands.least_population)


@inner
def is_present(demands: Demands, rows: int, population: int) -> bool:
    """Say whether the share of a class's persons who are in the table lies within the bounds."""
    if demands.most_presence < 1 and rows > (demands.most_presence + 1e-12) * population:
        return False
    return demands.least_presence <= 0 or rows >= (demands.least_presence - 1e-12) * population


@inner
def broken(demands: Demands, histogram: Histogram, rows: int, population: int) -> int:
    """Give back which demand a class breaks first, or -1: LEAST_ROWS, LEAST_POPULATION, PRESENCE, SENSITIVE + its number.

    A class without rows is not released, and breaks at most the last but one: that none of its persons is there is known.
    """
    if rows == 0:
        return -1 if is_present(demands, rows, population) else 2
    if rows < demands.least_rows:
        return 0
    if population < demands.least_population:
        return 1
    if not is_present(demands, rows, population):
        return 2
    for one in range(demands.kind.size):
        if not _kept(demands, one, histogram, rows):
            return 3 + one
    return -1


@compiled
def judge(demands: Demands, histogram: Histogram, rows: int, population: int) -> int:
    """Give back the same, for one class: kept compiled for those who are not compiled themselves."""
    return broken(demands, histogram, rows, population)


@inner
def _kept(demands: Demands, one: int, histogram: Histogram, rows: int) -> bool:
    value = figure(demands, one, histogram, rows)
    kind = demands.kind[one]
    if kind in (0, 1):
        return value >= demands.number[one] - 1e-12
    if kind == 2:
        return value > 0
    return value <= demands.number[one] + 1e-12 if kind != 6 else value < demands.number[one]


@inner
def figure(demands: Demands, one: int, histogram: Histogram, rows: int) -> float:  # noqa: PLR0911 - one per kind
    """Give back the number that demand `one` bounds, for a class of `rows` rows with this histogram.

    Distinct values; entropy in nats; c · tail − r₁ for recursive; the earth mover's distance; the greatest |ln(p / q)|;
    the greatest gain, divided by what enhanced β allows it; the greatest share of a value.
    """
    column = demands.column[one]
    low, high = demands.begin[column], demands.begin[column + 1]
    kind = demands.kind[one]
    if kind == 0:
        return _distinct(histogram[low:high])
    if kind == 1:
        return _entropy(histogram[low:high], rows)
    if kind == 2:
        return _recursive(histogram[low:high], int(demands.number[one]), demands.second[one])
    if kind == 3:
        return _equal(histogram[low:high], demands.share[low:high], rows)
    if kind == 4:
        return _ordered(histogram[low:high], demands.share[low:high], rows)
    if kind == 5:
        width = high - low
        half = demands.levels[one] * width
        begin = demands.group_begin[one]
        order = demands.group[begin : begin + half].reshape(demands.levels[one], width)
        node = demands.group[begin + half : begin + 2 * half].reshape(demands.levels[one], width)
        return _hierarchical(histogram[low:high], demands.share[low:high], rows, order, node)
    if kind == 6:
        return _disclosure(histogram[low:high], demands.share[low:high], rows)
    if kind == 8:
        return _greatest(histogram[low:high]) / rows
    return _likeness(histogram[low:high], demands.share[low:high], rows, demands.number[one], demands.second[one])


@inner
def _distinct(counts: Histogram) -> float:
    found = 0.0
    for count in counts:
        if count > 0:
            found += 1
    return found


@inner
def _greatest(counts: Histogram) -> int:
    greatest = 0
    for count in counts:
        greatest = max(greatest, count)
    return greatest


@inner
def _entropy(counts: Histogram, rows: int) -> float:
    total = 0.0
    for count in counts:
        if count > 0:
            share = count / rows
            total -= share * np.log(share)
    return total


@inner
def _recursive(counts: Histogram, least: int, c: float) -> float:
    """Give back c · (r_least + …) − r_1 for the counts r by falling size: the tail is all but the least − 1 greatest."""
    tail = greatest = 0
    for count in counts:
        tail += count
        greatest = max(greatest, count)
    last, at = greatest + 1, -1
    for _ in range(min(least - 1, counts.size)):
        following, place = -1, -1
        for value in range(counts.size):
            behind = counts[value] < last or (counts[value] == last and value > at)
            if behind and counts[value] > following:
                following, place = counts[value], value
        last, at = following, place
        tail -= following
    return c * tail - greatest


@inner
def _equal(counts: Histogram, share: Floats, rows: int) -> float:
    total = 0.0
    for value in range(counts.size):
        total += abs(counts[value] / rows - share[value])
    return total / 2


@inner
def _ordered(counts: Histogram, share: Floats, rows: int) -> float:
    if counts.size < 2:
        return 0.0
    total = 0.0
    carried = 0.0
    for value in range(counts.size - 1):
        carried += counts[value] / rows - share[value]
        total += abs(carried)
    return total / (counts.size - 1)


@inner
def _hierarchical(counts: Histogram, share: Floats, rows: int, order: Counts, node: Counts) -> float:
    """Give back the distance of Li et al. 2007, section 4.2: the mean over levels of the equal distance between nodes.

    It costs height(N) / H to carry a share over node N, so one share crosses each level below N once, and 1 / H is paid at
    each. `order` and `node` of shape (levels, width): values by node, and the nodes in that order.
    """
    levels, width = order.shape
    total = 0.0
    for level in range(levels - 1):
        extra = 0.0
        for at in range(width):
            value = order[level, at]
            extra += counts[value] / rows - share[value]
            if at + 1 == width or node[level, at + 1] != node[level, at]:
                total += abs(extra) / 2
                extra = 0.0
    return total / max(levels - 1, 1)


@inner
def _disclosure(counts: Histogram, share: Floats, rows: int) -> float:
    worst = 0.0
    for value in range(counts.size):
        if share[value] > 0:
            if counts[value] == 0:
                return np.inf
            worst = max(worst, abs(np.log(counts[value] / rows / share[value])))
    return worst


@inner
def _likeness(counts: Histogram, share: Floats, rows: int, most: float, enhanced: float) -> float:
    worst = 0.0
    for value in range(counts.size):
        if share[value] > 0:
            gain = (counts[value] / rows - share[value]) / share[value]
            allowed = min(most, -np.log(share[value])) if enhanced > 0 else most
            if allowed > 0:
                worst = max(worst, gain * most / allowed)
            elif gain > 1e-12:
                return np.inf
    return worst
