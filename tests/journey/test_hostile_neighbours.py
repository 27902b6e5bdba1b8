"""Receiving and delivery taken over: what they answer stops processing's call, and never processing (threat: a lying neighbour)."""

import resource
import shutil
import time
from types import SimpleNamespace

import pytest

from sekisho.ledger.entry import Entry
from sekisho.ledger.page import write_page
from sekisho.lines.client import Line
from sekisho.lines.patience import PatientSocket
from sekisho.storage.book import Book
from sekisho.storage.keys import read_signing_key
from tests.journey.hostile_peer import answer, hostile, until_it_hangs_up
from tests.journey.processing_made import QuickSite, Town, entries_of, make_site, now, roster_of, unfinished
from tests.journey.raw_line import settings_of

CODE = "132993"
PATIENCE_SECONDS = 0.5
SECONDS, MEMORY_BYTES = 8.0, 64 * 1024 * 1024
DEEP = b"[" * 200_000


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site where one parcel lies at receiving, which is then taken over."""
    trial = make_site(tmp_path_factory.mktemp("hostile"), CODE, made=QuickSite)
    town = Town(trial, CODE)
    town.put()
    trial.start("receiving")
    assert town.send().code == 0
    trial.stop("receiving")
    yield trial
    trial.close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Wait half a second where the product waits a minute."""
    wait = PatientSocket.wait
    monkeypatch.setattr(PatientSocket, "wait", lambda self, _seconds, _expected: wait(self, PATIENCE_SECONDS, 20_000))


def port_of(trial):
    return settings_of(trial, "receiving")["listen"]["processing"]["port"]


def drip(line, _asked):
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    until_it_hangs_up(line, b"x", 0.1)


def headers_drip(line, _asked):
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    until_it_hangs_up(line, b"x", 0.1)


def headers_without_end(line, _asked):
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    until_it_hangs_up(line, b"X-More: " + b"y" * 60_000 + b"\r\n")


def body_without_end(line, _asked):
    line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    until_it_hangs_up(line, b"z" * 65_536)


def chunks_without_end(line, _asked):
    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    until_it_hangs_up(line, b"1\r\nz\r\n" * 1_000)


def always_to_be_continued(line, _asked):
    until_it_hangs_up(line, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def says(raw):
    def play(line, _asked):
        line.sendall(raw)
        line.close()

    return play


LIES = {
    "nothing": (lambda _line, _asked: time.sleep(3 * PATIENCE_SECONDS), "line.unreachable"),
    "hangs up": (lambda line, _asked: line.close(), "line.unreachable"),
    "a byte now and then": (drip, "line.unreachable"),
    "headers that drip": (headers_drip, "line.unreachable"),
    "headers without end": (headers_without_end, "line.unreachable"),
    "a body without end": (body_without_end, "line.answer"),
    "chunks without end": (chunks_without_end, "line.answer"),
    "always to be continued": (always_to_be_continued, "line.unreachable"),
    "no HTTP": (says(b"\0\xff" * 500), "line.unreachable"),
    "a body cut off": (says(answer(b"{", length=50)), "line.unreachable"),
    "more than can be": (says(answer(b"{}", length=2**63)), "line.answer"),
    "less than nothing": (says(answer(b"{}", length=-1)), "line.answer"),
    "another form": (says(answer(b"<html>")), "line.answer"),
    "brackets without end": (says(answer(DEEP)), "line.answer"),
    "a refusal of brackets": (says(answer(DEEP, b"422 No")), "line.answer"),
    "sent elsewhere": (says(answer(b"", b"302 Found", None, b"Location: http://127.0.0.1/")), "line.answer"),
}


@pytest.mark.requirement("B08", "B15")
@pytest.mark.parametrize("lie", LIES)
def test_whatever_a_taken_over_receiving_answers_the_pull_ends_with_a_reason_and_takes_nothing(site, lie):
    play, reason = LIES[lie]
    before = [one for one in site.events("processing") if one["event"] != "Denied"]
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with hostile(site, "receiving", port_of(site), play):
        done = site.pull()
    assert time.monotonic() - began < SECONDS, "bounded, however it answers"  # a bound of the wait, no measure of speed
    assert f"[{reason}]" in done.err, done.err
    assert done.code == 4
    assert [one for one in site.events("processing") if one["event"] != "Denied"] == before
    assert unfinished(site.home("processing")) == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - largest) * 1024 < MEMORY_BYTES


