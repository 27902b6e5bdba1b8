"""A random share of the rows or of the subjects (simple random sampling without replacement: Cochran 1977, chapter 2).

Who knows that a person is in the register no longer knows that the person is in the table: a row alone of its kind here
need not be alone there. Each row, or subject, is kept with the same chance, and exactly as many as told. Which ones were
left out is gone with the entropy. A share of subjects may be another share of the rows. Linear in the rows.
"""

from fractions import Fraction
from itertools import count
from math import ceil

import numpy as np

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Sample
from sekisho.deid.changes.whose import subjects_of
from sekisho.deid.table import Table
from sekisho.errors import CannotMeet, Reason


def draw_sample(table: Table, change: Sample, chance: Chance) -> Table:
    """Give back the drawn rows in their order: of n rows, or subjects, round(share · n), at least 1.

    Refuses with CHANGE_TOO_FEW_ROWS so few that all of them would be kept.
    """
    of_row, subjects = subjects_of(table, change.subject)
    size = _kept(change.share, subjects)
    if size >= subjects:
        raise CannotMeet(Reason.CHANGE_TOO_FEW_ROWS, change="sample", rows=subjects, needed=_least(change.share))
    kept = np.zeros(subjects, dtype=np.bool_)
    kept[chance.order(subjects)[:size]] = True
    return table.take(np.flatnonzero(kept[of_row]))


def _kept(share: Fraction, subjects: int) -> int:
    return max(round(share * subjects), 1)


def _least(share: Fraction) -> int:
    """Give back the least number of rows or subjects of which a sample leaves one out."""
    if share >= 1:
        raise ValueError("a sample is a share below 1")
    near = max(
        ceil(1 / (2 * (1 - share))), 2
    )  # from here on one is left out, or from the next on where halves round up
    return next(one for one in count(near) if _kept(share, one) < one)
