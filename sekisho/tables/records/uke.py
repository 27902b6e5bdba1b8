"""From claims for medical fees to rows (spec/disarm.md 1.7): lines by kind, one claim from `RE` to the next."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.deid.declared.layout import Uke
from sekisho.deid.declared.places import FILE_KINDS, NARRATIVE
from sekisho.deid.schema import Schema
from sekisho.tables.records.batch import Batch
from sekisho.tables.records.cutting import Places
from sekisho.tables.records.decoding import Limits, read_utf8
from sekisho.tables.records.tally import Tally
from sekisho.tables.rules import Rule

CLAIM = "RE"
END = "GO"
OTHER_KIND = "??"
CLAIM_LINES = frozenset({"HO", "KO", "SN", "JD", "MF", "SY", "SI", "IY", "TO", "SB", "HS", "KI", "GR"}) | NARRATIVE
"""Kinds that belong to a claim: before the first `RE` they are astray. Others are passed over wherever they stand."""
_KIND = re.compile(rb"[A-Z0-9]{2}")
_LF, _CR, _COMMA = 0x0A, 0x0D, 0x2C


class UkeRows:
    """One pass over a claim file; `rows` counts."""

    def __init__(self, schema: Schema, layout: Uke, limits: Limits, tally: Tally) -> None:
        self.rows = 0
        self._layout, self._limits, self._tally = layout, limits, tally
        self._encoding = schema.encoding
        self._sources = [_source(one.source) for one in schema.columns]
        self._read_kinds = {layout.row, CLAIM, *FILE_KINDS, *(kind for kind, _ in self._sources)}
        self._line = 1
        self._claims = 0
        self._told: str | None = None
        self._carried: dict[int, str] = {}  # column to what the latest line outside of claims says

    def batches(self, stream: BinaryIO) -> Iterator[Batch]:
        tail = b""
        for chunk in read_utf8(stream, self._encoding, self._limits.chunk_bytes):
            tail += chunk or b""
            cut = len(tail) if chunk is None else _last_claim(tail)
            if self._is_too_long(tail[cut:]):
                self._tally.add_row(Rule.LINE_LENGTH, self.rows + 1, self._line)
                return
            if cut:
                yield from self._read_lines(tail[:cut])
                tail = tail[cut:]
        if self._told is not None and self._told != str(self._claims):
            self._tally.add_row(Rule.CLAIM_COUNT, self.rows, self._line - 1)

    def _is_too_long(self, rest: bytes) -> bool:
        return len(rest) > self._limits.claim_bytes

    def _read_lines(self, raw: bytes) -> Iterator[Batch]:
        """Read whole claims, and what stands before, between and behind them."""
        block = Lines(raw)
        numbers = self._line + np.arange(len(block.starts))
        self._line += len(block.starts)
        kinds = block.kinds()
        is_claim = kinds == CLAIM
        outside = np.isin(kinds, FILE_KINDS)
        self._claims += int(is_claim.sum())
        borders = np.where(is_claim, np.arange(len(kinds)) + 1, np.where(outside, -1, 0))
        opened = np.maximum.accumulate(np.where(borders != 0, np.arange(len(kinds)) + 1, 0))  # 0: no border before
        claim = np.where(opened > 0, borders[opened - 1], 0)  # line number of its RE, from 1; 0 or less: in none
        self._count_dropped(kinds)
        self._note_end(block, kinds, numbers, claim)
        rows = np.flatnonzero((kinds == self._layout.row) & (claim > 0))
        cells = tuple(self._column(block, kinds, claim, rows, place) for place in range(len(self._sources)))
        if rows.size:
            first = self.rows + 1
            self.rows += rows.size
            yield Batch(cells, first + np.arange(rows.size), lambda: numbers[rows])

    def _count_dropped(self, kinds: npt.NDArray[np.str_]) -> None:
        for kind, count in zip(*np.unique(kinds, return_counts=True), strict=True):
            if kind not in self._read_kinds:
                self._tally.drop(str(kind), int(count))

    def _note_end(self, block: "Lines", kinds: npt.NDArray[np.str_], numbers: Places, claim: Places) -> None:
        """Look for lines of claims outside of any, for returns within lines, and for what `GO` says."""
        belongs = np.isin(kinds, sorted(CLAIM_LINES | self._read_kinds - {CLAIM, *FILE_KINDS}))
        astray = belongs & (claim <= 0)
        if self._told is not None:
            astray |= kinds != ""
        ends = np.flatnonzero(kinds == END)
        if ends.size and self._told is None:
            astray[ends[0] + 1 :] |= kinds[ends[0] + 1 :] != ""
            told = block.items(ends[:1], 2)[0].as_py()
            self._told = str(int(told)) if told.isascii() and told.isdigit() else "-"
        at = np.full(int(astray.sum()), self.rows + 1)
        self._tally.add_rows(Rule.STRAY_LINE, at, numbers[astray])
        for line in block.returns()[:1]:
            self._tally.add_row(Rule.LINE_END, self.rows + 1, int(numbers[line]))

    def _column(self, block: "Lines", kinds: npt.NDArray[np.str_], claim: Places, rows: Places, place: int) -> Any:
        """Give back for each row what the latest line of the column's kind says, else the first behind it in the claim."""
        kind, item = self._sources[place]
        lines = np.flatnonzero(kinds == kind)
        if kind in FILE_KINDS:
            texts = pa.concat_arrays([pa.array([self._carried.get(place)], pa.string()), block.items(lines, item)])
            if lines.size:
                self._carried[place] = texts[-1].as_py()
            return texts.take(pa.array(np.searchsorted(lines, rows, side="right"))).dictionary_encode()
        lines = lines[claim[lines] > 0]
        texts = pa.concat_arrays([pa.nulls(1, pa.string()), block.items(lines, item)])
        before = np.searchsorted(lines, rows, side="right")  # one more than the place of the latest line, 0 for none
        claims = np.concatenate(([0], claim[lines], [0]))
        behind = before + 1
        found = np.where(claims[before] == claim[rows], before, np.where(claims[behind] == claim[rows], behind, 0))
        return texts.take(pa.array(found)).dictionary_encode()