class Forger:
    """A receiving that keeps its keys and invents: a ledger of its own making, and bytes for whatever is asked."""

    def __init__(self, trial, folder, **facts):
        (true,) = [one for one in trial.events("receiving") if one["event"] == "Received"]
        self.size = true["facts"]["size_bytes"]
        entry = Entry(now(), "receiving", true["case"], "Received", {**true["facts"], **facts})
        shutil.rmtree(folder, ignore_errors=True)
        key = read_signing_key(trial.home("receiving") / "keys" / "ledger.pem")
        with Book.open(folder, roster_of(trial).receiving.ledger.origin, key) as book:
            book.append(entry)
            self.page = write_page(0, *book.since(0))

    def play(self, parcel):
        def speak(line, asked):
            path = asked.split(b" ", 2)[1]
            if path.startswith(b"/parcels?"):
                line.sendall(answer(self.page))
            else:
                parcel(line)

        return speak


def floods(line):
    line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    until_it_hangs_up(line, b"z" * 65_536)


def trickles(line):
    line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    until_it_hangs_up(line, b"z", 0.1)


FORGED = {
    "another parcel of the promised size": ({}, lambda size: lambda line: line.sendall(answer(b"z" * size)), "parcel.tampered"),
    "bytes without end": ({}, lambda _size: floods, "parcel.size"),
    "a byte now and then": ({}, lambda _size: trickles, "line.unreachable"),
    "more than processing takes": ({"size_bytes": 2**40}, lambda _size: floods, "line.too-large"),
    "a sender that the roster does not know": ({"sender": "999999"}, lambda _size: floods, "line.sender-unknown"),
    "a digest that is none": ({"sha256": "../../etc/passwd"}, lambda _size: floods, "ledger.malformed"),
    "a number that is not the case's": ({"number": 7}, lambda _size: floods, "ledger.malformed"),
}  # fmt: skip


@pytest.mark.requirement("B08", "B10", "B15")
@pytest.mark.parametrize("forged", FORGED)
def test_a_taken_over_receiving_with_its_own_ledger_key_still_brings_no_parcel_in(site, tmp_path, forged):
    facts, parcel, reason = FORGED[forged]
    forger = Forger(site, tmp_path / "forged", **facts)
    shelf = site.home("processing") / "shelf"
    shutil.rmtree(shelf / "neighbours", ignore_errors=True)  # of a processing that knows no ledger of receiving yet
    began = time.monotonic()
    with hostile(site, "receiving", port_of(site), forger.play(parcel(forger.size))):
        done = site.pull()
    assert time.monotonic() - began < SECONDS, "bounded, however it answers"
    assert f"[{reason}]" in done.err, done.err
    assert [one["event"] for one in entries_of(site, f"{CODE}-000001")] == []
    assert not list(shelf.glob("fetched/*"))


def test_after_all_of_it_the_honest_receiving_is_heard_and_its_parcel_opened(site):
    shutil.rmtree(site.home("processing") / "shelf" / "neighbours")  # what the forgers made it believe
    site.start("receiving")
    try:
        done = site.pull()
    finally:
        site.stop("receiving")
    assert done.code == 0, done.err
    assert entries_of(site, f"{CODE}-000001")[-1]["event"] == "Disarmed"


def test_a_call_ends_by_its_whole_time_and_not_only_by_its_rests(site):
    """The oracle of the above: with the usual timeout alone, a byte now and then keeps the caller for as long as it lasts."""
    peer = settings_of(site, "processing")["peers"]["receiving"]
    tls = site.home("processing") / "tls"
    credentials = SimpleNamespace(
        certificate=tls / "certificate.pem", key=tls / "key.pem", authority=tls / "authority.pem"
    )
    line = Line(peer["host"], peer["port"], peer["name"], credentials)
    with hostile(site, "receiving", port_of(site), drip):
        began = time.monotonic()
        with pytest.raises(Exception, match=r"line\.unreachable"):
            line.call("GET", "/parcels?after=0")
        assert PATIENCE_SECONDS < time.monotonic() - began < SECONDS
    line.close()
