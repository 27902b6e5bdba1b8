"""The hours of a case are those of every run that the ledger knows."""

import pytest

from sekisho.deid.proposal.fee import Job
from sekisho.errors import Reason, Refused
from sekisho.journey import Event
from sekisho.zones.processing.metering import metered
from tests.unit.processing.processing_room import desk_in

CASE, OTHER = "132993-000001", "132993-000002"
ONE = "sha256:" + "1" * 64


def work(desk, case, number, *seconds):
    desk.record(case, Event.FETCHED, sender="132993", number=number, sha256=ONE, label_sha256=ONE)
    desk.record(case, Event.OPENED, rows=60)
    desk.record(case, Event.DISARMED, rows=60)
    for one in seconds:
        for event in (Event.PROFILED, Event.PLANNED, Event.APPLIED):
            desk.record(case, event)
        desk.record(case, Event.MEASURED, work_seconds=one)


def test_each_run_counts_and_those_of_other_cases_do_not(tmp_path):
    with desk_in(tmp_path) as desk:
        work(desk, CASE, 1, 3_601, 20)
        work(desk, OTHER, 2, 999)
        assert metered(desk, CASE) == (Job("Measured", 3_601), Job("Measured", 20))


def test_a_case_that_nobody_worked_on_has_no_hours(tmp_path):
    with desk_in(tmp_path) as desk:
        work(desk, CASE, 1)
        with pytest.raises(Refused, match=Reason.MOVE_NOT_ALLOWED.value):
            metered(desk, CASE)
        with pytest.raises(Refused, match=Reason.CASE_UNKNOWN.value):
            metered(desk, OTHER)