class Lines:
    """Lines of UTF-8 and where their items are; a line's end is no part of it."""

    def __init__(self, raw: bytes) -> None:
        self.octets = np.frombuffer(raw, np.uint8)
        breaks = np.flatnonzero(self.octets == _LF)
        if raw and not raw.endswith(b"\n"):
            breaks = np.append(breaks, len(raw))
        self.starts = np.concatenate((np.zeros(min(1, breaks.size), np.int64), breaks[:-1] + 1))
        has_return = (breaks > self.starts) & (self.octets[np.maximum(breaks - 1, 0)] == _CR)
        self.stops = breaks - has_return
        self._commas = np.flatnonzero(self.octets == _COMMA)

    def kinds(self) -> npt.NDArray[np.str_]:
        """Give back each line's kind: its first item, `??` for what is none, nothing for an empty line."""
        padded = np.concatenate((self.octets, np.zeros(3, np.uint8)))
        letters = np.stack([padded[self.starts + place] for place in range(2)], axis=1)
        width = self.stops - self.starts
        third = np.where(width > 2, padded[self.starts + 2], _COMMA)
        codes = letters[:, 0].astype(np.int64) * 256 + letters[:, 1]
        codes[(width < 2) | (third != _COMMA)] = -1
        codes[width == 0] = -2
        distinct, inverse = np.unique(codes, return_inverse=True)
        names = np.array([_kind(int(one)) for one in distinct], "U2")
        found: npt.NDArray[np.str_] = names[inverse] if names.size else np.empty(0, "U2")
        return found

    def items(self, lines: Places, number: int) -> Any:
        """Give back item `number`, from 1, of these lines as Arrow text; the empty text where a line ends before it."""
        starts, stops = self.starts[lines], self.stops[lines]
        first = np.searchsorted(self._commas, starts)
        edges = np.concatenate((self._commas, np.full(number + 1, len(self.octets))))
        begin = starts if number == 1 else np.minimum(edges[np.minimum(first + number - 2, edges.size - 1)] + 1, stops)
        end = np.maximum(begin, np.minimum(edges[np.minimum(first + number - 1, edges.size - 1)], stops))
        sizes = end - begin
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        places = np.repeat(begin - offsets[:-1], sizes) + np.arange(offsets[-1])
        text, offsets = self.octets[places], offsets.astype(np.int32)
        return pa.StringArray.from_buffers(len(lines), pa.py_buffer(offsets), pa.py_buffer(text))

    def returns(self) -> Places:
        """Give back the lines that hold a CR elsewhere than before their LF."""
        returns = np.flatnonzero(self.octets == _CR)
        lines = np.searchsorted(self.starts, returns, side="right") - 1
        inside: Places = np.unique(lines[returns < self.stops[lines]])
        return inside


def _kind(code: int) -> str:
    if code == -2:
        return ""
    raw = bytes((code >> 8, code & 255)) if code >= 0 else b""
    return raw.decode() if _KIND.fullmatch(raw) else OTHER_KIND


def _source(source: str | None) -> tuple[str, int]:
    kind, _, item = (source or "").partition(".")
    return kind, int(item)


def _last_claim(raw: bytes) -> int:
    """Give back where the last claim begins, 0 where there is none before which anything stands."""
    return raw.rfind(b"\nRE,") + 1
