"""A stop anywhere is everywhere a second later, and a zone that hears nothing stops by itself (spec/stop.md 2.4, 3)."""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.journey.raw_line import Caller, wait_for
from tests.journey.test_site_stop import consent, restart, stop
from tests.journey.trial_site import TrialSite

BOUND_SECONDS = 1.0
SILENCE_SECONDS = 2
ZONES = ("receiving", "processing", "delivery")


@contextmanager
def watching(trial: TrialSite):
    """Have the watch running as a process of its own."""
    command = [sys.executable, "-m", "sekisho", "--lang", "en", "processing", "watch", "--home"]
    with subprocess.Popen(
        [*command, str(trial.home("processing"))], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watch:
        try:
            assert watch.stdout.readline().startswith("watching 127.0.0.1:")
            yield watch
        finally:
            watch.kill()


def mark(trial: TrialSite, zone: str):
    return trial.home(zone) / "shelf" / "stop.json"


def dead_man(trial: TrialSite, *zones: str) -> None:
    for zone in zones:
        with (trial.home(zone) / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\n[stop]\ndead_man_seconds = {SILENCE_SECONDS}\n")


@pytest.mark.requirement("E05")
@pytest.mark.parametrize("origin", ZONES)
def test_a_stop_of_one_zone_is_in_all_three_within_a_second(trial, origin):
    trial.start("receiving", "delivery")
    with watching(trial) as watch:
        time.sleep(1)
        assert not any(mark(trial, zone).exists() for zone in ZONES)
        assert stop(trial, origin).code == 0
        limit = time.monotonic() + BOUND_SECONDS
        while not all(mark(trial, zone).exists() for zone in ZONES):
            assert time.monotonic() < limit, [zone for zone in ZONES if mark(trial, zone).exists()]
            time.sleep(0.01)
        assert len({mark(trial, zone).read_bytes() for zone in ZONES}) == 1
        assert watch.wait(timeout=10) == 4
        assert "[site.stopped]" in watch.stderr.read()
    for zone in ("receiving", "delivery"):
        assert trial.servers[zone].wait(timeout=10) == 4
    two = consent(trial, origin, "shinsa"), consent(trial, origin, "anzen")
    for zone in ZONES:
        assert restart(trial, zone, *two).code == 0
        assert [one["event"] for one in trial.events(zone)] == ["Stopped", "Restarted"]
        assert trial.events(zone)[0]["facts"]["origin"] == origin
    assert trial.audit().code == 0


@pytest.mark.requirement("E05")
def test_a_zone_that_hears_nothing_stops_by_itself_and_one_that_is_watched_does_not(trial):
    dead_man(trial, "receiving", "delivery")
    trial.start("receiving", "delivery")
    with watching(trial) as watch:
        time.sleep(2 * SILENCE_SECONDS)
        assert not any(mark(trial, zone).exists() for zone in ZONES)
        watch.send_signal(signal.SIGKILL)
        watch.wait(timeout=10)
    for zone in ("receiving", "delivery"):
        assert trial.servers[zone].wait(timeout=SILENCE_SECONDS + 8) == 4
        assert trial.events(zone)[-1]["facts"]["cause"] == "silence"
    assert not mark(trial, "processing").exists()


@pytest.mark.requirement("E05")
def test_processing_stops_by_itself_when_one_of_its_neighbours_is_silent_and_tells_the_other(trial):
    dead_man(trial, "processing")
    trial.start("receiving", "delivery")
    with watching(trial) as watch:
        time.sleep(1)
        trial.stop("receiving", signal.SIGKILL)
        assert watch.wait(timeout=SILENCE_SECONDS + 8) == 4
    wait_for(mark(trial, "delivery").exists, "delivery was not told")
    pulled = trial.pull()
    assert (pulled.code, "[site.stopped]" in pulled.err) == (4, True)
    assert '"cause":"silence"' in mark(trial, "delivery").read_text(encoding="utf-8")


def test_only_processing_may_send_a_heartbeat_and_no_mark_too_large(trial):
    trial.start("receiving")
    stranger = Caller(trial, port="processing").ask("POST", "/heartbeat", b"{}")
    assert (stranger.status, stranger.reason) == (403, "line.not-allowed")
    processing = Caller(trial, "processing", "processing")
    large = processing.ask("POST", "/heartbeat", bytes(5_000))
    assert (large.status, large.reason) == (422, "line.too-large")
    assert processing.ask("POST", "/heartbeat").body == b""
    assert not mark(trial, "receiving").exists()
    assert processing.ask("POST", "/heartbeat", b"no mark at all").body
    assert re.search(rb'"cause":"neighbour"', mark(trial, "receiving").read_bytes())
    assert trial.servers["receiving"].wait(timeout=10) == 4
