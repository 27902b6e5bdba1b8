"""One pass over a file's bytes: what is counted before anything is read (spec/inspect.md 2)."""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

HEAD_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
_LF, _CR, _END_MARK = 0x0A, 0x0D, 0x1A


@dataclass(frozen=True)
class Survey:
    """`head` are the first bytes, `tail` the last 64 KiB; `octets[b]` is how often the byte `b` occurs in the whole file.

    `longest_line_bytes` counts between line feeds. `is_utf_8`: every byte of the file is part of a UTF-8 character.
    """

    size_bytes: int
    head: bytes
    octets: npt.NDArray[np.int64]
    crlf: int
    longest_line_bytes: int
    is_utf_8: bool

    @property
    def line_feeds(self) -> int:
        return int(self.octets[_LF])

    @property
    def lone_returns(self) -> int:
        return int(self.octets[_CR]) - self.crlf

    @property
    def end_marks(self) -> int:
        return int(self.octets[_END_MARK])

    @property
    def is_whole(self) -> bool:
        """Whether the head is all of the file."""
        return len(self.head) == self.size_bytes


def survey(stream: BinaryIO) -> Survey:
    """Read the file to its end; memory is HEAD_BYTES and a chunk."""
    head = bytearray()
    octets = np.zeros(256, np.int64)
    size = crlf = longest = since = 0
    utf_8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    last = b""
    while chunk := stream.read(CHUNK_BYTES):
        head += chunk[: max(0, HEAD_BYTES - len(head))]
        cells = np.frombuffer(chunk, np.uint8)
        octets += np.bincount(cells, minlength=256)
        crlf += chunk.count(b"\r\n") + (last == b"\r" and chunk[:1] == b"\n")
        feeds = np.flatnonzero(cells == _LF)
        if feeds.size:
            longest = max(longest, since + int(feeds[0]), *np.diff(feeds).tolist())
            since = len(chunk) - 1 - int(feeds[-1])
        else:
            since += len(chunk)
        utf_8 = _still(utf_8, chunk)
        size, last = size + len(chunk), chunk[-1:]
    return Survey(size, bytes(head), octets, crlf, max(longest, since), _ends_well(utf_8))


def _still(decoder: codecs.IncrementalDecoder | None, chunk: bytes) -> codecs.IncrementalDecoder | None:
    """Give back the decoder as long as it takes everything."""
    try:
        if decoder is not None:
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return None
    return decoder


def _ends_well(decoder: codecs.IncrementalDecoder | None) -> bool:
    try:
        return decoder is not None and decoder.decode(b"", final=True) is not None
    except UnicodeDecodeError:
        return False
