"""Digests, moments and public keys as statements spell them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.instant import read_instant, write_instant
from sekisho.signing import Ed25519Signer, read_public_key, write_public_key
from sekisho.statement import read_base64, write_base64

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # FIPS 180-4, the empty message


def test_digest_of_nothing_is_the_published_one():
    assert str(digest_of(b"")) == EMPTY
    assert read_digest(EMPTY) == digest_of(b"")
    assert digest_of(b"").hex == EMPTY[7:]


@pytest.mark.parametrize(
    "text", [EMPTY.upper(), EMPTY[:-1], EMPTY + "0", EMPTY + "\n", EMPTY[7:], "sha1:00", "", None, 1]
)
def test_digest_has_one_spelling(text):
    with pytest.raises(Malformed) as refusal:
        read_digest(text)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


def test_digest_has_32_bytes():
    with pytest.raises(ValueError, match="32"):
        Digest(bytes(31))


def test_moment_is_whole_seconds_in_utc():
    japan = timezone(timedelta(hours=9))
    assert write_instant(datetime(2026, 11, 23, 18, 0, 0, 999_999, tzinfo=japan)) == "2026-11-23T09:00:00Z"
    assert read_instant("2026-11-23T09:00:00Z") == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("year", [1, 99, 999, 9999])
def test_moment_of_any_year_is_read_back(year):
    moment = datetime(year, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert read_instant(write_instant(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T09:00:00",
        "2026-11-23T09:00:00z",
        "2026-11-23 09:00:00Z",
        "2026-11-23T09:00:00.0Z",
        "2026-11-23T09:00:00+00:00",
        "2026-11-23T09:00:00Z\n",
        "２０２６-11-23T09:00:00Z",
        "2026-11-23T09:00:0٣Z",
        "2026-02-29T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-11-23T24:00:00Z",
        "2026-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "",
        None,
        20261123,
    ],
)
def test_moment_has_one_spelling(text):
    with pytest.raises(Malformed) as refusal:
        read_instant(text)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


def test_moment_without_a_time_zone_is_not_written():
    with pytest.raises(ValueError, match="zone"):
        write_instant(datetime(2026, 11, 23))  # noqa: DTZ001 - what is tested


# RFC 8032, 7.1, test 2
SECRET = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signature_is_that_of_rfc_8032():
    signer = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(SECRET))
    assert signer.verifier.raw == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    assert signer.key_id == str(digest_of(PUBLIC))


def test_signature_with_s_beyond_the_order_is_refused():
    """RFC 8032, 5.1.7: S + L verifies the same equation and must not be accepted."""
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(SIGNATURE[32:], "little") + order
    verifier = read_public_key(write_base64(PUBLIC))
    verifier.verify(SIGNATURE, b"\x72")
    with pytest.raises(Tampered):
        verifier.verify(SIGNATURE[:32] + s.to_bytes(32, "little"), b"\x72")


@pytest.mark.parametrize("signature", [b"", SIGNATURE[:-1], SIGNATURE + b"\x00"])
def test_signature_of_another_length_is_refused(signature):
    with pytest.raises(Tampered) as refusal:
        read_public_key(write_base64(PUBLIC)).verify(signature, b"\x72")
    assert refusal.value.reason is Reason.STATEMENT_SIGNATURE


def test_public_key_is_read_back():
    assert write_public_key(read_public_key(write_base64(PUBLIC))) == write_base64(PUBLIC)


@pytest.mark.parametrize(
    "text", ["", write_base64(PUBLIC[:-1]), write_base64(PUBLIC + b"\x00"), write_base64(PUBLIC)[:-1], 1]
)
def test_public_key_has_32_bytes_in_base64(text):
    with pytest.raises(Malformed) as refusal:
        read_public_key(text)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


def test_base64_of_a_key_is_plain():
    assert read_base64(write_base64(PUBLIC)) == PUBLIC
