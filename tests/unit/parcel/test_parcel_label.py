import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest

from sekisho.errors import BadParcel, Reason, SekishoError, Tampered
from sekisho.parcel.draft import Classification, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Addressee, Recipient
from sekisho.parcel.label import PAYLOAD_TYPE, Sender, Suite, check_label, read_label
from sekisho.parcel.layout import HEAD_BYTES, LARGEST_ENVELOPE_BYTES, write_head
from sekisho.statement import (
    Envelope,
    Signature,
    pre_authentication_encoding,
    sign_statement,
    write_canonical,
    write_envelope,
)
from tests.unit.parcel.parcels import (
    KEY,
    NOW,
    OTHER_KEY,
    OTHER_SIGNER,
    PROCESSING,
    SECOND,
    SENDERS,
    SIGNER,
    TABLE,
    draft,
    flipped,
    label_in,
    recipient_key,
    resigned,
    sealed,
    statement_in,
)

PARCEL = sealed()


def why(parcel: bytes, **arguments: Any) -> Reason:
    with pytest.raises(SekishoError) as caught:
        label_in(parcel, **arguments)
    return caught.value.reason


def signed(payload: bytes) -> bytes:
    """A head over these very bytes, rightly signed."""
    signature = SIGNER.sign(pre_authentication_encoding(PAYLOAD_TYPE, payload))
    return write_head(write_envelope(Envelope(PAYLOAD_TYPE, payload, (Signature(SIGNER.key_id, {"sig": signature}),))))


def test_a_checked_label_says_what_the_draft_said() -> None:
    label, said = label_in(PARCEL), draft()
    for field in (
        "sender",
        "number",
        "made_at",
        "valid_from",
        "valid_until",
        "legal_basis",
        "schema_digest",
        "rows",
        "tool",
    ):
        assert getattr(label, field) == getattr(said, field)


@pytest.mark.requirement("C01")
def test_a_label_has_the_highest_class_unless_another_is_named() -> None:
    assert label_in(PARCEL).classification is Classification.HIGHEST
    assert statement_in(PARCEL)["classification"] == "3B"


@pytest.mark.requirement("B10")
def test_a_label_names_its_algorithms_and_keys() -> None:
    label = label_in(PARCEL)
    assert label.suite is Suite.V1
    assert label.sender_key_id == SIGNER.key_id
    assert label.addressees == (Addressee("processing", KEY.key_id),)


def test_sizes_in_the_label_are_those_of_the_parcel() -> None:
    assert label_in(PARCEL).parcel_bytes == len(PARCEL)


def test_the_label_holds_no_digest_of_the_table() -> None:
    head = PARCEL[:HEAD_BYTES]
    statement = str(statement_in(PARCEL)).encode()
    digest = hashlib.sha256(TABLE)
    assert digest.hexdigest().encode() not in head + statement
    assert digest.digest() not in head


def test_a_label_is_known_by_the_digest_of_its_statement() -> None:
    assert label_in(PARCEL).digest != label_in(sealed(number=2)).digest
    assert label_in(PARCEL).digest == label_in(PARCEL).digest


def test_an_unchecked_label_tells_what_it_claims() -> None:
    claim = read_label(PARCEL[:HEAD_BYTES])
    assert (claim.claimed_sender, claim.claimed_number) == ("minato", 1)
    assert claim.claimed_addressees == (PROCESSING.addressee,)
    assert claim.claimed_parcel_bytes == len(PARCEL)


def test_an_unchecked_label_is_read_as_strictly() -> None:
    with pytest.raises(BadParcel) as caught:
        read_label(resigned(PARCEL, by=OTHER_SIGNER, number=0)[:HEAD_BYTES])
    assert caught.value.reason is Reason.PARCEL_MALFORMED
    with pytest.raises(BadParcel) as caught:
        read_label(resigned(PARCEL, extra=1)[:HEAD_BYTES])
    assert caught.value.reason is Reason.PARCEL_MALFORMED


def test_a_label_by_a_key_that_nobody_registered_is_refused() -> None:
    with pytest.raises(BadParcel) as caught:
        check_label(PARCEL[:HEAD_BYTES], {}, NOW)
    assert caught.value.reason is Reason.SENDER_UNKNOWN


