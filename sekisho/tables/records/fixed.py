"""From records of fixed length to rows (spec/disarm.md 1.6): everything is counted in bytes."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.deid.declared.layout import Fixed
from sekisho.deid.schema import ColumnSchema, Schema
from sekisho.tables.records.batch import Batch
from sekisho.tables.records.decoding import LONGEST_MARK, Limits, codec_of, read_full, skip_mark
from sekisho.tables.records.tally import Tally
from sekisho.tables.rules import Rule

Octets = npt.NDArray[np.uint8]


class FixedRows:
    """One pass over a file of fixed length; `rows` counts the records between header and trailer."""

    def __init__(self, schema: Schema, layout: Fixed, limits: Limits, tally: Tally) -> None:
        self.rows = 0
        self._schema, self._layout, self._limits, self._tally = schema, layout, limits, tally
        self._codec = "utf-8"
        self._record = 0  # records read so far, of every kind
        self._awaits_header = bool(layout.header)
        self._trailer: bytes | None = None

    def batches(self, stream: BinaryIO) -> Iterator[Batch]:
        for records, rest in self._read_records(stream):
            yield from self._take_apart(records)
            if rest:
                self._tally.add_row(Rule.RECORD_LENGTH, self.rows + 1, self._record + 1)
                return
        self._check_trailer()

    def _read_records(self, stream: BinaryIO) -> Iterator[tuple[Octets, bytes]]:
        """Give back whole records without their ends, and what follows them where it is no record."""
        begin = read_full(stream, LONGEST_MARK)
        self._codec = codec_of(self._schema.encoding, begin)
        ends = self._layout.ends.octets.decode().encode(self._codec)
        size = self._layout.record_bytes + len(ends)
        chunk = size * max(2, self._limits.chunk_bytes // size)  # one record is always held back
        tail = skip_mark(begin, self._schema.encoding)
        while piece := read_full(stream, chunk - len(tail)):
            tail += piece
            if len(tail) < chunk:
                break
            records, rest = _cut(tail[:-size], size, ends)  # the last may be the last of all, with what ends a file
            yield records, rest
            if rest:
                return
            tail = tail[-size:]
        yield _cut(_without_end(tail, "\x1a".encode(self._codec), size, ends), size, ends)

    def _take_apart(self, records: Octets) -> Iterator[Batch]:
        numbers = self._record + 1 + np.arange(len(records))
        self._record += len(records)
        if self._awaits_header and len(records):
            self._awaits_header = False
            if not _starts(records[:1], self._mark(self._layout.header))[0]:
                self._tally.add_row(Rule.HEADER_MISSING, 0, 1)
            else:
                records, numbers = records[1:], numbers[1:]
        if not len(records):
            return
        trailers = self._trailers(records)
        last = int(np.flatnonzero(trailers)[0]) if trailers.any() else len(records)
        until = 0 if self._trailer is not None else last
        behind = numbers[0 if self._trailer is not None else last + 1 :]
        if self._trailer is None and last < len(records):
            self._trailer = records[last].tobytes()
        yield from self._rows_of(records[:until], numbers[:until])
        self._tally.add_rows(Rule.RECORD_MARK, np.full(len(behind), self.rows + 1), behind)

    def _rows_of(self, records: Octets, numbers: npt.NDArray[np.int64]) -> Iterator[Batch]:
        rows = self.rows + 1 + np.arange(len(records))
        self.rows += len(records)
        marked = _starts(records, self._mark(self._layout.data_mark))
        self._tally.add_rows(Rule.RECORD_MARK, rows[~marked], numbers[~marked])
        if marked.any():
            records, rows, numbers = records[marked], rows[marked], numbers[marked]
            cells = tuple(_coded(records, one, self._codec) for one in self._schema.columns)
            yield Batch(cells, rows, lambda: numbers)

    def _trailers(self, records: Octets) -> npt.NDArray[np.bool_]:
        if not self._layout.trailer:
            return np.zeros(len(records), np.bool_)
        return _starts(records, self._mark(self._layout.trailer))

    def _mark(self, mark: str) -> bytes:
        return mark.encode(self._codec)

    def _check_trailer(self) -> None:
        if self._record and self._awaits_header:
            self._tally.add_row(Rule.HEADER_MISSING, 0, 1)
        if not self._layout.trailer or not self._record:
            return
        if self._trailer is None:
            self._tally.add_row(Rule.TRAILER_MISSING, self.rows, self._record)
        elif self._layout.count_bytes:
            begin = self._layout.count_at - 1
            told = self._trailer[begin : begin + self._layout.count_bytes].decode(self._codec, "replace").strip()
            if not (told.isascii() and told.isdigit() and int(told) == self.rows):
                self._tally.add_row(Rule.TRAILER_COUNT, self.rows, self._record)


def _without_end(raw: bytes, mark: bytes, size: int, ends: bytes) -> bytes:
    """Give back the file's last bytes as whole records: without 0x1A behind them, with an end for the last."""
    over = len(raw) % size
    if over in {len(mark), (size - len(ends) + len(mark)) % size} and raw.endswith(mark):
        raw = raw[: -len(mark)]
    return raw + ends if ends and len(raw) % size == size - len(ends) else raw


def _cut(raw: bytes, size: int, ends: bytes) -> tuple[Octets, bytes]:
    """Give back the records up to the first that does not end where it should, and what begins there."""
    octets = np.frombuffer(raw, np.uint8)
    whole = octets[: len(raw) // size * size].reshape(-1, size)
    width = size - len(ends)
    right = (whole[:, width:] == np.frombuffer(ends, np.uint8)).all(axis=1)
    good = len(whole) if right.all() else int(np.flatnonzero(~right)[0])
    return whole[:good, :width], raw[good * size :]


def _starts(records: Octets, mark: bytes) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (records[:, : len(mark)] == np.frombuffer(mark, np.uint8)).all(axis=1)
    return found


def _coded(records: Octets, column: ColumnSchema, codec: str) -> Any:
    """Give back a column's texts; what is cut in the middle of a character is U+FFFD at the place of the cut."""
    assert column.at is not None
    assert column.width_bytes is not None
    width = column.width_bytes
    field = np.ascontiguousarray(records[:, column.at - 1 : column.at - 1 + width])
    plain = pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(field), [None, pa.py_buffer(field)])
    coded = plain.dictionary_encode()
    texts = [one.decode(codec, "replace") for one in coded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(texts, pa.string()))
