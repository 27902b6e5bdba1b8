from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sekisho.digest import digest_of
from sekisho.errors import Tampered
from sekisho.release.assertion import (
    LARGEST_CLIENT_DATA_BYTES,
    ORDER,
    _check_client_data,
    _check_signature,
    challenge_of,
    check_assertion,
    write_assertion,
    write_client_data,
)
from sekisho.release.machines import Site
from sekisho.release.people import Credential, KeyKind
from sekisho.statement import Signature
from tests.unit.release.release_made import PEOPLE, SITE, approver, p256, permit_draft, point

FOLDER = Path(__file__).parents[2] / "vectors" / "permit"
W3C = sorted(path.name for path in FOLDER.glob("assertion-w3c-*.txt"))
W3C_SITE = Site("example.org", "W3C")
SOFTWARE = next(one.credential for one in PEOPLE if one.id == "safe-1")
HARDWARE = replace(SOFTWARE, kind=KeyKind.HARDWARE)
CHALLENGE = challenge_of(permit_draft())


def w3c(name: str) -> tuple[str, EllipticCurvePrivateKey, bytes, dict[str, bytes]]:
    told = dict(line.split(": ", 1) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())
    key = derive_private_key(int(told["private_key"], 16), SECP256R1())
    fields = {field: bytes.fromhex(told[field]) for field in ("sig", "authenticatorData", "clientDataJSON")}
    return told["expect"], key, bytes.fromhex(told["challenge"]), fields


def credential_of(key: EllipticCurvePrivateKey, kind: KeyKind = KeyKind.HARDWARE) -> Credential:
    return Credential("w3c", kind, point(key))


def lower(fields: dict[str, bytes]) -> Signature:
    return write_assertion("w3c", fields["authenticatorData"], fields["clientDataJSON"], fields["sig"])


def signed(client_data: bytes, authenticator_data: bytes | None = None) -> Signature:
    """Give back what safe-1's key signs over whatever a browser and an authenticator say."""
    said = authenticator_data or digest_of(SITE.id.encode()).raw + b"\5" + bytes(4)
    signature = p256("safe-1").sign(said + digest_of(client_data).raw, ECDSA(SHA256(), deterministic_signing=True))
    return write_assertion(SOFTWARE.id, said, client_data, signature)


@pytest.mark.parametrize("name", W3C)
def test_the_signature_of_a_w3c_vector_holds(name: str) -> None:
    _, key, _, fields = w3c(name)
    message = fields["authenticatorData"] + digest_of(fields["clientDataJSON"]).raw
    _check_signature(lower(fields).fields["sig"], message, credential_of(key))


@pytest.mark.parametrize("name", W3C)
def test_the_signature_of_a_w3c_vector_fails_over_one_other_bit(name: str) -> None:
    _, key, _, fields = w3c(name)
    message = fields["authenticatorData"] + digest_of(fields["clientDataJSON"] + b" ").raw
    with pytest.raises(Tampered, match=r"permit\.signature \(field=sig\)"):
        _check_signature(lower(fields).fields["sig"], message, credential_of(key))


@pytest.mark.parametrize("name", W3C)
def test_a_w3c_vector_is_refused_for_what_its_file_says(name: str) -> None:
    expect, key, challenge, fields = w3c(name)
    with pytest.raises(Tampered) as caught:
        check_assertion(lower(fields), credential_of(key), challenge, W3C_SITE)
    assert caught.value.facts["field"] == expect


@pytest.mark.parametrize("name", [name for name in W3C if w3c(name)[0] == "flags"])
def test_the_client_data_of_a_w3c_vector_is_read(name: str) -> None:
    _, _, challenge, fields = w3c(name)
    _check_client_data(fields["clientDataJSON"], challenge, W3C_SITE, KeyKind.HARDWARE)


@pytest.mark.parametrize("name", [name for name in W3C if w3c(name)[0] == "flags"])
def test_a_w3c_vector_is_accepted_once_its_key_says_present_verified_and_bound(name: str) -> None:
    _, key, challenge, fields = w3c(name)
    said = fields["authenticatorData"][:32] + b"\5" + fields["authenticatorData"][33:]
    signature = key.sign(said + digest_of(fields["clientDataJSON"]).raw, ECDSA(SHA256(), deterministic_signing=True))
    mended = write_assertion("w3c", said, fields["clientDataJSON"], signature)
    check_assertion(mended, credential_of(key), challenge, W3C_SITE)


def test_our_client_data_is_byte_for_byte_what_the_w3c_vector_holds() -> None:
    _, _, challenge, fields = w3c("assertion-w3c-none-es256.txt")
    assert write_client_data(challenge, W3C_SITE) == fields["clientDataJSON"]


def test_a_software_key_and_a_hardware_key_make_the_same_assertion() -> None:
    one = approver("safe-1").sign(permit_draft())
    check_assertion(one, SOFTWARE, CHALLENGE, SITE)
    check_assertion(one, HARDWARE, CHALLENGE, SITE)


