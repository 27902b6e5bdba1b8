import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, SekishoError, Tampered
from sekisho.signing import Ed25519Signer
from sekisho.statement import (
    check_statement,
    pre_authentication_encoding,
    read_canonical,
    read_envelope,
    sign_statement,
    write_canonical,
    write_envelope,
)

TYPE = "application/vnd.sekisho.test.v1+json"
ONE = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
TWO = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
KEYS = {one.key_id: one.verifier for one in (ONE, TWO)}
VALUE = {"number": 1, "text": "関所"}
RAW = sign_statement(TYPE, VALUE, [ONE])


def refuses(raw: bytes, reason: Reason, keys=KEYS, payload_type: str = TYPE, at_least: int = 1) -> None:
    with pytest.raises(SekishoError) as refusal:
        check_statement(raw, payload_type, keys, at_least=at_least)
    assert refusal.value.reason is reason


def changed(**fields) -> bytes:
    return write_canonical(read_canonical(RAW) | fields)


def test_pre_authentication_encoding_is_that_of_dsse():
    """secure-systems-lab/dsse, protocol.md, test vectors."""
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_statement_is_read_back():
    assert check_statement(RAW, TYPE, KEYS) == VALUE
    assert write_envelope(read_envelope(RAW, TYPE)) == RAW


def test_digest_is_that_of_the_payload_whoever_signed():
    expected = digest_of(write_canonical(VALUE))
    assert read_envelope(RAW, TYPE).digest == read_envelope(sign_statement(TYPE, VALUE, [TWO]), TYPE).digest == expected


def test_no_flipped_bit_of_an_envelope_is_accepted():
    accepted = []
    for bit in range(len(RAW) * 8):
        flipped = bytearray(RAW)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            check_statement(bytes(flipped), TYPE, KEYS)
        except SekishoError:
            continue
        accepted.append(bit)
    assert accepted == []


def test_statement_of_another_type_is_refused():
    refuses(RAW, Reason.STATEMENT_MALFORMED, payload_type="application/vnd.sekisho.other.v1+json")


def test_signature_does_not_move_to_another_type():
    moved = changed(payloadType="application/vnd.sekisho.other.v1+json")
    refuses(moved, Reason.STATEMENT_SIGNATURE, payload_type="application/vnd.sekisho.other.v1+json")


def test_statement_by_an_unknown_key_is_refused():
    refuses(RAW, Reason.STATEMENT_UNKNOWN_SIGNER, keys={TWO.key_id: TWO.verifier})


def test_statement_with_an_unknown_second_signer_is_refused():
    both = sign_statement(TYPE, VALUE, [ONE, TWO])
    refuses(both, Reason.STATEMENT_UNKNOWN_SIGNER, keys={ONE.key_id: ONE.verifier})


def test_two_keys_are_counted_once_each():
    both = sign_statement(TYPE, VALUE, [ONE, TWO])
    assert check_statement(both, TYPE, KEYS, at_least=2) == VALUE
    refuses(RAW, Reason.STATEMENT_SIGNATURE, at_least=2)
    refuses(sign_statement(TYPE, VALUE, [ONE, ONE]), Reason.STATEMENT_SIGNATURE)


def test_signature_of_another_statement_is_refused():
    other = read_canonical(sign_statement(TYPE, {}, [ONE]))["signatures"]
    refuses(changed(signatures=other), Reason.STATEMENT_SIGNATURE)


def test_field_beside_the_signature_is_refused():
    entry = read_canonical(RAW)["signatures"][0]
    refuses(changed(signatures=[entry | {"more": ""}]), Reason.STATEMENT_SIGNATURE)


ENTRY = read_canonical(RAW)["signatures"][0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        RAW + b"\n",
        changed(more=1),
        changed(payload=1),
        changed(payload="e30"),
        changed(signatures=[]),
        changed(signatures={}),
        changed(signatures=[ENTRY] * 17),
        changed(signatures=[1]),
        changed(signatures=[{"sig": ENTRY["sig"]}]),
        changed(signatures=[ENTRY | {"keyid": 1}]),
        changed(signatures=[ENTRY | {"sig": 1}]),
        changed(signatures=[ENTRY | {f"f{number}": "" for number in range(7)}]),
    ],
)
def test_malformed_envelope_is_refused(raw):
    with pytest.raises(Malformed) as refusal:
        check_statement(raw, TYPE, KEYS)
    assert refusal.value.reason is Reason.STATEMENT_MALFORMED


def test_signed_payload_that_is_not_canonical_is_refused():
    loose = b'{ "number":1}'
    envelope = read_envelope(RAW, TYPE)
    signature = ONE.sign(pre_authentication_encoding(TYPE, loose))
    entry = type(envelope.signatures[0])(ONE.key_id, {"sig": signature})
    refuses(write_envelope(type(envelope)(TYPE, loose, (entry,))), Reason.STATEMENT_MALFORMED)


def test_refusal_is_of_the_one_who_must_act():
    with pytest.raises(Tampered) as refusal:
        ONE.verifier.verify(bytes(64), b"message")
    assert refusal.value.reason is Reason.STATEMENT_SIGNATURE
