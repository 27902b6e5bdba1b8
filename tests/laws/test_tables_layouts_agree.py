"""Fixed length and claims: the fast reader and the oracle give the same rows or the same findings; what is sealed
instead of a file reads as the file does; a schema written as TOML is read as the same.
"""

import io
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.declared.toml import write_schema_toml
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema, read_schema
from sekisho.errors import BadTable
from sekisho.tables.disarm import read_csv
from sekisho.tables.oracle.fixed_rows import read_fixed_rows
from sekisho.tables.oracle.uke_rows import read_uke_rows
from sekisho.tables.records.decoding import Limits
from sekisho.tables.rewriting import needs_rewriting, rewritten, sealed_schema

FIXED_COLUMNS = (
    ColumnSchema("氏名", Kind.TEXT, Role.IDENTIFIER, blank=True, at=2, width_bytes=6),
    ColumnSchema("生年月日", Kind.PARTIAL_DATE, Role.PLAIN, blank=True, at=8, width_bytes=8),
    ColumnSchema("額", Kind.INTEGER, Role.STRIPPED, blank=True, at=16, width_bytes=3),
)
RECORDS = ("1ヤマダ19721014 12", "1表ソ能99999999  0", "1      00000000   ", "2      19720230005", "1a表b  S47.10.1  7",
           "8000002           ", "8000001           ", "9                 ", "1a漢字漢19720101001", "1\uE000\uE001  20000101009")  # fmt: skip


@st.composite
def fixed_files(draw: st.DrawFn) -> tuple[Schema, Fixed, bytes]:
    layout = Fixed(
        record_bytes=18,
        ends=draw(st.sampled_from(Ends)),
        header=draw(st.sampled_from(["", "9"])),
        data_mark=draw(st.sampled_from(["1", "1", "2"])),
        trailer=draw(st.sampled_from(["", "8"])),
    )
    if layout.trailer and draw(st.booleans()):
        layout = replace(layout, count_at=2, count_bytes=6)
    encoding = draw(st.sampled_from([Encoding.CP932, Encoding.CP932, Encoding.UTF_8]))
    inner = draw(st.lists(st.sampled_from(RECORDS[:5]), max_size=5))
    records = [*([RECORDS[7]] if layout.header else []), *inner, *([RECORDS[5]] if layout.trailer else [])]
    if draw(st.integers(0, 3)) == 0:
        records.insert(draw(st.integers(0, len(records))), draw(st.sampled_from(RECORDS)))
    raw = b"".join(one.encode(encoding.value, "replace")[:18].ljust(18) + layout.ends.octets for one in records)
    match draw(st.integers(0, 7)):
        case 0:
            raw = raw[: draw(st.integers(0, len(raw)))]
        case 1:
            raw += b"\x1a"
        case 2:
            raw = raw[: len(raw) - len(layout.ends.octets)] + draw(st.sampled_from([b"", b"\x1a"]))
        case 3:
            place = draw(st.integers(0, len(raw)))
            raw = raw[:place] + draw(st.binary(max_size=2)) + raw[place:]
    return Schema("t", encoding, layout, FIXED_COLUMNS), layout, raw


def fast(raw: bytes, schema: Schema, limits: Limits) -> object:
    try:
        table = read_csv(io.BytesIO(raw), schema, limits)
    except BadTable as bad:
        return bad.reason, [(one.column, one.rule, one.count) for one in bad.findings], bad.facts
    return list(zip(*(column.cells() for column in table.columns), strict=True))


@settings(max_examples=400, deadline=None)
@given(fixed_files(), st.sampled_from([1, 40, 64, 4096]))
def test_fixed_length_is_read_as_its_oracle_reads_it(file: tuple[Schema, Fixed, bytes], chunk: int) -> None:
    schema, layout, raw = file
    try:
        expected: object = read_fixed_rows(raw, schema, layout)
    except BadTable as bad:
        expected = bad.reason, [(one.column, one.rule, one.count) for one in bad.findings], bad.facts
    assert fast(raw, schema, Limits(chunk_bytes=chunk)) == expected


UKE_COLUMNS = (
    ColumnSchema("機関", Kind.CODE, Role.PLAIN, blank=True, source="IR.5"),
    ColumnSchema("氏名", Kind.TEXT, Role.IDENTIFIER, blank=True, source="RE.5"),
    ColumnSchema("保険者", Kind.CODE, Role.PLAIN, blank=True, source="HO.2"),
    ColumnSchema("傷病", Kind.CODE, Role.SENSITIVE, blank=True, source="SY.2"),
    ColumnSchema("月", Kind.MONTH, Role.PLAIN, blank=True, source="RE.4"),
)
LINES = ("IR,1,13,1,1312345,,病院,202201,00", "RE,1,1112,202201,髙橋　太郎,1,3471014", "RE,2,1112,42408,佐藤　花子", "HO,33120015,記号,1",
         "HO,06132013", "KO,12345678", "SY,8830417,20210101,1", "SY,0000999,20210101,1,,難病", "SI,11,1,111000110", "CO,11,1,810000001,本人希望",
         "SJ,01,症状", "XX,?", "GO,1,100,99", "GO,2,100,99", "", "x", "RE", "SY", "UK,1")  # fmt: skip


