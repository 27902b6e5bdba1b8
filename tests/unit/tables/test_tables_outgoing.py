import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Encoding, Kind, Role, read_schema, write_schema
from sekisho.deid.table import Column, Table, table_of
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.arrow import arrow_from_table, read_table, table_from_arrow, write_parquet
from sekisho.tables.outgoing import recipient_schema, write_csv
from sekisho.tables.row_count import count_rows

TABLE = table_of(
    age=["≥90", "30-34", "*"],
    born=[date(1930, 1, 1), None, date(1990, 5, 1)],
    income=[-5, 120, None],
    note=['a,"b"', "二\n行", None],
)


def csv_of(table: Table) -> bytes:
    sink = io.BytesIO()
    write_csv(table, sink)
    return sink.getvalue()


def test_a_csv_is_written_in_its_one_spelling() -> None:
    expected = 'age,born,income,note\n≥90,1930-01-01,-5,"a,""b"""\n30-34,,120,"二\n行"\n*,1990-05-01,,\n'
    assert csv_of(TABLE) == expected.encode()


def test_a_lone_blank_cell_is_quoted_so_that_its_row_can_be_seen() -> None:
    assert csv_of(table_of(a=["x", None])) == b'a\nx\n""\n'


def test_a_table_longer_than_one_part_is_written_whole() -> None:
    rows = 70_000
    table = Table((Column("n", tuple(range(rows)), np.arange(rows, dtype=np.int32)),))
    assert csv_of(table) == ("n\n" + "".join(f"{one}\n" for one in range(rows))).encode()


@pytest.mark.requirement("C08")
def test_a_cell_or_name_that_would_start_a_formula_is_refused_before_a_byte_is_written() -> None:
    sink = io.BytesIO()
    with pytest.raises(BadTable) as caught:
        write_csv(Table((*table_of(a=["x", "=1", "=2"]).columns, *table_of(**{"@b": [1, 2, 3]}).columns)), sink)
    assert caught.value.reason is Reason.TABLE_DOES_NOT_FIT
    assert caught.value.findings == (Finding("a", "formula", 2, 2), Finding("@b", "formula", 1, 0))
    assert sink.getvalue() == b""


@pytest.mark.parametrize("text", ["髙\ue000", "\U0010de92", "山〓"])
@pytest.mark.requirement("B14")
def test_no_character_of_one_municipality_alone_nor_its_stand_in_reaches_a_recipient(text: str) -> None:
    with pytest.raises(BadTable) as caught:
        csv_of(table_of(a=["x", text, text]))
    assert caught.value.findings == (Finding("a", "private-use", 2, 2),)


def test_a_formula_among_unused_values_is_no_misfit() -> None:
    assert csv_of(Table((Column("a", ("x", "=1"), np.zeros(1, np.int32)),))) == b"a\nx\n"


def test_a_table_without_rows_is_not_written() -> None:
    with pytest.raises(BadTable) as caught:
        csv_of(table_of(a=[]))
    assert caught.value.reason is Reason.TABLE_EMPTY


def test_the_recipient_schema_says_what_each_column_is_and_nothing_of_the_source() -> None:
    found = recipient_schema(TABLE, "届け")
    assert (found.encoding, found.layout) == (Encoding.UTF_8, Csv())
    assert [(one.name, one.kind, one.blank) for one in found.columns] == [
        ("age", Kind.TEXT, False),
        ("born", Kind.DATE, True),
        ("income", Kind.INTEGER, True),
        ("note", Kind.TEXT, True),
    ]
    assert all(one.role is Role.PLAIN and one.minimum is None and one.values == () for one in found.columns)
    assert write_schema(found) == write_schema(recipient_schema(TABLE, "届け"))


def test_a_parquet_file_gives_the_same_table_back(tmp_path: Path) -> None:
    with (tmp_path / "t.parquet").open("wb") as sink:
        write_parquet(TABLE, sink)
    again = read_table(tmp_path / "t.parquet")
    assert [one.cells() for one in again.columns] == [one.cells() for one in TABLE.columns]
    assert again.column("born").values == (None, date(1930, 1, 1), date(1990, 5, 1))


def test_a_column_of_mixed_kinds_becomes_text() -> None:
    found = arrow_from_table(table_of(a=[1, "*", None, date(2024, 1, 5)]))
    assert found.to_pydict() == {"a": ["1", "*", None, "2024-01-05"]}


def test_tables_come_from_arrow_in_every_width_of_number_and_text() -> None:
    columns = {
        "a": pa.array([2, 1, None], pa.int8()),
        "b": pa.array(["y", "x", "y"], pa.large_string()),
        "c": pa.array(["y", None, "x"]).dictionary_encode(),
        "d": pa.nulls(3),
    }
    found = table_from_arrow(pa.concat_tables([pa.table(columns), pa.table(columns)]))
    assert [one.cells() for one in found.columns] == [
        [2, 1, None] * 2,
        ["y", "x", "y"] * 2,
        ["y", None, "x"] * 2,
        [None] * 6,
    ]
    assert found.column("a").values == (None, 1, 2)


@pytest.mark.parametrize("type_", [pa.time32("s"), pa.timestamp("s", "UTC"), pa.binary(), pa.list_(pa.int64())])
def test_a_column_of_another_type_is_refused(type_: pa.DataType) -> None:
    with pytest.raises(BadTable) as caught:
        table_from_arrow(pa.table({"a": pa.nulls(3, type_)}))
    assert (caught.value.reason, caught.value.findings) == (Reason.TABLE_COLUMN_KIND, (Finding("a", "other-kind", 3),))


def test_a_declared_schema_and_its_csv_give_a_table_in_two_calls() -> None:
    from sekisho.tables.disarm import read_csv

    of = read_schema(
        b'format = "sekisho-schema-v1"\nname = "t"\nencoding = "utf-8"\n[[column]]\nname = "a"\ntype = "integer"\nrole = "plain"\n'
    )
    assert read_csv(io.BytesIO(b"a\n3\n1\n3\n"), of).column("a").cells() == [3, 1, 3]


@pytest.mark.parametrize(
    ("raw", "rows"),
    [
        (b"", 0), (b"\x1a", 0), (b"a", 0), (b"a\n", 0), (b"a\n1", 1), (b"a\n1\n", 1), (b"a\r\n1\r\n2\r\n\x1a", 2),
        (b'a\n"1\n2"\n"3""\n"\n', 2), (b"a\n\n\n", 2), ("名\n表ソ能\n".encode("cp932"), 1), (b'"a\nb"\n1\n', 1),
    ],
)  # fmt: skip
def test_rows_are_counted_with_quotes_respected(raw: bytes, rows: int) -> None:
    assert count_rows(io.BytesIO(raw)) == rows


def test_a_file_of_several_chunks_is_counted_whole() -> None:
    assert count_rows(io.BytesIO(b"a\n" + b'"1\n2"\n' * 400_000)) == 400_000


def test_rows_can_be_counted_where_pyarrow_and_numpy_are_not_installed() -> None:
    seen = "import sys, sekisho.tables.row_count; sys.exit(bool({'pyarrow', 'numpy', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0
