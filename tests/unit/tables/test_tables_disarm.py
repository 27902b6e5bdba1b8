import io
import tomllib
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.arrow import read_table
from sekisho.tables.disarm import disarm, read_csv
from sekisho.tables.oracle.csv_rows import read_rows
from sekisho.tables.records.decoding import Limits

NAME = ColumnSchema("氏名", Kind.TEXT, Role.IDENTIFIER)
AGE = ColumnSchema("年齢", Kind.INTEGER, Role.QUASI_IDENTIFIER, minimum=0, maximum=125)
BIRTH = ColumnSchema("生年月日", Kind.DATE, Role.QUASI_IDENTIFIER, blank=True)
THREE = (NAME, AGE, BIRTH)
HOSTILE = tomllib.loads((Path(__file__).parents[2] / "vectors/disarm/hostile.toml").read_text(encoding="utf-8"))["case"]


def schema(*columns: ColumnSchema, encoding: Encoding = Encoding.UTF_8) -> Schema:
    return Schema("t", encoding, Csv(), columns)


def refusal(raw: bytes, of: Schema) -> BadTable:
    """Give back the refusal, after both readers gave the same."""
    with pytest.raises(BadTable) as fast:
        read_csv(io.BytesIO(raw), of)
    with pytest.raises(BadTable) as slow:
        read_rows(raw, of)
    assert (fast.value.reason, fast.value.findings, fast.value.facts) == (
        slow.value.reason,
        slow.value.findings,
        slow.value.facts,
    )
    return fast.value


def findings(raw: bytes, of: Schema) -> list[tuple[str, str, int, int]]:
    return [(one.column, one.rule, one.count, one.first_row) for one in refusal(raw, of).findings]


