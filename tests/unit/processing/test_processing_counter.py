import pytest

from sekisho.errors import Held, Reason, Refused
from sekisho.journey import Event, State
from sekisho.zones.processing import intake
from sekisho.zones.processing.counter import request
from sekisho.zones.processing.handout import _heeding
from sekisho.zones.processing.stops import note_of
from tests.unit.processing.processing_room import desk_in

CASE = "132993-000001"
WORK = (
    Event.OPENED,
    Event.DISARMED,
    Event.PROFILED,
    Event.PLANNED,
    Event.APPLIED,
    Event.MEASURED,
    Event.JUDGED,
    Event.SEALED,
)


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


@pytest.mark.requirement("E05")
def test_a_transfer_under_way_stops_at_its_next_piece_once_somebody_holds_the_case(tmp_path):
    seen = []
    with desk_in(tmp_path) as desk:
        fetched(desk)
        for event in (
            *WORK,
            Event.SECRETS_DESTROYED,
            Event.REQUESTED,
            Event.APPROVED,
            Event.APPROVED,
            Event.HANDED_OVER,
        ):
            desk.record(CASE, event, operator="okada")
        progress = _heeding(desk, CASE, lambda done, total: seen.append((done, total)))
        progress(1, 3)
        note_of(desk.settings.folders, CASE).write_text("safe-1")
        with pytest.raises(Held) as caught:
            progress(2, 3)
        assert (caught.value.reason, seen) == (Reason.HELD_BY_PERSON, [(1, 3)])
        assert (desk.case(CASE).state, desk.case(CASE).held_from) == (State.HELD, State.HANDED_OVER)
        assert not note_of(desk.settings.folders, CASE).exists()


def test_a_note_for_a_case_that_can_no_longer_be_held_is_denied_and_goes(tmp_path):
    with desk_in(tmp_path) as desk:
        fetched(desk)
        desk.record(CASE, Event.REFUSED)
        note_of(desk.settings.folders, CASE).write_text("safe-1")
    with desk_in(tmp_path) as desk:
        assert desk.case(CASE).state is State.REFUSED
        assert not note_of(desk.settings.folders, CASE).exists()
        last = list(desk.book.entries())[-1]
        assert (last.event, last.facts["move"], last.facts["persons"]) == ("Denied", "hold", "safe-1")
