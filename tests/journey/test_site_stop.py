"""Stopping a site: one person is enough, no byte passes after a second, and two people start it again (spec/stop.md)."""

import contextlib
import http.client
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.journey.raw_line import PIECE_BYTES, Caller, make_parcel, wait_for
from tests.journey.trial_site import TOWN, TrialSite, said_here

CALLERS, SLOW = 6, 2  # the first of them are slow: a piece of theirs would go on for seconds
BOUND_SECONDS = 1.0  # from the return of `site stop` (requirement E05)
QUIET_SECONDS = 2.0


def stop(trial: TrialSite, role: str, reason: str = "a canary was opened"):
    return said_here("site", "stop", "--home", trial.home(role), "--reason", reason)


def consent(trial: TrialSite, role: str, person: str, reason: str = "the cause was found") -> Path:
    file = trial.folder / f"{role}-{person}-{time.monotonic_ns()}.json"
    done = said_here(
        "site", "consent", "--home", trial.home(role), "--reason", reason,
        "--person", person, "--key", trial.key(person), "--out", file,
    )  # fmt: skip
    assert done.code == 0, done.err
    return file


def restart(trial: TrialSite, role: str, *consents: Path):
    return said_here("site", "restart", "--home", trial.home(role), *consents)


@dataclass
class Flood:
    """Callers that each put a parcel in as fast as receiving takes it, but for slow ones; notes when a byte last left."""

    caller: Caller
    over: threading.Event = field(default_factory=threading.Event)
    last: dict[int, float] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)

    def put(self, number: int, upload: str, raw: bytes) -> None:
        connection = http.client.HTTPSConnection(*self.caller.address, context=self.caller.context(), timeout=20)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            offset = 0
            while not self.over.is_set():
                piece = raw[offset : offset + PIECE_BYTES]
                connection.putrequest("PATCH", f"/uploads/{upload}")
                connection.putheader("Upload-Offset", str(offset))
                connection.putheader("Content-Length", str(len(piece)))
                connection.endheaders()
                for start in range(0, len(piece), 65_536):
                    connection.send(piece[start : start + 65_536])
                    self.last[number] = time.monotonic()
                    self.sent[number] = self.sent.get(number, 0) + 65_536
                    time.sleep(0.03 if number < SLOW else 0)
                assert connection.getresponse().read() == b""
                offset += len(piece)
        self.ended.append(number)


def sizes(trial: TrialSite) -> dict[str, int]:
    return {one.name: one.stat().st_size for one in (trial.home("receiving") / "parts").glob("*.part")}


@pytest.mark.requirement("E05")
def test_no_byte_passes_a_second_after_one_person_stopped_receiving_under_load(trial):
    trial.start("receiving")
    caller = Caller(trial)
    made = [make_parcel(trial, number, filler_bytes=100_000_000) for number in range(1, CALLERS + 1)]
    for one in made:
        assert caller.begin(one).status == 201
    flood = Flood(caller)
    threads = [threading.Thread(target=flood.put, args=(n, one.upload, one.raw)) for n, one in enumerate(made)]
    for one in threads:
        one.start()
    wait_for(lambda: len(flood.sent) == CALLERS and min(flood.sent.values()) > 2_000_000, "full load")
    assert stop(trial, "receiving").code == 0
    stopped = time.monotonic()
    time.sleep(BOUND_SECONDS)
    after, told = sizes(trial), dict(flood.sent)
    time.sleep(QUIET_SECONDS)
    assert sizes(trial) == after
    assert flood.sent == told
    assert max(flood.last.values()) - stopped <= BOUND_SECONDS
    for one in threads:
        one.join(timeout=10)
    assert sorted(flood.ended) == list(range(CALLERS))
    assert max(flood.sent.values()) < len(made[0].raw), "a parcel was through before the stop: no load"
    with pytest.raises(OSError, match=r"refused|reset"):
        caller.begin(made[0])
    assert trial.servers["receiving"].wait(timeout=10) == 4
    assert [one["event"] for one in trial.events("receiving")][-1] == "Stopped"


