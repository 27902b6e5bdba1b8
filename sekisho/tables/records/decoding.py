"""From bytes to UTF-8, piece by piece (spec/disarm.md 1.1)."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO

from sekisho.deid.schema import Encoding

END_OF_FILE_MARK = "\x1a"
REPLACED = "\ufffd"
LONGEST_MARK = 3  # bytes, of UTF-8
_LITTLE, _BIG = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE


@dataclass(frozen=True)
class Limits:
    """How much is looked at before it is refused, in bytes of UTF-8; `chunk_bytes` is read at a time."""

    chunk_bytes: int = 4 * 2**20
    header_bytes: int = 64 * 2**10
    record_bytes: int = 2**20
    claim_bytes: int = 16 * 2**20


LIMITS = Limits()


def read_utf8(stream: BinaryIO, encoding: Encoding, size: int) -> Iterator[bytes | None]:
    """Give back the file as UTF-8 piece by piece, then None for its end; what is no text is U+FFFD.

    One 0x1A at the very end is left out, and UTF-16 without its mark begins with U+FFFD.
    """
    begin = read_full(stream, max(size, LONGEST_MARK))
    if encoding is Encoding.UTF_16 and not marked(begin):
        yield REPLACED.encode()
    decoder = codecs.getincrementaldecoder(codec_of(encoding, begin))("replace")
    held = ""
    for piece in chain((skip_mark(begin, encoding),), iter(partial(read_full, stream, size), b"")):
        text = held + decoder.decode(piece)
        held = END_OF_FILE_MARK if text.endswith(END_OF_FILE_MARK) else ""
        yield text[: len(text) - len(held)].encode()
    text = held + decoder.decode(b"", final=True)
    yield text.removesuffix(END_OF_FILE_MARK).encode()
    yield None


def read_full(stream: BinaryIO, size: int) -> bytes:
    """Give back `size` bytes, fewer only at the end of the file: streams may answer with less than was asked for."""
    pieces, missing = [], size
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def codec_of(encoding: Encoding, begin: bytes) -> str:
    """Give back the name of the decoder for a file that begins with `begin`; the mark itself is not for it to read."""
    match encoding:
        case Encoding.UTF_8:
            return "utf-8"
        case Encoding.CP932:
            return "cp932"
        case Encoding.UTF_16:
            return "utf-16-be" if begin.startswith(_BIG) else "utf-16-le"


def marked(begin: bytes) -> bool:
    """Give back whether a file of UTF-16 says which byte comes first; an empty file need not."""
    return not begin or begin.startswith((_LITTLE, _BIG))


def skip_mark(begin: bytes, encoding: Encoding) -> bytes:
    """Give back the beginning of the file without its byte order mark."""
    match encoding:
        case Encoding.UTF_8:
            return begin.removeprefix(codecs.BOM_UTF8)
        case Encoding.CP932:
            return begin
        case Encoding.UTF_16:
            return begin.removeprefix(_BIG) if begin.startswith(_BIG) else begin.removeprefix(_LITTLE)
