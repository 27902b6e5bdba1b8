"""Whatever a data scientist has, as a table: a data frame, a Parquet file, a CSV file, with a schema or without."""

import csv
import io
import re
from codecs import getincrementaldecoder
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.deid.changes.leaving_out.withheld import leave_out_withheld
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema, read_schema
from sekisho.deid.table import Column, Table, Value
from sekisho.errors import BadTable, Finding, Reason
from sekisho.library.results import told_in_words
from sekisho.library.roles import Roles, check_kinds, schema_of
from sekisho.statement import LARGEST_INTEGER
from sekisho.storage.files import on_disk, open_existing, read_file
from sekisho.tables.arrow import read_table, table_from_arrow
from sekisho.tables.disarm import read_csv
from sekisho.tables.policy_file import LARGEST_FILE_BYTES

Source = str | Path | Table | Any
"""A path, a table, or any object with `__arrow_c_stream__`."""

PARQUET = b"PAR1"
NO_PARQUET = "no-parquet"
SAMPLE_BYTES = 1024 * 1024
LONGEST_CELL = 10_000
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@told_in_words()
def open_table(source: Source, schema: Schema | None = None) -> Table:
    """Give back the table of a frame or file.

    `source`: a path to a Parquet or CSV file, or any object with the Arrow C stream protocol (data frames of Polars and
    pandas, relations of DuckDB, tables of PyArrow); what its columns may hold stands at `column_from_arrow`. A CSV file
    is read as `schema` declares it. Without one it is UTF-8, or else CP932, the commonest of `,` `;` tab `|` in its
    header parts the cells, and a column whose cells are all spelled as whole numbers (without leading zeros) or as
    `YYYY-MM-DD` holds those; every other one holds text. Rows that `schema` withholds are left out.

    Refuses: what the readers of these forms refuse, a table that does not fit `schema`, a file that is not there.
    """
    if isinstance(source, Table):
        table = source
    elif isinstance(source, str | Path):
        table = _open_file(Path(source), schema)
    elif hasattr(source, "__arrow_c_stream__"):
        table = table_from_arrow(source)
    else:
        raise TypeError("a table comes from a path, a Table or an object with __arrow_c_stream__")
    return table if schema is None else leave_out_withheld(check_kinds(table, schema), schema)


@told_in_words()
def open_schema(schema: Schema | str | Path) -> Schema:
    """Give back the schema itself, or that of a TOML file (spec/schema.md)."""
    return schema if isinstance(schema, Schema) else read_schema(read_file(Path(schema), LARGEST_FILE_BYTES))


@told_in_words()
def make_schema(
    source: Source,
    *,
    quasi_identifiers: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    identifiers: Sequence[str] = (),
    plain: Sequence[str] = (),
) -> Schema:
    """Give back the schema of a table whose columns are each named in just one role; its kinds are as the cells are.

    Refuses with TABLE_ROLES, TABLE_EMPTY and SCHEMA_MALFORMED, as `deidentify` does without a schema.
    """
    return schema_of(open_table(source), Roles(quasi_identifiers, sensitive, identifiers, plain))


def _open_file(path: Path, schema: Schema | None) -> Table:
    with on_disk(), open_existing(path) as stream:
        start = stream.read(SAMPLE_BYTES)
        if start.startswith(PARQUET):
            return _read_parquet(path)
        stream.seek(0)
        if schema is not None:
            return read_csv(stream, schema)
        table = read_csv(stream, _schema_of_start(start))
    return Table(tuple(_typed(one) for one in table.columns))


def _read_parquet(path: Path) -> Table:
    try:
        return read_table(path)
    except pa.ArrowException as error:  # the text may repeat what stands in the file
        name = type(error).__name__
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, findings=(Finding("", NO_PARQUET, 1),), problem=name) from None


def _schema_of_start(start: bytes) -> Schema:
    """Give back a schema of texts for a CSV file that begins so."""
    try:
        text, encoding = getincrementaldecoder("utf-8-sig")().decode(start), Encoding.UTF_8
    except UnicodeDecodeError:
        text, encoding = start.decode("cp932", errors="replace"), Encoding.CP932
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [""])
    columns = (ColumnSchema(name.strip(), Kind.TEXT, Role.PLAIN, blank=True, longest=LONGEST_CELL) for name in header)
    return Schema("table", encoding, Csv(delimiter), tuple(columns))


def _typed(column: Column) -> Column:
    """Give back a column of texts as whole numbers or days, if every text is the one spelling of such a value."""
    texts = [one for one in column.values if isinstance(one, str)]
    values = _numbers(texts) or _days(texts)
    if not values:
        return column
    read: dict[str, Value] = dict(zip(texts, values, strict=True))
    ordered = sorted(range(len(texts)), key=lambda place: values[place])
    kept: list[Value] = [None, *(values[place] for place in ordered)]
    place = {value: number for number, value in enumerate(kept)}
    words = [place[read[one] if isinstance(one, str) else None] for one in column.values]
    return Column(column.name, tuple(kept), np.array(words, dtype=np.int32)[column.codes]).used()


def _numbers(texts: list[str]) -> list[int]:
    if not all(_NUMBER.fullmatch(one) for one in texts):
        return []
    numbers = [int(one) for one in texts]
    return numbers if all(abs(one) <= LARGEST_INTEGER for one in numbers) else []


def _days(texts: list[str]) -> list[date]:
    if not all(_DAY.fullmatch(one) for one in texts):
        return []
    try:
        return [date.fromisoformat(one) for one in texts]
    except ValueError:
        return []
