"""WebAuthn assertions: how a person's key signs a statement (spec/permit.md 3).

One shape for hardware keys and for the software keys of trials; only the roster says which is which.
"""

import json
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sekisho.digest import digest_of
from sekisho.errors import Reason, Tampered
from sekisho.release.machines import Site
from sekisho.release.people import Credential, KeyKind, write_base64url
from sekisho.statement import Signature, pre_authentication_encoding

FIELDS = frozenset({"sig", "authenticatorData", "clientDataJSON"})
PRESENT_AND_VERIFIED = 0x05  # WebAuthn L3 6.1: UP and UV, and nothing else
AUTHENTICATOR_DATA_BYTES = 37
LARGEST_CLIENT_DATA_BYTES = 2_048
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186, 3.2.1.3)


class Signable(Protocol):
    """A statement that people sign: its DSSE payload type and its canonical payload."""

    @property
    def payload_type(self) -> str: ...
    @property
    def payload(self) -> bytes: ...


@dataclass(frozen=True)
class SoftwareApprover:
    """A person's P-256 key in software, for trials: makes the assertion that a hardware key would make.

    The signature is deterministic (RFC 6979), so it draws on no chance.
    """

    key: EllipticCurvePrivateKey
    credential_id: str
    site: Site

    def sign(self, statement: Signable) -> Signature:
        """Give back the entry that this person adds to the statement's envelope."""
        client_data = write_client_data(challenge_of(statement), self.site)
        authenticator_data = digest_of(self.site.id.encode()).raw + bytes([PRESENT_AND_VERIFIED]) + bytes(4)
        message = authenticator_data + digest_of(client_data).raw
        signature = self.key.sign(message, ECDSA(SHA256(), deterministic_signing=True))
        return write_assertion(self.credential_id, authenticator_data, client_data, signature)


def challenge_of(statement: Signable) -> bytes:
    """Give back the 32 bytes that a person's key is asked to sign: SHA-256 of the statement's DSSE PAE."""
    return digest_of(pre_authentication_encoding(statement.payload_type, statement.payload)).raw


def write_client_data(challenge: bytes, site: Site) -> bytes:
    """Give back the clientDataJSON that a browser makes (WebAuthn L3 5.8.1.1)."""
    return _client_data_begin(challenge, site) + b"}"


def write_assertion(credential_id: str, authenticator_data: bytes, client_data: bytes, signature: bytes) -> Signature:
    """Give back an envelope's entry from what a browser answered; `s` is brought to its lower half (3.4)."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError as error:
        raise _refuse("sig") from error
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise _refuse("sig")
    der = encode_dss_signature(r, min(s, ORDER - s))
    return Signature(
        credential_id, {"sig": der, "authenticatorData": authenticator_data, "clientDataJSON": client_data}
    )


def check_assertion(one: Signature, credential: Credential, challenge: bytes, site: Site) -> None:
    """Refuse unless `credential` signed `challenge`, with its holder present and verified, for `site`."""
    if set(one.fields) != FIELDS:
        raise _refuse("fields")
    client_data, authenticator_data = one.fields["clientDataJSON"], one.fields["authenticatorData"]
    _check_client_data(client_data, challenge, site, credential.kind)
    _check_authenticator_data(authenticator_data, site)
    _check_signature(one.fields["sig"], authenticator_data + digest_of(client_data).raw, credential)


def _client_data_begin(challenge: bytes, site: Site) -> bytes:
    members = {
        "type": "webauthn.get",
        "challenge": write_base64url(challenge),
        "origin": site.origin,
        "crossOrigin": False,
    }
    return json.dumps(members, separators=(",", ":")).encode().removesuffix(b"}")


def _check_client_data(raw: bytes, challenge: bytes, site: Site, kind: KeyKind) -> None:
    begin = _client_data_begin(challenge, site)
    if raw == begin + b"}":
        return
    if kind is KeyKind.SOFTWARE or len(raw) > LARGEST_CLIENT_DATA_BYTES or not raw.startswith(begin + b","):
        raise _refuse("clientDataJSON")
    try:
        json.loads(raw.decode(), object_pairs_hook=_read_members)
    except (ValueError, RecursionError) as error:
        raise _refuse("clientDataJSON") from error


def _read_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs) or "topOrigin" in members:
        raise ValueError("a member twice, or another site on top")
    return members


def _check_authenticator_data(raw: bytes, site: Site) -> None:
    if raw[:32] != digest_of(site.id.encode()).raw:
        raise _refuse("rpIdHash")
    if len(raw) != AUTHENTICATOR_DATA_BYTES or raw[32] != PRESENT_AND_VERIFIED:
        raise _refuse("flags")


def _check_signature(signature: bytes, message: bytes, credential: Credential) -> None:
    try:
        r, s = decode_dss_signature(signature)  # reads strict DER only
    except ValueError as error:
        raise _refuse("sig") from error
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        raise _refuse("sig")
    try:
        credential.key.verify(signature, message, ECDSA(SHA256()))
    except InvalidSignature as error:
        raise _refuse("sig") from error


def _refuse(field: str) -> Tampered:
    return Tampered(Reason.PERMIT_SIGNATURE, field=field)
