"""Disarming (無害化): a municipal file in, typed values out, or a refusal that names every misfit (spec/disarm.md)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.deid.changes.leaving_out.withheld import leave_out_withheld
from sekisho.deid.schema import Schema
from sekisho.deid.table import Table
from sekisho.tables.arrow import table_from_arrow
from sekisho.tables.error_list import ErrorList
from sekisho.tables.reading import TYPES, Reading, Watch
from sekisho.tables.records.decoding import LIMITS, Limits


@dataclass(frozen=True)
class Disarmed:
    """What was read: data rows, and by column the cells that are now spelled otherwise than in the file.

    `gaiji` counts by column the cells in which 〓 stands for private-use characters (外字), `dropped` by kind the lines
    of claims that were passed over.
    """

    rows: int
    respelled: tuple[tuple[str, int], ...]
    gaiji: tuple[tuple[str, int], ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()


def disarm(
    stream: BinaryIO,
    schema: Schema,
    out: Path,
    limits: Limits = LIMITS,
    *,
    watch: Watch | None = None,
    errors: ErrorList | None = None,
) -> Disarmed:
    """Give back what was read, once `out` holds the typed values as Parquet; `out` must not exist yet.

    Streams: memory does not grow with the file. `watch` is told every cell on the way, `errors` takes every misfit with its text.
    Refuses with `BadTable`: TABLE_DOES_NOT_FIT with findings, TABLE_EMPTY. Whatever goes wrong, no file stays. The
    caller makes the file durable and gives it its final name.
    """
    with out.open("xb") as sink:
        try:
            return disarm_into(stream, schema, sink, limits, watch=watch, errors=errors)
        except BaseException:
            out.unlink()
            raise


def disarm_into(
    stream: BinaryIO,
    schema: Schema,
    sink: BinaryIO,
    limits: Limits = LIMITS,
    *,
    watch: Watch | None = None,
    errors: ErrorList | None = None,
) -> Disarmed:
    """Give back what was read, once `sink` has the typed values as Parquet; refuses as `disarm` does, and tidies nothing up."""
    reading = Reading(schema, limits, watch, errors)
    types = arrow_schema(schema)
    with pq.ParquetWriter(sink, types, compression="zstd") as writer:
        for part in reading.parts(stream):
            writer.write_table(_table(part, types))
    return _disarmed(reading)


def inspect(
    stream: BinaryIO,
    schema: Schema,
    limits: Limits = LIMITS,
    *,
    watch: Watch | None = None,
    errors: ErrorList | None = None,
) -> Disarmed:
    """Give back what `disarm` would read, and write nothing; refuses as `disarm` does."""
    reading = Reading(schema, limits, watch, errors)
    reading.look(stream)
    return _disarmed(reading)


def read_csv(stream: BinaryIO, schema: Schema, limits: Limits = LIMITS) -> Table:
    """Give back a file's typed values as a table in memory, whatever its layout; refuses as `disarm` does.

    Rows that the schema withholds are left out, as they are when a table is sealed.
    """
    return leave_out_withheld(read_every_row(stream, schema, limits), schema)


def read_every_row(stream: BinaryIO, schema: Schema, limits: Limits = LIMITS) -> Table:
    """Give back the same with the rows that the schema withholds, for those who say how many they are."""
    reading, types = Reading(schema, limits), arrow_schema(schema)
    parts = [_table(part, types) for part in reading.parts(stream)]
    return table_from_arrow(pa.concat_tables(parts))


def arrow_schema(schema: Schema) -> Any:
    """Give back the Arrow types of the typed values (spec/disarm.md 3)."""
    return pa.schema([pa.field(one.name, TYPES[one.kind], nullable=one.blank) for one in schema.columns])


def _table(part: list[Any], types: Any) -> Any:
    return pa.Table.from_arrays([one.dictionary.take(one.indices) for one in part], schema=types)


def _disarmed(reading: Reading) -> Disarmed:
    return Disarmed(
        reading.rows,
        tuple((one.name, one.respelled) for one in reading.columns),
        tuple((one.name, one.hidden) for one in reading.columns if one.hidden),
        tuple(sorted(reading.tally.dropped.items())),
    )
