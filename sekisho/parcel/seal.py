"""Sealing: files in, parcel out, in one pass and without a second copy (spec/parcel.md 4)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sekisho.digest import Digest
from sekisho.errors import BadParcel, Reason
from sekisho.instant import write_instant
from sekisho.parcel.contents import (
    DeclaredFile,
    SealedFile,
    check_declared,
    check_schema,
    write_head_record,
    write_tail_record,
)
from sekisho.parcel.draft import LabelDraft, check_draft, check_id
from sekisho.parcel.key import Recipient
from sekisho.parcel.label import FORMAT, MOST_RECIPIENTS, PAYLOAD_TYPE, Label, Suite, binding, label_of
from sekisho.parcel.layout import (
    HEAD_BYTES,
    LARGEST_CONTENTS_BYTES,
    SEGMENT_BYTES,
    TAG_BYTES,
    payload_bytes_of,
    segment_nonce,
    write_head,
)
from sekisho.parcel.streams import Progress, write_all
from sekisho.parcel.wrapping import FILE_KEY_BYTES, NONCE_BYTES, key_commitment, payload_key, wrap
from sekisho.statement import Signer, read_envelope, sign_statement, write_base64

Entropy = Callable[[int], bytes]
"""Gives so many unpredictable bytes."""


@dataclass(frozen=True)
class FileToSeal:
    """A file, its size as the caller took it beforehand, and a stream at its first byte."""

    name: str
    media_type: str
    size_bytes: int
    stream: BinaryIO

    @property
    def declared(self) -> DeclaredFile:
        return DeclaredFile(self.name, self.media_type, self.size_bytes)


class SegmentWriter:
    """Takes plaintext whose whole length is known, writes sealed segments, holds one at a time."""

    def __init__(self, out: BinaryIO, key: bytes, contents_bytes: int, progress: Progress | None = None) -> None:
        self._out = out
        self._cipher = AESGCM(key)
        self._contents_bytes = contents_bytes
        self._progress = progress
        self._plain = memoryview(bytearray(SEGMENT_BYTES))
        self._sealed = memoryview(bytearray(SEGMENT_BYTES + TAG_BYTES))
        self._filled_bytes = 0
        self._done_bytes = 0
        self._index = 0
        self._digest = hashlib.sha256()

    @property
    def room_bytes(self) -> int:
        """How much fits into the segment that is being filled; never 0."""
        return SEGMENT_BYTES - self._filled_bytes

    def write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            part, rest = rest[: self.room_bytes], rest[self.room_bytes :]
            self._plain[self._filled_bytes : self._filled_bytes + len(part)] = part
            self._filled_bytes += len(part)
            last = self._done_bytes + self._filled_bytes == self._contents_bytes
            if last or not self.room_bytes:
                self._seal(last=last)

    def close(self) -> Digest:
        """Give back the SHA-256 of the payload; the announced length must have been written."""
        if self._done_bytes != self._contents_bytes or self._filled_bytes:
            raise ValueError("another number of bytes was written than announced")
        return Digest(self._digest.digest())

    def _seal(self, *, last: bool) -> None:
        sealed = self._sealed[: self._filled_bytes + TAG_BYTES]
        nonce = segment_nonce(self._index, last=last)
        self._cipher.encrypt_into(nonce, self._plain[: self._filled_bytes], None, sealed)
        self._digest.update(sealed)
        write_all(self._out, sealed)
        self._index += 1
        self._done_bytes += self._filled_bytes
        self._filled_bytes = 0
        if self._progress is not None:
            self._progress(self._done_bytes, self._contents_bytes)


def seal(
    files: Sequence[FileToSeal],
    draft: LabelDraft,
    recipients: Sequence[Recipient],
    signer: Signer,
    out: BinaryIO,
    entropy: Entropy,
    progress: Progress | None = None,
) -> Label:
    """Give back the label of the parcel that now stands in `out`, a seekable stream of its own, written from byte 0.

    The head is written last: until then `out` holds no parcel, and if this raises the caller throws `out` away.
    Refuses a draft outside its bounds, a file that is not as long as announced, and a schema other than the label's.
    Flushing and syncing are the caller's.
    """
    check_draft(draft)
    declared = check_declared([one.declared for one in files])
    _check_recipients(recipients)
    file_key, nonce = _draw(entropy, FILE_KEY_BYTES), _draw(entropy, NONCE_BYTES)
    contents_bytes = _contents_bytes(declared, draft.rows)
    out.seek(HEAD_BYTES)
    writer = SegmentWriter(out, payload_key(file_key, nonce), contents_bytes, progress)
    writer.write(write_head_record(declared))
    sealed = [_copy(one, position, writer) for position, one in enumerate(files, 1)]
    check_schema(sealed, draft.schema_digest, Reason.PARCEL_CHANGED_WHILE_SEALING)
    writer.write(write_tail_record(sealed, draft.rows))
    value = _label_value(draft, signer.key_id, nonce, key_commitment(file_key, nonce)) | {
        "contents_bytes": contents_bytes,
        "payload_bytes": payload_bytes_of(contents_bytes),
        "payload_sha256": str(writer.close()),
    }
    envelope = _sign(value, recipients, file_key, signer)
    out.seek(0)
    write_all(out, write_head(envelope))
    return label_of(value, read_envelope(envelope, PAYLOAD_TYPE).payload, envelope)


def _check_recipients(recipients: Sequence[Recipient]) -> None:
    key_ids = {one.key.key_id for one in recipients}
    if not 1 <= len(recipients) <= MOST_RECIPIENTS or len(key_ids) != len(recipients):
        raise BadParcel(Reason.PARCEL_MALFORMED, field="recipients", count=len(recipients))
    for one in recipients:
        check_id(one.id, "recipients")


def _draw(entropy: Entropy, size_bytes: int) -> bytes:
    drawn = entropy(size_bytes)
    if len(drawn) != size_bytes:
        raise ValueError("the source of chance gave another number of bytes")
    return drawn


def _contents_bytes(files: Sequence[DeclaredFile], rows: int) -> int:
    """Give back the length of all plaintext; the tail is as long with any digest as with the true one."""
    blank = [SealedFile(one.name, one.media_type, one.size_bytes, Digest(bytes(32))) for one in files]
    total = len(write_head_record(files)) + len(write_tail_record(blank, rows)) + sum(one.size_bytes for one in files)
    if total > LARGEST_CONTENTS_BYTES:
        raise BadParcel(Reason.PARCEL_CONTENTS, field="size_bytes", size_bytes=total)
    return total


def _copy(file: FileToSeal, position: int, writer: SegmentWriter) -> SealedFile:
    digest, missing = hashlib.sha256(), file.size_bytes
    while missing:
        piece = file.stream.read(min(missing, writer.room_bytes))
        if not piece:
            raise BadParcel(Reason.PARCEL_CHANGED_WHILE_SEALING, file=position, missing_bytes=missing)
        digest.update(piece)
        writer.write(piece)
        missing -= len(piece)
    if file.stream.read(1):
        raise BadParcel(Reason.PARCEL_CHANGED_WHILE_SEALING, file=position, expected_bytes=file.size_bytes)
    return SealedFile(file.name, file.media_type, file.size_bytes, Digest(digest.digest()))


def _label_value(draft: LabelDraft, key_id: str, nonce: bytes, commitment: bytes) -> dict[str, Any]:
    return {
        "classification": draft.classification.value,
        "format": FORMAT,
        "key_commitment": write_base64(commitment),
        "legal_basis": {"kind": draft.legal_basis.kind.value, "reference": draft.legal_basis.reference},
        "made_at": write_instant(draft.made_at),
        "nonce": write_base64(nonce),
        "number": draft.number,
        "rows": draft.rows,
        "schema_sha256": str(draft.schema_digest),
        "sender": draft.sender,
        "sender_key_id": key_id,
        "suite": Suite.V1.value,
        "tool": {"name": draft.tool.name, "version": draft.tool.version},
        "valid_from": write_instant(draft.valid_from),
        "valid_until": write_instant(draft.valid_until),
    }


def _sign(value: dict[str, Any], recipients: Sequence[Recipient], file_key: bytes, signer: Signer) -> bytes:
    """Give back the envelope; fills `value["recipients"]`, whose wrapped keys are bound to all the rest."""
    value["recipients"] = [{"id": one.id, "key_id": one.key.key_id} for one in recipients]
    for entry, one in zip(value["recipients"], recipients, strict=True):
        entry["wrapped"] = write_base64(wrap(one.key, file_key, binding(value, one.key.key_id)))
    return sign_statement(PAYLOAD_TYPE, value, [signer])
