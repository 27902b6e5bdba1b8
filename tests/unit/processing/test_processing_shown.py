"""What staff are shown of a case, from dossier and ledger."""

import pytest

from sekisho.digest import digest_of
from sekisho.errors import Reason, Refused, Tampered
from sekisho.journey import Event, State
from sekisho.zones.processing.counter import request
from sekisho.zones.processing.listing import list_cases
from sekisho.zones.processing.review import asked_of
from tests.unit.processing.processing_room import desk_in

CASE = "132993-000001"
DIGEST = str(digest_of(b"made"))


def ask(desk):
    """Take a case as far as the request for its release, by its entries alone."""
    desk.record(CASE, Event.FETCHED, sender="132993", number=1, sha256=DIGEST, label_sha256=DIGEST)
    desk.record(CASE, Event.OPENED)
    work_on(desk)
    return request(desk, CASE, "okada", bytes)


def work_on(desk):
    desk.record(CASE, Event.DISARMED)
    desk.record(CASE, Event.PROFILED, operator="okada")
    desk.record(CASE, Event.PLANNED, plan_sha256=DIGEST, policy_sha256=DIGEST)
    desk.record(CASE, Event.APPLIED, rows_before=60, rows_after=57)
    numbers = {"k": "3.000000", "suppressed_share": "0.050000", "loss": "0.250000"}
    desk.record(CASE, Event.MEASURED, report_sha256=DIGEST, schema_sha256=DIGEST, **numbers)
    desk.record(CASE, Event.JUDGED, standard_sha256=DIGEST, free_text_columns=1)
    desk.record(CASE, Event.SEALED, parcel_sha256=DIGEST, size_bytes=9, label_sha256=DIGEST, recipient="institute")
    desk.record(CASE, Event.SECRETS_DESTROYED)


@pytest.mark.requirement("E06")
def test_what_is_asked_is_told_from_the_kept_dossier(tmp_path):
    with desk_in(tmp_path) as desk:
        digest = ask(desk)
        asked = asked_of(desk, CASE)
        assert (asked.rows, asked.k, asked.suppressed_share, asked.loss) == ((60, 57), 3, 0.05, 0.25)
        assert (asked.state, asked.dossier.operator) == (State.REQUESTED, "okada")
        assert asked.not_before < desk.clock() < asked.not_after
        assert str(digest) == desk.latest(CASE, Event.REQUESTED)["dossier_sha256"]
        assert asked.file.is_file()
        assert asked.file.is_absolute()
        assert [page.name for page in asked.pages] == [
            f"{CASE}.v1.{name}"
            for name in (
                "standard.ja.html",
                "standard.ja.pdf",
                "ja.html",
                "standard.en.html",
                "standard.en.pdf",
                "en.html",
            )
        ]


def test_what_was_asked_of_an_earlier_version_is_not_shown_for_this_one(tmp_path):
    with desk_in(tmp_path) as desk:
        ask(desk)
        desk.record(CASE, Event.REFUSED, reason=Reason.REFUSED_BY_REVIEWER.value)
        desk.record(CASE, Event.OPENED)
        with pytest.raises(Refused) as caught:
            asked_of(desk, CASE)
        assert caught.value.reason is Reason.MOVE_NOT_ALLOWED


def test_a_permit_that_grants_another_dossier_than_the_one_asked_for_is_found(tmp_path):
    with desk_in(tmp_path) as desk:
        ask(desk)
        other = dict(desk.latest(CASE, Event.REQUESTED))
        desk.record(CASE, Event.REFUSED, reason=Reason.REFUSED_BY_REVIEWER.value)
        desk.record(CASE, Event.OPENED)
        work_on(desk)
        request(desk, CASE, "okada", bytes)
        desk.facts[(CASE, Event.REQUESTED)]["permit_sha256"] = other["permit_sha256"]
        with pytest.raises(Tampered) as caught:
            asked_of(desk, CASE)
        assert caught.value.reason is Reason.PERMIT_OTHER_DOSSIER


def listed(desk):
    (one,) = list_cases(desk)
    return one


def test_a_case_is_listed_with_its_municipality_and_once_sealed_with_its_recipient(tmp_path):
    with desk_in(tmp_path) as desk:
        desk.record(CASE, Event.FETCHED, sender="132993", number=1, sha256=DIGEST, label_sha256=DIGEST)
        assert listed(desk).municipality.endswith(" (132993)")
        assert (listed(desk).recipient, listed(desk).step) == ("", "fetched")
        desk.record(CASE, Event.OPENED)
        work_on(desk)
        assert listed(desk).recipient.endswith(" (institute)")
        assert listed(desk).step == "secrets_destroyed"
        request(desk, CASE, "okada", bytes)
        desk.record(CASE, Event.REFUSED, reason=Reason.REFUSED_BY_REVIEWER.value)
        assert (listed(desk).reason, listed(desk).step) == ("release.refused-by-reviewer", "returned")
        desk.record(CASE, Event.OPENED)
        assert (listed(desk).recipient, listed(desk).reason) == ("", "")


def test_what_the_roster_of_today_does_not_know_is_listed_by_its_id(tmp_path):
    with desk_in(tmp_path) as desk:
        desk.record("999999-000001", Event.DECLARED_LOST)
        assert (listed(desk).municipality, listed(desk).step) == ("999999", "lost")


def test_a_case_held_by_a_gap_says_which_number_is_missing(tmp_path):
    with desk_in(tmp_path) as desk:
        desk.record("132993-000002", Event.FETCHED, sender="132993", number=2, label_sha256=DIGEST)
        desk.record("132993-000002", Event.HELD, reason=Reason.NUMBER_GAP.value, missing=1)
        assert (listed(desk).step, listed(desk).missing) == ("number_gap", 1)
