import contextlib
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.errors import Malformed, Reason, Tampered, Unavailable
from sekisho.ledger.checkpoint import check_checkpoint
from sekisho.ledger.entry import Entry
from sekisho.ledger.proof import check_proof
from sekisho.ledger.replay import check_ledger
from sekisho.ledger.tree import EMPTY_ROOT
from sekisho.signing import Ed25519Signer
from sekisho.storage import book as book_module
from sekisho.storage.book import RESERVE_BYTES, Book

ORIGIN = "trial.sekisho.example/receiving"
SIGNER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
AT = datetime(2026, 11, 23, tzinfo=UTC)


def entry(number: int) -> Entry:
    return Entry(AT, "receiving", "c-1", "Received", {"n": number})


def opened(folder: Path) -> Book:
    return Book.open(folder, ORIGIN, SIGNER)


def filled(folder: Path, count: int) -> Path:
    with opened(folder) as book:
        for number in range(count):
            book.append(entry(number))
    return folder


def numbers(folder: Path) -> list[object]:
    """What an auditor reads from the two files alone."""
    with (folder / "entries").open("rb") as entries, (folder / "checkpoints").open("rb") as checkpoints:
        return [one.facts["n"] for one in check_ledger(entries, checkpoints, ORIGIN, SIGNER.verifier).entries]


@pytest.mark.requirement("E01", "E02")
def test_what_was_appended_is_on_disk_signed_and_in_order(tmp_path):
    with opened(tmp_path / "a" / "ledger") as book:
        positions = [book.append(entry(number)) for number in range(5)]
        assert [one.index for one in positions] == [0, 1, 2, 3, 4]
        assert check_checkpoint(positions[3].checkpoint, ORIGIN, SIGNER.verifier).size == 4
        assert book.checkpoint == positions[4].checkpoint
        assert numbers(tmp_path / "a" / "ledger") == [0, 1, 2, 3, 4]


def test_ledger_goes_on_where_it_was_closed(tmp_path):
    filled(tmp_path, 3)
    with opened(tmp_path) as book:
        assert book.size == 3
        assert [one.facts["n"] for one in book.entries()] == [0, 1, 2]
        assert [one.facts["n"] for one in book.entries(2)] == [2]
        assert book.append(entry(3)).index == 3
    assert numbers(tmp_path) == [0, 1, 2, 3]


def test_new_ledger_has_a_checkpoint_of_nothing(tmp_path):
    with opened(tmp_path) as book:
        checkpoint = check_checkpoint(book.checkpoint, ORIGIN, SIGNER.verifier)
        assert (book.size, checkpoint.size, checkpoint.root) == (0, 0, EMPTY_ROOT)
        assert list(book.entries()) == []


def test_every_entry_has_a_proof_that_holds_offline(tmp_path):
    with opened(filled(tmp_path, 7)) as book:
        proven = [check_proof(book.proof(index), ORIGIN, SIGNER.verifier) for index in range(7)]
        assert [(one.index, one.entry.facts["n"]) for one in proven] == [(number, number) for number in range(7)]
        with pytest.raises(IndexError):
            book.proof(7)


def test_files_are_for_their_owner_only(tmp_path):
    filled(tmp_path / "ledger", 1)
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "ledger", *(tmp_path / "ledger").iterdir()]} == {0}


def test_entry_that_cannot_be_read_back_is_not_appended(tmp_path):
    with opened(tmp_path) as book:
        with pytest.raises(Malformed):
            book.append(Entry(AT, "receiving", "c-1", "Received", {"n": "two words"}))
        book.append(entry(0))
    assert numbers(tmp_path) == [0]


def test_second_opening_is_refused_while_the_first_is_there(tmp_path):
    with opened(tmp_path):
        with pytest.raises(Unavailable) as refusal:
            Book.open(tmp_path, ORIGIN, SIGNER, wait_seconds=0.03)
        assert refusal.value.reason is Reason.FOLDER_LOCKED
    opened(tmp_path).close()


def test_waiting_opening_gets_its_turn(tmp_path):
    first = opened(tmp_path)
    found = []

    def wait() -> None:
        with Book.open(tmp_path, ORIGIN, SIGNER, wait_seconds=20) as second:
            found.append(second.append(entry(1)).index)

    waiting = threading.Thread(target=wait)
    waiting.start()
    first.append(entry(0))
    first.close()
    waiting.join()
    assert found == [1]


