"""Signed statements: canonical JSON in a DSSE envelope (spec/statement.md).

One value has exactly one spelling, and one envelope exactly one: whoever flips a bit anywhere is refused.
"""

import base64
import binascii
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sekisho.digest import Digest, digest_of
from sekisho.errors import Malformed, Reason, Tampered

LARGEST_INTEGER = 2**53 - 1  # spec/statement.md 1: what every JSON reader keeps exactly
DEEPEST = 32


class Signer(Protocol):
    """A private key that signs and knows its public name."""

    @property
    def key_id(self) -> str: ...
    def sign(self, message: bytes) -> bytes: ...


class Verifier(Protocol):
    """A public key; `verify` raises `Tampered` unless the signature holds."""

    def verify(self, signature: bytes, message: bytes) -> None: ...


@dataclass(frozen=True)
class Signature:
    """One entry of an envelope: the signing key's id and fields of base64 text (`sig`, and for assertions more)."""

    key_id: str
    fields: Mapping[str, bytes]


@dataclass(frozen=True)
class Envelope:
    """A DSSE envelope, read strictly but with no signature checked yet."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def digest(self) -> Digest:
        """SHA-256 of the payload: what the statement says, whoever signed it."""
        return digest_of(self.payload)


def write_canonical(value: Any) -> bytes:
    """Give back the one spelling of `value`: RFC 8785 without floats, ASCII keys, NFC text (spec/statement.md 1)."""
    _check_value(value, 0)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_canonical(raw: bytes) -> Any:
    """Give back the value that `raw` spells; any other spelling of it is refused."""
    try:
        value = json.loads(raw.decode())
        again = write_canonical(value)
    except (ValueError, RecursionError) as error:
        raise Malformed(Reason.STATEMENT_MALFORMED) from error
    if again != raw:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    return value


def write_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def read_base64(text: object) -> bytes:
    """Give back the bytes of standard, padded base64 in its one canonical spelling."""
    if not isinstance(text, str):
        raise Malformed(Reason.STATEMENT_MALFORMED)
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(Reason.STATEMENT_MALFORMED) from error
    if write_base64(raw) != text:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    return raw


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Give back what is signed: DSSE v1 PAE (secure-systems-lab/dsse, protocol.md)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_statement(payload_type: str, value: Any, signers: Iterable[Signer]) -> bytes:
    """Give back the envelope of `value`, signed by each of `signers`."""
    payload = write_canonical(value)
    message = pre_authentication_encoding(payload_type, payload)
    signatures = tuple(Signature(signer.key_id, {"sig": signer.sign(message)}) for signer in signers)
    return write_envelope(Envelope(payload_type, payload, signatures))


def write_envelope(envelope: Envelope) -> bytes:
    return write_canonical(
        {
            "payload": write_base64(envelope.payload),
            "payloadType": envelope.payload_type,
            "signatures": [
                {"keyid": one.key_id, **{name: write_base64(raw) for name, raw in one.fields.items()}}
                for one in envelope.signatures
            ],
        }
    )


def read_envelope(raw: bytes, payload_type: str) -> Envelope:
    """Give back the envelope, its signatures unchecked; refuses other types, unknown fields and loose spellings."""
    value = read_canonical(raw)
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    entries = value["signatures"]
    if value["payloadType"] != payload_type or not isinstance(entries, list) or not 1 <= len(entries) <= 16:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    return Envelope(payload_type, read_base64(value["payload"]), tuple(_read_signature(one) for one in entries))


def check_statement(raw: bytes, payload_type: str, keys: Mapping[str, Verifier], *, at_least: int = 1) -> Any:
    """Give back the statement's value if every signature holds and at least `at_least` known keys signed it.

    An envelope with a signature by an unknown key, a doubled signer or a field beside `sig` is refused whole:
    nothing that nobody checked travels in it.
    """
    envelope = read_envelope(raw, payload_type)
    message = pre_authentication_encoding(envelope.payload_type, envelope.payload)
    signed_by = set()
    for one in envelope.signatures:
        if one.key_id not in keys:
            raise Tampered(Reason.STATEMENT_UNKNOWN_SIGNER)
        if set(one.fields) != {"sig"} or one.key_id in signed_by:
            raise Tampered(Reason.STATEMENT_SIGNATURE)
        keys[one.key_id].verify(one.fields["sig"], message)
        signed_by.add(one.key_id)
    if len(signed_by) < at_least:
        raise Tampered(Reason.STATEMENT_SIGNATURE, signed=len(signed_by), needed=at_least)
    return read_canonical(envelope.payload)


def check_fields(value: Any, **kinds: type | tuple[type, ...]) -> dict[str, Any]:
    """Give back `value` if it is an object with exactly these fields of these types."""
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise Malformed(Reason.STATEMENT_MALFORMED)
    for name, kind in kinds.items():
        if not isinstance(value[name], kind) or (isinstance(value[name], bool) and kind is not bool):
            raise Malformed(Reason.STATEMENT_MALFORMED, field=name)
    return value


def _read_signature(entry: object) -> Signature:
    if not isinstance(entry, dict) or not isinstance(entry.get("keyid"), str) or len(entry) > 8:
        raise Malformed(Reason.STATEMENT_MALFORMED)
    fields = {name: read_base64(text) for name, text in entry.items() if name != "keyid"}
    return Signature(entry["keyid"], fields)


def _check_value(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="depth")
    match value:
        case None | bool():
            return
        case int():
            _check_integer(value)
        case str():
            _check_text(value)
        case list() | tuple():
            for one in value:
                _check_value(one, depth + 1)
        case dict():
            for name, one in value.items():
                _check_name(name)
                _check_value(one, depth + 1)
        case _:
            raise Malformed(Reason.STATEMENT_MALFORMED, field=type(value).__name__)


def _check_integer(value: int) -> None:
    if abs(value) > LARGEST_INTEGER:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="integer")


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.isascii():
        raise Malformed(Reason.STATEMENT_MALFORMED, field="name")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    if any(0xD800 <= ord(one) <= 0xDFFF for one in text) or unicodedata.normalize("NFC", text) != text:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="text")