class Endless(io.RawIOBase):
    """A stream of `start` and then `more` for ever, that counts what was taken."""

    def __init__(self, start: bytes, more: bytes) -> None:
        self._start, self._more, self.taken = start, more, 0

    def read(self, size: int = -1) -> bytes:
        piece, self._start = self._start[:size], self._start[size:]
        piece += (self._more * (1 + (size - len(piece)) // len(self._more)))[: size - len(piece)]
        self.taken += len(piece)
        return piece


@pytest.mark.requirement("C08")
def test_a_cp932_file_becomes_typed_parquet(tmp_path: Path) -> None:
    raw = '氏名,年齢,生年月日\r\n髙橋　表,４５,S47.10.14\n"a,""b""\r\n二",7,\r\n'.encode("cp932") + b"\x1a"
    of = schema(*THREE, encoding=Encoding.CP932)
    done = disarm(io.BytesIO(raw), of, tmp_path / "out.parquet")
    assert (done.rows, done.respelled) == (2, (("氏名", 1), ("年齢", 1), ("生年月日", 1)))
    assert [one.cells() for one in read_table(tmp_path / "out.parquet").columns] == [
        ["髙橋　表", 'a,"b"\n二'],
        [45, 7],
        [date(1972, 10, 14), None],
    ]
    types = [str(one) for one in pq.read_schema(tmp_path / "out.parquet").types]
    assert types == ["string", "int64", "date32[day]"]


@pytest.mark.requirement("C08")
def test_no_byte_of_the_original_goes_on(tmp_path: Path) -> None:
    raw = "\ufeff氏名,年齢,生年月日\n 山田 ,４５,平成元年1月8日\n".encode()
    disarm(io.BytesIO(raw), schema(*THREE), tmp_path / "out.parquet")
    written = (tmp_path / "out.parquet").read_bytes()
    assert not any(one in written for one in ("平成".encode(), "４５".encode(), " 山田 ".encode()))


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case["name"])
@pytest.mark.requirement("C08")
def test_a_hostile_cell_is_refused_by_its_rule_and_leaves_no_file(case: dict[str, str], tmp_path: Path) -> None:
    text = schema(ColumnSchema("t", Kind.TEXT, Role.PLAIN))
    raw = b"t\ngood\n" + bytes.fromhex(case["hex"]) + b"\n"
    [(column, rule, count, first_row)] = findings(raw, text)
    whole = rule in {"quotes", "line-end"}
    assert (column, rule, count, first_row) == ("" if whole else "t", case["expect"], 1, 2)
    with pytest.raises(BadTable):
        disarm(io.BytesIO(raw), text, tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


def test_misfits_are_counted_by_column_and_rule_with_their_first_row() -> None:
    rows = ["山,1,", ",2,", "川,x,2024-01-01", "川", "=1,126,1", ",-1,R1.4.30", "川,y,"]
    raw = "\n".join(["氏名,年齢,生年月日", *rows]).encode()
    bad = refusal(raw, schema(*THREE))
    assert (bad.reason, bad.facts) == (Reason.TABLE_DOES_NOT_FIT, {"kinds": 7, "rows": 7})
    assert bad.findings == (
        Finding("", "shape", 1, 4),
        Finding("氏名", "blank", 2, 2),
        Finding("氏名", "formula", 1, 5),
        Finding("年齢", "type", 2, 3),
        Finding("年齢", "minimum", 1, 6),
        Finding("年齢", "maximum", 1, 5),
        Finding("生年月日", "type", 2, 5),
    )


def test_a_refusal_tells_no_value() -> None:
    bad = refusal("氏名,年齢,生年月日\n山田花子,秘密,秘密\n".encode(), schema(*THREE))
    assert not any(one in f"{bad} {bad.findings} {bad.facts}" for one in ("山田", "秘密"))


def test_at_most_a_hundred_findings_are_told() -> None:
    columns = [ColumnSchema(f"c{place}", Kind.INTEGER, Role.PLAIN) for place in range(150)]
    raw = (",".join(one.name for one in columns) + "\n" + ",".join("x" * 150) + "\n").encode()
    bad = refusal(raw, schema(*columns))
    assert (len(bad.findings), bad.facts["kinds"]) == (100, 150)


@pytest.mark.parametrize(
    ("header", "expect", "facts"),
    [
        ("氏名,年齢", [("生年月日", 1)], {"missing": 1, "displaced": 0, "doubled": 0, "extra": 0}),
        ("年齢,氏名,生年月日", [("氏名", 1), ("年齢", 1)], {"missing": 0, "displaced": 2, "doubled": 0, "extra": 0}),
        ("氏名,年齢,生年月日,個人番号,x", [("", 2)], {"missing": 0, "displaced": 0, "doubled": 0, "extra": 2}),
        ("氏名,年齢,年齢,年齢,生年月日", [("年齢", 2)], {"missing": 0, "displaced": 0, "doubled": 1, "extra": 0}),
        ("", [("", 1), ("氏名", 1), ("年齢", 1), ("生年月日", 1)], {"missing": 3, "displaced": 0, "doubled": 0, "extra": 1}),
    ],
)  # fmt: skip
def test_a_header_that_differs_is_told_by_declared_names_only(
    header: str, expect: list[tuple[str, int]], facts: dict[str, int]
) -> None:
    bad = refusal(f"{header}\n山,1,\n".encode(), schema(*THREE))
    assert bad.findings == tuple(Finding(name, "columns", count, 0) for name, count in expect)
    assert bad.facts == {"kinds": len(expect), "rows": 0} | facts


@pytest.mark.parametrize(
    ("header", "written", "declared", "hinted"),
    [
        ("氏名,年齢,生年月日", "cp932", Encoding.UTF_8, True),
        ("氏名,年齢,生年月日", "utf-8", Encoding.CP932, True),
        ("住所,電話,備考", "utf-8", Encoding.UTF_8, True),  # a sound header of another table cannot be told apart
        ("住所,年齢,生年月日", "utf-8", Encoding.UTF_8, False),
        ("name,age,birthday", "utf-8", Encoding.UTF_8, False),
        ("氏名,年齢", "utf-8", Encoding.UTF_8, False),
    ],
)
def test_a_header_that_may_be_encoded_otherwise_is_told_as_such(
    header: str, written: str, declared: Encoding, *, hinted: bool
) -> None:
    bad = refusal(f"{header}\n山,1,\n".encode(written), schema(*THREE, encoding=declared))
    assert bad.facts.get("problem") == ("perhaps-encoding" if hinted else None)


def test_a_header_may_be_quoted_and_spaced() -> None:
    table = read_csv(io.BytesIO('"氏名", 年齢　,生年月日\n山,1,\n'.encode()), schema(*THREE))
    assert table.names == ("氏名", "年齢", "生年月日")


@pytest.mark.parametrize(
    "raw", [b"", b"\xef\xbb\xbf", b"\x1a", "氏名,年齢,生年月日".encode(), "氏名,年齢,生年月日\r\n".encode()]
)
def test_a_file_without_rows_is_empty(raw: bytes, tmp_path: Path) -> None:
    assert refusal(raw, schema(*THREE)).reason is Reason.TABLE_EMPTY
    with pytest.raises(BadTable):
        disarm(io.BytesIO(raw), schema(*THREE), tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("C08")
def test_a_million_columns_are_refused_in_little_memory_without_reading_on(tmp_path: Path) -> None:
    stream = Endless(b"", b"column,")
    tracemalloc.start()
    with pytest.raises(BadTable) as caught:
        disarm(stream, schema(*THREE), tmp_path / "out.parquet")  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.findings == (Finding("", "line-length", 1, 0),)
    assert stream.taken <= Limits().chunk_bytes
    assert peak < 64 * 2**20


def test_more_columns_than_may_be_declared_are_refused() -> None:
    raw = ("氏名,年齢,生年月日" + ",x" * 20_000 + "\n").encode()
    assert findings(raw, schema(*THREE)) == [("", "columns", 20_000, 0)]


@pytest.mark.parametrize(("start", "more"), [(b"", b"x"), (b'"', b"x\n"), (b"", b"\xff")])
def test_an_endless_line_is_refused_after_one_mebibyte(start: bytes, more: bytes) -> None:
    stream = Endless("氏名,年齢,生年月日\n山,1,\n".encode() + start, more)
    with pytest.raises(BadTable) as caught:
        read_csv(stream, schema(*THREE))  # type: ignore[arg-type]
    assert caught.value.findings == (Finding("", "line-length", 1, 2),)
    assert stream.taken <= 2 * Limits().chunk_bytes


def test_a_record_of_exactly_one_mebibyte_is_read() -> None:
    of = schema(ColumnSchema("t", Kind.TEXT, Role.PLAIN, longest=2**20))
    row = b"x" * 2**20
    assert read_csv(io.BytesIO(b"t\n" + row + b"\n" + row), of).rows == 2
    with pytest.raises(BadTable) as caught:
        read_csv(io.BytesIO(b"t\n" + row + b"x\n"), of)
    assert caught.value.findings == (Finding("", "line-length", 1, 1),)


def test_endless_empty_lines_are_counted_without_a_callback_each() -> None:
    raw = "氏名,年齢,生年月日\n".encode() + b"\n" * 3_000_000
    with pytest.raises(BadTable) as caught:
        read_csv(io.BytesIO(raw), schema(*THREE))
    assert caught.value.findings == (Finding("", "shape", 3_000_000, 1),)


def test_misfits_of_several_blocks_add_up() -> None:
    raw = "氏名,年齢,生年月日\n".encode() + "山,1,\n山,x,\n山\n".encode() * 1000
    with pytest.raises(BadTable) as caught:
        read_csv(io.BytesIO(raw), schema(*THREE), Limits(chunk_bytes=512))
    assert caught.value.findings == (Finding("", "shape", 1000, 3), Finding("年齢", "type", 1000, 2))


def test_an_existing_file_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    out.write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        disarm(io.BytesIO(b"x"), schema(*THREE), out)
    assert out.read_bytes() == b"kept"


def test_a_stream_that_breaks_leaves_no_file(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        pieces: Iterator[bytes] = iter(["氏名,年齢,生年月日\n山,1,\n".encode()])

        def read(self, _size: int | None = -1) -> bytes:
            for piece in self.pieces:
                return piece
            raise OSError("cut")

    with pytest.raises(OSError, match="cut"):
        disarm(Breaking(), schema(*THREE), tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = "山田　太郎,45,S47.10.14\n".encode()
    peaks = []
    for count in (3_000, 30_000):
        stream = io.BytesIO("氏名,年齢,生年月日\n".encode() + line * count)
        tracemalloc.start()
        disarm(stream, schema(*THREE), tmp_path / f"{count}", Limits(chunk_bytes=2**15))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


@pytest.mark.parametrize("row", ["\ufeffあ,1,", "\ufeff,1,"], ids=["before text", "alone in the cell"])
def test_a_byte_order_mark_inside_the_file_is_a_character_like_any_other(row):
    found = refusal(f"氏名,年齢,生年月日\n{row}\n".encode(), schema(*THREE)).findings
    assert [(one.column, one.first_row) for one in found] == [("氏名", 1)]


def test_a_file_that_ends_in_a_byte_order_mark_is_refused_not_stumbled_over():
    refusal("氏名,年齢,生年月日\nあ,1,\n\ufeff".encode(), schema(*THREE))
