"""A few calls that go wrong in every scene; `make faults` does all of them (docs/faults.md 1)."""

import os
import shutil

import pytest

from tests.faults.calls import campaign

MISSING = "" if os.environ.get("CI") or shutil.which("strace") else "strace"
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"faults at calls need {MISSING}")
SCENES = {"seal", "receive", "fetch and open", "de-identify", "seal again", "hand over", "admit", "accept"}


@pytest.fixture(scope="module")
def tried():
    return list(campaign.rows(quick=True))


@pytest.mark.requirement("F14")
@pytest.mark.parametrize("number", campaign.KINDS)
def test_whatever_call_goes_wrong_nothing_is_lost_doubled_or_left_and_one_repetition_heals(tried, number):
    found = [row for row in tried if row.id == number]
    assert {row.where for row in found} == SCENES
    assert [(row.where, row.wrong) for row in found if row.wrong] == []
    assert [(row.where, row.undone, row.healed) for row in found if row.healed != row.undone] == []
    assert sum(row.injected for row in found) > len(SCENES)
