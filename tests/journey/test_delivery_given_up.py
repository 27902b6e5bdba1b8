from dataclasses import replace

import pytest

from sekisho.release.roster import write_roster
from sekisho.storage.keys import read_signing_key
from tests.journey.processing_made import roster_of
from tests.journey.trial_site import CASE


@pytest.mark.requirement("F14")
def test_a_case_whose_permit_delivery_can_never_admit_goes_back_and_can_be_released_anew(trial):
    """Handed over while delivery was down; meanwhile a new roster made the permit void."""
    trial.start("receiving")
    for step in (trial.seal, trial.send, trial.pull, trial.work, trial.seal_again, trial.request):
        assert step().code == 0
    assert trial.release("approve", "shinsa").code == trial.release("approve", "anzen").code == 0
    down = trial.push()
    assert (down.code, "[line.unreachable]" in down.err) == (4, True)
    new_roster(trial)
    trial.start("delivery", "recipient-riyou")
    refused = trial.push()
    assert (refused.code, "[permit.other-roster]" in refused.err) == (3, True)
    assert [one["facts"].get("reason") for one in trial.events("processing")[-1:]] == ["permit.other-roster"]
    again = trial.run("processing", "reopen", CASE, "--home", trial.home("processing"))
    assert again.code == 0, again.err
    for step in (trial.work, trial.seal_again, trial.request):
        assert step().code == 0
    assert trial.release("approve", "shinsa").code == trial.release("approve", "anzen").code == 0
    assert trial.push().code == 0
    assert trial.open().code == 0


def new_roster(trial):
    """Give every role the next version of the roster, signed by both founders."""
    keys = trial.home("founders") / "keys"
    founders = (read_signing_key(keys / "first.pem"), read_signing_key(keys / "second.pem"))
    draft = roster_of(trial).draft
    raw = write_roster(replace(draft, version=draft.version + 1), founders)
    for path in trial.site.glob("*/roster.json"):
        path.write_bytes(raw)
