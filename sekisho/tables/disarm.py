"""Disarming (無害化): a municipal CSV in, typed values out, or a refusal that names every misfit (spec/disarm.md).

PyArrow takes the fields apart; every rule runs in plain Python, once for each distinct value of a block. The obvious
way to the same result is `rows.py`, and tests/laws/test_tables_agree.py holds both together.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sekisho.deid.schema import TEXTS, ColumnSchema, Kind, Schema
from sekisho.deid.table import Table
from sekisho.tables.arrow import table_from_arrow
from sekisho.tables.header import check_header
from sekisho.tables.records import Block, Limits, Places, read_blocks
from sekisho.tables.rules import CellReader, Rule, cell_reader
from sekisho.tables.tally import WHOLE_FILE, Tally

LIMITS = Limits()
_MARK = "\ufeff".encode()
MOST_REMEMBERED = 2**18  # cells over all columns, some 60 MB

_TYPES = {**dict.fromkeys(TEXTS, pa.string()), Kind.INTEGER: pa.int64(), Kind.DATE: pa.date32()}


@dataclass(frozen=True)
class Disarmed:
    """What was read: data rows, and for each column the cells that are now spelled otherwise than in the file."""

    rows: int
    respelled: tuple[tuple[str, int], ...]


def disarm(stream: BinaryIO, schema: Schema, out: Path, limits: Limits = LIMITS) -> Disarmed:
    """Give back what was read, once `out` holds the typed values as Parquet; `out` must not exist yet.

    Streams: memory does not grow with the file. Refuses with `BadTable`: TABLE_DOES_NOT_FIT with findings, TABLE_EMPTY.
    Whatever goes wrong, no file stays. The caller makes the file durable and gives it its final name.
    """
    reading = _Reading(schema, limits)
    with out.open("xb") as sink:
        try:
            with pq.ParquetWriter(sink, arrow_schema(schema), compression="zstd") as writer:
                for part in reading.parts(stream):
                    writer.write_table(part)
        except BaseException:
            out.unlink()
            raise
    return reading.disarmed


def inspect_csv(stream: BinaryIO, schema: Schema, limits: Limits = LIMITS) -> Disarmed:
    """Give back what `disarm` would read, and write nothing; refuses as `disarm` does."""
    reading = _Reading(schema, limits)
    for _ in reading.parts(stream):
        pass
    return reading.disarmed


def read_csv(stream: BinaryIO, schema: Schema, limits: Limits = LIMITS) -> Table:
    """Give back a CSV's typed values as a table in memory; refuses as `disarm` does."""
    reading = _Reading(schema, limits)
    parts = list(reading.parts(stream))
    return table_from_arrow(pa.concat_tables(parts))


def arrow_schema(schema: Schema) -> Any:
    """Give back the Arrow types of the typed values (spec/disarm.md 3.3)."""
    return pa.schema([pa.field(one.name, _TYPES[one.kind], nullable=one.blank) for one in schema.columns])


class _Column:
    """One column being read: its reader and how many of its cells were respelled."""

    def __init__(self, column: ColumnSchema, remembered: int) -> None:
        self.name = column.name
        self.type = _TYPES[column.kind]
        read = cell_reader(column)
        # Days come again in every block and cost most to read; lru_cache is bounded and ends with this reading.
        self.read: CellReader = lru_cache(remembered)(read) if column.kind is Kind.DATE else read
        self.respelled = 0

    def take(self, cells: Any, rows: Places, tally: Tally) -> Any:
        """Give back the typed cells of a dictionary array; `rows` are their numbers in the file."""
        read = [self.read(text) for text in cells.dictionary.to_pylist()]
        if Rule in set(map(type, read)):
            broken = {code: one for code, one in enumerate(read) if isinstance(one, Rule)}
            self._count_broken(broken, cells.indices.to_numpy(), rows, tally)
            return None
        values = pa.array(read, self.type)
        self._count_respelled(values, cells)
        return values.take(cells.indices)

    def _count_respelled(self, values: Any, cells: Any) -> None:
        written = pc.fill_null(values.cast(pa.string()), "")  # as `write_cell` writes: digits, YYYY-MM-DD, the text
        changed = pc.not_equal(written, cells.dictionary).to_numpy(zero_copy_only=False)
        if changed.any():
            self.respelled += int(np.count_nonzero(changed[cells.indices.to_numpy()]))

    def _count_broken(self, broken: dict[int, Rule], codes: Any, rows: Places, tally: Tally) -> None:
        place = {rule: number for number, rule in enumerate(Rule, 1)}
        by_code = np.zeros(int(codes.max()) + 1, np.uint8)
        by_code[list(broken)] = [place[rule] for rule in broken.values()]
        by_row = by_code[codes]
        for rule in set(broken.values()):
            found = np.flatnonzero(by_row == place[rule])
            tally.add(self.name, rule, int(found.size), int(rows[found[0]]))


