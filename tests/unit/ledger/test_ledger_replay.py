from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.digest import digest_of
from sekisho.errors import Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import Entry, read_entry, write_entry
from sekisho.ledger.replay import Fault, check_ledger, is_whole_note, replay_ledger, split_notes
from sekisho.ledger.tree import EMPTY_ROOT, Tree, leaf_hash
from sekisho.signing import Ed25519Signer, read_public_key

VECTORS = Path(__file__).parents[2] / "vectors" / "ledger"
ORIGIN = "o"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))


def lines_of(count: int, case: str = "c") -> list[bytes]:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return [write_entry(Entry(at, "z", case, "E", {"n": number})) + b"\n" for number in range(count)]


def notes_of(lines: list[bytes]) -> list[bytes]:
    tree, notes = Tree(), []
    for line in lines:
        tree.append(leaf_hash(line.removesuffix(b"\n")))
        notes.append(sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), SIGNER))
    return notes


def faults_of(entries: bytes, checkpoints: bytes, seen: tuple[Checkpoint, ...] = ()) -> list[tuple[Reason, int]]:
    replay = replay_ledger(BytesIO(entries), BytesIO(checkpoints), ORIGIN, SIGNER.verifier, seen)
    return [(fault.reason, fault.index) for fault in replay.faults]


LINES = lines_of(3)
NOTES = notes_of(LINES)
ENTRIES, CHECKPOINTS = b"".join(LINES), b"".join(NOTES)


@pytest.mark.requirement("E02")
@pytest.mark.parametrize("vector", sorted(VECTORS.glob("*.txt")), ids=lambda path: path.stem)
def test_ledger_vector(vector):
    told = dict(line.split(": ", 1) for line in vector.read_text().splitlines())
    key = read_public_key(told["key"])
    entries = (VECTORS / told["entries"]).read_bytes().splitlines(keepends=True)
    checkpoints = (VECTORS / told["checkpoints"]).read_bytes().splitlines(keepends=True)
    if told["expect"] == "whole":
        assert len(check_ledger(entries, checkpoints, told["origin"], key).entries) == 4
        return
    with pytest.raises(Tampered) as refusal:
        check_ledger(entries, checkpoints, told["origin"], key)
    assert f"{refusal.value.reason.value} {refusal.value.facts['index']}" == told["expect"]


def test_ledger_that_holds_gives_its_entries_and_head():
    ledger = check_ledger(BytesIO(ENTRIES), BytesIO(CHECKPOINTS), ORIGIN, SIGNER.verifier)
    assert ledger.entries == tuple(read_entry(line.removesuffix(b"\n")) for line in LINES)
    assert ledger.checkpoint == Checkpoint(ORIGIN, 3, Tree(leaf_hash(line[:-1]) for line in LINES).root())


def test_ledger_in_which_nothing_happened_holds():
    assert check_ledger([], [], ORIGIN, SIGNER.verifier).checkpoint == Checkpoint(ORIGIN, 0, EMPTY_ROOT)


def place_of(pieces: list[bytes], offset: int) -> int:
    """Give back which of the pieces the byte at `offset` belongs to."""
    for number, piece in enumerate(pieces):
        if offset < len(piece):
            return number
        offset -= len(piece)
    raise AssertionError(offset)


