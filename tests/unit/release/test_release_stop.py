from dataclasses import replace

import pytest

from sekisho.digest import digest_of
from sekisho.errors import Reason, Refused, SekishoError, Tampered
from sekisho.journey import Zone
from sekisho.release.stop import (
    Cause,
    Restart,
    StopMark,
    check_restart,
    draft_consent,
    read_stop,
    write_consent,
    write_stop,
)
from tests.unit.release.release_made import DRAFT, NOW, PRODUCTION, ROSTER, approver, roster_of

pytestmark = pytest.mark.requirement("E05")
STOPPED = StopMark(NOW, ROSTER.site.id, Zone.RECEIVING, Cause.PERSON, "root", "見張りが破られた", bytes(16))
MARK = write_stop(STOPPED)
GOOD = draft_consent(ROSTER, MARK, "原因を取り除いた")


def by(name: str, **changes: object) -> bytes:
    draft = replace(GOOD, **changes)
    return write_consent(draft, approver(name).sign(draft))


def check(*raws: bytes, mark: bytes = MARK) -> Restart:
    return check_restart(raws, ROSTER, mark, trial=True)


def test_two_people_in_two_roles_each_with_their_own_reason_let_a_site_start_again() -> None:
    restart = check(by("private-1"), by("safe-1", why="確かめた"))
    assert {one.person for one in restart.approvals} == {"private-1", "safe-1"}
    assert restart.stop == digest_of(MARK)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ((), Reason.PERMIT_TOO_FEW),
        (("private-1",), Reason.PERMIT_TOO_FEW),
        (("private-1", "private-1"), Reason.PERMIT_SAME_PERSON),
        (("private-1", "private-2"), Reason.PERMIT_SAME_ROLE),
        (("okada", "safe-1"), Reason.WRONG_ROLE),
        (("stranger", "safe-1"), Reason.PERMIT_UNKNOWN_PERSON),
    ],
)
def test_anybody_else_does_not(names: tuple[str, ...], reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        check(*(by(name) for name in names))
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stop": digest_of(b"another")}, Reason.RESTART_OTHER_STOP),
        ({"site": "other.example"}, Reason.PERMIT_WRONG_SITE),
        ({"trial": False}, Reason.PERMIT_WRONG_SITE),
        ({"roster_version": 2}, Reason.PERMIT_OTHER_ROSTER),
        ({"why": " "}, Reason.RESTART_MALFORMED),
        ({"why": "two\nlines"}, Reason.RESTART_MALFORMED),
    ],
)
def test_a_consent_counts_for_its_own_stop_and_with_a_reason_only(changes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(SekishoError) as caught:
        check(by("private-1"), by("safe-1", **changes))
    assert caught.value.reason is reason


def test_a_signature_under_another_consent_does_not_hold() -> None:
    stolen = write_consent(replace(GOOD, why="別の理由"), approver("safe-1").sign(GOOD))
    with pytest.raises(Tampered, match=r"permit\.signature"):
        check(by("private-1"), stolen)


def test_software_keys_start_nothing_again_outside_a_trial() -> None:
    production = roster_of(replace(DRAFT, trial=False))
    raws = [by(name, trial=False) for name in ("private-1", "safe-1")]
    with pytest.raises(Refused, match=r"permit\.software-key"):
        check_restart(raws, production, MARK, trial=False)
    with pytest.raises(Refused, match=r"permit\.wrong-site"):
        check_restart(raws, ROSTER, MARK, trial=False)
    assert check_restart(raws, PRODUCTION, MARK, trial=False)


def test_a_mark_has_one_spelling() -> None:
    assert read_stop(MARK) == STOPPED
    assert write_stop(replace(STOPPED, nonce=bytes(15) + b"x")) != MARK


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        MARK + b"\n",
        MARK.replace(b"person", b"nobody"),
        MARK.replace(b"receiving", b"elsewhere"),
        MARK.replace(b"root", b""),
        MARK.replace(b"AAAA", b"", 1),
        b" " * 5_000,
    ],
)
def test_what_is_no_mark_ends_with_nobodys_consent(raw: bytes) -> None:
    with pytest.raises(Tampered, match=r"stop\.malformed"):
        check(by("private-1"), by("safe-1"), mark=raw)


def test_no_consent_is_drafted_without_a_reason() -> None:
    with pytest.raises(Refused, match=r"restart\.malformed"):
        draft_consent(ROSTER, MARK, " ")
