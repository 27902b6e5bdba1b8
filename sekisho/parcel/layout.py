"""Where what stands in a parcel: the head of 32,768 bytes, then the segments (spec/parcel.md 1)."""

from sekisho.errors import BadParcel, Reason

HEAD_BYTES = 32_768
MAGIC = b"SEKISHO1"
LARGEST_ENVELOPE_BYTES = HEAD_BYTES - len(MAGIC) - 4
SEGMENT_BYTES = 1_048_576  # plaintext of a full segment
TAG_BYTES = 16
LARGEST_CONTENTS_BYTES = 2**44  # 2^24 segments under one key; SP 800-38D 8.3 allows 2^32


def write_head(envelope: bytes) -> bytes:
    if len(envelope) > LARGEST_ENVELOPE_BYTES:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="label", size_bytes=len(envelope))
    return (MAGIC + len(envelope).to_bytes(4, "big") + envelope).ljust(HEAD_BYTES, b"\0")


def read_head(head: bytes) -> bytes:
    """Give back the envelope's bytes; refuses a head with another magic, length or padding."""
    if head[: len(MAGIC)] != MAGIC[: len(head)]:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="head")  # a plain table is no parcel that broke off
    if len(head) < HEAD_BYTES:
        raise BadParcel(Reason.PARCEL_TRUNCATED, part="head", size_bytes=len(head))
    if len(head) > HEAD_BYTES:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="head")
    size = int.from_bytes(head[8:12], "big")
    if size > LARGEST_ENVELOPE_BYTES or head[12 + size :] != bytes(HEAD_BYTES - 12 - size):
        raise BadParcel(Reason.PARCEL_MALFORMED, field="head")
    return head[12 : 12 + size]


def segment_count(contents_bytes: int) -> int:
    """Give back how many segments there are; contents are never empty."""
    return -(-contents_bytes // SEGMENT_BYTES)


def payload_bytes_of(contents_bytes: int) -> int:
    return contents_bytes + TAG_BYTES * segment_count(contents_bytes)


def segment_nonce(index: int, *, last: bool) -> bytes:
    """Give back the 12-byte nonce of segment `index` (from 0): an 11-byte counter, then 1 in the last one (STREAM)."""
    return index.to_bytes(11, "big") + bytes([last])