@st.composite
def claim_files(draw: st.DrawFn) -> tuple[Schema, Uke, bytes]:
    layout = Uke(draw(st.sampled_from(["RE", "SY", "HO"])))
    lines = draw(st.lists(st.sampled_from(LINES), max_size=12))
    if draw(st.booleans()):
        lines = [LINES[0], LINES[1], *[one for one in lines if not one.startswith("GO")]]
        claims = sum(one[:2] == "RE" for one in lines)
        lines.append(f"GO,{claims},5,99")
    raw = "".join(one + draw(st.sampled_from(["\r\n", "\n"])) for one in lines).encode("cp932")
    match draw(st.integers(0, 5)):
        case 0:
            raw += b"\x1a"
        case 1:
            place = draw(st.integers(0, len(raw)))
            raw = raw[:place] + draw(st.sampled_from([b"\r", b",", b"\n"])) + raw[place:]
    return Schema("t", Encoding.CP932, layout, UKE_COLUMNS), layout, raw


@settings(max_examples=600, deadline=None)
@given(claim_files(), st.sampled_from([1, 40, 64, 4096]))
def test_claims_are_read_as_their_oracle_reads_them(file: tuple[Schema, Uke, bytes], chunk: int) -> None:
    schema, layout, raw = file
    try:
        expected: object = read_uke_rows(raw, schema, layout)
    except BadTable as bad:
        expected = bad.reason, [(one.column, one.rule, one.count) for one in bad.findings], bad.facts
    assert fast(raw, schema, Limits(chunk_bytes=chunk)) == expected


CSV_COLUMNS = (
    ColumnSchema("番号", Kind.CODE, Role.STRIPPED, blank=True),
    ColumnSchema("名", Kind.TEXT, Role.IDENTIFIER, blank=True),
    ColumnSchema("日", Kind.DATE, Role.PLAIN, blank=True, minimum=date(1900, 1, 1)),
    ColumnSchema("生", Kind.PARTIAL_DATE, Role.PLAIN, blank=True),
    ColumnSchema("月", Kind.MONTH, Role.PLAIN, blank=True),
    ColumnSchema("市", Kind.MUNICIPALITY, Role.PLAIN, blank=True),
    ColumnSchema("〒", Kind.POSTAL_CODE, Role.PLAIN, blank=True),
    ColumnSchema("額", Kind.INTEGER, Role.PLAIN, blank=True),
    ColumnSchema("文", Kind.FREE_TEXT, Role.PLAIN, blank=True),
    ColumnSchema("区", Kind.CODE, Role.PLAIN, blank=True, values=("要介護１", '"', "a,b")),
)
CELLS = (
    ("1", "", "９"),
    ("髙\ue000", "山　田", "神\U000e0101", "か\u3099", ""),
    ("S47.10.14", "令和元年5月1日", "", "20240105"),
    ("99999999", "昭和47年10月不詳", "1972-02-30", "S47.10.14", "00000000", "昭和99年1月1日", ""),
    ("202201", "42408", "R4.1", "H24/08", "", "999999"),
    ("12106", "131016", "01101", "1101", "011002", "012106", "13101", ""),
    ("100-0001", "〒０６００００１", "600001", ""),
    ("007", "-5", "１２", ""),
    ('"二\n行"', '"a ""b"", c"', "\ue000外", "-5", " x ", ""),
    ("要介護1", '""""', '"a,b"', ""),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_sealed_instead_of_a_file_reads_as_the_file_does(data: st.DataObject) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(1, len(CSV_COLUMNS) - 1), min_size=1)))
    places = [0, *chosen]
    layout = Csv(header=False, totals=data.draw(st.integers(0, 1)))
    schema = Schema("t", Encoding.UTF_8, layout, tuple(CSV_COLUMNS[place] for place in places))
    rows = [",".join(data.draw(st.sampled_from(CELLS[place])) for place in places) for _ in range(3)]
    raw = ("\n".join(rows) + "\n").encode()
    before = fast(raw, schema, Limits())
    if isinstance(before, tuple):
        return
    after, pieces = rewritten(io.BytesIO(raw), schema, Limits(chunk_bytes=data.draw(st.sampled_from([8, 2**20]))))
    sealed = b"".join(pieces)
    assert fast(sealed, after, Limits()) == [row[1:] for row in before]  # type: ignore[attr-defined]
    assert (after, needs_rewriting(after)) == (sealed_schema(schema), False)
    again = b"".join(rewritten(io.BytesIO(raw), schema)[1])
    assert again == sealed == b"".join(rewritten(io.BytesIO(sealed), after)[1])


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    schema = draw(fixed_files().map(lambda one: one[0]) | claim_files().map(lambda one: one[0]))
    if draw(st.booleans()):
        return schema
    values = draw(st.lists(st.sampled_from(['"', "\\", "é", "a,b", "要介護１"]), unique=True))
    extra = ColumnSchema(
        'x"\\',
        Kind.CODE,
        Role.PLAIN,
        values=tuple(values),
        pattern=draw(st.sampled_from([None, r"[0-9]\"\t"])),
        longest=7,
    )
    layout = Csv(draw(st.sampled_from(",\t|")), draw(st.booleans()), draw(st.integers(0, 2)))
    return Schema('n"', draw(st.sampled_from(Encoding)), layout, (*CSV_COLUMNS[:-1], extra))


@settings(max_examples=100, deadline=None)
@given(schemas())
def test_a_schema_written_as_toml_is_read_as_the_same(schema: Schema) -> None:
    columns = tuple(replace(one, longest=2000) if one.kind is Kind.FREE_TEXT else one for one in schema.columns)
    schema = replace(schema, columns=columns)
    assert read_schema(write_schema_toml(schema)) == schema