def test_a_label_signed_by_another_sender_than_it_names_is_refused() -> None:
    theirs = resigned(PARCEL, by=OTHER_SIGNER, sender_key_id=OTHER_SIGNER.key_id)
    assert why(theirs) is Reason.SENDER_UNKNOWN


def test_a_label_that_names_another_key_than_the_one_that_signed_is_refused() -> None:
    assert why(resigned(PARCEL, by=OTHER_SIGNER)) is Reason.PARCEL_MALFORMED


def test_a_label_with_a_false_signature_is_refused() -> None:
    senders = {SIGNER.key_id: Sender("minato", OTHER_SIGNER.verifier)}
    with pytest.raises(Tampered) as caught:
        check_label(PARCEL[:HEAD_BYTES], senders, NOW)
    assert caught.value.reason is Reason.PARCEL_SIGNATURE


def test_a_label_with_two_signatures_is_refused() -> None:
    twice = write_head(sign_statement(PAYLOAD_TYPE, statement_in(PARCEL), [SIGNER, OTHER_SIGNER]))
    assert why(twice) is Reason.PARCEL_MALFORMED


def test_a_label_of_another_payload_type_is_refused() -> None:
    other = write_head(sign_statement("application/vnd.sekisho.permit.v1+json", statement_in(PARCEL), [SIGNER]))
    assert why(other) is Reason.PARCEL_MALFORMED


def test_a_label_for_somebody_else_is_refused() -> None:
    assert why(PARCEL, recipient=SECOND.addressee) is Reason.PARCEL_WRONG_RECIPIENT


def test_a_label_for_an_older_key_of_ours_is_refused() -> None:
    assert why(PARCEL, recipient=Addressee("processing", OTHER_KEY.key_id)) is Reason.PARCEL_WRONG_KEY


def test_a_label_for_two_is_good_for_both() -> None:
    parcel = sealed(recipients=[PROCESSING, SECOND])
    assert label_in(parcel, PROCESSING.addressee) == label_in(parcel, SECOND.addressee)


def test_a_label_is_valid_from_its_first_second() -> None:
    start = draft().valid_from
    assert label_in(PARCEL, now=start).valid_from == start
    assert why(PARCEL, now=start - timedelta(microseconds=1)) is Reason.PARCEL_NOT_YET_VALID


def test_a_label_is_valid_up_to_and_without_its_last_second() -> None:
    end = draft().valid_until
    assert label_in(PARCEL, now=end - timedelta(microseconds=1)).valid_until == end
    assert why(PARCEL, now=end) is Reason.PARCEL_EXPIRED


