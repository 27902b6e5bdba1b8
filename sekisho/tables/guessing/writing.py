"""How a file's characters are written, by its bytes (spec/inspect.md 2)."""

import codecs
import unicodedata
from collections import Counter

from sekisho.deid.workshop.proposing.found import Writing, WritingFound
from sekisho.tables.guessing.survey import Survey

_ZIPPED, _OLD_WORKBOOK, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_UTF_8_MARK, _UTF_16_MARKS = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_CLEARLY = 0.98  # share of characters that an encoding has, from which it is taken
_SPACE, _EBCDIC_SPACE = 0x20, 0x40
_REPLACED = "\ufffd"


def find_writing(seen: Survey) -> WritingFound:
    """Give back how the file is written; the first that fits, from the surest to the least sure."""
    head, size = seen.head, seen.size_bytes
    if not size:
        return WritingFound(Writing.EMPTY, 0)
    if head.startswith((_ZIPPED, _OLD_WORKBOOK)):
        return WritingFound(Writing.WORKBOOK, size)
    if head.startswith(_PDF):
        return WritingFound(Writing.BINARY, size)
    if head.startswith(_UTF_16_MARKS):
        text = head.decode("utf-16", "replace")
        return WritingFound(Writing.UTF_16, size, marked=True, readable=_readable(text), japanese=_japanese(text))
    if head.startswith(_UTF_8_MARK) or seen.is_utf_8:
        return _utf_8(seen)
    return _other(seen)


def _utf_8(seen: Survey) -> WritingFound:
    marked = seen.head.startswith(_UTF_8_MARK)
    if any(one in seen.head for one in _ESCAPES):
        return WritingFound(Writing.ISO_2022_JP, seen.size_bytes)
    if (found := _by_zeros(seen)) is not None:
        return WritingFound(found, seen.size_bytes)
    if int(seen.octets[0x80:].sum()) == 0:
        return WritingFound(Writing.ASCII, seen.size_bytes)
    text = seen.head.decode("utf-8", "replace")
    readable = 1.0 if seen.is_utf_8 else _readable(text)
    return WritingFound(Writing.UTF_8, seen.size_bytes, marked, readable, _japanese(text))


def _other(seen: Survey) -> WritingFound:
    """Neither marked nor UTF-8: CP932 unless another has more of what Japanese text is made of."""
    if (by_zeros := _by_zeros(seen)) is not None:
        return WritingFound(by_zeros, seen.size_bytes)
    if _is_of_a_host(seen):
        return WritingFound(Writing.HOST, seen.size_bytes)
    found = {}
    for writing, codec in ((Writing.CP932, "cp932"), (Writing.EUC_JP, "euc_jp")):
        text = seen.head.decode(codec, "replace")
        found[writing] = WritingFound(writing, seen.size_bytes, False, _readable(text), _japanese(text))
    best = max(found.values(), key=lambda one: (one.readable >= _CLEARLY, one.japanese, one.readable))
    if best.readable < 0.5:
        return WritingFound(Writing.BINARY, seen.size_bytes, False, best.readable, best.japanese)
    return best if best.readable >= _CLEARLY else found[Writing.CP932]


def _by_zeros(seen: Survey) -> Writing | None:
    """UTF-16 without its mark has zeros at every other place; a text has none at all."""
    zeros = int(seen.octets[0])
    if not zeros:
        return None
    even, odd = seen.head[0::2].count(0), seen.head[1::2].count(0)
    sided = max(even, odd) > 20 * (min(even, odd) + 1) or max(even, odd) >= 0.4 * (len(seen.head) // 2)
    return Writing.UTF_16_UNMARKED if sided and zeros > 0.02 * seen.size_bytes else Writing.BINARY


def _is_of_a_host(seen: Survey) -> bool:
    """Spaces and digits stand at EBCDIC's places (0x40, 0xF0 to 0xF9) and next to none at ASCII's."""
    octets = seen.octets
    host = int(octets[_EBCDIC_SPACE]) + int(octets[0xF0:0xFA].sum())
    ours = int(octets[_SPACE]) + int(octets[0x30:0x3A].sum()) + int(octets[0x0A]) + int(octets[0x2C])
    return host > 0.2 * seen.size_bytes and ours < 0.1 * host


def _readable(text: str) -> float:
    return 1 - text.count(_REPLACED) / len(text) if text else 1.0


def _japanese(text: str) -> float:
    """Share of what is not ASCII that Japanese writing uses every day: kana, JIS kanji, full-width signs."""
    counted = Counter(one for one in text if one > "\x7f" and one != _REPLACED)
    total = counted.total()
    return sum(times for one, times in counted.items() if _is_usual(one)) / total if total else 1.0


def _is_usual(one: str) -> bool:
    if "\uff61" <= one <= "\uff9f":  # half-width kana: what EUC looks like when it is read as CP932
        return False
    if "\u3000" <= one <= "\u30ff" or "\uff01" <= one <= "\uff5e":
        return True
    return unicodedata.category(one) == "Lo" and "\u4e00" <= one <= "\u9fff"
