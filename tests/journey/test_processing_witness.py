"""Processing watches receiving: a ledger that goes back or forks, a parcel that changed on the shelf.

Receiving is a process of its own; processing's commands run in this one and call it over its line.
"""

import errno
import shutil
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from sekisho.ledger.entry import Entry
from sekisho.storage.book import Book
from sekisho.storage.keys import read_signing_key
from sekisho.zones.processing import intake
from tests.journey.processing_made import QuickSite, Town, denials, entries_of, make_site, now, roster_of, unfinished

CODE = "132993"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site where two parcels went in and were fetched, and receiving waits to be started."""
    trial = make_site(tmp_path_factory.mktemp("witness"), CODE, made=QuickSite)
    town = Town(trial, CODE)
    for _ in range(2):
        town.put()
    trial.start("receiving")
    assert town.send().code == 0
    assert trial.pull().code == 0
    trial.stop("receiving")
    yield trial
    trial.close()


@contextmanager
def other_ledger(trial, entries):
    """Let receiving serve a ledger of these entries, signed with its own key, and put the true one back."""
    folder = trial.home("receiving") / "ledger"
    true = folder.with_name("true-ledger")
    folder.rename(true)
    key = read_signing_key(trial.home("receiving") / "keys" / "ledger.pem")
    with Book.open(folder, roster_of(trial).receiving.ledger.origin, key) as book:
        for entry in entries:
            book.append(entry)
    trial.start("receiving")
    try:
        yield
    finally:
        trial.stop("receiving")
        shutil.rmtree(folder)
        true.rename(folder)


def true_entries(trial):
    key = read_signing_key(trial.home("receiving") / "keys" / "ledger.pem")
    with Book.open(trial.home("receiving") / "ledger", roster_of(trial).receiving.ledger.origin, key) as book:
        return list(book.entries())


def note(peer):
    return Entry(now(), "receiving", "", "TurnedBack", {"peer": peer, "reason": "line.not-allowed"})


FORKS = {
    "one entry shorter": lambda true: true[:1],
    "empty": lambda _true: [],
    "as long with another last entry": lambda true: [true[0], note("somebody")],
    "longer with another last entry": lambda true: [true[0], note("somebody"), note("somebody")],
    "another order": lambda true: [true[1], true[0]],
}


@pytest.mark.requirement("E02", "B15")
@pytest.mark.parametrize("fork", FORKS)
def test_a_ledger_that_takes_back_what_it_said_stops_the_line(site, fork):
    before = [one for one in site.events("processing") if one["event"] != "Denied"]
    mirror = (site.home("processing") / "shelf" / "neighbours" / "receiving").read_bytes()
    with other_ledger(site, FORKS[fork](true_entries(site))):
        done = site.pull()
    assert done.code == 4, done.err
    assert "[ledger.proof]" in done.err
    assert "Next:" in done.err
    assert [one for one in site.events("processing") if one["event"] != "Denied"] == before
    assert denials(site)[-1] == ("", {"move": "fetch", "reason": "ledger.proof"})
    assert (site.home("processing") / "shelf" / "neighbours" / "receiving").read_bytes() == mirror


@pytest.mark.requirement("A01", "F14")
def test_a_parcel_changed_on_receivings_shelf_is_not_taken_in_and_its_true_bytes_are(site):
    town = Town(site, CODE)
    number = town.put()
    town.put()
    site.start("receiving")
    assert town.send().code == 0
    damaged, next_one = town.case(number), town.case(number + 1)
    shelved = site.home("receiving") / "shelf" / f"{damaged}.parcel"
    true = shelved.read_bytes()
    shelved.write_bytes(true[:-9] + bytes([true[-9] ^ 4]) + true[-8:])

    done = site.pull()
    assert done.code == 4
    assert "[parcel.tampered]" in done.err
    assert entries_of(site, damaged) == []
    assert denials(site)[-1][1]["reason"] == "parcel.tampered"
    assert [one["event"] for one in entries_of(site, next_one)] == ["Fetched", "Held"]
    shelf = site.home("processing") / "shelf"
    assert not (shelf / "fetched" / f"{damaged}.parcel").exists()
    assert list((shelf / "parts").iterdir()) == []
    assert unfinished(site.home("processing")) == []

    shelved.write_bytes(true)
    healed = site.pull()
    assert healed.code == 0, healed.err
    site.stop("receiving")
    for case in (damaged, next_one):
        assert entries_of(site, case)[-1]["event"] == "Disarmed"


def test_a_cut_short_parcel_on_receivings_shelf_is_fetched_on_once_it_is_whole(site):
    town = Town(site, CODE)
    number = town.put()
    site.start("receiving")
    assert town.send().code == 0
    case = town.case(number)
    shelved = site.home("receiving") / "shelf" / f"{case}.parcel"
    true = shelved.read_bytes()
    shelved.write_bytes(true[:20_000])
    done = site.pull()
    assert (done.code, "[line.unreachable]" in done.err) == (4, True)
    assert entries_of(site, case) == []
    shelved.write_bytes(true)
    assert site.pull().code == 0
    site.stop("receiving")
    assert entries_of(site, case)[-1]["event"] == "Disarmed"
    assert list((site.home("processing") / "shelf" / "parts").iterdir()) == []


@pytest.mark.requirement("F14")
def test_a_full_disk_refuses_no_parcel_and_the_next_pull_opens_it(site):
    town = Town(site, CODE)
    case = town.case(town.put())
    site.start("receiving")
    assert town.send().code == 0
    full = OSError(errno.ENOSPC, "no space")
    with patch.object(intake, "disarm_alone", side_effect=full):
        done = site.pull()
    assert (done.code, "[disk.full]" in done.err, "Next: Make space" in done.err) == (4, True, True)
    assert [one["event"] for one in entries_of(site, case)] == ["Fetched", "Opened"]
    assert not (site.home("processing") / "work" / case).exists()
    assert unfinished(site.home("processing")) == []
    assert site.pull().code == 0
    site.stop("receiving")
    assert [one["event"] for one in entries_of(site, case)] == ["Fetched", "Opened", "Opened", "Disarmed"]


@pytest.mark.requirement("A01")
@pytest.mark.parametrize("at", [40, 20_000, -9])
def test_a_parcel_damaged_on_processings_own_shelf_is_not_held_against_its_sender(site, at):
    town = Town(site, CODE)
    case = town.case(town.put())
    site.start("receiving")
    assert town.send().code == 0
    with patch.object(intake, "disarm_alone", side_effect=OSError(errno.EIO, "failed")):
        assert site.pull().code == 4
    shelved = site.home("processing") / "shelf" / "fetched" / f"{case}.parcel"
    true = bytearray(shelved.read_bytes())
    damaged = bytearray(true)
    damaged[at] ^= 1
    shelved.write_bytes(damaged)
    done = site.pull()
    assert (done.code, "[disk.failed]" in done.err) == (4, True)
    assert "Refused" not in [one["event"] for one in entries_of(site, case)]
    shelved.write_bytes(true)
    assert site.pull().code == 0
    site.stop("receiving")
    assert entries_of(site, case)[-1]["event"] == "Disarmed"
