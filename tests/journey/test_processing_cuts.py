"""Processing killed: at every fsync of each command and at any moment; the same command again completes the work."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sekisho.cli.clock import now
from sekisho.deid.schema import read_schema
from sekisho.journey import State
from sekisho.storage.hashing import file_digest
from sekisho.tables.arrow import read_table
from sekisho.zones.processing.desk import open_desk
from tests.journey.processing_made import SECRET, QuickSite, Town, copy_processing, make_site, unfinished, where_found
from tests.journey.trial_site import CASE, TOWN

ROOT = Path(__file__).parents[2]
KILLED_BEFORE_JUDGED = """
import os, signal, sys
from sekisho.cli.main import main
from sekisho.zones.processing import judging
judging.conclude = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""
DELAYS = (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
SECONDS = 300


@dataclass(frozen=True)
class Site:
    """A site before each of the three commands."""

    sent: QuickSite
    pulled: QuickSite
    worked: QuickSite


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    sent = make_site(tmp_path_factory.mktemp("cuts"), TOWN, made=QuickSite)
    town = Town(sent, TOWN)
    town.put()
    sent.start("receiving")
    try:
        assert town.send().code == 0
        pulled = copy_processing(sent, tmp_path_factory.mktemp("pulled") / "site")
        assert pulled.pull().code == 0
        worked = copy_processing(pulled, tmp_path_factory.mktemp("worked") / "site")
        assert worked.work().code == 0
        yield Site(sent, pulled, worked)
    finally:
        sent.close()


def cut_everywhere(trial, folder, *arguments):
    """Give back processing's folder after each cut and second run; all of them must have ended well."""
    command = [sys.executable, "-m", "tests.journey.cutting", str(trial.home("processing")), str(folder), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS, cwd=ROOT)
    *cuts, whole = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (ran.returncode, ran.stderr) == (0, "")
    assert whole == {"whole": 0, "cuts": len(cuts)}
    assert len(cuts) > 10
    failed = [(one["folder"], one["again"]) for one in cuts if one["again"]]
    assert failed == []
    return [Path(one["folder"]) / "processing" for one in cuts]


def told(home, event):
    """Give back where the case stands by a ledger that was checked whole, its events, and the facts of the last one."""
    with open_desk(home / "settings.toml", now) as desk:
        return desk.case(CASE).state, [entry.event for entry in desk.book.entries()], desk.facts_of(CASE, event)


def sealed_digest(home):
    """Give back the digest of the one sealed parcel that lies there."""
    (parcel,) = (home / "shelf" / "sealed").iterdir()
    return digest_at(parcel)


def digest_at(path):
    with path.open("rb") as stream:
        return file_digest(stream)


@pytest.mark.requirement("F14")
def test_a_pull_cut_at_any_fsync_is_completed_by_the_next_one(site, tmp_path):
    for home in cut_everywhere(site.sent, tmp_path, "processing", "pull"):
        state, events, said = told(home, "Fetched")
        assert state is State.DISARMED
        assert events.count("Fetched") == 1
        assert digest_at(home / "shelf" / "fetched" / f"{CASE}.parcel") == said["sha256"]
        assert sorted(one.name for one in (home / "work" / CASE).iterdir()) == ["schema.toml", "table.parquet"]
        schema = read_schema((home / "work" / CASE / "schema.toml").read_bytes())
        assert read_table(home / "work" / CASE / "table.parquet").names == schema.names
        assert [one.name for one in (home / "work").iterdir()] == [CASE]
        assert list((home / "shelf" / "parts").iterdir()) == []
        assert unfinished(home) == []


@pytest.mark.requirement("F14")
def test_a_run_cut_at_any_fsync_is_completed_by_the_next_one(site, tmp_path):
    policy = str(site.pulled.folder / "policy.toml")
    arguments = ("processing", "run", CASE, "--operator", "kakou", "--policy", policy)
    for home in cut_everywhere(site.pulled, tmp_path, *arguments):
        state, events, said = told(home, "Measured")
        reports = home / "shelf" / "reports"
        assert state is State.JUDGED
        assert events[-5:] == ["Profiled", "Planned", "Applied", "Measured", "Judged"]
        assert digest_at(reports / f"{CASE}.v1.json") == said["report_sha256"]
        assert digest_at(reports / f"{CASE}.v1.standard.json") == told(home, "Judged")[2]["standard_sha256"]
        assert [one.name for one in (home / "work").iterdir()] == [CASE]
        assert [one for one in unfinished(home) if not one.startswith(f"work/{CASE}/")] == []


@pytest.mark.requirement("A16", "F14")
def test_a_run_killed_between_measured_and_judged_goes_on_with_the_judgement(site, tmp_path):
    trial = copy_processing(site.pulled, tmp_path / "site")
    home = trial.home("processing")
    person = ("--operator", "kakou", "--home", str(home))
    arguments = ["processing", "run", CASE, "--policy", str(trial.folder / "policy.toml"), *person]
    command = [sys.executable, "-c", KILLED_BEFORE_JUDGED, *arguments]
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert told(home, "Measured")[0] is State.MEASURED
    assert trial.seal_again().code == 3
    done = trial.run("processing", "judge", CASE, *person)
    assert done.code == 0, done.err
    state, events, said = told(home, "Judged")
    assert state is State.JUDGED
    assert [one for one in events if one != "Denied"][-2:] == ["Measured", "Judged"]
    assert digest_at(home / "shelf" / "reports" / f"{CASE}.v1.standard.json") == said["standard_sha256"]
    assert trial.seal_again().code == 0
    assert unfinished(home) == []


@pytest.mark.requirement("A07", "F14")
def test_a_seal_cut_at_any_fsync_is_completed_by_the_next_one_and_leaves_nothing_open(site, tmp_path):
    for home in cut_everywhere(site.worked, tmp_path, "processing", "seal", CASE, "--recipient", "riyou"):
        state, events, said = told(home, "Sealed")
        assert state is State.SECRETS_DESTROYED
        assert events[-2:] == ["Sealed", "SecretsDestroyed"]
        assert sealed_digest(home) == said["parcel_sha256"]
        assert list((home / "work").iterdir()) == []
        assert where_found(home, SECRET) == []
        assert unfinished(home) == []


@pytest.mark.requirement("A07", "F14")
def test_commands_killed_at_any_moment_complete_when_called_again(site, tmp_path):
    trial = copy_processing(site.sent, tmp_path / "site")
    home = trial.home("processing")
    steps = (
        ("pull",),
        ("run", CASE, "--operator", "kakou", "--policy", str(trial.folder / "policy.toml")),
        ("seal", CASE, "--recipient", "riyou"),
    )
    killed = 0
    for step in steps:
        command = [sys.executable, "-m", "sekisho", "processing", *step, "--home", str(home)]
        for delay in DELAYS:
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:
                    process.wait(timeout=delay)
                    break
                except subprocess.TimeoutExpired:
                    process.kill()
                    killed += 1
        done = trial.run("processing", *step, "--home", home)
        assert done.code == 0, done.err
    assert killed > 5
    state, _, said = told(home, "Sealed")
    assert state is State.SECRETS_DESTROYED
    assert sealed_digest(home) == said["parcel_sha256"]
    assert list((home / "work").iterdir()) == []
    assert where_found(home, SECRET) == []
    assert unfinished(home) == []
