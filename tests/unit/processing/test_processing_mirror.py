"""The mirror of a neighbour's ledger: what continues it is kept, all else is refused and leaves it as it was."""

from dataclasses import dataclass, field

import pytest

from sekisho.errors import Reason, SekishoError, Tampered
from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import Entry, write_entry
from sekisho.ledger.page import write_page
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.release.machines import LedgerKey
from sekisho.statement import write_canonical
from sekisho.storage.book import Book
from sekisho.zones.processing.neighbour import Mirror
from tests.unit.processing.processing_room import AT
from tests.unit.release.release_made import signer

KEY = signer("ledger rx")
LEDGER = LedgerKey("sekisho.example/receiving", KEY.verifier)


def entry(number: int) -> Entry:
    return Entry(AT, "receiving", "", "TurnedBack", {"n": number})


def head(entries: list[Entry], key=KEY, origin=LEDGER.origin, size: int | None = None) -> bytes:
    frontier = Frontier()
    for one in entries:
        frontier = frontier.append(leaf_hash(write_entry(one)))
    return sign_checkpoint(Checkpoint(origin, frontier.size if size is None else size, frontier.root), key)


@dataclass
class Spoken:
    """A line on which a neighbour says these pages, one a call."""

    pages: list[bytes]
    asked: list[str] = field(default_factory=list)

    def call(self, _method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append(path)
        return 200, self.pages[min(len(self.asked), len(self.pages)) - 1], {}


TRUE = [entry(number) for number in range(5)]


def page(start: int, entries: list[Entry], checkpoint: bytes) -> bytes:
    return write_page(start, entries, checkpoint)


@pytest.fixture
def three(tmp_path):
    """A mirror file that holds three entries."""
    path = tmp_path / "neighbours" / "receiving"
    Mirror(path, LEDGER).read_on(Spoken([page(0, TRUE[:3], head(TRUE[:3]))]), "/parcels")
    return path


def test_a_ledger_is_read_on_page_by_page_to_its_checkpoint_and_kept(tmp_path):
    path = tmp_path / "neighbours" / "receiving"
    line = Spoken([page(0, TRUE[:2], head(TRUE)), page(2, TRUE[2:4], head(TRUE)), page(4, TRUE[4:], head(TRUE))])
    mirror = Mirror(path, LEDGER)
    mirror.read_on(line, "/parcels")
    assert line.asked == ["/parcels?after=0", "/parcels?after=2", "/parcels?after=4"]
    assert mirror.entries == TRUE
    assert mirror.checkpoint is not None
    assert mirror.checkpoint.size == 5
    again = Mirror(path, LEDGER)
    again.read_on(Spoken([page(5, [], head(TRUE))]), "/parcels")
    assert again.entries == TRUE


def test_a_ledger_that_grows_while_it_is_read_is_read_to_its_newest_checkpoint(tmp_path):
    line = Spoken([page(0, TRUE[:2], head(TRUE[:4])), page(2, TRUE[2:], head(TRUE))])
    mirror = Mirror(tmp_path / "m" / "receiving", LEDGER)
    mirror.read_on(line, "/parcels")
    assert mirror.entries == TRUE


FORK = [*TRUE[:2], entry(99), *TRUE[3:]]
BAD = {
    "a gap": ([page(4, TRUE[4:], head(TRUE))], Reason.LEDGER_PROOF),
    "a page of what is known": ([page(0, TRUE, head(TRUE))], Reason.LEDGER_PROOF),
    "a ledger cut back": ([page(3, [], head(TRUE[:2]))], Reason.LEDGER_PROOF),
    "a fork as long": ([page(3, [], head(FORK[:3]))], Reason.LEDGER_PROOF),
    "a fork that is longer": ([page(3, FORK[3:], head(FORK))], Reason.LEDGER_PROOF),
    "a page that is short of its checkpoint": ([page(3, [], head(TRUE))], Reason.LEDGER_PROOF),
    "a page that goes beyond its checkpoint": ([page(3, TRUE[3:], head(TRUE[:4]))], Reason.LEDGER_PROOF),
    "a second page that forks": (
        [page(3, TRUE[3:4], head(TRUE)), page(4, [entry(98)], head(TRUE))],
        Reason.LEDGER_PROOF,
    ),
    "another size under the root": ([page(3, TRUE[3:], head(TRUE[:4], size=5))], Reason.LEDGER_PROOF),
    "another key's checkpoint": ([page(3, TRUE[3:], head(TRUE, signer("somebody")))], Reason.LEDGER_CHECKPOINT),
    "another ledger's checkpoint": (
        [page(3, TRUE[3:], head(TRUE, origin="sekisho.example/delivery"))],
        Reason.LEDGER_CHECKPOINT,
    ),
    "a tampered checkpoint": (
        [page(3, TRUE[3:], head(TRUE).replace(b"\n5\n", b"\n6\n"))],
        Reason.LEDGER_CHECKPOINT,
    ),
    "an answer that is no page": ([b"<html>"], Reason.LINE_ANSWER),
    "a page with more in it": (
        [write_canonical({"checkpoint": "", "entries": [], "more": 1, "start": 3})],
        Reason.LINE_ANSWER,
    ),
    "a line that is no entry": (
        [write_canonical({"checkpoint": head(TRUE).decode(), "entries": ["{}"], "start": 3})],
        Reason.LEDGER_PROOF,
    ),
}


@pytest.mark.requirement("E02")
@pytest.mark.parametrize("bad", BAD)
def test_what_does_not_continue_the_mirror_is_refused_and_nothing_of_it_is_kept(three, bad):
    pages, reason = BAD[bad]
    kept = three.read_bytes()
    with pytest.raises(Tampered) as caught:
        Mirror(three, LEDGER).read_on(Spoken(pages), "/parcels")
    assert caught.value.reason is reason
    assert three.read_bytes() == kept
    honest = Mirror(three, LEDGER)
    honest.read_on(Spoken([page(3, TRUE[3:], head(TRUE))]), "/parcels")
    assert honest.entries == TRUE


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("torn", [1, 7, 40])
def test_a_line_that_was_cut_while_it_was_written_is_written_over(three, torn):
    with three.open("ab") as stream:
        stream.write(write_entry(TRUE[3])[:torn])
    for _ in range(2):
        mirror = Mirror(three, LEDGER)
        mirror.read_on(Spoken([page(len(mirror.entries), TRUE[len(mirror.entries) :], head(TRUE))]), "/parcels")
        assert mirror.entries == TRUE
    assert three.read_bytes() == b"".join(write_entry(one) + b"\n" for one in TRUE)


@pytest.mark.requirement("E02")
def test_a_mirror_that_was_changed_on_our_own_disk_is_found(three):
    three.write_bytes(three.read_bytes().replace(b'"n":1', b'"n":7'))
    with pytest.raises(Tampered, match=Reason.LEDGER_PROOF.value):
        Mirror(three, LEDGER).read_on(Spoken([page(3, [], head(TRUE[:3]))]), "/parcels")
    three.write_bytes(b"rubbish\n")
    with pytest.raises(SekishoError, match=Reason.LEDGER_MALFORMED.value):
        Mirror(three, LEDGER)


def test_a_page_of_a_ledger_that_grows_meanwhile_ends_at_its_own_checkpoint(tmp_path):
    with Book.open(tmp_path / "ledger", LEDGER.origin, KEY) as book:
        for one in TRUE[:3]:
            book.append(one)
        entries, checkpoint = book.since(0)
        for one in TRUE[3:]:
            book.append(one)
        mirror = Mirror(tmp_path / "neighbours" / "receiving", LEDGER)
        pages = [write_page(0, entries, checkpoint), write_page(3, *book.since(3))]
        mirror.read_on(Spoken(pages), "/parcels")
        assert mirror.entries == TRUE[:3]
        mirror.read_on(Spoken(pages[1:]), "/parcels")
    assert mirror.entries == TRUE