@pytest.mark.requirement("E05")
def test_receiving_starts_again_only_by_two_and_the_upload_goes_on_where_it_was(trial):
    trial.start("receiving")
    caller, made = Caller(trial), make_parcel(trial, 1, filler_bytes=2_000_000)
    assert caller.begin(made).status == 201
    caller.put_and_cut(made, 0, made.raw[:1_500_000])
    offset = caller.free_offset(made)
    assert stop(trial, "receiving", "誰かが見ています").code == 0
    assert trial.servers["receiving"].wait(timeout=10) == 4
    again = trial.run("receiving", "serve", "--home", trial.home("receiving"))
    assert (again.code, "[site.stopped]" in again.err) == (4, True)
    first, second = consent(trial, "receiving", "shinsa"), consent(trial, "receiving", "anzen")
    for given, code, reason in (
        ((first,), 3, "permit.too-few"),
        ((first, first), 3, "permit.same-person"),
        ((first, consent(trial, "receiving", "shinsa", "another reason")), 3, "permit.same-person"),
        ((first, consent(trial, "receiving", "kakou")), 3, "release.wrong-role"),
        ((first, trial.folder / "policy.toml"), 4, "restart.malformed"),
    ):
        done = restart(trial, "receiving", *given)
        assert (done.code, f"[{reason}]" in done.err) == (code, True), done.err
    assert (trial.home("receiving") / "shelf" / "stop.json").exists()
    done = restart(trial, "receiving", first, second)
    assert done.code == 0, done.err
    trial.servers.pop("receiving").stdout.close()
    trial.start("receiving")
    assert caller.free_offset(made) == offset
    assert caller.put(made, made.raw[offset:], offset).status == 204
    assert caller.finish(made).status == 200
    events = trial.events("receiving")
    assert [one["event"] for one in events] == ["Stopped", "Restarted", "Received"]
    assert events[1]["facts"]["persons"] == "shinsa,anzen"
    done = restart(trial, "receiving", first, second)
    assert (done.code, "[site.running]" in done.err) == (3, True)


@pytest.mark.requirement("E05")
def test_a_consent_to_the_end_of_one_stop_ends_no_other(trial):
    trial.start("receiving")
    assert stop(trial, "receiving").code == stop(trial, "receiving", "once more").code == 0
    old = consent(trial, "receiving", "shinsa"), consent(trial, "receiving", "anzen")
    assert restart(trial, "receiving", *old).code == 0
    assert stop(trial, "receiving").code == 0
    done = restart(trial, "receiving", *old)
    assert (done.code, "[restart.other-stop]" in done.err) == (3, True)
    assert trial.audit().code == 0


@pytest.mark.requirement("E05", "E02")
def test_the_audit_sees_a_zone_that_went_on_without_two(trial):
    home = trial.home("processing")
    assert stop(trial, "processing").code == 0
    held = trial.run("processing", "cases", "--home", home)
    assert (held.code, "[site.stopped]" in held.err) == (4, True)
    assert trial.events("processing") == []
    two = consent(trial, "processing", "shinsa"), consent(trial, "processing", "anzen")
    assert restart(trial, "processing", *two).code == 0
    assert [one["event"] for one in trial.events("processing")] == ["Stopped", "Restarted"]
    assert trial.audit().code == 0
    for kept in (home / "shelf" / "stops").iterdir():
        kept.rename(kept.with_suffix(".gone"))
    done = trial.audit()
    assert (done.code, "[statement.missing]" in done.out, "[story.unlawful]" in done.out) == (4, True, False)


@pytest.mark.requirement("E05")
def test_a_mark_that_says_nothing_stops_too_and_is_written_anew_before_two_may_end_it(trial):
    home = trial.home("delivery")
    (home / "shelf").mkdir(exist_ok=True)
    (home / "shelf" / "stop.json").touch()
    started = trial.run("delivery", "serve", "--home", home)
    assert (started.code, "[site.stopped]" in started.err) == (4, True)
    done = said_here(
        "site", "consent", "--home", home, "--reason", "x", "--person", "shinsa",
        "--key", trial.key("shinsa"), "--out", trial.folder / "x.json",
    )  # fmt: skip
    assert (done.code, "[stop.malformed]" in done.err) == (4, True)
    assert stop(trial, "delivery").code == 0
    two = consent(trial, "delivery", "shinsa"), consent(trial, "delivery", "anzen")
    assert restart(trial, "delivery", *two).code == 0
    trial.start("delivery")


def test_what_is_not_one_line_stops_nothing_and_consents_to_nothing(trial):
    done = stop(trial, "receiving", "two\nlines")
    assert (done.code, "[stop.malformed]" in done.err) == (3, True)
    assert not (trial.home("receiving") / "shelf" / "stop.json").exists()
    assert stop(trial, "receiving").code == 0
    arguments = ("site", "consent", "--home", trial.home("receiving"), "--out", trial.folder / "x.json")
    for reason, key, told in (("two\nlines", "shinsa", "restart.malformed"), ("well", "anzen", "key.not-theirs")):
        done = said_here(*arguments, "--reason", reason, "--person", "shinsa", "--key", trial.key(key))
        assert (done.code, f"[{told}]" in done.err) == (3, True)
    assert not (trial.folder / "x.json").exists()
    assert stop(trial, f"municipality-{TOWN}").code == 4
