"""From a CSV's bytes to rows (spec/disarm.md 1.2 to 1.5)."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Schema
from sekisho.tables.records.batch import Batch
from sekisho.tables.records.cutting import Block, Places, read_blocks
from sekisho.tables.records.decoding import Limits
from sekisho.tables.records.header import check_header
from sekisho.tables.records.tally import Tally
from sekisho.tables.rules import Rule

_MARK = "\ufeff".encode()
_LF = 0x0A


class CsvRows:
    """One pass over a CSV; `rows` counts, misshapen ones too."""

    def __init__(self, schema: Schema, layout: Csv, limits: Limits, tally: Tally) -> None:
        self.rows = 0
        self._schema, self._layout, self._limits, self._tally = schema, layout, limits, tally
        self._line = 1

    def batches(self, stream: BinaryIO) -> Iterator[Batch]:
        blocks = read_blocks(stream, self._schema.encoding, self._layout, self._limits)
        if self._layout.header:
            header = next(blocks, None)
            if header is None or not self._header_fits(header):
                return
        for block in blocks:
            yield from self._read_block(block)

    def _header_fits(self, block: Block) -> bool:
        if block.stop:
            self._tally.add_row(block.stop, 0, 1)
            return False
        self._line += block.raw.count(b"\n")
        lines = io.StringIO(block.raw.decode(), newline="")
        fields = next(csv.reader(lines, delimiter=self._layout.delimiter), []) or [""]
        return check_header(fields, self._schema, self._tally)

    def _read_block(self, block: Block) -> Iterator[Batch]:
        rows = np.arange(self.rows + 1, self.rows + 1 + block.ends.size)
        self.rows += block.ends.size
        lines = partial(_lines, block.raw, block.starts, self._line)
        if rows.size:
            yield from self._take_apart(block, Batch((), rows, lines))
        self._line += block.raw.count(b"\n")
        if block.stop:
            self._tally.add_row(block.stop, self.rows + 1, self._line)

    def _take_apart(self, block: Block, whole: Batch) -> Iterator[Batch]:
        count = len(self._schema.columns)
        if count > 1 and block.has_empty_lines():  # PyArrow takes them for rows of blank cells
            block, whole = self._drop_misshapen(block, whole)
        try:
            fields = _fields(block, self._layout, count)
        except pa.ArrowInvalid:  # a row has another number of fields; if that is not it, it is raised again below
            block, whole = self._drop_misshapen(block, whole)
            fields = _fields(block, self._layout, count)
        if fields is not None:
            yield Batch(tuple(fields.column(place).chunk(0) for place in range(count)), whole.rows, whole.lines)

    def _drop_misshapen(self, block: Block, whole: Batch) -> tuple[Block, Batch]:
        shapely = block.count_fields(self._layout.delimiter) == len(self._schema.columns)
        if not shapely.all():
            self._tally.add_rows(Rule.SHAPE, whole.rows[~shapely], whole.lines()[~shapely])
        return block.keep(shapely), Batch((), whole.rows[shapely], lambda: whole.lines()[shapely])


def _lines(raw: bytes, starts: Places, first: int) -> Places:
    breaks = np.flatnonzero(np.frombuffer(raw, np.uint8) == _LF)
    return first + np.searchsorted(breaks, starts)


def _fields(block: Block, layout: Csv, count: int) -> Any:
    """Give back the block's fields as dictionary-coded text, one chunk a column; None where there is no record."""
    if not block.ends.size:
        return None
    names = [str(place) for place in range(count)]
    coded = pa.dictionary(pa.int32(), pa.string())
    raw = _MARK + block.raw if block.raw.startswith(_MARK) else block.raw  # PyArrow takes one mark away: not a cell's
    fields = pa_csv.read_csv(
        pa.BufferReader(raw),
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
        parse_options=pa_csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, coded), strings_can_be_null=False, check_utf8=False
        ),
    )
    assert fields.num_rows == block.ends.size, "PyArrow and the record splitter disagree"
    return fields
