"""The table as it is sealed where the file itself must not be: without what never leaves (spec/schema.md 5)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from sekisho.deid.declared.layout import Csv
from sekisho.deid.ladders.builtin.municipality import check_digit
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.tables.error_list import ErrorList
from sekisho.tables.reading import Reading, Watch
from sekisho.tables.records.decoding import LIMITS, Limits


def needs_rewriting(schema: Schema) -> bool:
    """Give back whether a file of this schema cannot be sealed as it is: processing reads CSV with a header only."""
    layout = schema.layout
    plain = isinstance(layout, Csv) and layout.header and not layout.totals
    return not plain or schema.encoding is Encoding.UTF_16 or bool(schema.with_role(Role.STRIPPED))


def sealed_schema(schema: Schema) -> Schema:
    """Give back the schema of the table that `rewritten` writes; `sekisho.deid.declared.toml` spells it.

    ValueError where every column is stripped.
    """
    columns = tuple(
        replace(one, at=None, width_bytes=None, source=None, digits=6 if one.kind is Kind.MUNICIPALITY else None)
        for one in schema.columns
        if one.role is not Role.STRIPPED
    )
    if not columns:
        raise ValueError("no column is left")
    return Schema(schema.name, Encoding.UTF_8, Csv(), columns)


def rewritten(
    stream: BinaryIO,
    schema: Schema,
    limits: Limits = LIMITS,
    *,
    watch: Watch | None = None,
    errors: ErrorList | None = None,
) -> tuple[Schema, Iterator[bytes]]:
    """Give back the schema and, piece by piece, the bytes of the table as CSV in UTF-8, every value in its one spelling.

    The same file gives the same bytes, so that they can be counted first and sealed then; memory does not grow with the
    file. Refuses as `disarm` does, when the last piece is taken.
    """
    schema_after = sealed_schema(schema)
    return schema_after, _pieces(stream, schema, schema_after, Reading(schema, limits, watch, errors))


def rewritten_by(reading: Reading, stream: BinaryIO, schema: Schema) -> Iterator[bytes]:
    """Give back the bytes of `rewritten`, read by a reading that tells afterwards what it has seen."""
    return _pieces(stream, schema, sealed_schema(schema), reading)


def _pieces(stream: BinaryIO, before: Schema, after: Schema, reading: Reading) -> Iterator[bytes]:
    kept = [place for place, one in enumerate(before.columns) if one.role is not Role.STRIPPED]
    alone = len(kept) == 1
    header = ",".join(_quoted(pa.array(after.names, pa.large_string()), alone=alone).to_pylist())
    yield (header + "\n").encode()
    for part in reading.parts(stream):
        keep = _kept(part, before)
        if keep is not None:
            reading.withheld += len(keep) - pc.sum(keep).as_py()
            part = [one.filter(keep) for one in part]  # noqa: PLW2901 - the same rows, fewer of them
        if not len(part[0]):
            continue
        texts = [
            pc.fill_null(
                _quoted(_spelled(part[place].dictionary, column), alone=alone).take(part[place].indices),
                '""' if alone else "",  # a claim without such a line
            )
            for place, column in zip(kept, after.columns, strict=True)
        ]
        yield _lines(texts)


def _lines(texts: list[Any]) -> bytes:
    """Give back rows of CSV: what Arrow's text columns hold lies in one piece."""
    comma, end, nothing = (pa.scalar(one, pa.large_string()) for one in (",", "\n", ""))
    rows = pc.binary_join_element_wise(*texts, comma) if len(texts) > 1 else texts[0]
    ended = pc.binary_join_element_wise(rows, end, nothing)
    whole: bytes = ended.buffers()[2][: pc.sum(pc.binary_length(ended)).as_py()].to_pybytes()
    return whole


def _kept(part: list[Any], schema: Schema) -> Any:
    """Give back which rows of a block may leave; None where nothing is withheld."""
    keep = None
    for cells, column in zip(part, schema.columns, strict=True):
        if column.withhold:
            held = pc.is_in(cells.dictionary, value_set=pa.array(column.withhold, pa.string()))
            stays = pc.invert(pc.fill_null(held.take(cells.indices), False))
            keep = stays if keep is None else pc.and_(keep, stays)
    return keep


def _spelled(values: Any, column: ColumnSchema) -> Any:
    """Give back distinct values as text; codes of municipalities with their check digit, which five digits may hide."""
    if column.kind is Kind.MUNICIPALITY:
        written = [None if one is None else f"{one}{check_digit(one)}" for one in values.to_pylist()]
        return pc.fill_null(pa.array(written, pa.large_string()), "")
    return pc.fill_null(values.cast(pa.large_string()), "")


def _quoted(texts: Any, *, alone: bool) -> Any:
    marked = pc.match_substring_regex(texts, r'[",\r\n]')
    if alone:
        marked = pc.or_(marked, pc.equal(texts, ""))
    mark, nothing = (pa.scalar(one, texts.type) for one in ('"', ""))
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(marked, pc.binary_join_element_wise(mark, doubled, mark, nothing), texts)
