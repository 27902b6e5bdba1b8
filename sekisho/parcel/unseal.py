"""Unsealing: parcel and private key in, files out, refused in a fixed order (spec/parcel.md 6)."""

import hashlib
import hmac
from collections.abc import Callable
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sekisho.digest import Digest
from sekisho.errors import BadParcel, Reason, Tampered
from sekisho.parcel.contents import (
    LARGEST_RECORD_BYTES,
    Contents,
    DeclaredFile,
    SealedFile,
    check_schema,
    check_tail_record,
    read_head_record,
)
from sekisho.parcel.label import Label, label_binding
from sekisho.parcel.layout import SEGMENT_BYTES, TAG_BYTES, segment_nonce
from sekisho.parcel.payload import check_end, check_same_head
from sekisho.parcel.private_key import RecipientKey, unwrap
from sekisho.parcel.streams import Progress, read_up_to, write_all
from sekisho.parcel.wrapping import key_commitment, payload_key

OpenFile = Callable[[str, int], BinaryIO]
"""Gives a stream for a file of that name and size in bytes; under a temporary name, closed by whoever gave it."""


class SegmentReader:
    """Gives plaintext in order, each segment authenticated before a byte of it is given; holds one at a time."""

    def __init__(self, parcel: BinaryIO, key: bytes, label: Label, progress: Progress | None = None) -> None:
        self._parcel = parcel
        self._cipher = AESGCM(key)
        self._label = label
        self._progress = progress
        self._plain = memoryview(bytearray(SEGMENT_BYTES))
        self._rest = self._plain[:0]
        self._sealed_bytes = label.payload_bytes
        self._index = 0
        self._digest = hashlib.sha256()

    def read(self, most_bytes: int) -> memoryview:
        """Give back 1 to `most_bytes` bytes, good until the next read; refuses contents that end too early."""
        if not self._rest and self._sealed_bytes:
            self._rest = self._open_segment()
        if not self._rest:
            raise BadParcel(Reason.PARCEL_CONTENTS, part="contents")
        piece, self._rest = self._rest[:most_bytes], self._rest[most_bytes:]
        return piece

    def read_exactly(self, size_bytes: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < size_bytes:
            pieces += self.read(size_bytes - len(pieces))
        return bytes(pieces)

    def close(self) -> None:
        """Raise unless contents, payload and parcel all end here and the payload's digest is the label's."""
        if self._rest or self._sealed_bytes:
            raise BadParcel(Reason.PARCEL_CONTENTS, part="contents")
        check_end(self._parcel, self._label)
        if self._digest.digest() != self._label.payload_digest.raw:
            raise Tampered(Reason.PARCEL_TAMPERED, part="payload")

    def _open_segment(self) -> memoryview:
        size = min(SEGMENT_BYTES + TAG_BYTES, self._sealed_bytes)
        sealed = read_up_to(self._parcel, size)
        if len(sealed) < size:
            done = self._label.payload_bytes - self._sealed_bytes + len(sealed)
            raise BadParcel(
                Reason.PARCEL_TRUNCATED, segment=self._index, size_bytes=done, expected_bytes=self._label.payload_bytes
            )
        self._digest.update(sealed)
        self._sealed_bytes -= size
        try:
            nonce, plain = segment_nonce(self._index, last=not self._sealed_bytes), self._plain[: size - TAG_BYTES]
            self._cipher.decrypt_into(nonce, sealed, None, plain)
        except InvalidTag as error:
            raise Tampered(Reason.PARCEL_TAMPERED, segment=self._index) from error
        self._index += 1
        if self._progress is not None:
            self._progress(self._label.payload_bytes - self._sealed_bytes, self._label.payload_bytes)
        return plain


def unseal(
    parcel: BinaryIO, label: Label, key: RecipientKey, open_file: OpenFile, progress: Progress | None = None
) -> Contents:
    """Give back what the parcel held, after its last check; `parcel` is read once, from its first byte to its end.

    Plaintext goes only into the streams that `open_file` gives. If this raises, the caller throws them away:
    a file is whole and genuine only once this has returned.
    """
    wrapped = {one.addressee.key_id: one.wrapped for one in label.recipients}
    key_id = key.key_id
    if key_id not in wrapped:
        raise BadParcel(Reason.PARCEL_WRONG_KEY, number=label.number)
    check_same_head(parcel, label)
    file_key = unwrap(key, wrapped[key_id], label_binding(label, key_id))
    if not hmac.compare_digest(key_commitment(file_key, label.nonce), label.key_commitment):
        raise Tampered(Reason.PARCEL_TAMPERED, part="key commitment")
    reader = SegmentReader(parcel, payload_key(file_key, label.nonce), label, progress)
    declared = read_head_record(_read_record(reader))
    if sum(one.size_bytes for one in declared) > label.contents_bytes:
        raise BadParcel(Reason.PARCEL_CONTENTS, field="size_bytes")
    files = tuple(_copy(one, reader, open_file) for one in declared)
    tail = _read_record(reader)
    reader.close()
    contents = check_tail_record(tail, Contents(files, label.rows))
    check_schema(files, label.schema_digest, Reason.PARCEL_CONTENTS)
    return contents


def _read_record(reader: SegmentReader) -> bytes:
    size = int.from_bytes(reader.read_exactly(4), "big")
    if size > LARGEST_RECORD_BYTES:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="record", size_bytes=size)
    return reader.read_exactly(size)


def _copy(file: DeclaredFile, reader: SegmentReader, open_file: OpenFile) -> SealedFile:
    out, digest, missing = open_file(file.name, file.size_bytes), hashlib.sha256(), file.size_bytes
    while missing:
        piece = reader.read(missing)
        digest.update(piece)
        write_all(out, piece)
        missing -= len(piece)
    return SealedFile(file.name, file.media_type, file.size_bytes, Digest(digest.digest()))
