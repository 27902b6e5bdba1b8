"""Delivery lets in only what two people permitted; everything else is turned back, written down and not kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from sekisho.digest import digest_of
from sekisho.errors import Reason, SekishoError, Who
from sekisho.journey import Event
from sekisho.lines.bundle import write_bundle
from sekisho.pages.words import Language, words_in
from sekisho.parcel.key import Addressee
from sekisho.release.assertion import SoftwareApprover
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import write_permit
from tests.journey.outgoing import Outgoing, moment
from tests.journey.trial_site import TrialSite

CASE, ADMITTED = "132993-000001", "132993-000002"


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory):
    site = TrialSite(tmp_path_factory.mktemp("refusing")).init()
    site.start("delivery")
    yield Outgoing(site)
    site.close()


@pytest.fixture(scope="module")
def made(outgoing):
    return outgoing.parcel(1)


def turned_back(outgoing, reason, push):
    """Check that `push` is refused for `reason`, written down once, and leaves nothing behind: what lay there stays alone."""
    before, held = len(outgoing.site.events("delivery")), lying(outgoing)
    with pytest.raises(SekishoError) as caught:
        push()
    assert caught.value.reason is reason
    assert words_in(Language.EN).say(f"reason.{reason.value}.next")
    entries = outgoing.site.events("delivery")[before:]
    turned = [(one["event"], one["facts"]["reason"]) for one in entries if one["case"] != ADMITTED]  # its way goes on
    assert turned == [("TurnedBack", reason.value)]
    assert lying(outgoing) == held
    return caught.value


def lying(outgoing):
    """Give back the parcels on delivery's shelf. Another test's may be among them: the site is one for all."""
    return set(outgoing.shelf.rglob("parcel"))


def parts(outgoing):
    return set((outgoing.site.home("delivery") / "parts").iterdir())


def stranger(draft, site):
    return SoftwareApprover(generate_private_key(SECP256R1()), "c3RyYW5nZXI", site).sign(draft)


DAY = timedelta(days=1)
PERMITS = {
    "one signature": (Reason.PERMIT_TOO_FEW, lambda o, m: o.sign(o.draft(CASE, m), "shinsa")),
    "two by one person": (Reason.PERMIT_SAME_PERSON, lambda o, m: o.sign(o.draft(CASE, m), "shinsa", "shinsa")),
    "signed by the operator": (Reason.PERMIT_OPERATOR, lambda o, m: o.sign(o.draft(CASE, m), "kakou", "anzen")),
    "operator who approves": (Reason.PERMIT_OPERATOR, lambda o, m: o.permit(CASE, m, operator="anzen")),
    "expired": (Reason.PERMIT_EXPIRED, lambda o, m: o.permit(CASE, m, not_before=moment() - 2 * DAY, not_after=moment() - DAY)),
    "not yet valid": (Reason.PERMIT_NOT_YET_VALID, lambda o, m: o.permit(CASE, m, not_before=moment() + DAY)),
    "a parcel of another size": (
        Reason.PERMIT_WRONG_PARCEL,
        lambda o, m: o.permit(CASE, m, parcel=replace(m.sealed, size_bytes=m.sealed.size_bytes + 1)),
    ),
    "another recipient": (
        Reason.PERMIT_WRONG_RECIPIENT,
        lambda o, m: o.permit(CASE, m, recipient=Addressee("other", o.draft(CASE, m).recipient.key_id)),
    ),
    "another key of the recipient": (
        Reason.PERMIT_WRONG_RECIPIENT,
        lambda o, m: o.permit(CASE, m, recipient=Addressee("riyou", str(digest_of(b"key")))),
    ),
    "somebody unknown": (
        Reason.PERMIT_UNKNOWN_PERSON,
        lambda o, m: write_permit(d := o.draft(CASE, m), [stranger(d, o.roster.site)]),
    ),
    "another roster": (Reason.PERMIT_OTHER_ROSTER, lambda o, m: o.permit(CASE, m, roster_version=2)),
    "another site": (Reason.PERMIT_WRONG_SITE, lambda o, m: o.permit(CASE, m, site="other.example")),
    "no trial": (Reason.PERMIT_WRONG_SITE, lambda o, m: o.permit(CASE, m, trial=False)),
    "another contract": (Reason.PERMIT_WRONG_CONTRACT, lambda o, m: o.permit(CASE, m, contract="contract-9")),
}  # fmt: skip


@pytest.mark.requirement("E06", "B13", "B15")
@pytest.mark.parametrize("what", PERMITS)
def test_delivery_turns_back_a_permit_that_does_not_hold(outgoing, made, what):
    reason, make = PERMITS[what]
    permit, before = make(outgoing, made), parts(outgoing)
    error = turned_back(outgoing, reason, lambda: outgoing.push(outgoing.opening(CASE, made, permit), made))
    assert error.who is Who.STAFF
    assert parts(outgoing) == before


def test_delivery_turns_back_a_permit_with_any_bit_flipped(outgoing, made):
    permit = outgoing.permit(CASE, made)
    proof, held = outgoing.proof(CASE, permit), lying(outgoing)
    for place in range(7, len(permit), len(permit) // 12):
        changed = permit[:place] + bytes([permit[place] ^ 1]) + permit[place + 1 :]
        opening = write_bundle({"head": made.head, "permit": changed, "proof": proof})
        with pytest.raises(SekishoError) as caught:
            outgoing.push(opening, made)
        assert caught.value.reason.value.startswith("permit.")
        last = [one for one in outgoing.site.events("delivery") if one["case"] != ADMITTED][-1]
        assert (last["event"], last["facts"]["reason"]) == ("TurnedBack", caught.value.reason.value)
    assert lying(outgoing) == held


PROOFS = {
    "none": lambda *_: b"",
    "of another entry": lambda o, permit: o.proof(CASE, permit, event=Event.APPROVED),
    "of another permit": lambda o, permit: o.proof(CASE, permit + b" "),
    "of another case": lambda o, permit: o.proof("132993-000077", permit),
    "by another ledger's key": lambda o, permit: o.proof(CASE, permit, place="delivery", folder="forged"),
    "cut off": lambda o, permit: o.proof(CASE, permit)[:-20],
}


@pytest.mark.requirement("B15")
@pytest.mark.parametrize("what", PROOFS)
def test_delivery_turns_back_a_permit_without_proof_that_processing_handed_it_over(outgoing, made, what):
    permit = outgoing.permit(CASE, made)
    proof = PROOFS[what](outgoing, permit)
    opening = outgoing.opening(CASE, made, permit, proof)
    turned_back(outgoing, Reason.PERMIT_NO_PROOF, lambda: outgoing.push(opening, made))


@pytest.mark.requirement("B13")
def test_delivery_turns_back_bytes_that_are_not_the_ones_permitted(outgoing, made):
    """The size is the permitted one; the bytes are known only when they are here."""
    permit = outgoing.permit(CASE, made, parcel=SealedParcel(digest_of(b"another"), made.sealed.size_bytes))
    before = parts(outgoing)
    turned_back(outgoing, Reason.PERMIT_WRONG_PARCEL, lambda: outgoing.push(outgoing.opening(CASE, made, permit), made))
    assert parts(outgoing) == before


def test_delivery_turns_back_a_parcel_that_changed_on_the_way(outgoing, made):
    other = replace(made, raw=made.raw[:-1] + bytes([made.raw[-1] ^ 1]))
    permit = outgoing.permit(CASE, made)
    opening = outgoing.opening(CASE, made, permit)
    turned_back(outgoing, Reason.PARCEL_TAMPERED, lambda: outgoing.push(opening, other))


@pytest.mark.requirement("B04", "B08")
@pytest.mark.parametrize("role", ["receiving", "municipality-132993", "recipient-riyou", "delivery"])
def test_delivery_turns_back_every_caller_but_processing(outgoing, made, role):
    opening = outgoing.opening(CASE, made, outgoing.permit(CASE, made))
    turned_back(outgoing, Reason.SENDER_NOT_ALLOWED, lambda: outgoing.push(opening, made, role))


def test_after_what_was_turned_back_the_next_good_parcel_is_admitted_and_the_ledger_holds(outgoing, made):
    one_signature = outgoing.sign(outgoing.draft(CASE, made), "shinsa")
    turned_back(
        outgoing, Reason.PERMIT_TOO_FEW, lambda: outgoing.push(outgoing.opening(CASE, made, one_signature), made)
    )
    before, made = lying(outgoing), outgoing.parcel(2)
    outgoing.hand_over(ADMITTED, made)
    assert outgoing.events(ADMITTED) == ["Admitted"]
    (parcel,) = lying(outgoing) - before
    assert parcel.read_bytes() == made.raw
    told = outgoing.site.run("audit", "run", outgoing.site.site, "--zone", "delivery")
    assert told.code == 0, told.out
    assert "permit.too-few" in told.out
