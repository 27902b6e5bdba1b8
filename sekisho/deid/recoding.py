"""What every distinct tuple becomes: the answer of every search, and all that applying needs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sekisho.deid.table import Codes, Value
from sekisho.digest import Digest, digest_of

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ColumnRecoding:
    """One quasi-identifier: tuple t gets the label `labels[of_tuple[t]]`.

    By label: `covers`, values of the table that it may stand for; `under`, rows of the table with one of them; `lowest`, the
    lowest level of the ladder at which one label covers them. `level` is the ladder's level where all tuples that stay have
    one, None where levels or labels are mixed.
    """

    name: str
    labels: tuple[Value, ...]
    of_tuple: Codes
    covers: Counts
    under: Counts
    lowest: Counts
    level: int | None


@dataclass(frozen=True, eq=False)
class Recoding:
    """The columns in the order of the quasi-identifiers; tuples that are not `kept` are left out with all their rows."""

    columns: tuple[ColumnRecoding, ...]
    kept: npt.NDArray[np.bool_]

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of which tuples have a label in common, and which are left out (spec/plan.md 3)."""
        parts = [one.of_tuple.astype("<i4").tobytes() for one in self.columns]
        return digest_of(b"".join([*parts, self.kept.tobytes()]))

    @cached_property
    def class_of(self) -> Counts:
        """The number of each kept tuple's class, −1 for others: tuples whose labels are alike in all columns have one."""
        keys = np.zeros(int(self.kept.sum()), dtype=np.int64)
        for column in self.columns:
            keys = keys * len(column.labels) + column.of_tuple[self.kept]
            keys = np.unique(keys, return_inverse=True)[1].reshape(-1)
        classes = np.full(self.kept.size, -1, dtype=np.int64)
        classes[self.kept] = keys
        return classes


@dataclass(frozen=True)
class Cause:
    """Cells of `column` in `rows` rows would say more, were it not for `bound` (of `sensitive`, or "").

    `bound` is a measure's name, or `goal` where all bounds would allow it and only the goal prefers it so. `column` is ""
    for rows left out whole.
    """

    column: str
    bound: str
    sensitive: str
    rows: int
