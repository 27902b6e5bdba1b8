"""What the recipient gets: the table as CSV and the schema that reads it (spec/disarm.md 6)."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

import numpy as np

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Column, Table
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.rules import Rule, shows_private_use, starts_formula, write_cell

ROWS_AT_ONCE = 65_536
_NEEDS_QUOTES = frozenset(',"\r\n')


def write_csv(table: Table, stream: BinaryIO) -> None:
    """Write the table as UTF-8 CSV; the same table gives the same bytes.

    Refuses with `BadTable`, before the first byte, a table with no row, or with a name or cell that would start a formula
    or shows a private-use character, or 〓 for one.
    """
    _check_fits(table)
    alone = len(table.columns) == 1
    stream.write((",".join(_quote(one.name, alone=alone) for one in table.columns) + "\n").encode())
    texts = [
        np.array([_quote(write_cell(one), alone=alone) for one in column.values], object) for column in table.columns
    ]
    for start in range(0, table.rows, ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        cells = [text[column.codes[part]].tolist() for text, column in zip(texts, table.columns, strict=True)]
        stream.write(("\n".join(map(",".join, zip(*cells, strict=True))) + "\n").encode())


def recipient_schema(table: Table, name: str) -> Schema:
    """Give back the schema that reads what `write_csv` wrote of this table; `sekisho.deid.schema.write_schema` spells it.

    Says of each column its kind, whether blank cells occur and the longest text; nothing of the source's schema.
    """
    return Schema(name, Encoding.UTF_8, Csv(), tuple(_column_schema(one.used()) for one in table.columns))


def _column_schema(column: Column) -> ColumnSchema:
    blank = None in column.values
    kinds = {type(one) for one in column.values if one is not None}
    if kinds == {int}:
        return ColumnSchema(column.name, Kind.INTEGER, Role.PLAIN, blank=blank)
    if kinds == {date}:
        return ColumnSchema(column.name, Kind.DATE, Role.PLAIN, blank=blank)
    longest = max((len(write_cell(one)) for one in column.values), default=0)
    return ColumnSchema(column.name, Kind.TEXT, Role.PLAIN, blank=blank, longest=max(1, longest))


def _check_fits(table: Table) -> None:
    if table.rows == 0:
        raise BadTable(Reason.TABLE_EMPTY)
    findings = tuple(found for column in table.columns for found in _misfits(column))
    if findings:
        raise BadTable(Reason.TABLE_DOES_NOT_FIT, findings=findings[:100], kinds=len(findings), rows=table.rows)


def _misfits(column: Column) -> Iterator[Finding]:
    """Give where a column would start formulas or show private-use characters, row 0 for its name."""
    for rule, breaks in ((Rule.FORMULA, starts_formula), (Rule.PRIVATE_USE, shows_private_use)):
        if breaks(column.name):
            yield Finding(column.name, rule.value, 1, 0)
            continue
        bad = np.array([isinstance(one, str) and breaks(one) for one in column.values], np.bool_)
        rows = np.flatnonzero(bad[column.codes])
        if rows.size:
            yield Finding(column.name, rule.value, int(rows.size), int(rows[0]) + 1)


def _quote(text: str, *, alone: bool) -> str:
    if _NEEDS_QUOTES.isdisjoint(text) and (text or not alone):
        return text
    return '"' + text.replace('"', '""') + '"'
