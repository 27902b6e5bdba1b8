"""How far the sensitive values of a class are from those of the whole table: the earth mover's distance.

The whole table is the one before any row was left out. The class that is farthest is found in floating point; its
distance is then an exact fraction.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.measure import Better, Kind, Measure, Unit
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.risk.histograms import Counts, Histograms
from sekisho.deid.table import Codes
from sekisho.errors import CannotMeet, Reason

Floats = npt.NDArray[np.float64]

_ATTACKER = "knows the table's distribution, that the person is in the table, and all of the person's quasi-identifiers"
_SHARES = "p: share of a value in E, q: in the table before any row was left out"
_SOURCE = "Li, Li and Venkatasubramanian 2007, ICDE, section"

EQUAL = Kind(
    "t-closeness-equal",
    Unit.RATIO,
    Better.LOWER,
    f"max over E of ½ · sum of |p − q|; {_SHARES}",
    _ATTACKER,
    f"{_SOURCE} 4.2",
)
ORDERED = Kind(
    "t-closeness-ordered",
    Unit.RATIO,
    Better.LOWER,
    f"max over E of the sum over i of |sum over j ≤ i of (pⱼ − qⱼ)| / (values − 1); {_SHARES}, in the values' order",
    _ATTACKER,
    f"{_SOURCE} 4.1",
)
HIERARCHICAL = Kind(
    "t-closeness-hierarchical",
    Unit.RATIO,
    Better.LOWER,
    f"max over E of the mean over the levels below * of ½ · sum of |p − q|, values under one label together; {_SHARES}",
    _ATTACKER,
    f"{_SOURCE} 4.2; the sum over the tree's edges is Evans and Matsen 2012, J R Stat Soc B 74(3)",
)


def equal_distance(held: Histograms) -> Measure:
    """Give back the greatest distance where any two values are 1 apart; 0 without rows.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 2, 1, 2, 3])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> equal_distance(held).text  # ½ (|2/3 − 3/6| + |1/3 − 2/6| + |0 − 1/6|)
    '0.166667'
    """
    alone = np.arange(held.whole.size, dtype=np.int32)
    return Measure(EQUAL, _farthest(held, [alone]), held.column)


def ordered_distance(held: Histograms) -> Measure:
    """Give back the greatest distance where values are as far apart as their places in the order, the ends 1.

    Every value of the table has a place, whether a class has it or not. 0 without rows or with one value.

    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=[1, 1, 2, 1, 2, 3])
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> ordered_distance(held).text  # (|2/3 − 3/6| + |3/3 − 5/6|) / 2
    '0.166667'
    """
    if not held.classes or held.whole.size < 2:
        return Measure(ORDERED, Fraction(0), held.column)
    worst = int(np.argmax(_ordered(held.begins, held.codes, held.rows, held.sizes, held.share)))
    carried = np.cumsum(_excess(held.of_class(worst), held.whole))
    whole = int(held.whole.sum()) * int(held.sizes[worst]) * (held.whole.size - 1)
    return Measure(ORDERED, Fraction(sum(np.abs(carried).tolist()), whole), held.column)


def hierarchical_distance(held: Histograms, tree: Ladder) -> Measure:
    """Give back the greatest distance where two values are as far apart as the level of their first shared label.

    The level is divided by the height of `tree`. 0 without rows. Refuses with LADDER_MISSING_VALUE.

    >>> from sekisho.deid.ladders.file import FileLadder
    >>> from sekisho.deid.ladders.rule import bind
    >>> from sekisho.deid.risk.histograms import classes_of_rows, histograms
    >>> from sekisho.deid.table import table_of
    >>> table = table_of(age=[30, 30, 30, 40, 40, 40], care=["1", "1", "2", "1", "2", "3"])
    >>> tree = bind(FileLadder((("1", "low", "*"), ("2", "low", "*"), ("3", "high", "*"))), table.column("care"))
    >>> held = histograms(classes_of_rows(table, ["age"]), table.column("care"), table.column("care"))
    >>> hierarchical_distance(held, tree).text  # 1/6 of care 3 comes from under another label: 2 of 2 levels
    '0.166667'
    """
    place = {value: number for number, value in enumerate(tree.values)}
    codes = np.array([place.get(value, -1) for value in held.values], dtype=np.int32)
    missing = int((held.whole[codes < 0] > 0).sum())
    if missing:
        raise CannotMeet(Reason.LADDER_MISSING_VALUE, column=held.column, count=missing)
    return Measure(HIERARCHICAL, _farthest(held, [nodes[codes] for nodes in tree.nodes[:-1]]), held.column)


def _farthest(held: Histograms, levels: Sequence[Codes]) -> Fraction:
    """Give back the greatest mean over `levels` of half of the absolute differences; a level groups the values."""
    if not held.classes or not levels:
        return Fraction(0)
    distances = np.zeros(held.classes)
    for group in levels:
        share = np.bincount(group, weights=held.share).astype(np.float64)
        _add_distances(distances, (held.begins, held.codes, held.rows, held.sizes), group, share)
    worst = int(np.argmax(distances))
    excess = _excess(held.of_class(worst), held.whole)
    total = 0
    for group in levels:
        apart = np.zeros(int(group.max()) + 1, dtype=np.int64)
        np.add.at(apart, group, excess)
        total += sum(np.abs(apart).tolist())
    return Fraction(total, 2 * len(levels) * int(held.whole.sum()) * int(held.sizes[worst]))


def _excess(counts: Counts, whole: Counts) -> Counts:
    """Give back p − q times both totals: whole numbers, below 2⁶³ for tables of up to 10⁹ rows."""
    excess: Counts = counts * whole.sum() - whole * counts.sum()
    return excess


@compiled
def _add_distances(
    distances: Floats, entries: tuple[Counts, Codes, Counts, Counts], group: Codes, share: Floats
) -> None:
    """Add to each class half of its absolute differences, in time of the values that it has, not of all there are."""
    begins, codes, rows, sizes = entries
    part = np.zeros(share.size)
    for one in range(begins.size - 1):
        total = 1.0  # the distance of a class that has none of the values is half of their shares and half of its own
        for place in range(begins[one], begins[one + 1]):
            part[group[codes[place]]] += rows[place] / sizes[one]
        for place in range(begins[one], begins[one + 1]):
            node = group[codes[place]]
            if part[node] > 0:
                total += abs(part[node] - share[node]) - share[node]
                part[node] = 0
        distances[one] += total / 2


@compiled
def _ordered(begins: Counts, codes: Codes, rows: Counts, sizes: Counts, share: Floats) -> Floats:
    """Give back each class's distance, up to rounding, in time of its values times the logarithm of all there are.

    Between two of its values the class's running share stays P, while the table's, Q, rises through P at most once:
    there the absolute differences are sums of Q on either side.
    """
    running = np.cumsum(share)
    sums = np.zeros(share.size + 1)
    sums[1:] = np.cumsum(running)
    distances = np.zeros(begins.size - 1)
    for one in range(begins.size - 1):
        low, total, taken = 0, 0.0, 0
        for place in range(begins[one], begins[one + 1] + 1):
            last = place == begins[one + 1]
            high = share.size - 1 if last else codes[place]
            had = taken / sizes[one]
            if high > low:
                turn = low + np.searchsorted(running[low:high], had)
                total += had * (turn - low) - (sums[turn] - sums[low])
                total += (sums[high] - sums[turn]) - had * (high - turn)
            if not last:
                taken += rows[place]
                low = codes[place]
        distances[one] = total / (share.size - 1)
    return distances
