"""The label: what everybody on the way may read of a parcel, signed by its sender (spec/parcel.md 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import BadParcel, Malformed, Reason, Tampered
from sekisho.instant import read_instant
from sekisho.parcel.draft import Classification, LabelDraft, LegalBasis, LegalBasisKind, Tool, check_draft, check_id
from sekisho.parcel.key import Addressee
from sekisho.parcel.layout import HEAD_BYTES, LARGEST_CONTENTS_BYTES, payload_bytes_of, read_head
from sekisho.parcel.wrapping import NONCE_BYTES, WRAPPED_BYTES
from sekisho.statement import (
    Verifier,
    check_fields,
    check_statement,
    read_base64,
    read_canonical,
    read_envelope,
    write_canonical,
)

PAYLOAD_TYPE = "application/vnd.sekisho.label.v1+json"
FORMAT = "sekisho/parcel/v1"
MOST_RECIPIENTS = 4


class Suite(Enum):
    """The algorithms of a parcel, by one name (spec/parcel.md 4); old names stay readable."""

    V1 = "hpke-mlkem1024-p384-hkdf-sha384-aes-256-gcm+stream-aes-256-gcm-1mib+ed25519"


@dataclass(frozen=True)
class WrappedKey:
    """The file key as one recipient gets it."""

    addressee: Addressee
    wrapped: bytes


@dataclass(frozen=True)
class Sender:
    """Who signs with a key: the sender's id in the roster and the key."""

    id: str
    verifier: Verifier


@dataclass(frozen=True)
class Label:
    """A label that was checked; made only by `check_label` and by `seal`."""

    suite: Suite
    sender: str
    sender_key_id: str
    number: int
    recipients: tuple[WrappedKey, ...]
    nonce: bytes
    key_commitment: bytes
    made_at: datetime
    valid_from: datetime
    valid_until: datetime
    legal_basis: LegalBasis
    classification: Classification
    schema_digest: Digest
    rows: int
    contents_bytes: int
    payload_bytes: int
    payload_digest: Digest
    tool: Tool
    digest: Digest
    """SHA-256 of the signed statement; as the statement names the payload's digest, it names the parcel."""
    envelope: bytes

    @property
    def parcel_bytes(self) -> int:
        return HEAD_BYTES + self.payload_bytes

    @property
    def addressees(self) -> tuple[Addressee, ...]:
        return tuple(one.addressee for one in self.recipients)


@dataclass(frozen=True)
class UncheckedLabel:
    """What a label claims, its signature unchecked: good for a progress bar or a refusal, for nothing else."""

    claimed_sender: str
    claimed_number: int
    claimed_addressees: tuple[Addressee, ...]
    claimed_parcel_bytes: int


def read_label(head: bytes) -> UncheckedLabel:
    """Give back what the head of a parcel claims; refuses any spelling but the one of spec/parcel.md 1 and 2."""
    envelope = read_head(head)
    try:
        payload = read_envelope(envelope, PAYLOAD_TYPE).payload
        label = label_of(read_canonical(payload), payload, envelope)
    except Malformed as error:
        raise _malformed(error) from error
    return UncheckedLabel(label.sender, label.number, label.addressees, label.parcel_bytes)


def check_label(head: bytes, senders: Mapping[str, Sender], now: datetime, recipient: Addressee | None = None) -> Label:
    """Give back the label if a known sender signed it, it is for `recipient` (if given), and `now` is within its dates.

    Refuses in this order: form of the head, signer, signature, fields, sender, recipient, dates (spec/parcel.md 6).
    `senders` is by key id.
    """
    envelope = read_head(head)
    label = _check_signed(envelope, senders)
    if senders[label.sender_key_id].id != label.sender:
        raise BadParcel(Reason.SENDER_UNKNOWN, key_id=label.sender_key_id)
    if recipient is not None:
        _check_recipient(label, recipient)
    if now < label.valid_from:
        raise BadParcel(Reason.PARCEL_NOT_YET_VALID, number=label.number)
    if now >= label.valid_until:
        raise BadParcel(Reason.PARCEL_EXPIRED, number=label.number)
    return label


def _check_signed(envelope: bytes, senders: Mapping[str, Sender]) -> Label:
    """Give back the label that exactly one known key signed, the one that it names."""
    try:
        signatures = read_envelope(envelope, PAYLOAD_TYPE).signatures
        if len(signatures) != 1:
            raise BadParcel(Reason.PARCEL_MALFORMED, field="signatures", count=len(signatures))
        key_id = signatures[0].key_id
        if key_id not in senders:
            raise BadParcel(Reason.SENDER_UNKNOWN)
        value = check_statement(envelope, PAYLOAD_TYPE, {key_id: senders[key_id].verifier})
        label = label_of(value, write_canonical(value), envelope)
    except Malformed as error:
        raise _malformed(error) from error
    except Tampered as error:
        raise Tampered(Reason.PARCEL_SIGNATURE, key_id=key_id) from error
    if label.sender_key_id != key_id:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="sender_key_id")
    return label


