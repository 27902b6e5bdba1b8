"""Each byte is hashed once, in whatever order pieces are asked for."""

from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.storage.hashing import HashingOnce

RAW = bytes(range(256)) * 9


class Counted(BytesIO):
    """Counts the bytes that were read."""

    many = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.many += len(piece)
        return piece


@given(st.lists(st.tuples(st.integers(0, len(RAW)), st.integers(0, len(RAW)))))
def test_digest_is_that_of_the_file_whatever_was_asked_for(pieces: list[tuple[int, int]]) -> None:
    held = HashingOnce(BytesIO(RAW))
    for offset, size in pieces:
        held.seek(offset)
        assert held.read(size) == RAW[offset : offset + size]
    assert held.whole(len(RAW)) == f"sha256:{sha256(RAW).hexdigest()}"


def test_a_file_that_was_sent_in_order_is_read_once() -> None:
    stream = Counted(RAW)
    held = HashingOnce(stream)
    for offset in range(0, len(RAW), 100):
        held.seek(offset)
        held.read(100)
    held.whole(len(RAW))
    assert stream.many == len(RAW)


@pytest.mark.parametrize("offset", [1, 1000, len(RAW)])
def test_what_an_upload_skipped_is_read_for_the_digest(offset: int) -> None:
    held = HashingOnce(BytesIO(RAW))
    held.seek(offset)
    assert held.read() == RAW[offset:]
    assert held.whole(len(RAW)) == f"sha256:{sha256(RAW).hexdigest()}"