def test_a_browser_may_add_members_for_a_hardware_key() -> None:
    more = b',"other_keys_can_be_added_here":"do not compare clientDataJSON against a template"}'
    one = signed(write_client_data(CHALLENGE, SITE).removesuffix(b"}") + more)
    check_assertion(one, HARDWARE, CHALLENGE, SITE)
    with pytest.raises(Tampered, match="clientDataJSON"):
        check_assertion(one, SOFTWARE, CHALLENGE, SITE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"webauthn.get"', b'"webauthn.create"'),
        (b'"crossOrigin":false', b'"crossOrigin":true'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"crossOrigin":true}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"challenge":"x"}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"topOrigin":"https://evil.example"}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"x":"' + b"x" * LARGEST_CLIENT_DATA_BYTES + b'"}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"x":"\xff"}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false,}'),
        (b'"crossOrigin":false}', b'"crossOrigin":false} '),
        (b'"crossOrigin":false}', b'"crossOrigin":false,"x":' + b"[" * 1500 + b"}"),
        (b'"crossOrigin":false}', b"}"),
        (b"https://sekisho.example", b"https://sekisho.example.evil.example"),
        (b"https://sekisho.example", b"http://sekisho.example"),
        (b'{"type"', b'{ "type"'),
    ],
)
def test_client_data_that_no_browser_makes_for_us_is_refused(old: bytes, new: bytes) -> None:
    client_data = write_client_data(CHALLENGE, SITE)
    assert old in client_data
    with pytest.raises(Tampered, match="clientDataJSON"):
        check_assertion(signed(client_data.replace(old, new)), HARDWARE, CHALLENGE, SITE)


def test_a_signed_challenge_does_not_answer_another() -> None:
    with pytest.raises(Tampered, match="clientDataJSON"):
        check_assertion(approver("safe-1").sign(permit_draft()), SOFTWARE, bytes(32), SITE)


@pytest.mark.parametrize("flags", [flags for flags in range(256) if flags != 5])
def test_only_present_and_verified_is_accepted_as_flags(flags: int) -> None:
    said = digest_of(SITE.id.encode()).raw + bytes([flags]) + bytes(4)
    with pytest.raises(Tampered, match="flags"):
        check_assertion(signed(write_client_data(CHALLENGE, SITE), said), HARDWARE, CHALLENGE, SITE)


def test_another_relying_party_is_refused() -> None:
    said = digest_of(b"evil.example").raw + b"\5" + bytes(4)
    with pytest.raises(Tampered, match="rpIdHash"):
        check_assertion(signed(write_client_data(CHALLENGE, SITE), said), HARDWARE, CHALLENGE, SITE)


def test_any_counter_is_accepted_under_the_signature() -> None:
    said = digest_of(SITE.id.encode()).raw + b"\5" + b"\0\0\1\2"
    check_assertion(signed(write_client_data(CHALLENGE, SITE), said), HARDWARE, CHALLENGE, SITE)


def test_a_field_too_few_is_refused() -> None:
    one = approver("safe-1").sign(permit_draft())
    with pytest.raises(Tampered, match="fields"):
        check_assertion(replace(one, fields={"sig": one.fields["sig"]}), SOFTWARE, CHALLENGE, SITE)


def test_the_second_spelling_of_a_signature_is_refused_and_brought_down_when_written() -> None:
    one = approver("safe-1").sign(permit_draft())
    r, s = decode_dss_signature(one.fields["sig"])
    upper = encode_dss_signature(r, ORDER - s)
    with pytest.raises(Tampered, match="sig"):
        check_assertion(replace(one, fields={**one.fields, "sig": upper}), SOFTWARE, CHALLENGE, SITE)
    data, client_data = one.fields["authenticatorData"], one.fields["clientDataJSON"]
    assert write_assertion(one.key_id, data, client_data, upper) == one


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x30\x00", encode_dss_signature(0, 1), encode_dss_signature(1, 0), encode_dss_signature(1, ORDER)],
)
def test_what_is_no_signature_is_refused_when_written_and_when_checked(signature: bytes) -> None:
    one = approver("safe-1").sign(permit_draft())
    data, client_data = one.fields["authenticatorData"], one.fields["clientDataJSON"]
    with pytest.raises(Tampered, match="sig"):
        write_assertion(one.key_id, data, client_data, signature)
    with pytest.raises(Tampered, match="sig"):
        check_assertion(replace(one, fields={**one.fields, "sig": signature}), SOFTWARE, CHALLENGE, SITE)


def test_a_signature_in_looser_der_is_refused() -> None:
    one = approver("safe-1").sign(permit_draft())
    der = one.fields["sig"]
    body, r_bytes = der[2:], der[4 : 4 + der[3]]
    loose = (
        der + b"\0",
        b"\x30\x81" + der[1:],
        b"\x30\x80" + body + b"\0\0",
        bytes([0x30, len(body) + 1, 0x02, len(r_bytes) + 1]) + b"\0" + r_bytes + body[2 + len(r_bytes) :],
        bytes([0x30, len(body) + 1, 0x02, 0x81, len(r_bytes)]) + r_bytes + body[2 + len(r_bytes) :],
    )
    for spelled in loose:
        with pytest.raises(Tampered, match="sig"):
            check_assertion(replace(one, fields={**one.fields, "sig": spelled}), SOFTWARE, CHALLENGE, SITE)


def test_signing_twice_gives_the_same_bytes() -> None:
    assert approver("safe-1").sign(permit_draft()) == approver("safe-1").sign(permit_draft())
