"""Which tuples are unique in which sets of columns: the minimal sample uniques of SUDA.

What Manning, Haglin and Keane 2008 (Data Min Knowl Disc 16, 165-196) search value by value is searched here set by set of
columns. A set's tuples stand in groups of those alike in it. A tuple alone is unique there and in every larger set, and
leaves the branch: what stays becomes less at every step. A branch adds columns in falling order, so that each set is met
once, and branches share nothing but what they read.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.uint64]

DOUBLED = 1 << 32  # a tuple of two rows or more, in a count whose lower half counts the tuples of one row
MARK_BITS = 64


@dataclass(frozen=True, eq=False)
class Sets:
    """The sets of at most `largest` of so many columns, from the empty one on by size; `members`: their columns, falling.

    `larger[set, column]` is the set with one column more, below all of its own; `smaller[set]` are those with one column
    fewer, but for the one that lacks the lowest; -1 where there is none.
    """

    members: tuple[tuple[int, ...], ...]
    larger: Codes
    smaller: Codes

    @property
    def largest(self) -> int:
        return len(self.members[-1])


def sets_of(columns: int, largest: int) -> Sets:
    """Give back the sets; `largest` at most `columns`."""
    falling = range(columns - 1, -1, -1)
    members = tuple(one for size in range(largest + 1) for one in combinations(falling, size))
    place = {one: number for number, one in enumerate(members)}
    larger = np.full((len(members), max(columns, 1)), -1, dtype=np.int32)
    smaller = np.full((len(members), max(largest - 1, 1)), -1, dtype=np.int32)
    for number, one in enumerate(members[1:], 1):
        larger[place[one[:-1]], one[-1]] = number
        for left_out in range(len(one) - 1):
            smaller[number, left_out] = place[one[:left_out] + one[left_out + 1 :]]
    return Sets(members, larger, smaller)


@compiled
def mark_branch(
    codes: Codes, single: int, width: int, steps: Codes, lowest: int, largest: int, larger: Codes, found: Marks
) -> None:
    """Mark in `found[set]` the tuples that are alone in each set of a branch, and were not before its last column.

    `codes[column, tuple]`, all below `width`; the first `single` tuples have one row, the others more. The branch begins
    with the columns `steps` and goes on with those below `lowest`. Takes 6 bytes a tuple for each column of a set.
    """
    tuples = codes.shape[1]
    deepest = min(steps.size + lowest, largest)
    held = np.empty((deepest + 1, tuples), np.int32)  # by size of the set: its tuples, group by group
    starts = np.empty((deepest + 1, tuples // 2 + 2), np.int32)
    groups = np.ones(deepest + 1, np.int64)
    path = np.zeros((deepest + 1, 3), np.int64)  # by size: the set, the next column to try, the first not to try
    tally = np.zeros(width, np.int64)
    unread = np.empty_like(found[0])
    held[0] = np.arange(tuples)
    starts[0, 0], starts[0, 1] = 0, tuples
    size, one = 0, 0
    for column in steps:
        one = larger[one, column]
        marks = found[one] if size + 1 == steps.size else unread
        groups[size + 1] = _split(held, starts, size, groups[size], codes[column], tally, single, marks)
        size += 1
    path[size, 0], path[size, 1], path[size, 2] = one, 0, lowest
    while size >= steps.size:
        column = path[size, 1]
        if column >= path[size, 2] or size == largest or groups[size] == 0:
            size -= 1
            continue
        path[size, 1] = column + 1
        one = larger[path[size, 0], column]
        if column == 0 or size + 1 == largest:
            _mark(held[size], starts[size], groups[size], codes[column], tally, single, found[one])
            continue
        groups[size + 1] = _split(held, starts, size, groups[size], codes[column], tally, single, found[one])
        size += 1
        path[size, 0], path[size, 1], path[size, 2] = one, 0, column


@inner
def _put(marks: Marks, one: int, single: int) -> None:
    """Mark a tuple that is alone, if it has one row."""
    if one < single:
        marks[one // MARK_BITS] |= np.uint64(1) << np.uint64(one % MARK_BITS)


@compiled
def _mark(held: Codes, starts: Codes, groups: int, codes: Codes, tally: Counts, single: int, marks: Marks) -> None:
    """Mark the tuples of one row whose code no other tuple of their group has; `tally` is zero before and after."""
    for group in range(groups):
        first, last = starts[group], starts[group + 1]
        if last - first == 2:  # most groups, once a set has a few columns
            if codes[held[first]] != codes[held[first + 1]]:
                _put(marks, held[first], single)
                _put(marks, held[first + 1], single)
            continue
        for place in range(first, last):
            tally[codes[held[place]]] += 1 if held[place] < single else DOUBLED
        for place in range(first, last):
            if tally[codes[held[place]]] == 1:
                _put(marks, held[place], single)
            tally[codes[held[place]]] = 0


@compiled
def _split(
    held: Codes, starts: Codes, size: int, groups: int, codes: Codes, tally: Counts, single: int, marks: Marks
) -> int:
    """Give back how many groups a column makes of those of a set, written to `size + 1`; marks as `_mark` does.

    Left out are the tuples that are alone, and groups without a tuple of one row, in which nothing will be found.
    """
    made, end = 0, 0
    for group in range(groups):
        first, last = starts[size, group], starts[size, group + 1]
        for place in range(first, last):
            tally[codes[held[size, place]]] += 1 if held[size, place] < single else DOUBLED
        for place in range(first, last):
            one = held[size, place]
            code = codes[one]
            alike = tally[code]
            if alike == 1:
                _put(marks, one, single)
            elif alike > 0 and alike % DOUBLED > 0:  # the first of a new group: the tally is now where the next goes
                starts[size + 1, made] = end
                made += 1
                held[size + 1, end] = one
                tally[code] = -end - 1
                end += alike % DOUBLED + alike // DOUBLED
            elif alike < 0:
                held[size + 1, -alike] = one
                tally[code] = alike - 1
        for place in range(first, last):
            tally[codes[held[size, place]]] = 0
    starts[size + 1, made] = end
    return made


@compiled
def count_minimal(
    found: Marks, smaller: Codes, sizes: Codes, weights: Floats, first: int, last: int
) -> tuple[Floats, Counts, Counts, Counts]:
    """Give back four counts for the tuples in the words `first` to below `last` of `found`.

    Each tuple's score, its minimal sample uniques, the columns of its smallest one (0: none); and those of each set. Small
    sets come first; `sizes` and `weights` are theirs. Minimal: marked in a set, and in none with a column fewer.
    """
    score = np.zeros((last - first) * MARK_BITS)
    msus = np.zeros(score.size, np.int64)
    smallest = np.zeros(score.size, np.int64)
    of_set = np.zeros(sizes.size, np.int64)
    for one in range(1, sizes.size):
        for word in range(first, last):
            left = found[one, word]
            for fewer in range(sizes[one] - 1):
                left &= ~found[smaller[one, fewer], word]
            place = (word - first) * MARK_BITS
            while left:
                if left & np.uint64(1):
                    score[place] += weights[one]
                    msus[place] += 1
                    of_set[one] += 1
                    if smallest[place] == 0:
                        smallest[place] = sizes[one]
                left >>= np.uint64(1)
                place += 1
    return score, msus, smallest, of_set
