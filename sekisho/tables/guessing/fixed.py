"""Records of fixed length: how long they are and what marks the first and the last (spec/inspect.md 3.2)."""

import re

import numpy as np

from sekisho.deid.declared.layout import Ends, Fixed
from sekisho.deid.workshop.proposing.evidence import K
from sekisho.deid.workshop.proposing.found import LayoutFound
from sekisho.tables.guessing.survey import Survey

SHORTEST, LONGEST = 16, 4096
_ALIKE = 0.98
_COMPARED = 256 * 1024
_COUNT_DIGITS = 15
_DIGITS = re.compile(rb"[0-9]+")


def find_fixed(seen: Survey, tail: bytes) -> LayoutFound | None:
    """Give back the layout of a file whose lines are equally long in bytes; None where they are not."""
    lines = seen.head.split(b"\n")
    whole = lines[:-1] if not seen.is_whole or not lines[-1].strip(b"\x1a") else lines
    if len(whole) < 3:
        return None
    returns = sum(one.endswith(b"\r") for one in whole) == len(whole)
    records = [one.removesuffix(b"\r") for one in whole] if returns else whole
    length = len(records[len(records) // 2])
    even = sum(len(one) == length for one in records) / len(records)
    if length < SHORTEST or even < _ALIKE:
        return None
    last = [one.rstrip(b"\r") for one in tail.split(b"\n") if one.strip(b"\r\x1a")]
    layout = _marked(length, Ends.CRLF if returns else Ends.LF, records, last[-1] if last else b"", seen.line_feeds)
    return LayoutFound(layout, even, seen.line_feeds)


def find_endless(seen: Survey, tail: bytes) -> LayoutFound:
    """Give back the layout of a file without line ends by the length at which its bytes come again; None inside if none."""
    head = np.frombuffer(seen.head[:_COMPARED], np.uint8)
    size = seen.size_bytes - (1 if tail.endswith(b"\x1a") else 0)
    lengths = [one for one in range(SHORTEST, min(LONGEST, size // 3) + 1) if size % one == 0]
    alike = {one: float((head[:-one] == head[one:]).mean()) for one in lengths if one < head.size}
    if not alike:
        return LayoutFound(None, 0.0, 0)
    best = max(alike.values())
    usual = float(np.mean([(head[:-one] == head[one:]).mean() for one in range(SHORTEST, SHORTEST + 7)]))
    if best < 0.25 or best < 1.3 * usual:
        return LayoutFound(None, 0.0, 0)
    length = min(one for one, share in alike.items() if share >= 0.97 * best)
    records = [seen.head[at : at + length] for at in range(0, len(seen.head) - length + 1, length)]
    stripped = tail.removesuffix(b"\x1a")
    layout = _marked(length, Ends.NONE, records, stripped[-length:], size // length)
    return LayoutFound(layout, best, size // length)


def _marked(length: int, ends: Ends, records: list[bytes], last: bytes, count: int) -> Fixed:
    """Give back the layout with marks: one letter or digit that all rows begin with and the first or last record do not.

    A mark of the rows stands in K of them at least, so it says nothing of anybody.
    """
    rows = [one[:1] for one in records[1:] if one != last]
    plain = Fixed(length, ends)
    if len(rows) < K or len(set(rows)) != 1 or not rows[0].isalnum():
        return plain
    mark = rows[0]
    header, trailer = _other_mark(records[0], mark), _other_mark(last, mark)
    if not header and not trailer:
        return plain
    kept = count - bool(header) - bool(trailer)
    at, width = _count_place(last, kept) if trailer else (0, 0)
    return Fixed(length, ends, header, mark.decode("ascii"), trailer, at, width)


def _other_mark(record: bytes, mark: bytes) -> str:
    first = record[:1]
    return first.decode("ascii") if first != mark and first.isalnum() and first.isascii() else ""


def _count_place(trailer: bytes, rows: int) -> tuple[int, int]:
    """Give back where in the trailer the number of rows stands (from 1, bytes), or (0, 0) where that is not plain."""
    found: list[tuple[int, int]] = []
    for run in _DIGITS.finditer(trailer, 1):
        wanted = re.compile(rb"0*" + str(rows).encode())
        places = [one for one in wanted.finditer(run.group()) if one.start() == 0]
        found.extend((run.start() + 1, one.end()) for one in places if one.end() <= _COUNT_DIGITS)
    return found[0] if len(found) == 1 else (0, 0)
