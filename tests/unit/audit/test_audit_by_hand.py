"""What an audit asks of a case that processing closed with an acknowledgement that came by hand (spec/audit.md 3)."""

import pytest

from sekisho.audit.audit import audit
from sekisho.digest import digest_of
from sekisho.journey import State, Zone
from sekisho.statement import sign_statement
from tests.unit.audit.audit_made import CASE, entry, evidence, fetched, received
from tests.unit.release.release_made import NOW, PARCEL, signer

PROC, TX = Zone.PROCESSING, Zone.DELIVERY
PERMIT = {"permit_sha256": str(digest_of(b"permit"))}
GIVEN = {"parcel_sha256": str(PARCEL.digest), "recipient": "institute", "permit_envelope_sha256": str(digest_of(b"e"))}
PUT = {**PERMIT, "parcel_sha256": GIVEN["parcel_sha256"], "way": "sftp"}


def word(key="acknowledgements", **changes):
    value = {
        "acknowledged_at": "2026-11-23T09:00:00Z", "case": CASE, **PERMIT, "recipient": "institute",
        "sha256": str(PARCEL.digest), "size_bytes": PARCEL.size_bytes, **changes,
    }  # fmt: skip
    return sign_statement("application/vnd.sekisho.acknowledgement.v1+json", value, [signer(key)])


def audited(raw, put=PUT, *, kept=True, **facts):
    """Give back the audit of a case that was closed by `raw`; what it finds of the steps before is left out."""
    named = str(digest_of(raw))
    said = {"acknowledgement_sha256": named, "parcel_sha256": GIVEN["parcel_sha256"], **PERMIT, **facts}
    processing = [fetched(), entry(PROC, "HandedOver", **GIVEN), entry(PROC, "Acknowledged", **said)]
    delivery = [entry(TX, "Admitted", size_bytes=PARCEL.size_bytes, **PERMIT, **GIVEN)]
    delivery += [] if put is None else [entry(TX, "Delivered", **put)]
    statements = {PROC: {named: raw} if kept else {}}
    found = audit(evidence([received()], processing, delivery, statements=statements), NOW)
    return found, [one.reason.value for one in found.findings if (one.zone, one.index) == ("processing", 2)]


@pytest.mark.requirement("B13", "E02")
def test_a_case_closed_by_its_recipients_word_is_closed():
    found, findings = audited(word())
    assert findings == []
    assert [one.state for one in found.stories] == [State.CLOSED]


@pytest.mark.requirement("B13", "E02")
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (word("somebody"), "statement.unknown-signer"),
        (word(sha256="sha256:" + "0" * 64), "story.broken"),
        (word(permit_sha256="sha256:" + "0" * 64), "story.broken"),
        (word(case="132993-000002"), "story.broken"),
        (word(recipient="other"), "story.broken"),
        (sign_statement("application/vnd.sekisho.acknowledgement.v1+json", [1], [signer("acknowledgements")]), "story.broken"),
        (b"thank you", "statement.malformed"),
    ],
)  # fmt: skip
def test_a_word_that_is_not_the_recipients_for_this_parcel_is_found(raw, reason):
    assert audited(raw)[1] == [reason]


@pytest.mark.requirement("E02")
def test_a_closing_that_delivery_never_put_or_put_otherwise_is_found():
    assert audited(word(), put=None)[1] == ["story.broken"]
    assert audited(word(), put={**PUT, "permit_sha256": "sha256:" + "0" * 64})[1] == ["story.broken"]
    assert audited(word(), put={**PUT, "parcel_sha256": "sha256:" + "0" * 64})[1] == ["story.broken"]


def test_a_word_that_is_not_kept_is_found():
    assert audited(word(), kept=False)[1] == ["statement.missing"]