@pytest.mark.requirement("E02")
def test_every_flipped_bit_of_the_entries_is_found_where_it_is():
    for bit in range(len(ENTRIES) * 8):
        flipped = bytearray(ENTRIES)
        flipped[bit // 8] ^= 1 << bit % 8
        assert faults_of(bytes(flipped), CHECKPOINTS)[0] == (
            Reason.LEDGER_ENTRY_CHANGED,
            place_of(LINES, bit // 8),
        )


@pytest.mark.requirement("E02")
def test_every_flipped_bit_of_the_checkpoints_is_found_where_it_is():
    for bit in range(len(CHECKPOINTS) * 8):
        flipped = bytearray(CHECKPOINTS)
        flipped[bit // 8] ^= 1 << bit % 8
        assert faults_of(ENTRIES, bytes(flipped))[0] == (Reason.LEDGER_CHECKPOINT, place_of(NOTES, bit // 8))


@pytest.mark.requirement("E02")
@pytest.mark.parametrize("cut", range(len(ENTRIES)))
def test_entries_cut_at_any_byte_are_found(cut):
    whole = ENTRIES[:cut].count(b"\n")
    at_a_line = ENTRIES[:cut] == b"".join(LINES[:whole])
    expected = Reason.LEDGER_ENTRY_MISSING if at_a_line else Reason.LEDGER_ENTRY_CHANGED
    assert faults_of(ENTRIES[:cut], CHECKPOINTS)[0] == (expected, whole)


@pytest.mark.requirement("E02")
def test_checkpoints_cut_at_any_byte_are_found():
    ends = [len(b"".join(NOTES[:number])) for number in range(1, 4)]
    for cut in range(len(CHECKPOINTS)):
        whole = sum(end <= cut for end in ends)
        assert faults_of(ENTRIES, CHECKPOINTS[:cut])[0] == (Reason.LEDGER_CHECKPOINT, whole)


@pytest.mark.parametrize("dropped", range(3))
def test_dropped_checkpoint_is_named(dropped):
    kept = b"".join(note for number, note in enumerate(NOTES) if number != dropped)
    assert faults_of(ENTRIES, kept) == [(Reason.LEDGER_CHECKPOINT, dropped)]


def test_doubled_and_swapped_checkpoints_are_named():
    assert faults_of(ENTRIES, NOTES[0] + NOTES[1] + NOTES[1] + NOTES[2]) == [(Reason.LEDGER_CHECKPOINT, 2)]
    assert faults_of(ENTRIES, NOTES[0] + NOTES[2] + NOTES[1])[0] == (Reason.LEDGER_CHECKPOINT, 1)


@pytest.mark.requirement("E02")
def test_second_checkpoint_of_one_size_is_named_and_not_believed():
    other = sign_checkpoint(Checkpoint(ORIGIN, 2, digest_of(b"another")), SIGNER)
    assert faults_of(ENTRIES, NOTES[0] + NOTES[1] + other + NOTES[2]) == [(Reason.LEDGER_CHECKPOINT, 2)]


def test_one_changed_entry_is_one_fault():
    changed = ENTRIES.replace(b'"n":1', b'"n":7')
    assert faults_of(changed, CHECKPOINTS) == [(Reason.LEDGER_ENTRY_CHANGED, 1)]


def test_two_faults_far_apart_are_both_told():
    bad = NOTES[0].replace(b"o\n1\n", b"o\n2\n")
    assert faults_of(b"".join(LINES[:2]), bad + NOTES[1] + NOTES[2]) == [
        (Reason.LEDGER_CHECKPOINT, 0),
        (Reason.LEDGER_ENTRY_MISSING, 2),
    ]


def test_signed_line_that_is_no_entry_is_malformed():
    lines = [LINES[0], b"{}\n"]
    assert faults_of(b"".join(lines), b"".join(notes_of(lines))) == [(Reason.LEDGER_MALFORMED, 1)]


@pytest.mark.requirement("E02")
@pytest.mark.parametrize("kept", range(3))
def test_ledger_cut_back_with_its_checkpoints_is_found_by_one_that_was_seen(kept):
    seen = Checkpoint(ORIGIN, 3, Tree(leaf_hash(line[:-1]) for line in LINES).root())
    entries, checkpoints = b"".join(LINES[:kept]), b"".join(NOTES[:kept])
    assert faults_of(entries, checkpoints) == []
    assert faults_of(entries, checkpoints, (seen,)) == [(Reason.LEDGER_ROLLED_BACK, kept)]


@pytest.mark.requirement("E02")
def test_ledger_written_anew_is_found_by_a_checkpoint_that_was_seen():
    seen = Checkpoint(ORIGIN, 2, Tree(leaf_hash(line[:-1]) for line in LINES[:2]).root())
    anew = lines_of(3, "d")
    assert faults_of(b"".join(anew), b"".join(notes_of(anew)), (seen,)) == [(Reason.LEDGER_DIFFERS, 1)]
    assert faults_of(ENTRIES, CHECKPOINTS, (seen, seen)) == []


def test_two_histories_seen_by_two_are_found():
    right = Checkpoint(ORIGIN, 3, Tree(leaf_hash(line[:-1]) for line in LINES).root())
    wrong = Checkpoint(ORIGIN, 3, digest_of(b"another"))
    assert faults_of(ENTRIES, CHECKPOINTS, (right, wrong)) == [(Reason.LEDGER_DIFFERS, 2)]
    assert faults_of(ENTRIES, CHECKPOINTS, (Checkpoint(ORIGIN, 0, EMPTY_ROOT), right)) == []
    assert faults_of(ENTRIES, CHECKPOINTS, (Checkpoint(ORIGIN, 0, right.root),)) == [(Reason.LEDGER_DIFFERS, 0)]


@pytest.mark.requirement("E02")
def test_what_somebody_saw_behind_a_changed_entry_is_no_second_fault():
    whole = Checkpoint(ORIGIN, 3, Tree(leaf_hash(line[:-1]) for line in LINES).root())
    before = Checkpoint(ORIGIN, 1, digest_of(b"another"))
    changed = ENTRIES.replace(b'"n":1', b'"n":7')
    assert faults_of(changed, CHECKPOINTS, (whole,)) == [(Reason.LEDGER_ENTRY_CHANGED, 1)]
    assert faults_of(changed, CHECKPOINTS, (before, whole)) == [
        (Reason.LEDGER_DIFFERS, 0),
        (Reason.LEDGER_ENTRY_CHANGED, 1),
    ]


def test_refusal_tells_the_first_fault_and_how_many_there_are():
    with pytest.raises(Tampered) as refusal:
        check_ledger([], BytesIO(CHECKPOINTS[1:]), ORIGIN, SIGNER.verifier)
    assert refusal.value.facts == {"index": 0, "origin": ORIGIN, "faults": 2}


def test_key_of_another_zone_checks_nothing():
    other = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)).verifier
    replay = replay_ledger(BytesIO(ENTRIES), BytesIO(CHECKPOINTS), ORIGIN, other)
    assert replay.faults == tuple(Fault(Reason.LEDGER_CHECKPOINT, index) for index in range(3))


def test_notes_in_a_row_are_told_apart():
    pieces = list(split_notes(BytesIO(CHECKPOINTS + NOTES[0][:20])))
    assert pieces == [*NOTES, NOTES[0][:20]]
    assert [is_whole_note(piece) for piece in pieces] == [True, True, True, False]
