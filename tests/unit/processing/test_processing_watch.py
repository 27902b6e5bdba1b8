"""What the watch does with a neighbour's answer, and without one."""

from types import SimpleNamespace

import pytest

from sekisho.errors import Reason, Unavailable
from sekisho.journey import Zone
from sekisho.release.stop import Cause, StopMark, read_stop, write_stop
from sekisho.stopping.mark import is_stopped, put_mark, read_mark
from sekisho.zones.processing.watching import watch as watch_module
from sekisho.zones.processing.watching.watch import Watched
from tests.unit.release.release_made import NOW

pytestmark = pytest.mark.requirement("E05")
MARK = StopMark(NOW, "site.example", Zone.RECEIVING, Cause.PERSON, "root", "a drill", bytes(16))


class Neighbour:
    """Answers with what it is told to, and keeps what it was sent."""

    def __init__(self, *answers):
        self.answers, self.heard = list(answers), []

    def call(self, _method, _path, body):
        self.heard.append(body)
        answer = self.answers.pop(0)
        if answer is None:
            raise Unavailable(Reason.LINE_UNREACHABLE)
        return 200, answer, {}


@pytest.fixture
def clock(monkeypatch):
    """Each rest of the watch is a second, and takes none."""
    told = SimpleNamespace(now=0.0)

    def sleep(_seconds):
        told.now += 1

    monkeypatch.setattr(watch_module, "time", SimpleNamespace(monotonic=lambda: told.now, sleep=sleep))
    return told


def watched(shelf, neighbour, clock, silence=5):
    return Watched(neighbour, shelf, "site.example", lambda: NOW, silence, _heard=clock.now)


def test_a_neighbour_that_stopped_stops_processing_by_the_same_mark(tmp_path, clock):
    one = watched(tmp_path, Neighbour(b"", b"", write_stop(MARK)), clock)
    one.run()
    assert one.line.heard == [b"", b"", b""]
    assert read_mark(tmp_path) == write_stop(MARK)


def test_a_stop_here_is_told_once_and_then_it_is_over(tmp_path, clock):
    put_mark(tmp_path, MARK)
    one = watched(tmp_path, Neighbour(None, b"{}"), clock)
    one.run()
    assert one.line.heard == [write_stop(MARK)] * 2


def test_silence_for_longer_than_allowed_stops_processing_and_a_single_answer_begins_anew(tmp_path, clock):
    one = watched(tmp_path, Neighbour(*[None] * 5, b"", *[None] * 7, b""), clock)
    one.run()
    assert len(one.line.heard) == 14
    assert one.line.heard[:12] == [b""] * 12
    assert read_stop(one.line.heard[-1]).cause is Cause.SILENCE


def test_a_disk_that_takes_no_mark_ends_the_watch(tmp_path, clock, monkeypatch):
    def broken(*_):
        raise Unavailable(Reason.DISK_FAILED)

    monkeypatch.setattr(watch_module, "take_mark", broken)
    one = watched(tmp_path, Neighbour(write_stop(MARK)), clock)
    one.run()
    assert (one.failure.reason, is_stopped(tmp_path)) == (Reason.DISK_FAILED, False)
