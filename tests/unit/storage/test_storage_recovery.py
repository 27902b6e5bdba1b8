import os
import threading
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.errors import Reason, Tampered, Unavailable
from sekisho.ledger.entry import Entry
from sekisho.ledger.replay import check_ledger
from sekisho.signing import Ed25519Signer
from sekisho.storage import recovery as recovery_module
from sekisho.storage.book import Book
from sekisho.storage.recovery import copy_ledger, recover

ORIGIN = "o"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
AT = datetime(2026, 11, 23, tzinfo=UTC)


def entry(number: int) -> Entry:
    return Entry(AT, "z", "c", "E", {"n": number})


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[bytes, bytes, list[int], list[int]]:
    """Both files of a ledger of three entries, and after each entry how long they were."""
    folder = tmp_path_factory.mktemp("whole")
    sizes = []
    with Book.open(folder, ORIGIN, SIGNER) as book:
        for number in range(3):
            book.append(entry(number))
            sizes.append([(folder / name).stat().st_size for name in ("entries", "checkpoints")])
    entries, checkpoints = ((folder / name).read_bytes() for name in ("entries", "checkpoints"))
    return entries, checkpoints, [one for one, _ in sizes], [one for _, one in sizes]


def put(folder: Path, entries: bytes, checkpoints: bytes) -> tuple[Path, Path]:
    (folder / "entries").write_bytes(entries)
    (folder / "checkpoints").write_bytes(checkpoints)
    return folder / "entries", folder / "checkpoints"


def files(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "entries").read_bytes(), (folder / "checkpoints").read_bytes()


@pytest.mark.requirement("E01")
def test_cut_anywhere_in_the_last_entry_leaves_the_ledger_before_it(tmp_path, whole):
    entries, checkpoints, ends, note_ends = whole
    for cut in range(ends[1], ends[2]):
        recover(*put(tmp_path, entries[:cut], checkpoints[: note_ends[1]]), ORIGIN, SIGNER)
        assert files(tmp_path) == (entries[: ends[1]], checkpoints[: note_ends[1]])


@pytest.mark.requirement("E01")
def test_cut_anywhere_in_the_last_checkpoint_leaves_the_whole_ledger(tmp_path, whole):
    entries, checkpoints, _, note_ends = whole
    for cut in range(note_ends[1], note_ends[2] + 1):
        kept = recover(*put(tmp_path, entries, checkpoints[:cut]), ORIGIN, SIGNER)
        assert (len(kept.lines), len(kept.notes)) == (3, 3)
        assert files(tmp_path) == (entries, checkpoints)


@pytest.mark.requirement("E01")
def test_block_of_zeros_after_a_power_cut_is_cut_off(tmp_path, whole):
    entries, checkpoints, ends, note_ends = whole
    zeros = bytes(100)
    recover(*put(tmp_path, entries[: ends[1]] + zeros, checkpoints[: note_ends[1]]), ORIGIN, SIGNER)
    assert files(tmp_path) == (entries[: ends[1]], checkpoints[: note_ends[1]])
    recover(*put(tmp_path, entries, checkpoints[: note_ends[1]] + zeros), ORIGIN, SIGNER)
    assert files(tmp_path) == (entries, checkpoints)


@pytest.mark.requirement("E02")
def test_acknowledged_entry_that_is_cut_is_missed(tmp_path, whole):
    entries, checkpoints, ends, _ = whole
    for cut in range(ends[2]):
        paths = put(tmp_path, entries[:cut], checkpoints)
        with pytest.raises(Tampered) as refusal:
            recover(*paths, ORIGIN, SIGNER)
        assert refusal.value.facts["index"] == sum(end <= cut for end in ends)
        assert files(tmp_path) == (entries[:cut], checkpoints)


@pytest.mark.requirement("E02")
def test_more_than_the_last_checkpoint_cut_is_missed(tmp_path, whole):
    entries, checkpoints, _, note_ends = whole
    for cut in range(note_ends[1]):
        paths = put(tmp_path, entries, checkpoints[:cut])
        with pytest.raises(Tampered) as refusal:
            recover(*paths, ORIGIN, SIGNER)
        assert refusal.value.facts["index"] == sum(end <= cut for end in note_ends)


def index_of_refusal(paths: tuple[Path, Path]) -> object:
    try:
        recover(*paths, ORIGIN, SIGNER)
    except Tampered as refusal:
        return refusal.facts["index"]
    return None


