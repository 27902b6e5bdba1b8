import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mlkem
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.parcel.key import (
    RecipientPublicKey,
    check_recipient_key,
    read_recipient_key,
    recipient_key_value,
    write_recipient_key,
)
from sekisho.parcel.private_key import make_recipient_key, read_private_key, unwrap, write_private_key
from sekisho.parcel.wrapping import WRAPPED_BYTES, wrap
from sekisho.statement import write_base64
from tests.unit.parcel.parcels import KEY, OTHER_KEY, flipped

PUBLIC = KEY.public_key
PEM = write_private_key(KEY)
FIRST, SECOND = (one + b"-----END PRIVATE KEY-----\n" for one in PEM.split(b"-----END PRIVATE KEY-----\n")[:2])


def pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | mlkem.MLKEM768PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_public_key_is_read_as_it_was_written() -> None:
    assert read_recipient_key(write_recipient_key(PUBLIC)) == PUBLIC


def test_a_private_key_is_read_as_it_was_written() -> None:
    assert read_private_key(PEM).public_key == PUBLIC


def test_a_key_id_is_the_digest_of_both_public_parts() -> None:
    assert KEY.key_id == PUBLIC.key_id == str(digest_of(PUBLIC.raw))


def test_two_fresh_keys_differ_in_both_parts() -> None:
    one, two = make_recipient_key().public_key, make_recipient_key().public_key
    assert one.raw[:1568] != two.raw[:1568]
    assert one.raw[1568:] != two.raw[1568:]


def test_a_private_key_does_not_show_itself() -> None:
    assert repr(KEY) == "RecipientKey()"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mlkem1024", ""),
        ("mlkem1024", write_base64(b"\xff" * 1568)),
        ("mlkem1024", write_base64(PUBLIC.raw[:1567])),
        ("p384", write_base64(bytes(97))),
        ("p384", write_base64(flipped(PUBLIC.raw[1568:], 50))),
        ("p384", write_base64(b"\x02" + PUBLIC.raw[1569:1617])),
        ("p384", 1),
        ("more", "x"),
    ],
)
def test_a_public_key_out_of_form_is_refused(field: str, value: object) -> None:
    with pytest.raises(Malformed) as caught:
        check_recipient_key({**recipient_key_value(PUBLIC), field: value})
    assert caught.value.reason is Reason.STATEMENT_MALFORMED


def test_a_public_key_has_one_length() -> None:
    with pytest.raises(ValueError, match="1665 bytes"):
        RecipientPublicKey(PUBLIC.raw[:-1])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        FIRST,
        SECOND + FIRST,
        PEM + b"\n",
        PEM + FIRST,
        PEM.replace(b"\n", b"\r\n"),
        PEM.replace(b"PRIVATE KEY", b"EC PRIVATE KEY"),
        FIRST + FIRST,
        FIRST + pem(ec.derive_private_key(7, ec.SECP256R1())),
        FIRST + pem(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
        pem(mlkem.MLKEM768PrivateKey.from_seed_bytes(bytes(64))) + SECOND,
        FIRST + b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_private_key_file_with_anything_else_in_it_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_private_key(raw)
    assert caught.value.reason is Reason.STATEMENT_MALFORMED


def test_a_wrapped_key_opens_for_its_key_and_its_label_only() -> None:
    wrapped = wrap(PUBLIC, bytes(32), b"label")
    assert len(wrapped) == WRAPPED_BYTES
    assert unwrap(KEY, wrapped, b"label") == bytes(32)
    for key, sealed, info in (
        (OTHER_KEY, wrapped, b"label"),
        (KEY, wrapped, b"another label"),
        (KEY, flipped(wrapped, 0), b"label"),
        (KEY, wrapped[:-1], b"label"),
        (KEY, wrapped[:1568] + bytes(97) + wrapped[1665:], b"label"),
    ):
        with pytest.raises(Tampered) as caught:
            unwrap(key, sealed, info)
        assert caught.value.reason is Reason.PARCEL_TAMPERED
