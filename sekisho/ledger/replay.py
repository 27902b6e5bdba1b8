"""Check a whole ledger from the bytes of its two files and say where it does not hold (spec/ledger.md 3)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sekisho.digest import Digest
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, check_checkpoint
from sekisho.ledger.entry import Entry, read_entry
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.signing import Ed25519Verifier

_SIGNATURE_LINE = "— ".encode()


@dataclass(frozen=True)
class Fault:
    """One thing that does not hold; `index` is the 0-based number of the entry concerned."""

    reason: Reason
    index: int


@dataclass(frozen=True)
class Ledger:
    """A ledger that holds; made by `check_ledger` only. `checkpoint` is the latest, of size 0 if nothing happened."""

    entries: tuple[Entry, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Replay:
    """What a ledger's bytes say and every fault found in them, the lowest index first."""

    entries: tuple[Entry, ...]
    checkpoint: Checkpoint
    faults: tuple[Fault, ...]


def check_ledger(
    entries: Iterable[bytes],
    checkpoints: Iterable[bytes],
    origin: str,
    verifier: Ed25519Verifier,
    seen: Iterable[Checkpoint] = (),
) -> Ledger:
    """Give back the ledger if everything in it holds; else raise `Tampered` with the first fault and its index.

    Arguments as for `replay_ledger`.
    """
    replay = replay_ledger(entries, checkpoints, origin, verifier, seen)
    if replay.faults:
        first = replay.faults[0]
        raise Tampered(first.reason, index=first.index, origin=origin, faults=len(replay.faults))
    return Ledger(replay.entries, replay.checkpoint)


def replay_ledger(
    entries: Iterable[bytes],
    checkpoints: Iterable[bytes],
    origin: str,
    verifier: Ed25519Verifier,
    seen: Iterable[Checkpoint] = (),
) -> Replay:
    """Give back what the ledger says, and every fault.

    `entries` and `checkpoints` are the lines of the two files, newlines kept, as an open binary file gives them.
    `seen` are checkpoints of this ledger, already checked, that somebody else kept (in receipts, proofs, other
    zones): without one, a ledger whose two files were cut back together looks whole.
    Where two entries in a row were changed the first is named; what follows it cannot be told apart.
    """
    signed, bad = _read_checkpoints(checkpoints, origin, verifier)
    found: dict[Fault, None] = dict.fromkeys(bad)
    kept: dict[int, set[Digest]] = {}
    for one in seen:
        kept.setdefault(one.size, set()).add(one.root)
    read: list[Entry] = []
    frontier, follows = Frontier(), True
    for index, line in enumerate(entries):
        found |= _compare_seen(kept.pop(index, set()), frontier, follows=follows)
        body = line.removesuffix(b"\n")
        frontier = frontier.append(leaf_hash(body))
        root = signed.get(index + 1)
        if root is None:
            found[Fault(Reason.LEDGER_CHECKPOINT, index)] = None
        elif follows and (root != frontier.root or body == line):
            found[Fault(Reason.LEDGER_ENTRY_CHANGED, index)] = None
            follows = False
            continue
        try:
            read.append(read_entry(body))
        except Malformed:
            found[Fault(Reason.LEDGER_MALFORMED, index)] = None
    found |= _compare_seen(kept.pop(frontier.size, set()), frontier, follows=follows)
    if kept:
        found[Fault(Reason.LEDGER_ROLLED_BACK, frontier.size)] = None
    if max(signed, default=0) > frontier.size:
        found[Fault(Reason.LEDGER_ENTRY_MISSING, frontier.size)] = None
    faults = sorted(found, key=lambda fault: fault.index)
    return Replay(tuple(read), Checkpoint(origin, frontier.size, frontier.root), tuple(faults))


def split_notes(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Give back the notes whose lines stand one after the other: each ends with its signature line.

    Lines after the last signature line come as one last piece, which is no whole note.
    """
    held: list[bytes] = []
    for line in lines:
        held.append(line)
        if line.startswith(_SIGNATURE_LINE):
            yield b"".join(held)
            held = []
    if held:
        yield b"".join(held)


def is_whole_note(piece: bytes) -> bool:
    """Say whether a piece of `split_notes` ends as a note does; only the last piece may not."""
    return piece.endswith(b"\n") and piece.splitlines()[-1].startswith(_SIGNATURE_LINE)


def _compare_seen(roots: set[Digest], frontier: Frontier, *, follows: bool) -> dict[Fault, None]:
    """Give back the fault of a ledger that had another root at this size when somebody else saw it.

    Behind an entry that was changed every root is another, so there it says nothing new.
    """
    if not follows or roots <= {frontier.root}:
        return {}
    return {Fault(Reason.LEDGER_DIFFERS, max(frontier.size - 1, 0)): None}


def _read_checkpoints(
    lines: Iterable[bytes], origin: str, verifier: Ed25519Verifier
) -> tuple[Mapping[int, Digest], list[Fault]]:
    """Give back the signed roots by size and the places where the row of sizes 1, 2, 3 … is broken."""
    signed: dict[int, Digest] = {}
    faults: list[Fault] = []
    expected = 1
    for note in split_notes(lines):
        try:
            checkpoint = check_checkpoint(note, origin, verifier)
        except Tampered:
            faults.append(Fault(Reason.LEDGER_CHECKPOINT, expected - 1))
            expected += 1
            continue
        if checkpoint.size != expected:
            faults.append(Fault(Reason.LEDGER_CHECKPOINT, expected - 1))
        signed.setdefault(checkpoint.size, checkpoint.root)
        expected = checkpoint.size + 1
    return signed, faults
