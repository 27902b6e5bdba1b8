"""Fixed keys, honest parcels and forged ones, for the tests of `parcel` and its vectors."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sekisho.digest import digest_of
from sekisho.parcel.contents import Contents, DeclaredFile, SealedFile, write_head_record, write_tail_record
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Addressee, Recipient
from sekisho.parcel.label import PAYLOAD_TYPE, Label, Sender, binding, check_label
from sekisho.parcel.layout import HEAD_BYTES, SEGMENT_BYTES, payload_bytes_of, segment_nonce, write_head
from sekisho.parcel.private_key import RecipientKey
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.parcel.unseal import unseal
from sekisho.parcel.wrapping import key_commitment, payload_key, wrap
from sekisho.signing import Ed25519Signer
from sekisho.statement import read_canonical, read_envelope, sign_statement, write_base64

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SCHEMA = b'format = "sekisho-schema-v1"\n'
TABLE = "年齢,性別\r\n34,女\r\n".encode("cp932")
FILE_KEY = hashlib.sha256(b"file key").digest()
NONCE = hashlib.sha256(b"nonce").digest()


def recipient_key(name: str) -> RecipientKey:
    scalar = int.from_bytes(hashlib.sha384(name.encode()).digest(), "big") >> 1
    return RecipientKey(
        MLKEM1024PrivateKey.from_seed_bytes(hashlib.sha512(name.encode()).digest()),
        derive_private_key(scalar, SECP384R1()),
    )


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


KEY, OTHER_KEY = recipient_key("processing"), recipient_key("other")
SIGNER, OTHER_SIGNER = signer("minato"), signer("midori")
SENDERS = {
    SIGNER.key_id: Sender("minato", SIGNER.verifier),
    OTHER_SIGNER.key_id: Sender("midori", OTHER_SIGNER.verifier),
}
PROCESSING = Recipient("processing", KEY.public_key)
SECOND = Recipient("second", OTHER_KEY.public_key)


def entropy(size_bytes: int) -> bytes:
    """Not random, and that is the point: what is random beside it comes from the key encapsulation."""
    return hashlib.shake_256(b"entropy").digest(size_bytes)


def draft(**changes: Any) -> LabelDraft:
    fields = {
        "sender": "minato",
        "number": 1,
        "made_at": NOW - timedelta(days=1),
        "valid_from": NOW - timedelta(days=1),
        "valid_until": NOW + timedelta(days=13),
        "legal_basis": LegalBasis(LegalBasisKind.ENTRUSTMENT, "契約 2026-17 第4条"),
        "schema_digest": digest_of(SCHEMA),
        "rows": 1,
        "tool": Tool("sekisho", "0.1.0"),
    }
    return LabelDraft(**(fields | changes))


def to_seal(files: Mapping[str, bytes]) -> list[FileToSeal]:
    return [FileToSeal(name, "text/plain", len(raw), io.BytesIO(raw)) for name, raw in files.items()]


def sealed(
    files: Mapping[str, bytes] | None = None, recipients: Sequence[Recipient] = (PROCESSING,), **changes: Any
) -> bytes:
    """An honest parcel; `changes` are of the draft."""
    out = io.BytesIO()
    files = {"table.csv": TABLE, "schema.toml": SCHEMA} if files is None else files
    seal(to_seal(files), draft(**changes), recipients, SIGNER, out, entropy)
    return out.getvalue()


def label_in(parcel: bytes, recipient: Addressee | None = None, now: datetime = NOW) -> Label:
    return check_label(parcel[:HEAD_BYTES], SENDERS, now, recipient)


def opened(parcel: bytes, key: RecipientKey = KEY, label: Label | None = None) -> tuple[Contents, dict[str, bytes]]:
    """Checks the label, opens the parcel, and gives back what came out."""
    streams: dict[str, io.BytesIO] = {}
    label = label_in(parcel) if label is None else label
    contents = unseal(io.BytesIO(parcel), label, key, lambda name, _size: streams.setdefault(name, io.BytesIO()))
    return contents, {name: one.getvalue() for name, one in streams.items()}


def contents_of(files: Mapping[str, bytes], rows: int = 1) -> bytes:
    """The plaintext that an honest sealer would make."""
    declared = [DeclaredFile(name, "text/plain", len(raw)) for name, raw in files.items()]
    done = [SealedFile(name, "text/plain", len(raw), digest_of(raw)) for name, raw in files.items()]
    return write_head_record(declared) + b"".join(files.values()) + write_tail_record(done, rows)


def segments_of(contents: bytes) -> list[bytes]:
    """The sealed segments that an honest sealer would make of `contents` under FILE_KEY and NONCE."""
    cipher, pieces = AESGCM(payload_key(FILE_KEY, NONCE)), range(0, len(contents), SEGMENT_BYTES)
    return [
        cipher.encrypt(segment_nonce(i, last=i == len(pieces) - 1), contents[at : at + SEGMENT_BYTES], None)
        for i, at in enumerate(pieces)
    ]


def statement_in(parcel: bytes) -> dict[str, Any]:
    """The label's statement as a JSON value."""
    size = int.from_bytes(parcel[8:12], "big")
    return read_canonical(read_envelope(parcel[12 : 12 + size], PAYLOAD_TYPE).payload)


def resigned(parcel: bytes, by: Ed25519Signer = SIGNER, **changes: Any) -> bytes:
    """The parcel under a label with `changes`, signed anew; the wrapped keys stay as they were."""
    value = statement_in(parcel) | changes
    return write_head(sign_statement(PAYLOAD_TYPE, value, [by])) + parcel[HEAD_BYTES:]


def forged(contents: bytes, segments: Sequence[bytes] | None = None, **changes: Any) -> bytes:
    """A parcel by a sender who holds every key and lies: any contents, any segments, any field of the label."""
    payload = b"".join(segments_of(contents) if segments is None else segments)
    value = statement_in(sealed()) | {
        "nonce": write_base64(NONCE),
        "key_commitment": write_base64(key_commitment(FILE_KEY, NONCE)),
        "contents_bytes": len(contents),
        "payload_bytes": payload_bytes_of(len(contents)),
        "payload_sha256": str(digest_of(payload)),
    }
    value |= changes
    wrapped = wrap(KEY.public_key, FILE_KEY, binding(value, KEY.key_id))
    value["recipients"] = [{"id": "processing", "key_id": KEY.key_id, "wrapped": write_base64(wrapped)}]
    return write_head(sign_statement(PAYLOAD_TYPE, value, [SIGNER])) + payload


def flipped(raw: bytes, at: int, bit: int = 0) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
