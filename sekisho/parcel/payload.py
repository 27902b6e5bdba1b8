"""Checking a parcel's bytes without a key: for receiving and delivery, who hold none (spec/parcel.md 6)."""

import hashlib
from typing import BinaryIO

from sekisho.errors import BadParcel, Reason, Tampered
from sekisho.parcel.label import Label
from sekisho.parcel.layout import HEAD_BYTES, SEGMENT_BYTES, write_head
from sekisho.parcel.streams import Progress, read_up_to


def check_payload(parcel: BinaryIO, label: Label, progress: Progress | None = None) -> None:
    """Read the parcel from its first byte to its end; raises unless it is, bit for bit, the one that `label` names."""
    check_same_head(parcel, label)
    digest, done = hashlib.sha256(), 0
    while piece := read_up_to(parcel, min(SEGMENT_BYTES, label.payload_bytes - done)):
        digest.update(piece)
        done += len(piece)
        if progress is not None:
            progress(done, label.payload_bytes)
    if done < label.payload_bytes:
        raise BadParcel(Reason.PARCEL_TRUNCATED, part="payload", size_bytes=done, expected_bytes=label.payload_bytes)
    check_end(parcel, label)
    if digest.digest() != label.payload_digest.raw:
        raise Tampered(Reason.PARCEL_TAMPERED, part="payload")


def check_same_head(parcel: BinaryIO, label: Label) -> None:
    """Read the head; raises unless it is the very head that the label was read from."""
    head = read_up_to(parcel, HEAD_BYTES)
    if len(head) < HEAD_BYTES:
        raise BadParcel(Reason.PARCEL_TRUNCATED, part="head", size_bytes=len(head))
    if head != write_head(label.envelope):
        raise Tampered(Reason.PARCEL_TAMPERED, part="head")


def check_end(parcel: BinaryIO, label: Label) -> None:
    """Read on; raises unless nothing follows the last segment."""
    if parcel.read(1):
        raise BadParcel(Reason.PARCEL_SIZE, expected_bytes=label.parcel_bytes)


def check_size(size_bytes: int, label: Label) -> None:
    """Raise unless a parcel of so many bytes can be whole: neither cut off nor followed by more."""
    if size_bytes < label.parcel_bytes:
        raise BadParcel(
            Reason.PARCEL_TRUNCATED,
            part="payload",
            size_bytes=max(0, size_bytes - HEAD_BYTES),
            expected_bytes=label.payload_bytes,
        )
    if size_bytes > label.parcel_bytes:
        raise BadParcel(Reason.PARCEL_SIZE, expected_bytes=label.parcel_bytes)
