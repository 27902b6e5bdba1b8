import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.errors import BadTable
from sekisho.pages.words import Language, words_in
from sekisho.tables.arrow import read_table
from sekisho.tables.disarm import disarm, inspect, read_csv
from sekisho.tables.error_list import ErrorList, ErrorWords, write_error_list
from sekisho.tables.records.decoding import Limits
from sekisho.tables.rewriting import rewritten
from sekisho.tables.rules import Rule

NAME = ColumnSchema("氏名", Kind.TEXT, Role.IDENTIFIER, blank=True, at=2, width_bytes=6)
COUNT = ColumnSchema("件数", Kind.INTEGER, Role.PLAIN, at=8, width_bytes=3)
FIXED = Fixed(10, Ends.CRLF, header="0", data_mark="1", trailer="8", count_at=2, count_bytes=9)
HEAD, TAIL = b"0file     \r\n", b"8000000002\r\n"
ROWS = "1山田   12\r\n1表ソ能  0\r\n".encode("cp932")
CLAIM = Schema(
    "t",
    Encoding.CP932,
    Uke("SY"),
    (
        ColumnSchema("保険者", Kind.CODE, Role.PLAIN, source="HO.2"),
        ColumnSchema("傷病", Kind.CODE, Role.SENSITIVE, source="SY.2"),
    ),
)


def fixed(*columns: ColumnSchema, layout: Fixed = FIXED) -> Schema:
    return Schema("t", Encoding.CP932, layout, columns)


def findings(raw: bytes, of: Schema) -> list[tuple[str, str, int]]:
    with pytest.raises(BadTable) as caught:
        read_csv(io.BytesIO(raw), of)
    return [(one.column, one.rule, one.first_row) for one in caught.value.findings]


@pytest.mark.requirement("C08")
def test_records_of_fixed_length_are_read_by_bytes_between_header_and_trailer() -> None:
    table = read_csv(io.BytesIO(HEAD + ROWS + TAIL + b"\x1a"), fixed(NAME, COUNT))
    assert [one.cells() for one in table.columns] == [["山田", "表ソ能"], [12, 0]]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (ROWS + TAIL, [("", "record-mark", 1), ("", "header-missing", 0)]),
        (HEAD + ROWS, [("", "trailer-missing", 2)]),
        (HEAD + ROWS + b"8000000003\r\n", [("", "trailer-count", 2)]),
        (HEAD + ROWS + b"2             \r\n", [("", "record-length", 3)]),
        (HEAD + ROWS + b"2         \r\n" + b"8000000003\r\n", [("", "record-mark", 3)]),
        (HEAD + ROWS + TAIL + ROWS, [("", "record-mark", 3)]),
        (HEAD + b"1x", [("", "record-length", 1)]),
    ],
)  # fmt: skip
def test_records_that_are_not_as_declared_are_refused_by_name(raw: bytes, found: list[tuple[str, str, int]]) -> None:
    told = findings(raw, fixed(NAME, COUNT))
    assert set(told) & set(found)
    assert {rule for _, rule, _ in told} <= {rule for _, rule, _ in found}


def test_a_character_cut_by_a_border_between_fields_breaks_the_encoding() -> None:
    narrow = ColumnSchema("a", Kind.TEXT, Role.PLAIN, at=1, width_bytes=3)
    layout = Fixed(4, Ends.NONE)
    assert findings("山田".encode("cp932"), fixed(narrow, layout=layout)) == [("a", "encoding", 1)]


@pytest.mark.requirement("C08")
def test_a_row_of_a_claim_carries_what_other_lines_of_the_same_claim_say() -> None:
    lines = (
        "IR,1",
        "RE,1,甲",
        "HO,06132013",
        "SY,111",
        "CO,秘密",
        "SY,222",
        "RE,2,乙",
        "SY,333",
        "HO,33120015",
        "SJ,秘密",
        "GO,2",
    )
    raw = "".join(one + "\r\n" for one in lines).encode("cp932")
    table = read_csv(io.BytesIO(raw), CLAIM)
    assert [one.cells() for one in table.columns] == [["06132013", "06132013", "33120015"], ["111", "222", "333"]]
    assert inspect(io.BytesIO(raw), CLAIM).dropped == (("CO", 1), ("SJ", 1))


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (["RE,1", "HO,1", "SY,1", "GO,2"], "claim-count"),
        (["SY,9", "RE,1", "HO,1", "SY,1"], "stray-line"),
        (["RE,1", "HO,1", "SY,1", "GO,1", "RE,1"], "stray-line"),
        (["RE,1", "HO,1", "SY,1\r1"], "line-end"),
    ],
)
def test_claims_out_of_order_are_refused_by_name(lines: list[str], rule: str) -> None:
    assert rule in {one for _, one, _ in findings("\n".join(lines).encode(), CLAIM)}


def test_a_claim_without_end_is_refused() -> None:
    raw = b"RE,1\n" + b"SI,1\n" * 2_000
    with pytest.raises(BadTable) as caught:
        read_csv(io.BytesIO(raw), CLAIM, Limits(chunk_bytes=64, claim_bytes=1_000))
    assert [one.rule for one in caught.value.findings] == ["line-length"]


def test_utf_16_needs_its_mark() -> None:
    of = Schema("t", Encoding.UTF_16, Csv(), (ColumnSchema("名", Kind.TEXT, Role.PLAIN),))
    for codec in ("utf-16", "utf-16-be"):
        raw = ("\ufeff" if codec == "utf-16-be" else "") + "名\r\n山\r\n\x1a"
        assert read_csv(io.BytesIO(raw.encode(codec)), of).columns[0].cells() == ["山"]
    assert findings("名\n山\n".encode("utf-16-le"), of)[0][1] == "columns"