@pytest.mark.parametrize("field", sorted(statement_in(PARCEL)))
def test_a_label_without_one_of_its_fields_is_refused(field: str) -> None:
    value = {name: one for name, one in statement_in(PARCEL).items() if name != field}
    assert why(write_head(sign_statement(PAYLOAD_TYPE, value, [SIGNER]))) is Reason.PARCEL_MALFORMED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("extra", 1),
        ("number", 0),
        ("number", -1),
        ("number", True),
        ("number", "1"),
        ("rows", -1),
        ("format", "sekisho/parcel/v2"),
        ("suite", "none"),
        ("classification", "1A"),
        ("classification", ""),
        ("sender", "Minato"),
        ("sender", "../minato"),
        ("sender", ""),
        ("sender_key_id", "minato"),
        ("legal_basis", {"kind": "none", "reference": "x"}),
        ("legal_basis", {"kind": "law"}),
        ("legal_basis", {"kind": "law", "reference": ""}),
        ("legal_basis", {"kind": "law", "reference": "two\nlines"}),
        ("legal_basis", {"kind": "law", "reference": "x" * 201}),
        ("tool", {"name": "sekisho", "version": 1}),
        ("made_at", "2026-11-23T09:00:00+09:00"),
        ("made_at", "2027-11-23T00:00:00Z"),
        ("valid_until", "2026-11-23T00:00:00Z"),
        ("valid_from", "2026-13-01T00:00:00Z"),
        ("nonce", "AAAA"),
        ("nonce", "not base64"),
        ("key_commitment", ""),
        ("contents_bytes", 0),
        ("contents_bytes", 2**44 + 1),
        ("payload_bytes", 1),
        ("payload_sha256", "sha256:" + "A" * 64),
        ("schema_sha256", "md5:"),
        ("recipients", []),
        ("recipients", statement_in(PARCEL)["recipients"] * 2),
        ("recipients", statement_in(PARCEL)["recipients"] * 5),
        ("recipients", ["processing"]),
        ("recipients", [{**statement_in(PARCEL)["recipients"][0], "wrapped": "AAAA"}]),
        ("recipients", [{**statement_in(PARCEL)["recipients"][0], "id": "a b"}]),
        ("recipients", [{**statement_in(PARCEL)["recipients"][0], "more": "x"}]),
    ],
)
def test_a_label_with_a_field_out_of_bounds_is_refused(field: str, value: Any) -> None:
    assert why(resigned(PARCEL, **{field: value})) is Reason.PARCEL_MALFORMED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb'"number":1,', rb'"number":1.0,'),
        (rb'"number":1,', rb'"number": 1,'),
        (rb'"number":1,', rb'"number":1,"number":1,'),
        (rb'"number":1,', rb'"number":9007199254740993,'),
        (rb'"sender":"minato"', rb'"sender":"\\u006dinato"'),
        (rb"\A", rb"\n"),
        (rb"\Z", rb" "),
        (rb"\A.*\Z", rb"[]"),
        (rb"\A.*\Z", b"\xff"),
    ],
)
def test_a_rightly_signed_label_in_another_spelling_is_refused(old: bytes, new: bytes) -> None:
    payload = write_canonical(statement_in(PARCEL))
    other, count = re.subn(old, lambda _: new.replace(rb"\n", b"\n"), payload, count=1, flags=re.DOTALL)
    assert count == 1
    assert label_in(signed(payload)).number == 1
    assert why(signed(other)) is Reason.PARCEL_MALFORMED


@pytest.mark.parametrize("size", [0, HEAD_BYTES - 1])
def test_a_head_that_is_cut_off_is_refused(size: int) -> None:
    with pytest.raises(BadParcel) as caught:
        check_label(PARCEL[:size], SENDERS, NOW)
    assert caught.value.reason is Reason.PARCEL_TRUNCATED


def test_a_head_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadParcel) as caught:
        check_label(PARCEL[: HEAD_BYTES + 1], SENDERS, NOW)
    assert caught.value.reason is Reason.PARCEL_MALFORMED


def test_a_head_of_zeros_as_a_broken_off_sealing_leaves_it_is_refused() -> None:
    assert why(bytes(HEAD_BYTES) + PARCEL[HEAD_BYTES:]) is Reason.PARCEL_MALFORMED


def test_a_padding_that_is_not_zero_is_refused() -> None:
    assert why(flipped(PARCEL, HEAD_BYTES - 1)) is Reason.PARCEL_MALFORMED


@pytest.mark.parametrize("lie", [0, 1, -1, 2**32 - 1, LARGEST_ENVELOPE_BYTES, LARGEST_ENVELOPE_BYTES + 1])
def test_a_head_that_lies_about_its_length_is_refused(lie: int) -> None:
    true = int.from_bytes(PARCEL[8:12], "big")
    size = true + lie if abs(lie) == 1 else lie
    assert why(PARCEL[:8] + size.to_bytes(4, "big") + PARCEL[12:]) is Reason.PARCEL_MALFORMED


def test_a_label_that_does_not_fit_the_head_is_refused() -> None:
    with pytest.raises(BadParcel) as caught:
        write_head(bytes(LARGEST_ENVELOPE_BYTES + 1))
    assert caught.value.reason is Reason.PARCEL_MALFORMED


def test_the_longest_label_fits_the_head() -> None:
    four = [Recipient("x" * 63 + str(i), recipient_key(str(i)).public_key) for i in range(4)]
    parcel = sealed(
        recipients=four,
        number=2**53 - 1,
        rows=2**53 - 1,
        legal_basis=LegalBasis(LegalBasisKind.NEXT_GENERATION_MEDICAL, "\U00020bb7" * 200),
        tool=Tool("\U00020bb7" * 200, "\U00020bb7" * 200),
    )
    assert len(label_in(parcel).recipients) == 4
