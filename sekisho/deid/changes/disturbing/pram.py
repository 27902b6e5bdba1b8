"""Values that become others by chance, so that expected frequencies stay (post randomisation, PRAM).

Gouweleeuw, Kooiman, Willenborg and de Wolf 1998, J Off Stat 14(4): a cell with the value i becomes j with the probability
r_ij, and R is invariant where π R = π for the frequencies π. Their two-stage way makes P Q invariant, Q being P turned
round by Bayes' rule; a first stage P that forgets the value altogether gives (P Q)_ij = π_j, and any mixture with the
identity stays invariant (Wolf and van Gelder 2004). That is the matrix here, for each group of rows alike:

    r_ij = keep · [i = j] + (1 − keep) · π_j

so that no matrix need be held: a cell keeps its value, or takes that of a row of its group drawn evenly. Of the rows that
show the value i, the share (1 − keep) (1 − π_i) is expected to have had another: so far an attacker who finds a rare value
errs, and who finds a value that nearly all rows have does not. Frequencies stay in expectation only, and what lies between
the column and those outside of `within` weakens by the factor `keep`. Linear in the rows.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Pram
from sekisho.deid.changes.disturbing.alike import Rows, gather, number_alike
from sekisho.deid.table import Codes, Column, Table
from sekisho.errors import CannotMeet, Reason


def randomise(table: Table, change: Pram, chance: Chance) -> Table:
    """Give back the table with cells of the column drawn anew from their group; blank cells stay.

    Refuses with CHANGE_WITHOUT_EFFECT if less than one cell is expected to become another, as where the groups of rows
    alike have one value each.
    """
    column = table.column(change.column)
    of_row, groups = number_alike(table, change.within)
    known = np.array([one is not None for one in column.values], dtype=np.bool_)
    rows, starts = gather(of_row, groups, np.flatnonzero(known[column.codes] if known.size else known))
    if _expected(column.codes[rows], starts) * float(1 - change.keep) < 1.0:
        raise CannotMeet(Reason.CHANGE_WITHOUT_EFFECT, change="pram", column=column.name, rows=table.rows)
    sizes = np.diff(starts)
    size, begin = np.repeat(sizes, sizes), np.repeat(starts[:-1], sizes)
    among = np.minimum((chance.of("from").shares(rows.size) * size).astype(np.int64), size - 1)
    anew = chance.of("anew").shares(rows.size) > float(change.keep)
    codes = column.codes.copy()
    codes[rows[anew]] = column.codes[rows[begin + among]][anew]
    moved = Column(column.name, column.values, codes)
    return Table(tuple(moved if one is column else one for one in table.columns))


def transition(counts: Sequence[int], keep: Fraction) -> tuple[tuple[Fraction, ...], ...]:
    """Give back r_ij for values that `counts` rows of a group have: what whoever reads the result can reckon with.

    >>> [[str(one) for one in line] for line in transition((4, 2), Fraction(1, 2))]  # six rows
    [['5/6', '1/6'], ['1/3', '2/3']]
    """
    total = sum(counts)
    return tuple(
        tuple(keep * (here == there) + (1 - keep) * Fraction(count, total) for there, count in enumerate(counts))
        for here in range(len(counts))
    )


def _expected(codes: Codes, starts: Rows) -> float:
    """Give back how many cells become another value if all are drawn anew: Σ m (1 − Σ π²) over groups of m rows."""
    sizes = np.diff(starts)
    group = np.repeat(np.arange(sizes.size), sizes)
    width = int(codes.max()) + 1 if codes.size else 1
    pairs, counts = np.unique(group * width + codes, return_counts=True)
    return float(codes.size - (counts.astype(np.float64) ** 2 / sizes[pairs // width]).sum())