@pytest.mark.requirement("E02")
def test_flipped_bit_is_refused_or_changes_nothing_that_was_acknowledged(tmp_path, whole):
    entries, checkpoints, ends, note_ends = whole
    for byte in range(0, len(entries) + len(checkpoints), 3):
        raw = bytearray(entries + checkpoints)
        raw[byte] ^= 0x04
        paths = put(tmp_path, bytes(raw[: len(entries)]), bytes(raw[len(entries) :]))
        places = ends if byte < len(entries) else [len(entries) + end for end in note_ends]
        found = index_of_refusal(paths)
        if found is None:
            assert files(tmp_path) == (entries, checkpoints)
            assert byte >= len(entries) + note_ends[1]
        else:
            assert found == sum(end <= byte for end in places)


@pytest.mark.requirement("E02")
def test_note_begun_for_no_entry_is_refused(tmp_path, whole):
    entries, checkpoints, _, _ = whole
    with pytest.raises(Tampered) as refusal:
        recover(*put(tmp_path, entries, checkpoints + b"o\n4"), ORIGIN, SIGNER)
    assert (refusal.value.reason, refusal.value.facts["index"]) == (Reason.LEDGER_ENTRY_MISSING, 3)


@pytest.mark.requirement("E02")
def test_two_entries_that_nobody_signed_are_refused(tmp_path, whole):
    entries, checkpoints, _, note_ends = whole
    with pytest.raises(Tampered) as refusal:
        recover(*put(tmp_path, entries, checkpoints[: note_ends[0]]), ORIGIN, SIGNER)
    assert (refusal.value.reason, refusal.value.facts["index"]) == (Reason.LEDGER_CHECKPOINT, 1)


@pytest.mark.requirement("E01")
def test_mended_file_is_durable_before_anything_goes_on(tmp_path, whole, monkeypatch):
    entries, checkpoints, _, note_ends = whole
    done = []
    sync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda held: (done.append(Path(f"/proc/self/fd/{held}").readlink().name), sync(held))
    )
    recover(*put(tmp_path, entries, checkpoints[: note_ends[1]]), ORIGIN, SIGNER)
    assert done == ["checkpoints"]


def test_whole_ledger_is_not_written_to(tmp_path, whole):
    paths = put(tmp_path, whole[0], whole[1])
    before = [path.stat().st_mtime_ns for path in paths]
    recover(*paths, ORIGIN, SIGNER)
    assert [path.stat().st_mtime_ns for path in paths] == before


@pytest.mark.requirement("E01")
def test_opening_on_a_full_disk_takes_the_reserve(tmp_path, whole, monkeypatch):
    entries, checkpoints, _, note_ends = whole
    put(tmp_path, entries, checkpoints[: note_ends[1]])
    (tmp_path / "reserve").write_bytes(bytes(65_536))
    real = recovery_module._mend

    def full_while_reserved(path, kept_bytes, more):
        if more and (tmp_path / "reserve").stat().st_size:
            raise Unavailable(Reason.DISK_FULL)
        real(path, kept_bytes, more)

    monkeypatch.setattr(recovery_module, "_mend", full_while_reserved)
    Book.open(tmp_path, ORIGIN, SIGNER).close()
    assert files(tmp_path) == (entries, checkpoints)


def test_copy_of_a_resting_ledger_is_its_files(tmp_path, whole):
    copy = copy_ledger(*put(tmp_path, whole[0], whole[1]))
    assert (copy.entries, copy.checkpoints) == (whole[0], whole[1])


@pytest.mark.requirement("E02")
def test_copy_of_a_broken_ledger_hides_nothing(tmp_path, whole, monkeypatch):
    monkeypatch.setattr(recovery_module, "_TRIES", 2)
    entries, checkpoints, ends, note_ends = whole
    copy = copy_ledger(*put(tmp_path, entries, checkpoints[:-1]))
    assert (copy.entries, copy.checkpoints) == (entries, checkpoints[:-1])
    copy = copy_ledger(*put(tmp_path, entries[: ends[1]], checkpoints))
    assert (copy.entries, copy.checkpoints) == (entries[: ends[1]], checkpoints)
    copy = copy_ledger(*put(tmp_path, entries, checkpoints[: note_ends[0]]))
    assert (copy.entries, copy.checkpoints) == (entries, checkpoints[: note_ends[0]])


def test_copy_made_while_the_owner_appends_holds(tmp_path):
    with Book.open(tmp_path, ORIGIN, SIGNER) as book:
        writing = threading.Thread(target=lambda: [book.append(entry(number)) for number in range(60)])
        writing.start()
        sizes = []
        while writing.is_alive():
            copy = copy_ledger(tmp_path / "entries", tmp_path / "checkpoints")
            lines, notes = copy.entries.splitlines(keepends=True), copy.checkpoints.splitlines(keepends=True)
            sizes.append(check_ledger(lines, notes, ORIGIN, SIGNER.verifier).checkpoint.size)
        writing.join()
    assert sizes == list(accumulate(sizes, max))
