"""Tables as Arrow and Parquet (spec/disarm.md 3.3)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.deid.table import Column, Table
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.frames import check_type, column_from_arrow
from sekisho.tables.rules import write_cell

COLUMNS_AT_ONCE = 2  # more cost memory: each holds its codes twice


def read_table(path: Path) -> Table:
    """Give back the table of a Parquet file; what its columns may hold stands at `column_from_arrow`.

    Columns are read apart, two at a time, and dictionaries as they lie in the file: no text is made for a row.
    """
    with pq.ParquetFile(path) as file:
        names = _distinct(file.schema_arrow.names)
        for name, type_ in zip(names, file.schema_arrow.types, strict=True):
            check_type(name, type_, file.metadata.num_rows)
    with ThreadPoolExecutor(COLUMNS_AT_ONCE) as pool:
        return Table(tuple(pool.map(partial(_read_column, path), names)))


def write_parquet(table: Table, stream: BinaryIO) -> None:
    """Write the table's typed values; the same table gives the same bytes with one PyArrow release."""
    # Rows are shuffled: the least and the greatest value of a part of the file would help nobody, and cost as much as
    # the rest. Without Arrow's own schema every reader gets plain text, numbers and days.
    pq.write_table(arrow_from_table(table), stream, compression="zstd", write_statistics=False, store_schema=False)


def table_from_arrow(frame: Any) -> Table:
    """Give back any object with the Arrow C stream protocol as a coded table; values stand in sorted order, blank first.

    Such are data frames of Polars and pandas, relations of DuckDB, tables and readers of PyArrow. Refuses what
    `column_from_arrow` refuses, and doubled names with TABLE_ROLES.
    """
    try:
        table = frame if isinstance(frame, pa.Table) else pa.RecordBatchReader.from_stream(frame).read_all()
    except (pa.ArrowException, UnicodeError) as error:  # mixed Python objects, say; the text may repeat a value
        raise BadTable(Reason.TABLE_COLUMN_KIND, problem=type(error).__name__) from None
    names = _distinct(table.column_names)
    return Table(tuple(column_from_arrow(name, table.column(place)) for place, name in enumerate(names)))


def arrow_from_table(table: Table) -> Any:
    """Give back the table as a `pyarrow.Table`, which Polars, pandas and DuckDB take.

    Text is dictionary-coded; a column of mixed kinds becomes text as it would be written.
    """
    return pa.table({column.name: _array(column) for column in table.columns})


def _read_column(path: Path, name: str) -> Column:
    with pq.ParquetFile(path, read_dictionary=[name]) as file:
        return column_from_arrow(name, file.read(columns=[name]).column(0))


def _distinct(names: list[str]) -> list[str]:
    """Give back `names`, or refuse those that stand twice."""
    doubled = [Finding(name, "unique", times) for name, times in Counter(names).items() if times > 1]
    if doubled:
        raise BadTable(Reason.TABLE_ROLES, findings=tuple(doubled))
    return names


def _array(column: Column) -> Any:
    kinds = {type(one) for one in column.values if one is not None}
    match list(kinds):
        case [kind] if kind is int:
            return pa.array(column.values, pa.int64()).take(pa.array(column.codes))
        case [kind] if kind is date:
            return pa.array(column.values, pa.date32()).take(pa.array(column.codes))
        case _:
            return _text(column)


def _text(column: Column) -> Any:
    """Give back the column as dictionary-coded text; a blank is no entry of the dictionary but a gap in the rows."""
    if None not in column.values:
        return pa.DictionaryArray.from_arrays(
            pa.array(column.codes), pa.array([write_cell(one) for one in column.values], pa.string())
        )
    blank = column.values.index(None)
    known = [write_cell(one) for one in column.values if one is not None]
    codes = pa.array(column.codes - (column.codes > blank), mask=column.codes == blank)
    return pa.DictionaryArray.from_arrays(codes, pa.array(known, pa.string()))
