"""The classes at a node, rolled up from the classes at a node below: one compiled pass, exact whole numbers.

Roll-up: LeFevre et al. 2005 (Incognito), section 3.2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled
from sekisho.deid.passes.tuples import Tuples
from sekisho.deid.search.full_domain.histograms.lifts import VALUES, Lifts

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

_DENSE = 4  # a table of all keys is used while it has no more places than this many per class
_WIDEST = 2**62


class Classes(NamedTuple):
    """Distinct tuples of labels: `codes[column, class]`, rows and persons of the population per class.

    `population` is empty unless a bound looks at it. The sensitive values of class c are at `begins[c]:begins[c + 1]`
    of `spots`, the place in a flat histogram, and `held`, their rows; `begins` is empty where no bound looks at any.
    """

    codes: Codes
    rows: Counts
    population: Counts
    begins: Counts
    spots: Codes
    held: Counts

    @property
    def bytes(self) -> int:
        return sum(int(one.nbytes) for one in self)


class Grouping(NamedTuple):
    """Which class of a node above each class joins, and for each of those one member and its rows and persons."""

    joins: Codes
    member: Codes
    rows: Counts
    population: Counts


def classes_of(tuples: Tuples, *, with_population: bool) -> Classes:
    """Give back the tuples as classes whose codes are the values (level VALUES)."""
    begins = np.zeros(0, dtype=np.int64)
    spots: Codes = np.zeros(0, dtype=np.int32)
    held = np.zeros(0, dtype=np.int64)
    if tuples.spreads:
        first = np.cumsum([0, *(one.width for one in tuples.spreads)])
        owner = np.concatenate([np.repeat(np.arange(len(tuples)), np.diff(one.begins)) for one in tuples.spreads])
        order = np.argsort(owner, kind="stable")
        place = [one.codes + at for one, at in zip(tuples.spreads, first, strict=False)]
        spots = np.concatenate(place).astype(np.int32)[order]
        held = np.concatenate([one.rows for one in tuples.spreads])[order]
        begins = np.searchsorted(owner[order], np.arange(len(tuples) + 1)).astype(np.int64)
    persons = tuples.population if with_population else np.zeros(0, dtype=np.int64)
    return Classes(np.stack(tuples.codes).astype(np.int32), tuples.rows, persons, begins, spots, held)


@compiled
def grouped(classes: Classes, low: Counts, high: Counts, lifts: Lifts) -> Grouping:
    """Give back how the classes at node `low` join at node `high`; costs one look at every cell."""
    columns, count = classes.codes.shape
    keys = np.zeros(count, dtype=np.int64)
    room = 1
    wide = 0
    for column in range(columns):
        size = lifts.sizes[column, high[column]]
        if size == 1:
            continue
        if room > _WIDEST // size:
            wide = 1  # the keys may now meet by overflow: equal keys are then compared label by label
        up = _way(lifts, column, low[column], high[column])
        codes = classes.codes[column]
        for one in range(count):
            keys[one] = keys[one] * size + up[np.uint32(codes[one])]  # a signed place would be checked for wrapping
        room = room if wide == 1 else room * size
    joins = np.empty(count, dtype=np.int32)
    member = np.empty(count, dtype=np.int32)
    if wide == 0 and room <= _DENSE * count + 1024:
        found = _by_table(keys, room, joins, member)
    else:
        found = _by_hash(keys, wide, joins, member, classes.codes, low, high, lifts)
    rows = np.zeros(found, dtype=np.int64)
    for one in range(count):
        rows[np.uint32(joins[one])] += classes.rows[one]
    population = np.zeros(found if classes.population.size else 0, dtype=np.int64)
    if classes.population.size:
        for one in range(count):
            population[np.uint32(joins[one])] += classes.population[one]
    return Grouping(joins, member[:found].copy(), rows, population)


@compiled
def _way(lifts: Lifts, column: int, low: int, high: int) -> Codes:
    return lifts.up[lifts.begin[column, low + 1, high] :]


@compiled
def _by_table(keys: Counts, room: int, joins: Codes, member: Codes) -> int:
    table = np.full(room, -1, dtype=np.int32)
    found = 0
    for one in range(keys.size):
        key = np.uint64(keys[one])
        place = table[key]
        if place < 0:
            place = found
            table[key] = place
            member[place] = one
            found += 1
        joins[one] = place
    return found


@compiled
def _by_hash(
    keys: Counts, wide: int, joins: Codes, member: Codes, codes: Codes, low: Counts, high: Counts, lifts: Lifts
) -> int:
    bits = 10
    while (1 << bits) < 2 * keys.size:
        bits += 1
    mask = np.uint64((1 << bits) - 1)
    table = np.full(1 << bits, -1, dtype=np.int32)
    seen = np.empty(keys.size, dtype=np.int64)
    found = 0
    for one in range(keys.size):
        key = keys[one]
        mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
        at = mixed >> np.uint64(64 - bits)
        while True:
            place = table[at]
            if place < 0:
                place = found
                table[at] = place
                seen[place] = key
                member[place] = one
                found += 1
                break
            if seen[np.uint32(place)] == key and (wide == 0 or _alike(one, member[place], codes, low, high, lifts)):
                break
            at = (at + np.uint64(1)) & mask
        joins[one] = place
    return found


@compiled
def _alike(one: int, other: int, codes: Codes, low: Counts, high: Counts, lifts: Lifts) -> bool:
    for column in range(codes.shape[0]):
        begin = lifts.begin[column, low[column] + 1, high[column]]
        if lifts.up[begin + codes[column, one]] != lifts.up[begin + codes[column, other]]:
            return False
    return True


@compiled
def members(grouping: Grouping) -> tuple[Counts, Codes]:
    """Give back the classes below, ordered by the class they join, and where each class above begins among them."""
    begins = np.zeros(grouping.rows.size + 1, dtype=np.int64)
    for place in grouping.joins:
        begins[place + 1] += 1
    for place in range(grouping.rows.size):
        begins[place + 1] += begins[place]
    at = begins[:-1].copy()
    ordered = np.empty(grouping.joins.size, dtype=np.int32)
    for one in range(grouping.joins.size):
        place = grouping.joins[one]
        ordered[at[place]] = one
        at[place] += 1
    return begins, ordered


@compiled
def rolled_up(classes: Classes, grouping: Grouping, low: Counts, high: Counts, lifts: Lifts, width: int) -> Classes:
    """Give back the classes at node `high`; `width` is the length of the flat histogram of the sensitive values."""
    columns = classes.codes.shape[0]
    count = grouping.rows.size
    codes = np.empty((columns, count), dtype=np.int32)
    for column in range(columns):
        up = _way(lifts, column, low[column], high[column])
        above, below = codes[column], classes.codes[column]
        for one in range(count):
            above[one] = up[np.uint32(below[np.uint32(grouping.member[one])])]
    if classes.begins.size == 0:
        return Classes(codes, grouping.rows, grouping.population, classes.begins, classes.spots, classes.held)
    first, ordered = members(grouping)
    begins = np.zeros(count + 1, dtype=np.int64)
    spots = np.empty(classes.spots.size, dtype=np.int32)
    held = np.empty(classes.spots.size, dtype=np.int64)
    histogram = np.zeros(width, dtype=np.int64)
    end = 0
    for place in range(count):
        for one in ordered[first[place] : first[place + 1]]:
            for at in range(classes.begins[one], classes.begins[one + 1]):
                spot = classes.spots[at]
                if histogram[spot] == 0:
                    spots[end] = spot
                    end += 1
                histogram[spot] += classes.held[at]
        for at in range(begins[place], end):
            held[at] = histogram[spots[at]]
            histogram[spots[at]] = 0
        begins[place + 1] = end
    return Classes(codes, grouping.rows, grouping.population, begins, spots[:end].copy(), held[:end].copy())


def at_values(columns: int) -> Counts:
    """Give back the node of the tuples themselves."""
    return np.full(columns, VALUES, dtype=np.int64)
