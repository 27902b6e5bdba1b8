import csv

import pytest

from tests.journey.trial_site import CASE

EVENTS = {
    "receiving": ["Received"],
    "processing": [
        "Fetched", "Opened", "Disarmed", "Profiled", "Planned", "Applied", "Measured", "Judged", "Sealed",
        "SecretsDestroyed", "Requested", "Approved", "Approved", "HandedOver", "Closed",
    ],
    "delivery": ["Admitted", "Delivered", "Acknowledged"],
}  # fmt: skip


@pytest.mark.requirement("B15", "F12", "B03", "B10", "A05")
def test_a_table_goes_the_whole_way_and_every_zone_remembers_its_part(trial):
    trial.start("receiving", "delivery", "recipient-riyou")
    for step in (trial.seal, trial.send, trial.pull, trial.work, trial.seal_again, trial.request):
        done = step()
        assert done.code == 0, done.err
    for person in ("shinsa", "anzen"):
        assert trial.release("approve", person).code == 0
    assert trial.push().code == 0
    assert trial.open().code == 0
    assert {zone: [one["event"] for one in trial.events(zone)] for zone in EVENTS} == EVENTS
    with (trial.home("recipient-riyou") / "opened" / CASE / "table.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert "id" not in rows[0]
    assert len(rows) == 60
    audit = trial.audit()
    assert audit.code == 0, audit.out
    assert "every story is lawful" in audit.out
