"""Tables as Arrow and Parquet (spec/disarm.md 3.3)."""

from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sekisho.deid.table import Column, Table
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.rules import Rule, write_cell


def read_table(path: Path) -> Table:
    """Give back the table of a Parquet file that `disarm` or `write_parquet` wrote; column by column, to save memory."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        return Table(tuple(_column(name, file.read(columns=[name]).column(0)) for name in names))


def write_parquet(table: Table, stream: BinaryIO) -> None:
    """Write the table's typed values; the same table gives the same bytes with one PyArrow release."""
    pq.write_table(arrow_from_table(table), stream, compression="zstd")


def table_from_arrow(table: Any) -> Table:
    """Give back a `pyarrow.Table` as a coded table; values stand in sorted order, blank first.

    Refuses with `BadTable` (rule `type`) a column that holds anything but text, whole numbers and days.
    """
    return Table(tuple(_column(name, table.column(name)) for name in table.column_names))


def arrow_from_table(table: Table) -> Any:
    """Give back the table as a `pyarrow.Table`; a column of mixed kinds becomes text as it would be written."""
    return pa.table({column.name: _array(column) for column in table.columns})


def _column(name: str, cells: Any) -> Column:
    cells = cells.cast(_type(name, cells.type, len(cells)))
    coded = pa.chunked_array([cells.combine_chunks()]).dictionary_encode(null_encoding="encode").chunk(0)
    order = pc.array_sort_indices(coded.dictionary, null_placement="at_start")
    place = np.empty(len(order), np.int32)
    place[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return Column(name, tuple(coded.dictionary.take(order).to_pylist()), place[coded.indices.to_numpy()])


def _type(name: str, type_: Any, rows: int) -> Any:
    """Give back the type that a column is held in; refuses fractions, moments, lists and whatever else."""
    plain = type_.value_type if pa.types.is_dictionary(type_) else type_
    if pa.types.is_string(plain) or pa.types.is_large_string(plain) or pa.types.is_null(plain):
        return pa.string()
    if pa.types.is_integer(plain) and plain != pa.uint64():
        return pa.int64()
    if plain == pa.date32():
        return plain
    raise BadTable(Reason.TABLE_DOES_NOT_FIT, findings=(Finding(name, Rule.TYPE.value, rows),), kinds=1, rows=rows)


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
