"""The fast reader and the oracle give the same values or the same findings, whatever the bytes."""

import csv
import io
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, column_of
from sekisho.errors import BadTable
from sekisho.tables.disarm import read_csv
from sekisho.tables.oracle.csv_rows import read_rows
from sekisho.tables.outgoing import recipient_schema, write_csv
from sekisho.tables.records.decoding import Limits
from sekisho.tables.rewriting import needs_rewriting
from sekisho.tables.row_count import count_rows

COLUMNS = (
    ColumnSchema("氏名", Kind.TEXT, Role.IDENTIFIER, longest=6),
    ColumnSchema("年齢", Kind.INTEGER, Role.PLAIN, blank=True, minimum=-5, maximum=120),
    ColumnSchema("生年月日", Kind.DATE, Role.PLAIN, minimum=date(1900, 1, 1)),
    ColumnSchema("区分", Kind.CODE, Role.PLAIN, blank=True, values=("01", "要介護１", "")[:2]),
    ColumnSchema("郵便", Kind.CODE, Role.PLAIN, pattern=r"[0-9]{3}-?[0-9]{4}|-"),
)
GOOD = (
    ("山田", "ｶﾅ", "か\u3099き", "表ソ能", "a b", '"x""y"', '"a\n\u3042"', '"p,q"'),
    ("0", "１２", "-5", "", " 7 ", "+3", "000"),
    ("S47.10.14", "令和元年5月1日", "2024-01-05", '"２０２４／１／５"'),
    ("01", "０１", "要介護1", "", "要介護１"),
    ("100-0001", "１００0001"),
)
NASTY = ("", "=1", "－", "\t", "\0", "\u200b", "\ue000", "\ufffd", '"', '""', '"x', 'x"', "\r", "\n", "\r\n", ",", "昭和64年1月8日",
         "9" * 26, "9" * 16, "長" * 30, "121", "-6", "1899-12-31", "　", '"\r\n"', '"', "\x1a", "\u3000=", "\x85", "\ufffe", "'")  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> tuple[Schema, bytes]:
    """Small files, most of them with a few misfits, some cut or stained."""
    encoding = draw(st.sampled_from(Encoding))
    count = draw(st.integers(1, len(COLUMNS)))
    header, totals = draw(st.sampled_from([True, True, True, False])), draw(st.sampled_from([0, 0, 0, 1, 2, 9]))
    schema = Schema("t", encoding, Csv(draw(st.sampled_from(",,|\t")), header, totals), COLUMNS[:count])
    lines = [draw(st.sampled_from((",".join(schema.names), ",".join(schema.names), "年齢,氏名,x", "", "氏名,氏名")))]
    nasty = st.sampled_from(NASTY)
    for _ in range(draw(st.integers(0, 6))):
        cells = [draw(st.sampled_from(one)) for one in GOOD[:count]]
        if draw(st.integers(0, 3)) == 0:
            cells[draw(st.integers(0, count - 1))] = draw(nasty)
        if draw(st.integers(0, 9)) == 0:
            cells.append(draw(nasty))
        lines.append(",".join(cells))
    text = "".join(line + draw(st.sampled_from(("\n", "\r\n"))) for line in lines).replace(",", schema.layout.delimiter)
    raw = text.encode(encoding.value, "replace")
    match draw(st.integers(0, 9)):
        case 0:
            raw = raw[: draw(st.integers(0, len(raw)))]
        case 1:
            place = draw(st.integers(0, len(raw)))
            raw = raw[:place] + draw(st.binary(max_size=3)) + raw[place:]
        case 2:
            raw += b"\x1a"
        case 3:
            raw = b"\xef\xbb\xbf" + raw
    return schema, raw


def outcome_of_oracle(raw: bytes, schema: Schema, limits: Limits) -> object:
    try:
        return read_rows(raw, schema, header_bytes=limits.header_bytes, record_bytes=limits.record_bytes)
    except BadTable as bad:
        return bad.reason, bad.findings, bad.facts


def outcome(raw: bytes, schema: Schema, limits: Limits) -> object:
    try:
        table = read_csv(io.BytesIO(raw), schema, limits)
    except BadTable as bad:
        return bad.reason, bad.findings, bad.facts
    return list(zip(*(column.cells() for column in table.columns), strict=True))


@settings(max_examples=600, deadline=None)
@given(
    files(),
    st.sampled_from([1, 2, 3, 7, 64, 4096]),
    st.sampled_from([30, 45, 60, 65_536]),
    st.sampled_from([12, 40, 2**20]),
)
def test_fast_reader_and_oracle_agree(file: tuple[Schema, bytes], chunk: int, header: int, record: int) -> None:
    schema, raw = file
    limits = Limits(chunk_bytes=chunk, header_bytes=header, record_bytes=record)
    assert outcome(raw, schema, limits) == outcome_of_oracle(raw, schema, limits)


@settings(max_examples=200, deadline=None)
@given(files(), st.integers(1, 40))
def test_the_row_count_of_a_file_that_fits_is_its_number_of_rows(file: tuple[Schema, bytes], chunk: int) -> None:
    schema, raw = file
    rows = outcome_of_oracle(raw, schema, Limits())
    if isinstance(rows, list) and not needs_rewriting(schema):
        assert count_rows(_Trickle(raw, chunk)) == len(rows)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.lists(st.text(st.sampled_from('a",\n\r表 '), max_size=5), min_size=2, max_size=2), min_size=1, max_size=5
    )
)
def test_the_standard_library_takes_fields_apart_as_we_do(rows: list[list[str]]) -> None:
    sink = io.StringIO(newline="")
    csv.writer(sink, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    columns = tuple(ColumnSchema(name, Kind.TEXT, Role.PLAIN, blank=True) for name in "ab")
    raw = sink.getvalue().encode()
    for read in (outcome, outcome_of_oracle):
        found = read(raw, Schema("t", Encoding.UTF_8, Csv(), columns), Limits())
        expected = [tuple(one.strip(" ").replace("\r\n", "\n") or None for one in row) for row in rows]
        if isinstance(found, list):
            assert found == expected
        else:
            assert any("\r" in one or one.lstrip(" ").startswith("\n") for row in expected for one in row if one)


VALUES = st.one_of(
    st.none(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.dates(),
    st.sampled_from(["≥90", "*", "30-34", "東京都", '引用"符', "a,b", "二\n行", "x"]),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = draw(st.integers(1, 6))
    kinds = st.sampled_from([VALUES, st.none() | st.integers(-9, 9), st.dates(), st.sampled_from(["a", "*"])])
    return Table(tuple(
        column_of(f"列{place}", draw(st.lists(draw(kinds), min_size=rows, max_size=rows)))
        for place in range(draw(st.integers(1, 3)))
    ))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(tables())
def test_what_the_recipient_reads_by_its_schema_is_what_was_written(table: Table) -> None:
    sink = io.BytesIO()
    write_csv(table, sink)
    again = read_csv(io.BytesIO(sink.getvalue()), recipient_schema(table, "t"))
    for before, after in zip(table.columns, again.columns, strict=True):
        kinds = {type(one) for one in before.used().values if one is not None}
        same = before.cells() if len(kinds) == 1 else [None if one is None else str(one) for one in before.cells()]
        assert after.cells() == same


class _Trickle(io.BytesIO):
    """A stream that answers with a few bytes at a time, whatever was asked for."""

    def __init__(self, raw: bytes, most: int) -> None:
        super().__init__(raw)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, self._most) if size and size > 0 else self._most)
