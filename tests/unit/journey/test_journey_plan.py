from itertools import product

import pytest

from sekisho.errors import Malformed, Reason, Refused
from sekisho.journey import (
    ENTRY,
    MOVES,
    SITE_MOVES,
    Actor,
    Case,
    Event,
    State,
    Zone,
    case_id,
    find_move,
    new_case,
    read_event,
)

CASE = "132993-000001"
WAY = (
    Event.FETCHED, Event.OPENED, Event.DISARMED, Event.PROFILED, Event.PLANNED, Event.APPLIED, Event.MEASURED, Event.JUDGED,
    Event.SEALED, Event.SECRETS_DESTROYED, Event.REQUESTED, Event.APPROVED, Event.APPROVED, Event.HANDED_OVER,
)  # fmt: skip


def walked(*events: Event, zone: Zone = Zone.PROCESSING) -> Case:
    case = new_case(CASE, zone)
    for number, event in enumerate(events):
        case = case.after(event, {"operator": "ono", "person": f"p{number}", "role": f"r{number}"})
    return case


@pytest.mark.requirement("F12", "B15")
def test_a_parcel_goes_the_whole_way_in_its_order():
    assert walked(*WAY).state is State.HANDED_OVER
    assert walked(Event.RECEIVED, zone=Zone.RECEIVING).state is State.RECEIVED
    out = walked(Event.ADMITTED, Event.DELIVERED, Event.ACKNOWLEDGED, zone=Zone.DELIVERY)
    assert out.state is State.ACKNOWLEDGED


@pytest.mark.requirement("B15")
@pytest.mark.parametrize("left_out", range(len(WAY)))
def test_no_step_of_the_way_can_be_left_out(left_out):
    with pytest.raises(Refused, match=Reason.MOVE_NOT_ALLOWED.value):
        walked(*WAY[:left_out], *WAY[left_out + 1 :], *([Event.HANDED_OVER] if left_out == len(WAY) - 1 else []), *WAY)


def test_at_most_one_move_leads_on_from_a_state_by_an_event():
    for zone, state, event in product(Zone, State, Event):
        rows = [one for one in MOVES if (one.zone, one.event) == (zone, event) and state in one.origins]
        assert len(rows) <= 1, (zone, state, event)


def test_every_event_and_every_state_stands_in_the_plan():
    assert {one.event for one in MOVES} | {event for _, _, event in SITE_MOVES} == set(Event)
    assert {one.goal for one in MOVES if one.goal} | {State.NEW} == set(State)


def test_every_state_of_a_zone_can_be_reached_from_where_it_first_hears_of_a_case():
    for zone in Zone:
        rows = [one for one in MOVES if one.zone is zone]
        reached = {ENTRY[zone]}
        for _ in State:
            reached |= {one.goal for one in rows if one.goal and one.origins & reached}
        assert {one.goal for one in rows if one.goal} <= reached


def test_a_denial_and_a_turned_back_parcel_leave_the_case_where_it_was():
    half = walked(*WAY[:12])
    assert half.after(Event.DENIED, {"reason": "x"}) == half
    received = walked(Event.RECEIVED, zone=Zone.RECEIVING)
    assert received.after(Event.TURNED_BACK, {}) == received


@pytest.mark.requirement("E05")
def test_a_held_case_goes_on_from_where_it_was_held_with_its_approvals():
    half = walked(*WAY[:12])
    held = half.after(Event.HELD, {})
    assert (held.state, held.held_from) == (State.HELD, State.HALF_APPROVED)
    assert held.after(Event.RESUMED, {}) == half
    with pytest.raises(Refused):
        held.after(Event.APPROVED, {})


@pytest.mark.requirement("E06")
def test_a_returned_case_that_is_opened_anew_is_a_new_version_without_approvals():
    approved = walked(*WAY[:13])
    assert len(approved.approvals) == 2
    opened = approved.after(Event.REFUSED, {}).after(Event.OPENED, {})
    assert (opened.version, opened.operator, opened.approvals) == (2, "", ())


def test_a_new_request_voids_what_was_approved_before():
    assert walked(*WAY[:11]).approvals == ()
    assert walked(*WAY[:12]).approvals == (("p11", "r11"),)


def test_a_number_declared_lost_can_only_be_refused_when_it_comes_late():
    lost = walked(Event.DECLARED_LOST)
    assert lost.state is State.LOST
    assert lost.after(Event.REFUSED, {}).state is State.REFUSED
    with pytest.raises(Refused):
        lost.after(Event.FETCHED, {})


def test_only_two_persons_declare_a_number_lost_or_let_a_held_case_go_on():
    assert {one.name for one in MOVES if one.actor is Actor.TWO} == {"declare lost", "resume"}


def test_an_event_that_does_not_follow_is_refused_with_state_and_event():
    with pytest.raises(Refused) as caught:
        find_move(Zone.PROCESSING, State.SEALED, Event.HANDED_OVER)
    assert caught.value.reason is Reason.MOVE_NOT_ALLOWED
    assert caught.value.facts == {"state": "sealed", "event": "HandedOver"}


def test_the_name_of_no_event_is_malformed():
    assert read_event("Sealed") is Event.SEALED
    with pytest.raises(Malformed, match=Reason.LEDGER_MALFORMED.value):
        read_event("sealed")


def test_a_case_is_named_by_sender_and_number():
    assert (case_id("132993", 1), case_id("132993", 12_345_678)) == (CASE, "132993-12345678")