class _Reading:
    """One pass over one file."""

    def __init__(self, schema: Schema, limits: Limits) -> None:
        self._schema, self._limits = schema, limits
        days = sum(one.kind is Kind.DATE for one in schema.columns)
        self._columns = tuple(_Column(one, MOST_REMEMBERED // max(1, days)) for one in schema.columns)
        self._arrow_schema = arrow_schema(schema)
        self._tally = Tally(schema)
        self._rows = 0

    @property
    def disarmed(self) -> Disarmed:
        return Disarmed(self._rows, tuple((one.name, one.respelled) for one in self._columns))

    def parts(self, stream: BinaryIO) -> Iterator[Any]:
        """Give back the typed rows block by block as long as all fit; refuse at the end where one did not."""
        blocks = read_blocks(stream, self._schema.encoding, self._schema.csv.delimiter, self._limits)
        header = next(blocks, None)
        if header is not None and self._header_fits(header):
            for block in blocks:
                part = self._read_block(block)
                if part is not None and not self._tally:
                    yield part
        self._tally.check(self._rows)

    def _header_fits(self, block: Block) -> bool:
        if block.stop:
            self._tally.add(WHOLE_FILE, block.stop, 1, 0)
            return False
        lines = io.StringIO(block.raw.decode(), newline="")
        fields = next(csv.reader(lines, delimiter=self._schema.csv.delimiter), []) or [""]
        return check_header(fields, self._schema, self._tally)

    def _read_block(self, block: Block) -> Any:
        rows = np.arange(self._rows + 1, self._rows + 1 + block.ends.size)
        self._rows += block.ends.size
        typed = self._read_rows(block, rows) if rows.size else None
        if block.stop:
            self._tally.add(WHOLE_FILE, block.stop, 1, self._rows + 1)
        return typed

    def _read_rows(self, block: Block, rows: Places) -> Any:
        if len(self._columns) > 1 and block.has_empty_lines():  # PyArrow takes them for rows of blank cells
            block, rows = self._drop_misshapen(block, rows)
        try:
            fields = _take_apart(block, self._schema)
        except pa.ArrowInvalid:  # a row has another number of fields; if that is not it, it is raised again below
            block, rows = self._drop_misshapen(block, rows)
            fields = _take_apart(block, self._schema)
        if fields is None:
            return None
        arrays = [
            column.take(fields.column(place).chunk(0), rows, self._tally) for place, column in enumerate(self._columns)
        ]
        return None if self._tally else pa.Table.from_arrays(arrays, schema=self._arrow_schema)

    def _drop_misshapen(self, block: Block, rows: Places) -> tuple[Block, Places]:
        shapely = block.count_fields(self._schema.csv.delimiter) == len(self._columns)
        bad = rows[~shapely]
        if bad.size:
            self._tally.add(WHOLE_FILE, Rule.SHAPE, int(bad.size), int(bad[0]))
        return block.keep(shapely), rows[shapely]


def _take_apart(block: Block, schema: Schema) -> Any:
    """Give back the block's fields as dictionary-coded text, one chunk a column; None where there is no record."""
    if not block.ends.size:
        return None
    names = [str(place) for place in range(len(schema.columns))]
    coded = pa.dictionary(pa.int32(), pa.string())
    raw = _MARK + block.raw if block.raw.startswith(_MARK) else block.raw  # PyArrow takes one mark away: not a cell's
    fields = pa_csv.read_csv(
        pa.BufferReader(raw),
        read_options=pa_csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
        parse_options=pa_csv.ParseOptions(
            delimiter=schema.csv.delimiter, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, coded), strings_can_be_null=False, check_utf8=False
        ),
    )
    assert fields.num_rows == block.ends.size, "PyArrow and the record splitter disagree"
    return fields
