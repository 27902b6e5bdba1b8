"""The ledger on disk: what is appended is durable and signed before `append` answers (spec/ledger.md 5)."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sekisho.errors import Reason, Tampered, Unavailable
from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import Entry, read_entry, write_entry
from sekisho.ledger.proof import Proof, write_proof
from sekisho.ledger.tree import Tree, leaf_hash
from sekisho.signing import Ed25519Signer
from sekisho.storage.files import is_full, make_folder, on_disk, open_new, open_to_append, sync_folder, why_failed
from sekisho.storage.lock import lock_folder
from sekisho.storage.recovery import Kept, recover

ENTRIES, CHECKPOINTS, RESERVE = "entries", "checkpoints", "reserve"
RESERVE_BYTES = 65_536  # spec/ledger.md 5.3: room for a hundred entries or so when the disk is full


@dataclass(frozen=True)
class Position:
    """Where an entry stands, and the signed checkpoint that says so first."""

    index: int
    checkpoint: bytes


class Book:
    """One zone's ledger, open in one process at a time. Use `Book.open`; close it, or use it in a `with`."""

    def __init__(self, origin: str, signer: Ed25519Signer, kept: Kept, files: ExitStack, folder: Path) -> None:
        self._origin, self._signer, self._files = origin, signer, files
        self._entries = files.enter_context(open_to_append(folder / ENTRIES))
        self._checkpoints = files.enter_context(open_to_append(folder / CHECKPOINTS))
        self._reserve = files.enter_context(open_to_append(folder / RESERVE))
        self._tree = Tree(leaf_hash(line.removesuffix(b"\n")) for line in kept.lines)
        self._offsets = [0, *accumulate(len(line) for line in kept.lines)]
        self._notes_bytes = sum(len(note) for note in kept.notes)
        self._latest = kept.notes[-1] if kept.notes else self._sign()
        self._usable = True
        self._turn = threading.Lock()

    @classmethod
    def open(cls, folder: Path, origin: str, signer: Ed25519Signer, *, wait_seconds: float = 0) -> Self:
        """Give back the ledger in `folder`, made if it is missing, checked whole and mended after a cut.

        Waits up to `wait_seconds` for another process to close it (FOLDER_LOCKED). A line or checkpoint that was
        never acknowledged is cut off or finished; anything else that does not hold is `Tampered` and the files stay
        as they are. Costs one signature check an entry.
        """
        make_folder(folder)
        with on_disk(), ExitStack() as files:
            files.enter_context(lock_folder(folder, wait_seconds))
            for name in (ENTRIES, CHECKPOINTS, RESERVE):
                if not (folder / name).exists():
                    open_new(folder / name).close()
            sync_folder(folder)
            kept = _recover(folder, origin, signer)
            book = cls(origin, signer, kept, files, folder)
            book._fill_reserve()
            book._files = files.pop_all()
            return book

    def close(self) -> None:
        self._usable = False
        with on_disk():
            self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def checkpoint(self) -> bytes:
        """The latest signed checkpoint; of size 0 before the first entry."""
        return self._latest

    def append(self, entry: Entry) -> Position:
        """Give back the entry's place once entry and checkpoint are durable.

        Refuses with DISK_FULL or DISK_FAILED, and then nothing was appended. Only after a failed sync nobody knows:
        the book accepts nothing more and has to be opened anew, which reads what is really there.
        """
        line = write_entry(entry)
        with self._turn:
            self._check_usable()
            self._fill_reserve()
            tree_size = self._tree.size
            self._tree.append(leaf_hash(line))
            note = self._sign()
            try:
                self._store(line + b"\n", note)
            except BaseException:
                self._tree.forget(tree_size)
                raise
            self._offsets.append(self._offsets[-1] + len(line) + 1)
            self._notes_bytes += len(note)
            self._latest = note
            return Position(tree_size, note)

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Give back the entries from number `start` to what is the last one now."""
        for index in range(start, len(self._offsets) - 1):
            yield read_entry(self._line(index))

    def since(self, start: int) -> tuple[Iterator[Entry], bytes]:
        """Give back the entries from number `start` on and the checkpoint of the last of them, as of one moment."""
        with self._turn:
            stop, checkpoint = self._tree.size, self._latest
        return (read_entry(self._line(index)) for index in range(start, stop)), checkpoint

    def proof(self, index: int) -> bytes:
        """Give back the proof that entry `index` stands under the latest checkpoint; IndexError if there is none."""
        with self._turn:
            path = self._tree.inclusion(index, self._tree.size)
            return write_proof(Proof(self._line(index), index, path, self._latest))

    def _sign(self) -> bytes:
        return sign_checkpoint(Checkpoint(self._origin, self._tree.size, self._tree.root()), self._signer)

    def _line(self, index: int) -> bytes:
        start, stop = self._offsets[index : index + 2]
        with on_disk():
            return os.pread(self._entries.fileno(), stop - start, start).removesuffix(b"\n")

    def _check_usable(self) -> None:
        if not self._usable:
            raise Unavailable(Reason.DISK_FAILED, errno="after-failure")
        with on_disk():
            sizes = (os.fstat(self._entries.fileno()).st_size, os.fstat(self._checkpoints.fileno()).st_size)
        if sizes != (self._offsets[-1], self._notes_bytes):
            raise Tampered(Reason.LEDGER_MALFORMED, index=self._tree.size)

    def _store(self, line: bytes, note: bytes) -> None:
        """Write entry, then checkpoint; on a full disk once more with the reserve freed."""
        try:
            self._write_both(line, note)
        except OSError as error:
            self._cut_back()
            if not is_full(error) or not self._free_reserve():
                raise why_failed(error) from error
            try:
                self._write_both(line, note)
            except OSError as again:
                self._cut_back()
                raise why_failed(again) from again

    def _write_both(self, line: bytes, note: bytes) -> None:
        self._write(self._entries, line, self._offsets[-1])
        self._write(self._checkpoints, note, self._notes_bytes)

    def _write(self, stream: BinaryIO, raw: bytes, offset: int) -> None:
        done = 0
        while done < len(raw):
            done += os.pwrite(stream.fileno(), raw[done:], offset + done)
        self._sync(stream)

    def _sync(self, stream: BinaryIO) -> None:
        """Make it durable; a failed fsync may have dropped pages, so nothing is believed after it."""
        try:
            os.fsync(stream.fileno())
        except OSError:
            self._usable = False
            raise

    def _cut_back(self) -> None:
        """Take away what was half written; if that fails too, the next opening does it."""
        if not self._usable:
            return
        try:
            os.ftruncate(self._checkpoints.fileno(), self._notes_bytes)
            self._sync(self._checkpoints)
            os.ftruncate(self._entries.fileno(), self._offsets[-1])
            self._sync(self._entries)
        except OSError:
            self._usable = False

    def _fill_reserve(self) -> None:
        reserve = self._reserve.fileno()
        with on_disk():
            if os.fstat(reserve).st_size == RESERVE_BYTES:
                return
            try:
                os.posix_fallocate(reserve, 0, RESERVE_BYTES)
            except OSError as error:
                os.ftruncate(reserve, 0)
                if not is_full(error):
                    raise

    def _free_reserve(self) -> bool:
        reserve = self._reserve.fileno()
        with on_disk():
            held = os.fstat(reserve).st_size > 0
            os.ftruncate(reserve, 0)
            os.fsync(reserve)
        return held


def _recover(folder: Path, origin: str, signer: Ed25519Signer) -> Kept:
    """Recover, if need be with the reserve freed."""
    try:
        return recover(folder / ENTRIES, folder / CHECKPOINTS, origin, signer)
    except Unavailable as error:
        if error.reason is not Reason.DISK_FULL:
            raise
    with open_to_append(folder / RESERVE) as reserve, on_disk():
        reserve.truncate(0)
    return recover(folder / ENTRIES, folder / CHECKPOINTS, origin, signer)
