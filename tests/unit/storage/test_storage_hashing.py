import hashlib
import io

import pytest

from sekisho.storage.hashing import Hashing, file_digest

SIZES = [0, 1, 1024 * 1024, 1024 * 1024 + 1]


@pytest.mark.parametrize("size", SIZES)
def test_a_stream_is_hashed_to_its_end(size):
    raw = bytes(size)
    assert file_digest(io.BytesIO(raw)) == f"sha256:{hashlib.sha256(raw).hexdigest()}"


def test_a_stream_is_hashed_from_where_it_stands():
    stream = io.BytesIO(b"abc")
    stream.seek(1)
    assert file_digest(stream) == f"sha256:{hashlib.sha256(b'bc').hexdigest()}"


def test_only_what_was_read_is_hashed_and_counted():
    hashing = Hashing(io.BytesIO(b"abcdef"))
    assert (hashing.read(2), hashing.read(1)) == (b"ab", b"c")
    assert (hashing.size_bytes, hashing.text) == (3, f"sha256:{hashlib.sha256(b'abc').hexdigest()}")
    assert (hashing.read(), hashing.read()) == (b"def", b"")
    assert hashing.size_bytes == 6


def test_the_digest_is_the_published_one_of_fips_180():
    # NIST, Examples with Intermediate Values, SHA-256, one-block message "abc"
    published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert file_digest(io.BytesIO(b"abc")) == f"sha256:{published}"
