"""The Merkle tree of RFC 6962 (2.1) and RFC 9162 (2.1): roots, proofs, and checks of both."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sekisho.digest import Digest, digest_of
from sekisho.errors import Reason, Tampered

EMPTY_ROOT = digest_of(b"")


def leaf_hash(entry: bytes) -> bytes:
    """Give back the hash of a leaf; the 0x00 keeps leaves and nodes apart (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree: enough to append in O(log n) and to know the root, with nothing else kept.

    `peaks` are the hashes of the complete subtrees, the largest first: one per set bit of `size`.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> Digest:
        return _fold(self.peaks)

    def append(self, leaf: bytes) -> "Frontier":
        """Give back the frontier with one more leaf hash."""
        peaks, carried = list(self.peaks), leaf
        for _ in range(_trailing_ones(self.size)):
            carried = node_hash(peaks.pop(), carried)
        return Frontier(self.size + 1, (*peaks, carried))


class Tree:
    """A growing tree that keeps its complete subtrees (64 bytes a leaf) and so proves any leaf in O(log² n)."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        self._levels[0].append(leaf)
        for level in range(_trailing_ones(self.size - 1)):
            if level + 1 == len(self._levels):
                self._levels.append([])
            left, right = self._levels[level][-2:]
            self._levels[level + 1].append(node_hash(left, right))

    def forget(self, size: int) -> None:
        """Take away all leaves from number `size` on."""
        for level, hashes in enumerate(self._levels):
            del hashes[size >> level :]

    def root(self, size: int | None = None) -> Digest:
        """Give back the root of the first `size` leaves, of all of them unless told."""
        wanted = self.size if size is None else size
        self._check_range(0, wanted)
        return EMPTY_ROOT if wanted == 0 else Digest(self._subtree(0, wanted))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Give back PATH(index, D[0:size]), the lowest hash first (RFC 9162, 2.1.3.1)."""
        self._check_range(index + 1, size)
        if index < 0:
            raise IndexError(index)
        path, start, stop = [], 0, size
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._subtree(middle, stop))
                stop = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Give back PROOF(old, D[0:new]) for 0 < old ≤ new (RFC 9162, 2.1.4.1)."""
        self._check_range(old, new)
        if old < 1:
            raise IndexError(old)
        path, start, stop, whole = [], 0, new, True
        while old < stop:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self._subtree(middle, stop))
                stop = middle
            else:
                path.append(self._subtree(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._subtree(start, stop))
        return tuple(reversed(path))

    def _check_range(self, low: int, high: int) -> None:
        if not 0 <= low <= high <= self.size:
            raise IndexError(high)

    def _subtree(self, start: int, stop: int) -> bytes:
        """Give back MTH(D[start:stop]); `start` is a multiple of the largest complete subtree of the range."""
        peaks = []
        while start < stop:
            level = (stop - start).bit_length() - 1
            peaks.append(self._levels[level][start >> level])
            start += 1 << level
        return _fold(peaks).raw


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: Digest) -> Digest:
    """Give back `root` if `path` proves that leaf hash `leaf` is number `index` of `size` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Tampered(Reason.LEDGER_PROOF, index=index, size=size)
    node, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise Tampered(Reason.LEDGER_PROOF, index=index, size=size)
        if node & 1 or node == last:
            found = node_hash(step, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step)
        node, last = node >> 1, last >> 1
    if last or found != root.raw:
        raise Tampered(Reason.LEDGER_PROOF, index=index, size=size)
    return root


def check_consistency(old: int, old_root: Digest, new: int, new_root: Digest, path: Sequence[bytes]) -> Digest:
    """Give back `new_root` if the tree of size `new` begins with the tree of size `old` (RFC 9162, 2.1.4.2).

    The empty tree begins every tree: `old` 0 needs the empty root and an empty path.
    """
    if 0 < old < new:
        holds = _climb_both(old, old_root.raw, new, path) == (old_root.raw, new_root.raw)
    elif old == new or old == 0 <= new:
        holds = not path and old_root == (new_root if old else EMPTY_ROOT) and (new > 0 or new_root == EMPTY_ROOT)
    else:
        holds = False
    if not holds:
        raise Tampered(Reason.LEDGER_PROOF, old=old, new=new)
    return new_root


def _climb_both(old: int, old_root: bytes, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Give back the roots that `path` leads to, of both trees; None if its length is wrong."""
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return None
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, step)
        node, last = node >> 1, last >> 1
    return None if last else (before, after)


def _fold(peaks: Sequence[bytes]) -> Digest:
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return Digest(found)


def _split(size: int) -> int:
    """Give back the largest power of two below `size` (RFC 9162, 2.1.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _trailing_ones(number: int) -> int:
    return ((number ^ (number + 1)).bit_length()) - 1
