"""Equivalence classes: the distinct tuples of some columns, and how many rows share each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Place = npt.NDArray[np.int64]
AnyCodes = npt.NDArray[np.int32]

_ROOM = 2**62


@dataclass(frozen=True, eq=False)
class Classes:
    """Distinct tuples: `codes[column][class]`, and rows per class."""

    codes: tuple[AnyCodes, ...]
    counts: Counts

    def __len__(self) -> int:
        return int(self.counts.size)


def pack(codes: Sequence[AnyCodes], sizes: Sequence[int]) -> tuple[npt.NDArray[np.int64], int]:
    """Give back one key per tuple, equal where the tuples are, and a number above all keys.

    Mixed radix in 62 bits; where that is too narrow the keys so far are numbered densely before going on.
    """
    keys = np.zeros(codes[0].size if codes else 0, dtype=np.int64)
    room = 1
    for column, size in zip(codes, sizes, strict=True):
        if room * max(size, 1) > _ROOM:
            distinct, keys = np.unique(keys, return_inverse=True)
            room = int(distinct.size)
        keys = keys * max(size, 1) + column
        room *= max(size, 1)
    return keys, room


def group(codes: Sequence[AnyCodes], sizes: Sequence[int], counts: Counts | None = None) -> Classes:
    """Give back the distinct tuples of `codes`; `counts` are the rows behind each tuple, one each unless said."""
    keys, room = pack(codes, sizes)
    if room <= 4 * keys.size + 1024:
        return _group_dense(codes, keys, room, counts)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if keys.size else order
    if counts is None:
        sums = np.diff(np.append(begins, keys.size))
    else:
        sums = np.add.reduceat(counts[order], begins) if keys.size else counts
    first = order[begins]
    return Classes(tuple(column[first] for column in codes), sums.astype(np.int64))


def class_of_rows(codes: Sequence[AnyCodes], sizes: Sequence[int]) -> tuple[Place, Counts]:
    """Give back for each row the number of its class, and the rows of each class."""
    keys, _ = pack(codes, sizes)
    _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return place.astype(np.int64), counts.astype(np.int64)


def _group_dense(codes: Sequence[AnyCodes], keys: Place, room: int, counts: Counts | None) -> Classes:
    """Count by a table of all possible keys: quicker than sorting when they are few."""
    if counts is None:
        sums = np.bincount(keys, minlength=room)
    else:
        sums = np.zeros(room, dtype=np.int64)
        np.add.at(sums, keys, counts)
    somewhere = np.zeros(room, dtype=np.int64)
    somewhere[keys] = np.arange(keys.size)
    present = np.flatnonzero(sums)
    first = somewhere[present]
    return Classes(tuple(column[first] for column in codes), sums[present].astype(np.int64))
