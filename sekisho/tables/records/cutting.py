"""From bytes to whole records, in blocks (spec/disarm.md 1): what is cut here every CSV reader reads alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Encoding
from sekisho.tables.records.decoding import Limits, read_utf8
from sekisho.tables.rules import Rule

Places = npt.NDArray[np.int64]

_LF, _CR, _QUOTE = 0x0A, 0x0D, 0x22


@dataclass(frozen=True, eq=False)
class Block:
    """Whole records as UTF-8; `ends[i]` is the place after record i with its line end.

    `stop` is the rule that the next record breaks in such a way that nothing after it can be read.
    """

    raw: bytes
    ends: Places
    stop: Rule | None = None

    @property
    def starts(self) -> Places:
        return np.concatenate((np.zeros(min(1, self.ends.size), np.int64), self.ends[:-1]))

    def has_empty_lines(self) -> bool:
        """Give back whether a record is nothing but its line end."""
        sizes = self.ends - self.starts
        short = self.starts[sizes <= 2]
        octets = np.frombuffer(self.raw, np.uint8)
        return bool(np.isin(octets[short], (_LF, _CR)).any())

    def first(self) -> "Block":
        return Block(self.raw[: int(self.ends[0])], self.ends[:1])

    def rest(self) -> "Block":
        cut = int(self.ends[0])
        return Block(self.raw[cut:], self.ends[1:] - cut, self.stop)

    def keep(self, kept: npt.NDArray[np.bool_]) -> "Block":
        """Give back the block with these records only."""
        sizes = self.ends - self.starts
        raw = np.frombuffer(self.raw, np.uint8)[np.repeat(kept, sizes)].tobytes()
        return Block(raw, np.cumsum(sizes[kept]), self.stop)

    def count_fields(self, delimiter: str) -> Places:
        """Give back the number of fields of each record."""
        raw = np.frombuffer(self.raw, np.uint8)
        quotes = np.flatnonzero(raw == _QUOTE)
        apart = _outside(np.flatnonzero(raw == ord(delimiter)), quotes)
        return np.bincount(np.searchsorted(self.ends, apart, side="right"), minlength=self.ends.size) + 1


def read_blocks(stream: BinaryIO, encoding: Encoding, layout: Csv, limits: Limits) -> Iterator[Block]:
    """Give back the file's records, the header first and alone where there is one; the last block may carry a `stop`.

    The records that are totals are left out, unless nothing can be read to the end. Memory: a few times
    `chunk_bytes + record_bytes`, whatever the file.
    """
    blocks = _read_blocks(stream, encoding, layout, limits)
    if layout.header and (header := next(blocks, None)) is not None:
        yield header
    yield from blocks if not layout.totals else _without_totals(blocks, layout.totals)


def _read_blocks(stream: BinaryIO, encoding: Encoding, layout: Csv, limits: Limits) -> Iterator[Block]:
    tail, awaits_header = b"", layout.header
    for chunk in read_utf8(stream, encoding, limits.chunk_bytes):
        tail += chunk or b""
        first_limit = limits.header_bytes if awaits_header else limits.record_bytes
        block = _cut(tail, layout.delimiter, (first_limit, limits.record_bytes), is_last=chunk is None)
        tail = tail[len(block.raw) :]
        if awaits_header and block.ends.size:
            awaits_header = False
            yield block.first()
            block = block.rest()
        if block.ends.size or block.stop:
            yield block
        if block.stop:
            return


def _without_totals(blocks: Iterator[Block], totals: int) -> Iterator[Block]:
    """Give back the blocks without the last `totals` records of all; those before a `stop` are not the last."""
    held = Block(b"", np.empty(0, np.int64))
    for block in blocks:
        joined = Block(held.raw + block.raw, np.concatenate((held.ends, block.ends + len(held.raw))), block.stop)
        if joined.stop:
            yield joined
            return
        kept = max(0, joined.ends.size - totals)
        cut = int(joined.ends[kept - 1]) if kept else 0
        held = Block(joined.raw[cut:], joined.ends[kept:] - cut)
        if kept:
            yield Block(joined.raw[:cut], joined.ends[:kept])


def _cut(raw: bytes, delimiter: str, limits: tuple[int, int], *, is_last: bool) -> Block:
    """Give back the whole records at the start of `raw`, which begins with a record; the first has its own limit."""
    octets = np.frombuffer(raw, np.uint8)
    quotes = np.flatnonzero(octets == _QUOTE)
    ends = _outside(np.flatnonzero(octets == _LF), quotes) + 1
    starts = np.concatenate((np.zeros(1, np.int64), ends))
    returns = _outside(np.flatnonzero(octets == _CR), quotes)
    broken = [
        *_first_too_long(starts, np.append(ends - 1, len(raw)), limits),
        *_first_bad_quote(octets, quotes, delimiter, is_last=is_last),
        *_first_bad_return(octets, returns, is_last=is_last),
    ]
    if broken:
        place, _, rule = min(broken, key=lambda one: one[:2])
        ends = ends[ends <= place]
        return Block(raw[: int(ends[-1]) if ends.size else 0], ends, rule)
    if is_last and int(starts[-1]) < len(raw):
        return Block(raw, np.append(ends, len(raw)))
    return Block(raw[: int(starts[-1])], ends)


_Broken = list[tuple[int, int, Rule]]  # place, what comes first at one place, rule


def _first_too_long(starts: Places, stops: Places, limits: tuple[int, int]) -> _Broken:
    allowed = np.full(starts.size, limits[1], np.int64)
    allowed[0] = limits[0]
    over = np.flatnonzero(stops - starts > allowed)[:1]
    return [(int(starts[one] + allowed[one]), 0, Rule.LINE_LENGTH) for one in over]


def _first_bad_quote(octets: npt.NDArray[np.uint8], quotes: Places, delimiter: str, *, is_last: bool) -> _Broken:
    """Look at what stands before opening and after closing quotes: quotes of even and of odd place (RFC 4180)."""
    allowed = np.array([ord(delimiter), _LF, _CR, _QUOTE], np.uint8)
    opening, closing = quotes[0::2], quotes[1::2]
    opening, closing = opening[opening > 0], closing[closing < octets.size - 1]
    bad = (opening[~np.isin(octets[opening - 1], allowed)], closing[~np.isin(octets[closing + 1], allowed)])
    found = [(int(one[0]), 1, Rule.QUOTES) for one in bad if one.size]
    if is_last and quotes.size % 2:
        found.append((octets.size, 1, Rule.QUOTES))
    return found


def _first_bad_return(octets: npt.NDArray[np.uint8], returns: Places, *, is_last: bool) -> _Broken:
    followed = returns[returns < octets.size - 1]
    bad = followed[octets[followed + 1] != _LF][:1]
    found = [(int(one), 2, Rule.LINE_END) for one in bad]
    if is_last and returns.size and int(returns[-1]) == octets.size - 1:
        found.append((octets.size - 1, 2, Rule.LINE_END))
    return found


def _outside(places: Places, quotes: Places) -> Places:
    """Give back those of `places` before which an even number of quotes stands."""
    if not quotes.size:
        return places
    before = np.searchsorted(quotes, places)
    kept: Places = places[before % 2 == 0]
    return kept
