"""Streams that hash what passes through them."""

import hashlib
from typing import BinaryIO


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


def file_digest(stream: BinaryIO) -> str:
    """Give back the SHA-256 of all that `stream` still holds, as statements spell it."""
    hashing = Hashing(stream)
    while hashing.read(1024 * 1024):
        pass
    return hashing.text