def test_closed_book_takes_nothing(tmp_path):
    book = opened(tmp_path)
    book.close()
    with pytest.raises(Unavailable) as refusal:
        book.append(entry(0))
    assert refusal.value.reason is Reason.DISK_FAILED


def test_threads_append_one_after_the_other(tmp_path):
    with opened(tmp_path) as book:
        threads = [threading.Thread(target=lambda: [book.append(entry(0)) for _ in range(10)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(numbers(tmp_path)) == 40


@pytest.mark.requirement("E02")
@pytest.mark.parametrize("name", ["entries", "checkpoints"])
def test_book_that_grew_under_its_owner_takes_nothing(tmp_path, name):
    with opened(tmp_path) as book:
        book.append(entry(0))
        with (tmp_path / name).open("ab") as stream:
            stream.write(b"x")
        with pytest.raises(Tampered) as refusal:
            book.append(entry(1))
        assert refusal.value.reason is Reason.LEDGER_MALFORMED


@pytest.mark.requirement("E02")
def test_tampered_ledger_is_not_opened_and_not_touched(tmp_path):
    filled(tmp_path, 4)
    raw = (tmp_path / "entries").read_bytes().replace(b'"n":1', b'"n":7')
    (tmp_path / "entries").write_bytes(raw)
    with pytest.raises(Tampered) as refusal:
        opened(tmp_path)
    assert (refusal.value.reason, refusal.value.facts["index"]) == (Reason.LEDGER_ENTRY_CHANGED, 1)
    assert (tmp_path / "entries").read_bytes() == raw


def test_ledger_of_another_key_is_not_opened(tmp_path):
    filled(tmp_path, 1)
    with pytest.raises(Tampered):
        Book.open(tmp_path, ORIGIN, Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)))


class FailingDisk:
    """Stands in for `os` in the book: the call number `at` of the named functions fails, once or from then on."""

    def __init__(self, names: set[str], at: int, error: int, *, lasting: bool = False, short: bool = False) -> None:
        self._names, self._at, self._error, self._lasting, self._short = names, at, error, lasting, short
        self.calls = 0

    def __getattr__(self, name: str):
        real = getattr(os, name)
        if name not in self._names:
            return real

        def call(*arguments):
            self.calls += 1
            if self.calls == self._at or (self._lasting and self.calls > self._at):
                if self._short and name == "pwrite":
                    real(arguments[0], arguments[1][:7], arguments[2])
                raise OSError(self._error, "made to fail")
            return real(*arguments)

        return call


@pytest.mark.requirement("E01")
@pytest.mark.parametrize("at", [1, 2])
def test_failed_write_appends_nothing_and_the_next_one_goes_on(tmp_path, monkeypatch, at):
    with opened(tmp_path) as book:
        book.append(entry(0))
        with monkeypatch.context() as patch:
            patch.setattr(book_module, "os", FailingDisk({"pwrite"}, at, 5, short=True))
            with pytest.raises(Unavailable) as refusal:
                book.append(entry(1))
        assert refusal.value.reason is Reason.DISK_FAILED
        assert refusal.value.facts == {"errno": "EIO"}
        assert numbers(tmp_path) == [0]
        assert book.append(entry(2)).index == 1
    assert numbers(tmp_path) == [0, 2]


@pytest.mark.requirement("E01")
@pytest.mark.parametrize("at", [1, 2])
def test_failed_sync_is_never_acknowledged_and_stops_the_book(tmp_path, monkeypatch, at):
    with opened(tmp_path) as book:
        book.append(entry(0))
        with monkeypatch.context() as patch:
            patch.setattr(book_module, "os", FailingDisk({"fsync"}, at, 5))
            with pytest.raises(Unavailable):
                book.append(entry(1))
        with pytest.raises(Unavailable) as refusal:
            book.append(entry(2))
        assert refusal.value.reason is Reason.DISK_FAILED
        assert book.size == 1
    with opened(tmp_path) as book:
        book.append(entry(3))
    assert numbers(tmp_path) == [0, 1, 3]


@pytest.mark.requirement("E01")
def test_failed_cutting_back_stops_the_book_and_opening_mends_it(tmp_path, monkeypatch):
    with opened(tmp_path) as book:
        book.append(entry(0))
        with monkeypatch.context() as patch:
            patch.setattr(book_module, "os", FailingDisk({"pwrite", "ftruncate"}, 1, 5, lasting=True, short=True))
            with pytest.raises(Unavailable):
                book.append(entry(1))
        with pytest.raises(Unavailable):
            book.append(entry(2))
    with opened(tmp_path) as book:
        book.append(entry(3))
    assert numbers(tmp_path) == [0, 3]


@pytest.mark.requirement("E01")
@pytest.mark.parametrize("at", [1, 2])
def test_full_disk_costs_the_reserve_once(tmp_path, monkeypatch, at):
    with opened(tmp_path) as book:
        assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
        with monkeypatch.context() as patch:
            patch.setattr(book_module, "os", FailingDisk({"pwrite"}, at, 28, short=True))
            assert book.append(entry(0)).index == 0
        assert (tmp_path / "reserve").stat().st_size == 0
        book.append(entry(1))
        assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
    assert numbers(tmp_path) == [0, 1]


@pytest.mark.requirement("E01")
def test_disk_that_stays_full_refuses_and_loses_nothing(tmp_path, monkeypatch):
    with opened(tmp_path) as book:
        book.append(entry(0))
        with monkeypatch.context() as patch:
            patch.setattr(book_module, "os", FailingDisk({"pwrite", "posix_fallocate"}, 1, 28, lasting=True))
            for _ in range(2):
                with pytest.raises(Unavailable) as refusal:
                    book.append(entry(1))
                assert refusal.value.reason is Reason.DISK_FULL
        book.append(entry(2))
    assert numbers(tmp_path) == [0, 2]


@pytest.mark.requirement("E01")
def test_entry_is_durable_before_its_checkpoint_is_written(tmp_path, monkeypatch):
    done = []
    sync, write = os.fsync, os.pwrite

    def note(what: str, held: int) -> None:
        done.append(f"{what} {Path(f'/proc/self/fd/{held}').readlink().name}")

    with opened(tmp_path) as book:
        monkeypatch.setattr(os, "fsync", lambda held: (note("sync", held), sync(held)))
        monkeypatch.setattr(os, "pwrite", lambda held, *more: (note("write", held), write(held, *more))[1])
        book.append(entry(0))
    assert done == ["write entries", "sync entries", "write checkpoints", "sync checkpoints"]


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a tmpfs needs root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(1024))


