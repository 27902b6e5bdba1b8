import os
import subprocess
import sys

import pytest

from tests.journey.trial_site import CASE


@pytest.fixture
def measured(trial):
    """A case that is de-identified and measured, not sealed yet."""
    trial.start("receiving")
    for step in (trial.seal, trial.send, trial.pull, trial.work):
        done = step()
        assert done.code == 0, done.err
    return trial


@pytest.mark.parametrize("name", ["released.csv", "released.schema.json", "plan.json"])
@pytest.mark.requirement("A16")
def test_a_file_that_is_not_the_one_that_was_measured_is_never_sealed(measured, name):
    path = measured.home("processing") / "work" / CASE / name
    before = path.read_bytes()
    path.write_bytes(before.replace(b"2", b"3", 1))
    done = measured.seal_again()
    assert done.code == 4
    assert "[deid.work-changed]" in done.err
    last = measured.events("processing")[-1]
    assert (last["event"], last["facts"]["reason"]) == ("Denied", "deid.work-changed")
    assert not list((measured.home("processing") / "shelf" / "sealed").glob("*"))
    path.write_bytes(before)
    assert measured.seal_again().code == 0


def test_the_work_on_a_case_shows_a_terminal_how_far_the_search_is(trial):
    trial.start("receiving")
    for step in (trial.seal, trial.send, trial.pull):
        assert step().code == 0
    asked = ("run", CASE, "--home", trial.home("processing"), "--operator", "kakou", "--policy", "policy.toml")
    master, terminal = os.openpty()
    command = [sys.executable, "-m", "sekisho", "--lang", "en", "processing", *map(str, asked)]
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=terminal, cwd=trial.folder, timeout=120, check=False
    )
    os.close(terminal)
    told = os.read(master, 65_536).decode()
    os.close(master)
    assert done.returncode == 0, told
    assert "searching  100%" in told
