"""Reading and writing whole pieces on streams that may do less than they were asked."""

from collections.abc import Callable
from typing import BinaryIO

Progress = Callable[[int, int], None]
"""Told after each segment: bytes done, bytes in all."""


def read_up_to(stream: BinaryIO, size_bytes: int) -> bytes:
    """Give back `size_bytes` bytes, fewer only where the stream ends."""
    piece = stream.read(size_bytes)
    if len(piece) == size_bytes or not piece:
        return piece
    pieces, missing = [piece], size_bytes - len(piece)
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def write_all(stream: BinaryIO, piece: bytes | memoryview) -> None:
    """Write every byte of `piece`: an unbuffered file may take fewer at a time.

    The stream must be done with `piece` when it returns, as every file is: the same memory is filled again.
    """
    rest = memoryview(piece)
    while rest:
        rest = rest[stream.write(rest) :]
