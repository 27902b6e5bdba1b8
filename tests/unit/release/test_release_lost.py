from dataclasses import replace

import pytest

from sekisho.errors import Malformed, Reason, Refused, SekishoError, Tampered
from sekisho.release.lost import Lost, check_lost, draft_lost, write_lost
from sekisho.release.permit import write_permit
from tests.unit.release.release_made import (
    DRAFT,
    PRODUCTION,
    ROSTER,
    approver,
    parcel_key,
    permit_draft,
    roster_of,
)

GOOD = draft_lost(ROSTER, "132993", 5, "回線断の間に送られず、町が送らないと決めた")


def lost_by(*names: str, **changes: object) -> bytes:
    draft = replace(GOOD, **changes)
    return write_lost(draft, [approver(name).sign(draft) for name in names])


def check(raw: bytes) -> Lost:
    return check_lost(raw, ROSTER, "132993", 5, trial=True)


def test_two_people_in_two_roles_declare_a_number_lost() -> None:
    lost = check(lost_by("private-1", "safe-1"))
    assert {one.person for one in lost.approvals} == {"private-1", "safe-1"}
    assert lost.draft == GOOD


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("private-1",), Reason.PERMIT_TOO_FEW),
        (("private-1", "private-1"), Reason.PERMIT_SAME_PERSON),
        (("private-1", "private-2"), Reason.PERMIT_SAME_ROLE),
        (("okada", "safe-1"), Reason.WRONG_ROLE),
        (("stranger", "safe-1"), Reason.PERMIT_UNKNOWN_PERSON),
    ],
)
def test_a_lost_number_needs_the_same_two_as_a_permit(names: tuple[str, ...], reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        check(lost_by(*names))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": 6}, Reason.LOST_WRONG_NUMBER),
        ({"sender": "132994"}, Reason.LOST_WRONG_NUMBER),
        ({"key_id": parcel_key("older").key_id}, Reason.LOST_WRONG_NUMBER),
        ({"site": "other.example"}, Reason.PERMIT_WRONG_SITE),
        ({"trial": False}, Reason.PERMIT_WRONG_SITE),
        ({"roster_version": 2}, Reason.PERMIT_OTHER_ROSTER),
        ({"number": 0}, Reason.LOST_MALFORMED),
        ({"why": ""}, Reason.LOST_MALFORMED),
    ],
)
def test_a_lost_number_counts_for_its_own_gap_only(changes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(SekishoError) as caught:
        check(lost_by("private-1", "safe-1", **changes))
    assert caught.value.reason is reason


def test_a_lost_number_of_an_unknown_sender_is_refused() -> None:
    with pytest.raises(Refused, match=r"line\.sender-unknown"):
        check_lost(lost_by("private-1", "safe-1"), ROSTER, "999999", 5, trial=True)
    with pytest.raises(Refused, match=r"line\.sender-unknown"):
        draft_lost(ROSTER, "999999", 5, "x")


def test_a_production_machine_refuses_a_trial_roster() -> None:
    with pytest.raises(Refused, match=r"permit\.wrong-site"):
        check_lost(lost_by("private-1", "safe-1"), ROSTER, "132993", 5, trial=False)


def test_software_keys_declare_nothing_lost_outside_a_trial() -> None:
    production = roster_of(replace(DRAFT, trial=False))
    with pytest.raises(Refused, match=r"permit\.software-key"):
        check_lost(lost_by("private-1", "safe-1", trial=False), production, "132993", 5, trial=False)
    assert check_lost(lost_by("private-1", "safe-1", trial=False), PRODUCTION, "132993", 5, trial=False)


def test_a_permit_is_no_lost_number() -> None:
    draft = permit_draft()
    permit = write_permit(draft, [approver(name).sign(draft) for name in ("private-1", "safe-1")])
    with pytest.raises(Tampered, match=r"lost\.malformed"):
        check(permit)


def test_the_signatures_under_a_permit_do_not_hold_under_a_lost_number() -> None:
    stolen = [approver(name).sign(permit_draft()) for name in ("private-1", "safe-1")]
    with pytest.raises(Tampered, match=r"permit\.signature"):
        check(write_lost(GOOD, stolen))


def test_no_draft_is_made_of_a_number_below_one_or_of_no_words() -> None:
    for number, why in ((0, "x"), (5, " ")):
        with pytest.raises(Malformed):
            draft_lost(ROSTER, "132993", number, why)