def test_rows_of_totals_are_left_out_however_they_look() -> None:
    of = Schema("t", Encoding.UTF_8, Csv(totals=2), (COUNT, NAME))
    raw = "件数,氏名\n1,山\n2,川\n合計,3,,\n\n".encode()
    for chunk in (1, 8, 2**20):
        assert read_csv(io.BytesIO(raw), of, Limits(chunk_bytes=chunk)).columns[0].cells() == [1, 2]


@pytest.mark.requirement("B14")
def test_private_use_characters_stay_in_what_is_deleted_and_are_hidden_and_counted_elsewhere(tmp_path: Path) -> None:
    note = ColumnSchema("備考", Kind.TEXT, Role.PLAIN, blank=True)
    of = Schema("t", Encoding.CP932, Csv(), (NAME, note))
    raw = "氏名,備考\n".encode("cp932") + b"\xf0\x40,a\xf9\xfcb\n" + b"x,a\xf9\xfcb\n" + b"x,\n"
    done = disarm(io.BytesIO(raw), of, tmp_path / "t.parquet")
    assert done.gaiji == (("備考", 2),)
    assert [one.cells() for one in read_table(tmp_path / "t.parquet").columns] == [
        ["\ue000", "x", "x"],
        ["a〓b", "a〓b", None],
    ]


def words(language: Language) -> ErrorWords:
    say = words_in(language).say
    heads = tuple(say(f"error-list.{key}") for key in ("row", "line", "column", "rule", "value"))
    return ErrorWords(
        heads,  # type: ignore[arg-type]
        {rule: say(f"rule.{rule.value}") for rule in Rule},
        words_in(language).texts["error-list.more"],
    )


@pytest.mark.parametrize("language", Language)
def test_the_clerk_gets_a_list_that_a_spreadsheet_opens_and_nothing_in_it_is_a_formula(language: Language) -> None:
    of = Schema("t", Encoding.UTF_8, Csv(), (COUNT, NAME))
    raw = '件数,氏名\n1,"山\n田"\n=1+1,\u200b\nx,-\n3\n'.encode()
    errors = ErrorList()
    with pytest.raises(BadTable) as caught:
        inspect(io.BytesIO(raw), of, errors=errors)
    assert "=1+1" not in repr((caught.value, errors.misfits()))
    sink = io.BytesIO()
    write_error_list(errors, words(language), sink)
    lines = list(csv.reader(io.StringIO(sink.getvalue().decode("utf-8-sig"), newline="")))
    assert sink.getvalue().startswith(b"\xef\xbb\xbf")
    said = words(language).rules
    assert lines[0] == list(words(language).heads)
    assert sorted(lines[1:]) == sorted(
        [
            ["2", "4", "件数", said[Rule.FORMULA], "'=1+1"],
            ["2", "4", "氏名", said[Rule.CONTROL], "<U+200B>"],
            ["3", "5", "件数", said[Rule.TYPE], "x"],
            ["3", "5", "氏名", said[Rule.FORMULA], "'-"],
            ["4", "6", "", said[Rule.SHAPE], ""],
        ]
    )


def test_a_list_of_errors_ends_somewhere_and_says_how_many_are_not_on_it() -> None:
    of = Schema("t", Encoding.UTF_8, Csv(), (COUNT,))
    errors = ErrorList(most=3)
    with pytest.raises(BadTable):
        inspect(io.BytesIO("件数\n".encode() + b"x\ny\n" * 5), of, errors=errors)
    assert (len(errors), errors.left_out) == (3, 7)
    sink = io.BytesIO()
    write_error_list(errors, words(Language.EN), sink)
    assert "7 more are not listed" in sink.getvalue().decode()


def test_whoever_watches_sees_every_cell_but_those_that_never_leave() -> None:
    secret = ColumnSchema("番号", Kind.CODE, Role.STRIPPED)
    seen: dict[str, Counter[str]] = {}

    def watch(column: str, texts: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        seen.setdefault(column, Counter()).update(dict(zip(texts, counts.tolist(), strict=True)))

    of = Schema("t", Encoding.UTF_8, Csv(), (secret, COUNT))
    inspect(io.BytesIO("番号,件数\n".encode() + b"9,1\n8,2\n7,1\n"), of, Limits(chunk_bytes=6), watch=watch)
    assert seen == {"件数": Counter({"1": 2, "2": 1})}


@pytest.mark.requirement("C08")
def test_what_never_leaves_is_not_in_what_is_sealed() -> None:
    secret = ColumnSchema("番号", Kind.CODE, Role.STRIPPED)
    of = Schema("t", Encoding.UTF_16, Csv(), (secret, NAME))
    after, pieces = rewritten(io.BytesIO("番号,氏名\n123456789018,山\n123456789018,\n".encode("utf-16")), of)
    assert b"".join(pieces) == '氏名\n山\n""\n'.encode()
    assert after.names == ("氏名",)


def test_what_does_not_fit_is_not_rewritten_to_its_end() -> None:
    of = Schema("t", Encoding.UTF_8, Csv(header=False), (COUNT, NAME))
    with pytest.raises(BadTable):
        list(rewritten(io.BytesIO(b"1,a\nx,b\n"), of)[1])


def test_a_schema_of_nothing_but_stripped_columns_leaves_nothing_to_seal() -> None:
    with pytest.raises(ValueError, match="no column"):
        rewritten(io.BytesIO(b""), fixed(ColumnSchema("番号", Kind.CODE, Role.STRIPPED, at=1, width_bytes=1)))
