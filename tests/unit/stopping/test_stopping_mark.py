"""The mark on disk: who comes first stays, whatever lies there stops, and a full disk stops too."""

import os
from dataclasses import replace

import pytest

from sekisho.errors import Reason, Unavailable
from sekisho.journey import Zone
from sekisho.release.stop import Cause, StopMark, read_stop, write_stop
from sekisho.stopping import mark as mark_module
from sekisho.stopping.guard import heeding
from sekisho.stopping.mark import (
    MARK,
    check_running,
    is_stopped,
    new_mark,
    put_mark,
    read_mark,
    remove_mark,
)
from sekisho.stopping.recording import last_of, record_stop
from sekisho.storage.book import Book
from tests.unit.release.release_made import NOW, ROSTER, signer

pytestmark = pytest.mark.requirement("E05")
FIRST = StopMark(NOW, ROSTER.site.id, Zone.RECEIVING, Cause.PERSON, "root", "a canary was opened", bytes(16))


def refused(shelf):
    with pytest.raises(Unavailable) as caught:
        check_running(shelf)
    assert caught.value.reason is Reason.SITE_STOPPED
    return caught.value.facts


def test_a_zone_runs_until_there_is_a_mark_and_again_when_it_is_gone(tmp_path):
    shelf = tmp_path / "shelf"
    check_running(shelf)
    put_mark(shelf, FIRST)
    assert refused(shelf) == {"since": "2026-11-23T09:00:00Z", "zone": "receiving"}
    assert [one.name for one in shelf.iterdir()] == [MARK]
    remove_mark(shelf)
    check_running(shelf)


def test_the_first_mark_stays(tmp_path):
    put_mark(tmp_path, FIRST)
    kept = put_mark(tmp_path, replace(FIRST, why="later", nonce=bytes(15) + b"x"))
    assert kept == read_mark(tmp_path) == write_stop(FIRST)


def test_two_marks_at_once_leave_one(tmp_path, monkeypatch):
    monkeypatch.setattr(mark_module, "is_stopped", lambda _shelf: False)
    put_mark(tmp_path, FIRST)
    assert put_mark(tmp_path, replace(FIRST, nonce=bytes(15) + b"x")) == write_stop(FIRST)
    assert [one.name for one in tmp_path.iterdir()] == [MARK]


@pytest.mark.parametrize("make", [lambda p: p.touch(), lambda p: p.mkdir(), lambda p: p.symlink_to("nowhere")])
def test_anything_of_that_name_stops(tmp_path, make):
    make(tmp_path / MARK)
    assert refused(tmp_path) == {}


def test_a_disk_that_does_not_answer_is_taken_for_a_stop(tmp_path):
    (tmp_path / "file").touch()
    assert is_stopped(tmp_path / "file")


def test_a_full_disk_stops_and_the_mark_is_written_anew_when_there_is_room(tmp_path, monkeypatch):
    def full(_path, _raw):
        raise Unavailable(Reason.DISK_FULL)

    with monkeypatch.context() as patch:
        patch.setattr(mark_module, "write_durably", full)
        put_mark(tmp_path, FIRST)
        assert refused(tmp_path) == {}
    put_mark(tmp_path, FIRST)
    assert read_stop(read_mark(tmp_path)) == FIRST


def test_each_mark_is_another(tmp_path):
    made = [new_mark(NOW, "x", Zone.DELIVERY, Cause.SILENCE, "rule", "nothing heard") for _ in range(2)]
    assert made[0] != made[1]


def test_a_stop_is_written_down_once(tmp_path):
    put_mark(tmp_path, FIRST)
    with Book.open(tmp_path / "ledger", ROSTER.receiving.ledger.origin, signer("ledger rx")) as book:
        assert last_of(book) == ("", "")
        for _ in range(2):
            record_stop(book, tmp_path, Zone.RECEIVING, NOW)
        (entry,) = book.entries()
        assert (entry.event, entry.case, entry.facts["cause"]) == ("Stopped", "", "person")
        assert last_of(book) == ("Stopped", entry.facts["stop_sha256"])
    assert len(list((tmp_path / "stops").iterdir())) == 1


def test_work_is_interrupted_where_it_is(tmp_path):
    read, write = os.pipe()

    def work():
        put_mark(tmp_path, FIRST)
        os.read(read, 1)  # for ever, if nothing interrupts it

    with pytest.raises(Unavailable, match=r"site\.stopped"), heeding(tmp_path):
        work()
    os.close(read)
    os.close(write)
    with pytest.raises(Unavailable, match=r"site\.stopped"), heeding(tmp_path):
        raise AssertionError("work was begun on a stopped site")


def test_work_that_ends_by_itself_is_left_alone(tmp_path):
    with heeding(tmp_path):
        done = sum(range(10))
    assert done == 45
