from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sekisho.digest import digest_of, read_digest
from sekisho.errors import Malformed, Reason, Refused, SekishoError, Tampered
from sekisho.instant import read_instant
from sekisho.parcel.key import Addressee
from sekisho.release.assertion import challenge_of
from sekisho.release.dossier import SealedParcel
from sekisho.release.people import Role
from sekisho.release.permit import Permit, check_asked, check_permit, draft_permit, read_permit
from sekisho.release.quorum import Approval
from sekisho.release.roster import Roster, check_roster
from sekisho.signing import read_public_key
from tests.unit.release.release_made import (
    ADDRESSEE,
    DOSSIER_DRAFT,
    NONCE,
    NOW,
    PARCEL,
    ROSTER,
    dossier_of,
    permit_by,
    permit_draft,
)
from tests.vectors.make_permit import files

FOLDER = Path(__file__).parents[2] / "vectors" / "permit"
PERMITS = sorted(path.name for path in FOLDER.glob("permit-*.txt"))
ROSTERS = sorted(path.name for path in FOLDER.glob("roster-*.txt"))


def lines(name: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())


def roster_in(name: str) -> Roster:
    told = lines(name)
    founders = tuple(read_public_key(key) for key in told["founders"].split())
    return check_roster(told["roster"].encode(), founders, read_instant(told["now"]))


def check(raw: bytes) -> Permit:
    return check_permit(raw, ROSTER, PARCEL, ADDRESSEE, NOW, trial=True)


@pytest.mark.requirement("E06", "B13", "A14")
@pytest.mark.parametrize("name", PERMITS)
def test_a_permit_vector_ends_as_its_file_says(name: str) -> None:
    told = lines(name)
    digest, size = told["parcel"].split()
    try:
        check_permit(
            told["permit"].encode(),
            roster_in(told["roster"]),
            SealedParcel(read_digest(digest), int(size)),
            Addressee(*told["recipient"].split()),
            read_instant(told["now"]),
            trial=told["machine_trial"] == "true",
        )
        outcome = "accepted"
    except SekishoError as error:
        outcome = error.reason.value
    assert outcome == told["expect"]


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_vector_is_accepted(name: str) -> None:
    assert lines(name)["expect"] == "accepted"
    assert roster_in(name).version == 3


def test_the_vectors_are_what_their_generator_writes() -> None:
    stored = {name: (FOLDER / name).read_text(encoding="utf-8") for name in (*PERMITS, *ROSTERS)}
    assert stored == files()


def test_the_vectors_reach_every_reason_that_a_permit_can_be_refused_for() -> None:
    elsewhere = {Reason.PERMIT_USED, Reason.PERMIT_NO_PROOF, Reason.PERMIT_OTHER_DOSSIER}  # the zones', and check_asked
    reached = {lines(name)["expect"] for name in PERMITS}
    assert {one.value for one in Reason if one.name.startswith("PERMIT_") and one not in elsewhere} <= reached


def test_a_permit_names_who_approved_in_which_role() -> None:
    permit = check(permit_by("private-1", "safe-1"))
    assert set(permit.approvals) == {
        Approval("private-1", Role.PRIVACY_REVIEWER),
        Approval("safe-1", Role.SAFETY_REVIEWER),
    }


def test_a_permit_has_the_digest_of_its_payload_whoever_signed() -> None:
    draft = permit_draft()
    digests = {check(permit_by(*two)).digest for two in (("private-1", "safe-1"), ("private-2", "safe-2"))}
    assert digests == {digest_of(draft.payload)}


@pytest.mark.requirement("E06")
def test_no_single_flipped_bit_of_a_permit_is_accepted() -> None:
    raw = permit_by("private-1", "safe-1")
    assert check(raw)
    accepted = 0
    for position in range(len(raw)):
        for bit in range(8):
            flipped = bytearray(raw)
            flipped[position] ^= 1 << bit
            try:
                check(bytes(flipped))
            except (Refused, Tampered):
                continue
            accepted += 1
    assert accepted == 0


def test_a_permit_cut_anywhere_is_refused() -> None:
    raw = permit_by("private-1", "safe-1")
    for length in range(len(raw)):
        with pytest.raises(Tampered, match=r"permit\.malformed"):
            check(raw[:length])


def test_a_permit_of_more_than_64_kib_is_refused() -> None:
    with pytest.raises(Tampered, match=r"permit\.malformed"):
        check(b" " * 65_537)


def test_reading_a_permit_tells_what_it_says_and_who_claims_to_have_signed() -> None:
    draft, signers = read_permit(permit_by("private-1"))
    assert draft == permit_draft()
    assert len(signers) == 1


def test_reading_a_broken_permit_is_refused() -> None:
    with pytest.raises(Tampered, match=r"permit\.malformed"):
        read_permit(b"{}")


@pytest.mark.parametrize(
    "changes",
    [
        {"case": "other-000001"},
        {"dossier": digest_of(b"other")},
        {"contract": "contract-8"},
        {"operator": "ono"},
        {"roster_version": 4},
        {"nonce": bytes(16)},
        {"not_before": NOW + timedelta(seconds=1)},
    ],
)
def test_every_field_of_a_permit_changes_what_is_signed(changes: dict[str, object]) -> None:
    assert challenge_of(permit_draft(**changes)) != challenge_of(permit_draft())


@pytest.mark.parametrize(
    "changes", [{"nonce": bytes(15)}, {"not_after": NOW}, {"not_after": NOW + timedelta(days=7, seconds=1)}]
)
def test_a_draft_with_a_short_nonce_or_wrong_dates_is_refused(changes: dict[str, object]) -> None:
    asked = {"not_before": NOW, "not_after": NOW + timedelta(days=7), "nonce": NONCE}
    with pytest.raises(Malformed):
        draft_permit(dossier_of(), ROSTER, **{**asked, **changes})


def test_a_permit_grants_what_its_dossier_asks() -> None:
    check_asked(check(permit_by("private-1", "safe-1")), dossier_of(), ROSTER)


def test_a_permit_for_another_version_of_the_case_is_refused() -> None:
    again = dossier_of(replace(DOSSIER_DRAFT, version=2))
    with pytest.raises(Refused, match=r"permit\.other-dossier"):
        check_asked(check(permit_by("private-1", "safe-1")), again, ROSTER)
