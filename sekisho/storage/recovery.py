"""What a cut may leave in a ledger's folder, and how it is mended (spec/ledger.md 5.2); copies for others to check."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from sekisho.errors import Malformed, Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import read_entry
from sekisho.ledger.replay import check_ledger, is_whole_note, split_notes
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.signing import Ed25519Signer
from sekisho.storage.files import on_disk, open_existing, open_to_append, sync_file

_TRIES = 50
_BETWEEN_SECONDS = 0.02


@dataclass(frozen=True)
class Kept:
    """A ledger's lines and notes, newlines kept, as they stand on disk after mending: as many of one as of the other."""

    lines: tuple[bytes, ...]
    notes: tuple[bytes, ...]


@dataclass(frozen=True)
class LedgerCopy:
    """The bytes of a ledger's two files at one moment, for whoever checks them elsewhere."""

    entries: bytes
    checkpoints: bytes


def recover(entries: Path, checkpoints: Path, origin: str, signer: Ed25519Signer) -> Kept:
    """Give back what the two files hold, mended: the caller holds the folder's lock.

    One append is under way at most, so at most one line stands without its checkpoint: whole, it gets one; torn, it
    is cut off. Everything is checked before anything is written.
    """
    for path in (entries, checkpoints):
        _drop_cached(path)
    lines, found = _read_lines(entries), _read_notes(checkpoints)
    notes = found.whole
    if found.torn and (len(lines) <= len(notes) or not _is_whole_entry(lines[-1])):
        raise Tampered(Reason.LEDGER_ENTRY_MISSING, index=len(notes), origin=origin)
    if len(lines) == len(notes) + 1 and not _is_whole_entry(lines[-1]):
        lines = lines[:-1]
    elif len(lines) == len(notes) + 1:
        notes = (*notes, _sign_head(lines, origin, signer))
    check_ledger(lines, b"".join(notes).splitlines(keepends=True), origin, signer.verifier)
    kept_bytes = sum(len(note) for note in found.whole)
    _mend(entries, sum(len(line) for line in lines), b"")
    _mend(checkpoints, kept_bytes, b"".join(notes)[kept_bytes:])
    return Kept(lines, notes)


def copy_ledger(entries: Path, checkpoints: Path) -> LedgerCopy:
    """Give back both files as of one moment, although their owner may be appending; needs no lock.

    What came while we read is left out. If the files do not agree and nobody is appending, they are given back as
    they stand, for the check to say what is wrong.
    """
    for _ in range(_TRIES):
        found = _read_notes(checkpoints)
        lines = _read_lines(entries)
        grown = len(_read_notes(checkpoints).whole) > len(found.whole)
        if grown or (len(lines) == len(found.whole) and not found.torn):
            return LedgerCopy(b"".join(lines[: len(found.whole)]), b"".join(found.whole))
        time.sleep(_BETWEEN_SECONDS)
    return LedgerCopy(b"".join(lines), b"".join(found.whole) + found.torn)


@dataclass(frozen=True)
class _Notes:
    whole: tuple[bytes, ...]
    torn: bytes


def _read_notes(path: Path) -> _Notes:
    pieces = tuple(split_notes(_read_lines(path)))
    if pieces and not is_whole_note(pieces[-1]):
        return _Notes(pieces[:-1], pieces[-1])
    return _Notes(pieces, b"")


def _read_lines(path: Path) -> tuple[bytes, ...]:
    with on_disk(), open_existing(path) as stream:
        return tuple(stream)


def _drop_cached(path: Path) -> None:
    """Let the next reading come from the disk: after a failed sync memory may hold what never got there."""
    with on_disk(), open_existing(path) as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _is_whole_entry(line: bytes) -> bool:
    try:
        read_entry(line.removesuffix(b"\n"))
    except Malformed:
        return False
    return line.endswith(b"\n")


def _sign_head(lines: tuple[bytes, ...], origin: str, signer: Ed25519Signer) -> bytes:
    frontier = Frontier()
    for line in lines:
        frontier = frontier.append(leaf_hash(line.removesuffix(b"\n")))
    return sign_checkpoint(Checkpoint(origin, frontier.size, frontier.root), signer)


def _mend(path: Path, kept_bytes: int, more: bytes) -> None:
    """Leave the first `kept_bytes` of the file, then `more`; durably, and without a write where nothing changes."""
    with open_to_append(path) as stream, on_disk():
        if stream.seek(0, os.SEEK_END) == kept_bytes and not more:
            return
        stream.truncate(kept_bytes)
        stream.seek(kept_bytes)
        stream.write(more)
        sync_file(stream)
