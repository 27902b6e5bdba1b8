"""Tables as Arrow and Parquet (spec/disarm.md 3.3)."""

from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.deid.table import Column, Table, Value
from sekisho.tables.rules import write_cell


def read_table(path: Path) -> Table:
    """Give back the table of a Parquet file that `disarm` or `write_parquet` wrote; column by column, to save memory."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        return Table(tuple(_column(name, file.read(columns=[name]).column(0)) for name in names))


def write_parquet(table: Table, stream: BinaryIO) -> None:
    """Write the table's typed values; the same table gives the same bytes with one PyArrow release."""
    pq.write_table(arrow_from_table(table), stream, compression="zstd")


def table_from_arrow(table: Any) -> Table:
    """Give back a `pyarrow.Table` of text, whole numbers and days as a coded table; values stand in sorted order."""
    return Table(tuple(_column(name, table.column(name)) for name in table.column_names))


def arrow_from_table(table: Table) -> Any:
    """Give back the table as a `pyarrow.Table`; a column of mixed kinds becomes text as it would be written."""
    return pa.table({column.name: _array(column) for column in table.columns})


def _column(name: str, cells: Any) -> Column:
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    coded = cells.combine_chunks().dictionary_encode(null_encoding="encode")
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    values: list[Any] = [_value(one) for one in coded.dictionary.to_pylist()]
    order = sorted(
        range(len(values)), key=lambda code: (values[code] is not None, 0 if values[code] is None else values[code])
    )
    place = np.empty(len(values), np.int32)
    place[order] = np.arange(len(values), dtype=np.int32)
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Column(name, tuple(values[code] for code in order), place[codes])


def _value(one: object) -> Value:
    if one is None or type(one) in {str, int, date}:
        return one  # type: ignore[return-value]  # narrowed by the line above
    raise TypeError("a table holds text, whole numbers, days and blanks only")


def _array(column: Column) -> Any:
    kinds = {type(one) for one in column.values if one is not None}
    match list(kinds):
        case [kind] if kind is int:
            values = pa.array(column.values, pa.int64())
        case [kind] if kind is date:
            values = pa.array(column.values, pa.date32())
        case _:
            values = pa.array([None if one is None else write_cell(one) for one in column.values], pa.string())
    return values.take(pa.array(column.codes))
