from sekisho.journey import Event
from sekisho.zones.processing.handout import _next_number
from tests.unit.processing.processing_room import desk_in

FIRST, SECOND = "132993-000001", "132993-000002"
WORK = (Event.OPENED, Event.DISARMED, Event.PROFILED, Event.PLANNED, Event.APPLIED, Event.MEASURED, Event.JUDGED)


def seal(desk, case, recipient="institute"):
    """Take the case to its sealed parcel, under the number that comes next; give back that number."""
    if case not in desk.cases:
        desk.record(case, Event.FETCHED, sender="132993", number=int(case[-6:]), label_sha256=f"sha256:{case[-1] * 64}")
    for event in WORK:
        desk.record(case, event)
    number = _next_number(desk, recipient)
    desk.record(case, Event.SEALED, recipient=recipient, number=number)
    desk.record(case, Event.SECRETS_DESTROYED)
    return number


def send_back(desk, case):
    desk.record(case, Event.REQUESTED, operator="okada")
    desk.record(case, Event.REFUSED)


def test_numbers_to_a_recipient_count_up_and_none_comes_twice_even_where_a_case_was_sealed_again(tmp_path):
    with desk_in(tmp_path) as desk:
        assert seal(desk, FIRST) == 1
        send_back(desk, FIRST)
        assert seal(desk, FIRST) == 2
        assert seal(desk, SECOND) == 3
        send_back(desk, FIRST)
        assert _next_number(desk, "institute") == 4
    with desk_in(tmp_path) as desk:
        assert seal(desk, FIRST) == 4
        assert _next_number(desk, "another") == 1
