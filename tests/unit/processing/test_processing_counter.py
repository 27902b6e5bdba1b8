import pytest

from sekisho.errors import Reason, Refused
from sekisho.journey import Event, State
from sekisho.zones.processing import intake
from sekisho.zones.processing.counter import request
from tests.unit.processing.processing_room import desk_in

CASE = "132993-000001"
WORK = (Event.OPENED, Event.DISARMED, Event.PROFILED, Event.PLANNED, Event.APPLIED, Event.MEASURED, Event.SEALED)


def fetched(desk):
    desk.record(CASE, Event.FETCHED, sender="132993", number=1, label_sha256=f"sha256:{'1' * 64}")


@pytest.mark.requirement("E06")
def test_only_the_operator_who_did_the_work_may_ask_for_its_release(tmp_path):
    with desk_in(tmp_path) as desk:
        fetched(desk)
        for event in (*WORK, Event.SECRETS_DESTROYED):
            desk.record(CASE, event, operator="okada")
        with pytest.raises(Refused) as caught:
            request(desk, CASE, "ono", bytes)
        assert caught.value.reason is Reason.WRONG_ROLE
        assert desk.case(CASE).state is State.SECRETS_DESTROYED
        assert [one.event for one in desk.book.entries()][-1] == Event.DENIED.value


def test_a_parcel_that_nobody_foresaw_is_our_fault_and_keeps_no_other_waiting(tmp_path, monkeypatch):
    def stumble(*_):
        raise ZeroDivisionError("a value of a row")

    monkeypatch.setattr(intake, "_open", stumble)
    with desk_in(tmp_path) as desk:
        fetched(desk)
        outcome = intake._take_in(desk, CASE)
        assert (outcome.state, outcome.error.reason) == (State.FETCHED, Reason.OUR_FAULT)
        assert "a value of a row" not in str(outcome.error)
        assert not any(desk.settings.folders.work.iterdir())
