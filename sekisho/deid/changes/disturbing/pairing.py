"""Pairs of rows that change places: within groups, and never two that are equal."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.compiled import compiled, inner

Codes = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


@compiled
def pair_unlike(rows: Places, starts: Places, held: Codes, wanted: Places) -> Places:
    """Give back the row with which each row changes places, itself where it does not.

    `rows` from `starts[g]` on are those of group g in an order of chance, and `wanted[g]` how many pairs it gives; `held[row]` is
    what the row has to give, and no pair holds the same twice. A group has room for its pairs: no more than half its
    rows, and no more than it has rows that hold something else than the most common. Uses `rows` up. Linear in the rows.
    """
    partner = np.arange(held.size)
    for group in range(wanted.size):
        pairs = wanted[group]
        some = rows[starts[group] : starts[group + 1]]
        if pairs == 0:
            continue
        _thin_out(some, held, pairs)
        search = 0
        for pair in range(pairs):
            if held[some[2 * pair]] == held[some[2 * pair + 1]]:
                search = _find_other(some, held, pairs, held[some[2 * pair]], search)
                one, other = 2 * pair + 1, 2 * search + 1
                some[one], some[other] = some[other], some[one]
        for pair in range(pairs):
            one, other = some[2 * pair], some[2 * pair + 1]
            partner[one], partner[other] = other, one
    return partner


@inner
def _thin_out(some: Places, held: Codes, pairs: int) -> None:
    """See that nothing is held by more than half of the first 2 · `pairs` rows: put rows from behind in for some."""
    common, lead = held[some[0]], 0
    for at in range(2 * pairs):  # the majority vote of Boyer and Moore
        if lead == 0:
            common = held[some[at]]
        lead += 1 if held[some[at]] == common else -1
    count = 0
    for at in range(2 * pairs):
        count += held[some[at]] == common
    spare = 2 * pairs
    for at in range(2 * pairs):
        if count <= pairs:
            break
        if held[some[at]] == common:
            while held[some[spare]] == common:
                spare += 1
            some[at], some[spare] = some[spare], some[at]
            spare += 1
            count -= 1


@inner
def _find_other(some: Places, held: Codes, pairs: int, same: int, begin: int) -> int:
    """Give back the first pair from `begin` on, round the end, of which neither row holds `same`; there is one."""
    at = begin
    while held[some[2 * at]] == same or held[some[2 * at + 1]] == same:
        at = at + 1 if at + 1 < pairs else 0
    return at


@compiled
def pair_near(
    rows: Places, starts: Places, held: Codes, wanted: Places, widths: Places, order: Places, words: Words
) -> Places:
    """Give back the row with which each row changes places, itself where it does not, as near as ranks allow.

    `rows` from `starts[g]` on are those of group g by rising `held`; a pair is no more than `widths[g]` places apart and
    holds two things. `order` visits all places of `rows`, group by group, and `words` are even numbers, one for each.
    A group gives `wanted[g]` pairs, or fewer where those visited find nobody left. Nearly linear in the rows.
    """
    partner = np.arange(held.size)
    size = rows.size
    free = np.arange(size + 1)  # free[at] leads to the next place from `at` on whose row has no partner
    first, behind = np.empty(size, np.int64), np.empty(size, np.int64)  # the places that hold the same
    for group in range(wanted.size):
        low, high = starts[group], starts[group + 1]
        for at in range(low, high):
            first[at] = first[at - 1] if at > low and held[rows[at]] == held[rows[at - 1]] else at
        for at in range(high - 1, low - 1, -1):
            behind[at] = behind[at + 1] if at + 1 < high and held[rows[at]] == held[rows[at + 1]] else at + 1
        pairs = 0
        for visit in range(low, high):
            at = order[visit]
            if pairs == wanted[group]:
                break
            if _next_free(free, at) != at:
                continue
            least, most = max(low, at - widths[group]), min(high, at + widths[group] + 1)
            other = _draw_free(free, least, first[at], behind[at], most, words[visit])
            if other >= 0:
                partner[rows[at]], partner[rows[other]] = rows[other], rows[at]
                free[at], free[other] = at + 1, other + 1
                pairs += 1
    return partner


@inner
def _draw_free(free: Places, least: int, first: int, behind: int, most: int, word: int) -> Any:
    """Give back a free place from `least` to below `first` or from `behind` to below `most`, −1 if there is none.

    It is the next from a place of chance on, round the end.
    """
    before, after = max(first - least, 0), max(most - behind, 0)
    if before + after == 0:
        return -1
    drawn = np.int64(word % np.uint64(before + after))
    begin = least + drawn if drawn < before else behind + drawn - before
    if drawn < before:
        at = _next_free(free, begin)
        if at < first:
            return at
    at = _next_free(free, behind if drawn < before else begin)
    if at < most:
        return at
    at = _next_free(free, least)
    if at < first:
        return at
    at = _next_free(free, behind)
    return at if at < most else -1


@inner
def _next_free(free: Places, at: Any) -> Any:
    """Give back the next free place from `at` on; halves the ways there (Tarjan and van Leeuwen 1984, J ACM 31(2))."""
    while free[at] != at:
        free[at] = free[free[at]]
        at = free[at]
    return at
