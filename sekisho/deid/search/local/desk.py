"""Room to count the children of one fragment: nodes one level below its own.

`desk` has a row per node: rows, persons of the population, lowest and highest code, number in `touched` (from 1), and
whether the child stands alone. `touched` lists the nodes in use; `histogram` has their sensitive values in that order.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import inner
from sekisho.deid.search.demands import Demands, broken

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

ROWS, PEOPLE, LOW, HIGH, SLOT, ALONE = range(6)


@inner
def count_children(
    codes: Codes,
    weights: Counts,
    people: Counts,
    order: Counts,
    column: int,
    node: Codes,
    begin: int,
    desk: Counts,
    touched: Counts,
) -> int:
    """Count the fragment by the nodes of one level; give back how many there are, their numbers in `touched`."""
    found = 0
    for one in order:
        code = codes[one, column]
        child = node[begin + code]
        if desk[child, SLOT] == 0:
            touched[found] = child
            found += 1
            desk[child, SLOT] = found
            desk[child, LOW], desk[child, HIGH] = code, code
        desk[child, ROWS] += weights[one]
        desk[child, PEOPLE] += people[one]
        desk[child, LOW] = min(desk[child, LOW], code)
        desk[child, HIGH] = max(desk[child, HIGH], code)
    return found


@inner
def count_values(
    codes: Codes,
    begins: Counts,
    place: Counts,
    amount: Counts,
    order: Counts,
    column: int,
    node: Codes,
    begin: int,
    desk: Counts,
    histogram: Counts,
) -> None:
    """Add up the sensitive values of the children that `count_children` found."""
    for one in order:
        slot = desk[node[begin + codes[one, column]], SLOT] - 1
        for entry in range(begins[one], begins[one + 1]):
            histogram[slot, place[entry]] += amount[entry]


@inner
def decide_by_rows(least: int, least_people: int, found: int, desk: Counts, touched: Counts) -> int:
    """As `decide`, where `counts_suffice`."""
    alone = rows = people = 0
    for at in range(found):
        child = touched[at]
        own, own_people = desk[child, ROWS], desk[child, PEOPLE]
        if own == 0 or (own >= least and own_people >= least_people):
            desk[child, ALONE] = 1
            alone += 1
        else:
            desk[child, ALONE] = 0
            rows += own
            people += own_people
    while rows > 0 and alone > 0 and (rows < least or people < least_people):
        smallest = _smallest(found, desk, touched)
        desk[smallest, ALONE] = 0
        alone -= 1
        rows += desk[smallest, ROWS]
        people += desk[smallest, PEOPLE]
    return alone


@inner
def decide(demands: Demands, found: int, desk: Counts, touched: Counts, histogram: Counts, rest: Counts) -> int:
    """Mark the children that stand alone, so that the rest of them keeps the demands too; give back how many."""
    for place in range(rest.size):
        rest[place] = 0
    alone = rows = people = 0
    for at in range(found):
        child = touched[at]
        if broken(demands, histogram[desk[child, SLOT] - 1], desk[child, ROWS], desk[child, PEOPLE]) < 0:
            desk[child, ALONE] = 1
            alone += 1
        else:
            desk[child, ALONE] = 0
            rows += desk[child, ROWS]
            people += desk[child, PEOPLE]
            _add(rest, histogram, desk[child, SLOT] - 1)
    while alone > 0 and broken(demands, rest, rows, people) >= 0:
        smallest = _smallest(found, desk, touched)
        desk[smallest, ALONE] = 0
        alone -= 1
        rows += desk[smallest, ROWS]
        people += desk[smallest, PEOPLE]
        _add(rest, histogram, desk[smallest, SLOT] - 1)
    return alone


@inner
def _smallest(found: int, desk: Counts, touched: Counts) -> int:
    smallest = -1
    for at in range(found):
        child = touched[at]
        if desk[child, ALONE] == 1 and (smallest < 0 or desk[child, ROWS] < desk[smallest, ROWS]):
            smallest = child
    return smallest


@inner
def _add(total: Counts, histogram: Counts, slot: int) -> None:
    for place in range(total.size):
        total[place] += histogram[slot, place]


@inner
def lay_out(
    codes: Codes, order: Counts, column: int, node: Codes, begin: int, desk: Counts, children: Counts, pieces: Counts
) -> int:
    """Give every child that stands alone its place, in ladder order; the piece behind the last is the rest's."""
    for child in children:
        desk[child, LOW] = 0
    for one in order:
        desk[node[begin + codes[one, column]], LOW] += 1
    count = place = 0
    for child in children:
        if desk[child, ALONE] == 1:
            pieces[count, 0], pieces[count, 1] = place, place + desk[child, LOW]
            desk[child, HIGH] = place
            place += desk[child, LOW]
            count += 1
    pieces[count, 0], pieces[count, 1] = place, order.size
    return count


@inner
def clear_desk(found: int, desk: Counts, touched: Counts, histogram: Counts) -> None:
    for at in range(found):
        child = touched[at]
        desk[child, ROWS] = desk[child, PEOPLE] = desk[child, SLOT] = 0
        for place in range(histogram.shape[1]):
            histogram[at, place] = 0


@inner
def measure(codes: Codes, weights: Counts, order: Counts, live: Counts, ranges: Counts) -> int:
    """Give back the fragment's rows; `ranges` become its lowest and highest code, of the columns in `live`."""
    for column in live:
        ranges[column, 0], ranges[column, 1] = 1 << 30, -1
    rows = 0
    for one in order:
        rows += weights[one]
        for column in live:
            code = codes[one, column]
            ranges[column, 0] = min(ranges[column, 0], code)
            ranges[column, 1] = max(ranges[column, 1], code)
    return rows


@inner
def sort_first(numbers: Counts, count: int) -> None:
    """Sort the first `count` numbers in place (Shell 1959, with Knuth's gaps): a library's sort takes a second to compile."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(gap, count):
            here = numbers[at]
            to = at
            while to >= gap and numbers[to - gap] > here:
                numbers[to] = numbers[to - gap]
                to -= gap
            numbers[to] = here
        gap //= 3
