import fcntl
import os

import pytest

from tests.journey.trial_site import CASE


@pytest.mark.requirement("B15", "E05")
def test_one_person_holds_a_case_while_somebody_else_has_the_desk(trial):
    trial.start("receiving")
    for step in (trial.seal, trial.send, trial.pull, trial.work, trial.seal_again, trial.request):
        assert step().code == 0
    assert trial.release("approve", "shinsa").code == trial.release("approve", "anzen").code == 0
    lock = os.open(trial.home("processing") / "ledger" / "lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        asked = trial.release("hold", "shinsa")
        assert (asked.code, "next step becomes the hold" in asked.out) == (0, True)
    finally:
        os.close(lock)
    pushed = trial.push()
    assert (pushed.code, "[release.move-not-allowed]" in pushed.err) == (3, True)
    held = [one for one in trial.events("processing") if one["event"] == "Held"]
    assert [one["facts"] for one in held] == [{"person": "shinsa", "reason": "release.held-by-person"}]
    assert not any(one["event"] == "HandedOver" for one in trial.events("processing"))
    assert trial.release("resume", "shinsa", "anzen").code == 0
    trial.start("delivery", "recipient-riyou")
    assert trial.push().code == 0


def test_a_note_of_a_person_whose_key_is_another_is_refused(trial):
    (trial.home("processing") / "ledger").mkdir(exist_ok=True)
    lock = os.open(trial.home("processing") / "ledger" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = trial.run(
            "release",
            "hold",
            CASE,
            "--home",
            trial.home("processing"),
            "--person",
            "shinsa",
            "--key",
            trial.key("anzen"),
        )
    finally:
        os.close(lock)
    assert (done.code, "[key.not-theirs]" in done.err) == (3, True)