def _check_recipient(label: Label, recipient: Addressee) -> None:
    if recipient.id not in {one.id for one in label.addressees}:
        raise BadParcel(Reason.PARCEL_WRONG_RECIPIENT, number=label.number)
    if recipient not in label.addressees:
        raise BadParcel(Reason.PARCEL_WRONG_KEY, number=label.number)


def binding(value: Mapping[str, Any], key_id: str) -> bytes:
    """Give back the HPKE `info` of one recipient: the whole label but the wrapped keys (spec/parcel.md 4.1)."""
    bare = [{"id": one["id"], "key_id": one["key_id"]} for one in value["recipients"]]
    return write_canonical({"for": key_id, "label": {**value, "recipients": bare}})


def label_binding(label: Label, key_id: str) -> bytes:
    return binding(read_canonical(read_envelope(label.envelope, PAYLOAD_TYPE).payload), key_id)


def label_of(value: Any, payload: bytes, envelope: bytes) -> Label:
    """Give back the label that a statement's value spells; `Malformed` or `BadParcel` if it is none."""
    fields = check_fields(value, **_FIELDS)
    if fields["format"] != FORMAT:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="format")
    draft = check_draft(_read_draft(fields))
    return Label(
        suite=_read_choice(Suite, fields["suite"], "suite"),
        sender=draft.sender,
        sender_key_id=str(read_digest(fields["sender_key_id"])),
        number=draft.number,
        recipients=_read_recipients(fields["recipients"]),
        nonce=_read_bytes(fields["nonce"], NONCE_BYTES, "nonce"),
        key_commitment=_read_bytes(fields["key_commitment"], 32, "key_commitment"),
        made_at=draft.made_at,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        legal_basis=draft.legal_basis,
        classification=draft.classification,
        schema_digest=draft.schema_digest,
        rows=draft.rows,
        contents_bytes=_read_sizes(fields["contents_bytes"], fields["payload_bytes"]),
        payload_bytes=fields["payload_bytes"],
        payload_digest=read_digest(fields["payload_sha256"]),
        tool=draft.tool,
        digest=digest_of(payload),
        envelope=envelope,
    )


_FIELDS: dict[str, type] = {
    "classification": str,
    "contents_bytes": int,
    "format": str,
    "key_commitment": str,
    "legal_basis": dict,
    "made_at": str,
    "nonce": str,
    "number": int,
    "payload_bytes": int,
    "payload_sha256": str,
    "recipients": list,
    "rows": int,
    "schema_sha256": str,
    "sender": str,
    "sender_key_id": str,
    "suite": str,
    "tool": dict,
    "valid_from": str,
    "valid_until": str,
}


def _read_draft(fields: Mapping[str, Any]) -> LabelDraft:
    basis = check_fields(fields["legal_basis"], kind=str, reference=str)
    tool = check_fields(fields["tool"], name=str, version=str)
    return LabelDraft(
        sender=fields["sender"],
        number=fields["number"],
        made_at=read_instant(fields["made_at"]),
        valid_from=read_instant(fields["valid_from"]),
        valid_until=read_instant(fields["valid_until"]),
        legal_basis=LegalBasis(_read_choice(LegalBasisKind, basis["kind"], "legal_basis"), basis["reference"]),
        schema_digest=read_digest(fields["schema_sha256"]),
        rows=fields["rows"],
        tool=Tool(tool["name"], tool["version"]),
        classification=_read_choice(Classification, fields["classification"], "classification"),
    )


def _read_recipients(entries: list[Any]) -> tuple[WrappedKey, ...]:
    if not 1 <= len(entries) <= MOST_RECIPIENTS:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipients")
    wrapped = tuple(_read_wrapped(check_fields(one, id=str, key_id=str, wrapped=str)) for one in entries)
    if len({one.addressee.key_id for one in wrapped}) != len(wrapped):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="recipients")
    return wrapped


def _read_wrapped(entry: Mapping[str, str]) -> WrappedKey:
    addressee = Addressee(check_id(entry["id"], "recipients"), str(read_digest(entry["key_id"])))
    return WrappedKey(addressee, _read_bytes(entry["wrapped"], WRAPPED_BYTES, "recipients"))


def _read_sizes(contents_bytes: int, payload_bytes: int) -> int:
    if not 0 < contents_bytes <= LARGEST_CONTENTS_BYTES or payload_bytes != payload_bytes_of(contents_bytes):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="payload_bytes")
    return contents_bytes


def _read_bytes(text: str, size_bytes: int, field: str) -> bytes:
    raw = read_base64(text)
    if len(raw) != size_bytes:
        raise Malformed(Reason.STATEMENT_MALFORMED, field=field)
    return raw


_Choice = TypeVar("_Choice", bound=Enum)


def _read_choice(kind: type[_Choice], text: str, field: str) -> _Choice:
    try:
        return kind(text)
    except ValueError as error:
        raise Malformed(Reason.STATEMENT_MALFORMED, field=field) from error


def _malformed(error: Malformed) -> BadParcel:
    return BadParcel(Reason.PARCEL_MALFORMED, field=error.facts.get("field", "label"))