def append_up_to(book: Book, size: int) -> None:
    while book.size < size:
        book.append(entry(book.size))


@pytest.mark.requirement("E01")
def test_refusal_is_still_recorded_on_a_disk_that_is_really_full(small_disk):
    with opened(small_disk / "ledger") as book:
        fill(small_disk / "filler")
        with pytest.raises(Unavailable) as refusal:
            append_up_to(book, 1000)
        count = book.size
        assert refusal.value.reason is Reason.DISK_FULL
        assert count > 50
        assert numbers(small_disk / "ledger") == list(range(count))
        (small_disk / "filler").unlink()
        book.append(entry(count))
        assert (small_disk / "ledger" / "reserve").stat().st_size == RESERVE_BYTES
    assert numbers(small_disk / "ledger") == list(range(count + 1))


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sekisho.ledger.entry import Entry
from sekisho.signing import Ed25519Signer
from sekisho.storage.book import Book

signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
with Book.open(Path(sys.argv[1]), sys.argv[2], signer) as book:
    while True:
        facts = {"n": book.size}
        place = book.append(Entry(datetime(2026, 11, 23, tzinfo=UTC), "receiving", "c-1", "Received", facts))
        print(place.index, flush=True)
"""


@pytest.mark.requirement("E01", "E02")
def test_killed_process_loses_nothing_that_it_acknowledged(tmp_path):
    for wanted in (1, 3, 20, 50):
        command = [sys.executable, "-c", CHILD, str(tmp_path), ORIGIN]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            acknowledged = [int(child.stdout.readline()) for _ in range(wanted)]
            child.kill()
            acknowledged += [int(line) for line in child.stdout if line.endswith(b"\n")]
        with opened(tmp_path) as book:
            assert book.size > acknowledged[-1]
        assert numbers(tmp_path) == list(range(len(numbers(tmp_path))))
