"""What holds of every parcel: it comes out as it went in, or it does not come out at all."""

import dataclasses
import io
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.digest import digest_of
from sekisho.errors import Reason, SekishoError
from sekisho.parcel.layout import HEAD_BYTES, SEGMENT_BYTES, TAG_BYTES
from sekisho.parcel.payload import check_payload
from sekisho.parcel.unseal import SegmentReader
from sekisho.parcel.wrapping import payload_key
from tests.unit.parcel.parcels import (
    FILE_KEY,
    NONCE,
    NOW,
    contents_of,
    flipped,
    forged,
    label_in,
    opened,
    sealed,
    segments_of,
)

SMALL = sealed({"table.csv": b"a,b\n1,2\n"})
SMALL_LABEL = label_in(SMALL)
ENVELOPE_END = 12 + int.from_bytes(SMALL[8:12], "big")
LARGE_FILES = {"table.csv": b"0123456789abcdef" * (4 * SEGMENT_BYTES // 16)}
LARGE_CONTENTS = contents_of(LARGE_FILES)
LARGE_SEGMENTS = segments_of(LARGE_CONTENTS)
NAMES = st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,8}x\.[a-z0-9]{1,3}\Z")


def reason_of(attempt: Callable[[], object]) -> Reason | None:
    try:
        attempt()
    except SekishoError as error:
        return error.reason
    return None


def refusals(parcel: bytes) -> tuple[Reason | None, Reason | None]:
    """What the opener and the check without a key say of a parcel under the label of SMALL."""
    return (
        reason_of(lambda: opened(parcel, label=SMALL_LABEL)),
        reason_of(lambda: check_payload(io.BytesIO(parcel), SMALL_LABEL)),
    )


@given(st.dictionaries(NAMES, st.binary(max_size=2000), min_size=1, max_size=16))
@settings(max_examples=30, deadline=None)
def test_any_files_come_out_as_they_went_in(files: dict[str, bytes]) -> None:
    assert opened(sealed(files))[1] == files


@given(st.integers(0, 3 * SEGMENT_BYTES), st.integers(0, SEGMENT_BYTES))
@settings(max_examples=25, deadline=None)
def test_two_files_cut_anywhere_come_out_as_they_went_in(first: int, second: int) -> None:
    files = {"a.csv": bytes(first), "b.csv": b"\xff" * second}
    assert opened(sealed(files))[1] == files


@pytest.mark.requirement("B10")
def test_every_flipped_bit_of_the_head_is_refused() -> None:
    head = SMALL[:HEAD_BYTES]
    passed = [
        (at, bit)
        for at in range(HEAD_BYTES)
        for bit in range(8)
        if reason_of(lambda at=at, bit=bit: label_in(flipped(head, at, bit), now=NOW)) is None
    ]
    assert passed == []


@pytest.mark.requirement("B10")
def test_every_flipped_bit_of_the_payload_is_refused_with_and_without_a_key() -> None:
    for at in range(HEAD_BYTES, len(SMALL)):
        for bit in range(8):
            assert refusals(flipped(SMALL, at, bit)) == (Reason.PARCEL_TAMPERED, Reason.PARCEL_TAMPERED), (at, bit)


@pytest.mark.requirement("B10")
def test_a_parcel_cut_off_at_any_byte_is_refused() -> None:
    for size in range(HEAD_BYTES):
        assert reason_of(lambda size=size: label_in(SMALL[:size])) is Reason.PARCEL_TRUNCATED
    for size in range(len(SMALL)):
        assert refusals(SMALL[:size]) == (Reason.PARCEL_TRUNCATED, Reason.PARCEL_TRUNCATED)


@given(st.binary(min_size=1, max_size=100))
@settings(max_examples=30, deadline=None)
def test_a_parcel_with_anything_behind_it_is_refused(more: bytes) -> None:
    assert refusals(SMALL + more) == (Reason.PARCEL_SIZE, Reason.PARCEL_SIZE)


@given(st.lists(st.integers(0, len(LARGE_SEGMENTS) - 1), max_size=6))
@example([0, 1, 2, 3, 4])
@settings(max_examples=40, deadline=None)
def test_segments_dropped_doubled_or_swapped_are_refused_by_the_seal_of_a_segment(order: list[int]) -> None:
    """The label is forged to fit the digest, so that nothing but the segments' own seals can tell."""
    chosen = [LARGE_SEGMENTS[i] for i in order]
    parcel = forged(LARGE_CONTENTS, chosen)
    if order == list(range(len(LARGE_SEGMENTS))):
        assert opened(parcel)[1] == LARGE_FILES
    else:
        assert reason_of(lambda: opened(parcel)) in {
            Reason.PARCEL_TAMPERED,
            Reason.PARCEL_TRUNCATED,
            Reason.PARCEL_SIZE,
        }


@given(st.lists(st.integers(0, len(LARGE_SEGMENTS) - 1), min_size=1, max_size=6))
@example([0, 1, 2, 3, 4])
@settings(max_examples=60, deadline=None)
def test_segments_dropped_doubled_or_swapped_never_give_another_plaintext(order: list[int]) -> None:
    """Whatever sizes a label claims, what comes out is a beginning of what was sealed, and never a whole."""
    payload = b"".join(LARGE_SEGMENTS[i] for i in order)
    label = dataclasses.replace(SMALL_LABEL, payload_bytes=len(payload), payload_digest=digest_of(payload))
    reader = SegmentReader(io.BytesIO(payload), payload_key(FILE_KEY, NONCE), label)
    got = bytearray()

    def drain() -> None:
        while len(got) < len(payload) - TAG_BYTES * len(order):
            got.extend(reader.read(SEGMENT_BYTES))
        reader.close()

    if order == list(range(len(LARGE_SEGMENTS))):
        assert reason_of(drain) is None
        assert got == LARGE_CONTENTS
    else:
        assert reason_of(drain) is Reason.PARCEL_TAMPERED
        assert len(got) < len(LARGE_CONTENTS)
        assert LARGE_CONTENTS.startswith(got)
