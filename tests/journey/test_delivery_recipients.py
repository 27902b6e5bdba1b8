"""Delivery believes no recipient: neither its certificate, nor its answers, nor its patience."""

from datetime import timedelta

import pytest

from sekisho.digest import digest_of
from sekisho.statement import sign_statement, write_canonical
from sekisho.storage.keys import read_signing_key
from tests.journey.outgoing import ROLE, Outgoing, child_of, facts_of, fake_recipient, is_alive, moment, wait_for
from tests.journey.trial_site import TrialSite

TYPE = "application/vnd.sekisho.acknowledgement.v1+json"


@pytest.fixture(scope="module")
def outgoing(tmp_path_factory):
    site = TrialSite(tmp_path_factory.mktemp("believing")).init()
    site.start("delivery")
    yield Outgoing(site)
    site.close()


@pytest.fixture(scope="module")
def own_key(outgoing):
    return read_signing_key(outgoing.site.home(ROLE) / "keys" / "acknowledgement.pem")


@pytest.mark.requirement("B13")
@pytest.mark.parametrize(("number", "role"), [(1, "receiving"), (2, "municipality-132993")])
def test_nothing_is_said_to_a_server_with_another_name_in_its_certificate(outgoing, number, role):
    case, made = f"132993-00000{number}", outgoing.parcel(number)
    with fake_recipient(outgoing, lambda _path: (200, b"{}"), role) as server:
        outgoing.hand_over(case, made)
        wait_for(lambda: server.greeted, "delivery did not call")
        assert server.asked == []
        assert outgoing.events(case) == ["Admitted"]
    with fake_recipient(outgoing, lambda _path: (422, refusal("permit.used", 3))):  # ends it, for the next test
        assert outgoing.ended(case) == ["Admitted", "Refused"]


def refusal(reason, who):
    return write_canonical({"facts": {}, "reason": reason, "who": who})


def acknowledgement(case, made):
    return {
        "acknowledged_at": "2026-11-23T09:00:00Z", "case": case, "permit_sha256": "sha256:" + "0" * 64,
        "recipient": "riyou", "sha256": str(made.sealed.digest), "size_bytes": made.sealed.size_bytes,
    }  # fmt: skip


FORGED = {
    "no statement": (3, lambda *_: b"thank you", "receipt.signature"),
    "signed by another": (
        4,
        lambda o, _k, c, m: sign_statement(
            TYPE, acknowledgement(c, m), [read_signing_key(o.site.home("delivery") / "keys" / "ledger.pem")]
        ),
        "receipt.signature",
    ),
    "of another permit": (5, lambda _o, k, c, m: sign_statement(TYPE, acknowledgement(c, m), [k]), "receipt.mismatch"),
    "a list": (6, lambda _o, k, _c, _m: sign_statement(TYPE, [1, 2], [k]), "receipt.mismatch"),
    "far too long": (7, lambda *_: b"x" * 200_000, "receipt.signature"),
}  # fmt: skip


@pytest.mark.requirement("B04", "B15")
@pytest.mark.parametrize("what", FORGED)
def test_a_forged_acknowledgement_ends_as_refused_with_its_reason(outgoing, own_key, what):
    number, make, reason = FORGED[what]
    case, made = f"132993-00000{number}", outgoing.parcel(number)
    body = make(outgoing, own_key, case, made)
    with fake_recipient(outgoing, lambda _path: (200, body)):
        outgoing.hand_over(case, made)
        assert outgoing.ended(case) == ["Admitted", "Refused"]
    assert facts_of(outgoing.site, "Refused")[-1]["reason"] == reason
    wait_for(lambda: not list(outgoing.shelf.rglob("parcel")), "what has ended still lies on the shelf")


NONSENSE = {
    "offset behind the end": (8, lambda _path: (201, b'{"offset":99999999999,"upload":"' + b"a" * 64 + b'"}')),
    "deep brackets": (9, lambda _path: (201, b"[" * 100_000)),
    "an error that is none": (10, lambda _path: (500, b"<html>")),
}


@pytest.mark.requirement("B04")
@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_from_a_recipient_stops_neither_the_deliverer_nor_other_deliveries(outgoing, what):
    number, answer = NONSENSE[what]
    case, made = f"132993-0000{number:02}", outgoing.parcel(number)
    deliverer = child_of(outgoing.site.servers["delivery"])
    with fake_recipient(outgoing, answer) as server:
        outgoing.hand_over(case, made)
        wait_for(lambda: server.asked, "delivery did not call")
        assert outgoing.events(case) == ["Admitted"]
    with fake_recipient(outgoing, lambda _path: (422, refusal("permit.used", 3))):
        assert outgoing.ended(case, 45) == ["Admitted", "Refused"]
    assert is_alive(deliverer)


@pytest.mark.requirement("B13")
def test_a_permit_that_expires_while_the_recipient_is_down_ends_as_refused(outgoing):
    case, made = "132993-000020", outgoing.parcel(20)
    outgoing.hand_over(case, made, not_after=(moment() + timedelta(seconds=3)).replace(microsecond=0))
    assert outgoing.ended(case) == ["Admitted", "Refused"]
    assert facts_of(outgoing.site, "Refused")[-1]["reason"] == "permit.expired"
    wait_for(lambda: not list(outgoing.shelf.rglob("parcel")), "what has ended still lies on the shelf")


def test_an_admission_is_given_again_after_its_permit_has_expired(outgoing):
    """Whoever lost the answer can still learn that the parcel was admitted."""
    case, made = "132993-000021", outgoing.parcel(21)
    permit = outgoing.permit(case, made, not_after=(moment() + timedelta(seconds=2)).replace(microsecond=0))
    opening = outgoing.opening(case, made, permit)
    outgoing.push(opening, made)
    outgoing.ended(case)
    assert facts_of(outgoing.site, "Refused")[-1]["reason"] == "permit.expired"
    assert b'"Admitted' in outgoing.push(opening, made).replace(b"\\", b"")


def test_what_was_refused_is_told_by_the_audit_with_its_reason(outgoing):
    told = outgoing.site.run("audit", "run", outgoing.site.site, "--zone", "delivery")
    assert told.code == 0, told.out
    assert "132993-000020  refused" in told.out
    assert "[permit.expired]" in told.out
    assert str(digest_of(b"")) not in told.out
