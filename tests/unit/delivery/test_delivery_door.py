"""The rules of delivery's door that a trial site cannot show."""

from dataclasses import replace

import pytest

from sekisho.digest import digest_of
from sekisho.errors import Reason, SekishoError
from sekisho.release.people import KeyKind
from sekisho.zones.delivery import door as module
from tests.unit.delivery.delivery_made import admit, book_in, door_in
from tests.unit.release.release_made import (
    DRAFT,
    HARDWARE_PEOPLE,
    PARCEL,
    PEOPLE,
    permit_by,
    permit_draft,
    roster_of,
)

PEER = "processing.sekisho.example"


def labelled(monkeypatch):
    """Let every head be the label of PARCEL: labels have their own tests."""

    class Labelled:
        parcel_bytes = PARCEL.size_bytes
        addressees = (permit_draft().recipient,)
        digest = digest_of(b"label")

    monkeypatch.setattr(module, "check_label", lambda *_: Labelled())
    monkeypatch.setattr(module, "read_bundle", lambda opening, *_: (b"head", opening, b"proof"))


def refusal(door, permit):
    with pytest.raises(SekishoError) as caught:
        door.check(PEER, permit)
    return caught.value.reason


@pytest.mark.requirement("E06", "C06")
def test_outside_a_trial_a_software_key_lets_nothing_out_and_a_hardware_key_is_asked_for_proof(tmp_path, monkeypatch):
    labelled(monkeypatch)
    mixed = (*PEOPLE[:4], *(one for one in HARDWARE_PEOPLE[4:]))
    assert {one.credential.kind for one in mixed} == set(KeyKind)
    permit = permit_by("private-1", "safe-1", trial=False)
    for people, reason in ((mixed, Reason.PERMIT_SOFTWARE_KEY), (HARDWARE_PEOPLE, Reason.PERMIT_NO_PROOF)):
        roster = roster_of(replace(DRAFT, trial=False, people=people))
        with book_in(tmp_path) as book:
            assert refusal(door_in(tmp_path, book, roster, trial=False), permit) is reason


@pytest.mark.parametrize("trial", [True, False])
def test_machine_roster_and_permit_must_agree_whether_this_is_a_trial(tmp_path, monkeypatch, trial):
    labelled(monkeypatch)
    permit = permit_by("private-1", "safe-1", trial=not trial)
    with book_in(tmp_path) as book:
        assert refusal(door_in(tmp_path, book, trial=trial), permit) is Reason.PERMIT_WRONG_SITE


@pytest.mark.requirement("F14")
def test_an_admitted_parcel_that_a_cut_left_without_its_name_gets_it_at_the_next_start(tmp_path):
    with book_in(tmp_path) as book:
        door = door_in(tmp_path, book)
        parcel = admit(door) / "parcel"
        part = tmp_path / "parts" / f"{digest_of(b'label').hex}.part"
        parcel.rename(part)
        part.with_suffix(".opening").write_bytes(b"{}")
        door_in(tmp_path, book)
        assert parcel.read_bytes() == b"the sealed parcel"
        assert list((tmp_path / "parts").iterdir()) == []
