"""Cells exchanged between pairs of rows (data swapping: Dalenius and Reiss 1982, J Stat Plan Inference 6(1)).

What a row shows in these columns may be somebody else's, and who knows one person's row cannot trust it; no row tells
whether it was exchanged. Every frequency of the columns among themselves, and of these with `within`, stays exactly;
what lies between them and the columns outside weakens by the share exchanged. A value that a group has once stays in
the group, and tells that somebody of it has it. With `ranks` (Moore 1996, Controlled data-swapping techniques for masking
public use microdata sets) a number goes only to a row near it in rank. About n log n steps for the sorting, else linear.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Swap
from sekisho.deid.changes.disturbing.alike import Rows, gather, number_alike
from sekisho.deid.changes.numbers import numbers_of
from sekisho.deid.table import Codes, Column, Table
from sekisho.errors import CannotMeet, Reason

Counts = npt.NDArray[np.int64]


def swap(table: Table, change: Swap, chance: Chance) -> Table:
    """Give back the table with the cells of `columns` exchanged, together, between rows that differ in them.

    Round(share · rows / 2) pairs, as near as can be where groups have too few rows that differ; where one group has, others
    give more. A blank is exchanged like a value; with `ranks` only rows with a number count and take part. Refuses with
    CHANGE_TOO_FEW_ROWS a share of less than one pair, with CHANGE_WITHOUT_EFFECT where no two rows can change places.
    """
    of_row, groups = number_alike(table, change.within)
    if change.ranks is None:
        held, _ = number_alike(table, change.columns)
        taking = chance.of("order").order(table.rows)
    else:
        held, known = _ranks(table.column(change.columns[0]))
        taking = chance.of("order").order(table.rows)
        taking = taking[known[taking]]
    pairs = _pairs(change, taking.size)
    rows, starts = gather(of_row, groups, taking)
    partner = _partners(change, (rows, starts), held, pairs, chance)
    if not (partner != np.arange(table.rows)).any():
        raise CannotMeet(Reason.CHANGE_WITHOUT_EFFECT, change="swap", column=change.columns[0], rows=table.rows)
    return Table(
        tuple(
            Column(one.name, one.values, one.codes[partner]) if one.name in change.columns else one
            for one in table.columns
        )
    )


def _pairs(change: Swap, rows: int) -> int:
    pairs = min((change.share * rows + 1) // 2, rows // 2)
    if pairs == 0:
        raise CannotMeet(Reason.CHANGE_TOO_FEW_ROWS, change="swap", rows=rows, needed=max(2, -(-1 // change.share)))
    return pairs


def _partners(change: Swap, gathered: tuple[Rows, Rows], held: Codes, pairs: int, chance: Chance) -> Rows:
    from sekisho.deid.changes.disturbing import pairing  # compiled loops take half a second to load

    rows, starts = gathered
    sizes, room = np.diff(starts), _room(held[rows], starts)
    if change.ranks is None:
        return pairing.pair_unlike(rows, starts, held, _wanted(sizes, room, pairs, chance.of("groups")))
    widths = sizes * change.ranks.numerator // change.ranks.denominator
    wanted = _wanted(sizes, np.where(widths > 0, room, 0), pairs, chance.of("groups"))
    group = np.repeat(np.arange(sizes.size), sizes)
    order = np.lexsort((held[rows], group))  # stable: among equals the order of chance
    visits, _ = gather(group.astype(np.int32), sizes.size, chance.of("visits").order(rows.size))
    return pairing.pair_near(rows[order], starts, held, wanted, widths, visits, chance.of("partner").words(rows.size))


def _ranks(column: Column) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """Give back the rank of each row's number among the distinct ones, and which rows have one."""
    numbers, known = numbers_of(column)
    ranks = np.zeros(numbers.size, dtype=np.int32)
    ranks[known] = np.unique(numbers[known], return_inverse=True)[1]
    return ranks, known


def _room(held: Codes, starts: Rows) -> Counts:
    """Give back how many pairs of rows that differ each group can give; `held` in the order of the groups."""
    sizes = np.diff(starts)
    width = int(held.max()) + 1 if held.size else 1
    pairs, counts = np.unique(np.repeat(np.arange(sizes.size), sizes) * width + held, return_counts=True)
    most = np.zeros(sizes.size, dtype=np.int64)
    np.maximum.at(most, pairs // width, counts)
    room: Counts = np.minimum(sizes // 2, sizes - most)
    return room


def _wanted(sizes: Counts, room: Counts, pairs: int, chance: Chance) -> Counts:
    """Give back how many pairs each group gives: by its rows, what is over falling to groups in an order of chance."""
    order = chance.order(sizes.size)
    ends = np.cumsum(sizes[order])
    even = np.diff(ends * pairs // max(int(ends[-1]), 1), prepend=0)
    given = np.minimum(even, room[order])
    spare = room[order] - given
    given += np.clip(pairs - int(given.sum()) - (np.cumsum(spare) - spare), 0, spare)
    wanted = np.empty_like(given)
    wanted[order] = given
    return wanted
