"""Whether a called zone goes on: heard of, silent, told to stop, and on a disk that takes no mark."""

import asyncio

import pytest

from sekisho.errors import Reason, Unavailable
from sekisho.journey import Zone
from sekisho.lines.web import Request
from sekisho.release.stop import Cause, StopMark, read_stop, write_stop
from sekisho.stopping import pulse as pulse_module
from sekisho.stopping.mark import MARK, put_mark, read_mark, told_mark
from sekisho.stopping.pulse import Pulse, heartbeat
from sekisho.storage.book import Book
from tests.unit.release.release_made import NOW, ROSTER, signer

pytestmark = pytest.mark.requirement("E05")
MARKED = write_stop(StopMark(NOW, ROSTER.site.id, Zone.DELIVERY, Cause.PERSON, "root", "a drill", bytes(16)))


@pytest.fixture
def hours(monkeypatch):
    """A clock that tests set."""
    told = [0.0]
    monkeypatch.setattr(pulse_module.time, "monotonic", lambda: told[0])
    return told


@pytest.fixture
def pulse(tmp_path, hours):
    return Pulse(tmp_path, Zone.RECEIVING, ROSTER.site.id, lambda: NOW, 60, hours[0])


async def nobody_is_asked(_request):
    return None


def ask(pulse, body=b""):
    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request({"state": {}}, receive, ())
    return asyncio.run(heartbeat(pulse, nobody_is_asked).endpoint(request))


def book_in(folder):
    return Book.open(folder / "ledger", ROSTER.receiving.ledger.origin, signer("ledger rx"))


def test_a_zone_that_hears_its_neighbour_goes_on_and_one_that_does_not_stops(pulse, hours, tmp_path):
    for _ in range(3):
        hours[0] += 59
        assert not pulse.over()
        pulse.hear()
    hours[0] += 61
    assert pulse.over()
    assert read_stop(read_mark(tmp_path)).cause is Cause.SILENCE
    with book_in(tmp_path) as book, pytest.raises(Unavailable, match=r"site\.stopped"):
        pulse.settle(book)


def test_without_a_bound_silence_stops_nobody(tmp_path, hours):
    pulse = Pulse(tmp_path, Zone.RECEIVING, ROSTER.site.id, lambda: NOW, None, hours[0])
    hours[0] += 1e9
    assert not pulse.over()
    with book_in(tmp_path) as book:
        pulse.settle(book)
        assert book.size == 0


def test_a_heartbeat_that_brings_a_mark_stops_by_the_same_bytes_and_tells_them(pulse, tmp_path):
    answer = ask(pulse, MARKED)
    assert (answer.body, read_mark(tmp_path), pulse.over()) == (MARKED, MARKED, True)
    assert ask(pulse).body == MARKED


def test_a_mark_that_cannot_be_read_is_told_as_one(tmp_path, pulse):
    (tmp_path / MARK).touch()
    assert told_mark(tmp_path) == ask(pulse).body == b"{}"
    (tmp_path / MARK).unlink()
    assert told_mark(tmp_path) == b""


@pytest.mark.parametrize("how", ["mark", "silence"])
def test_a_zone_that_cannot_write_that_it_stops_stops_all_the_same(pulse, hours, tmp_path, monkeypatch, how):
    def broken(*_):
        raise Unavailable(Reason.DISK_FAILED)

    monkeypatch.setattr("sekisho.stopping.mark.put_mark", broken)
    if how == "mark":
        ask(pulse, MARKED)
    else:
        hours[0] += 61
    assert pulse.over()
    with book_in(tmp_path) as book, pytest.raises(Unavailable, match=r"disk\.failed"):
        pulse.settle(book)


def test_what_was_stopped_is_not_stopped_by_another_mark(pulse, tmp_path):
    first = StopMark(NOW, ROSTER.site.id, Zone.RECEIVING, Cause.PERSON, "root", "first", bytes(16))
    put_mark(tmp_path, first)
    assert ask(pulse, MARKED).body == read_mark(tmp_path) == write_stop(first)
