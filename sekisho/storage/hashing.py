"""Streams that hash what passes through them."""

import hashlib
from typing import BinaryIO

PIECE_BYTES = 1024 * 1024


class Hashing:
    """A stream to read from, which hashes (SHA-256) and counts what was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._digest.update(piece)
        self.size_bytes += len(piece)
        return piece

    @property
    def text(self) -> str:
        """The digest so far, as statements spell it."""
        return f"sha256:{self._digest.hexdigest()}"


class HashingOnce:
    """A file to read from at any place, again and again; each byte is hashed (SHA-256) once, when it is first reached."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self._hashed = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        at = self._stream.tell()
        if at > self._hashed:
            self._hash_up_to(at)
        piece = self._stream.read(size)
        if (new := at + len(piece) - self._hashed) > 0:
            self._digest.update(memoryview(piece)[len(piece) - new :])
            self._hashed += new
        return piece

    def whole(self, size_bytes: int) -> str:
        """Give back the digest of the first `size_bytes` bytes, as statements spell it; what nobody asked for is read now."""
        self._hash_up_to(size_bytes)
        return f"sha256:{self._digest.hexdigest()}"

    def _hash_up_to(self, offset: int) -> None:
        self._stream.seek(self._hashed)
        while self._hashed < offset and (piece := self._stream.read(min(PIECE_BYTES, offset - self._hashed))):
            self._digest.update(piece)
            self._hashed += len(piece)
        self._stream.seek(offset)


def file_digest(stream: BinaryIO) -> str:
    """Give back the SHA-256 of all that `stream` still holds, as statements spell it."""
    hashing = Hashing(stream)
    while hashing.read(PIECE_BYTES):
        pass
    return hashing.text
