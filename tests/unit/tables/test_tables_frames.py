"""Data frames of other libraries become coded tables, and coded tables become data frames."""

import datetime as dt
import io
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.table import table_of
from sekisho.errors import BadTable, Finding, Reason
from sekisho.tables.arrow import arrow_from_table, read_table, table_from_arrow, write_parquet

FIRST, LAST = dt.date(1930, 1, 31), dt.date(2024, 2, 29)
NAN = float("nan")


def cells(frame):
    return {one.name: one.cells() for one in table_from_arrow(frame).columns}


def test_a_polars_frame_keeps_its_cells():
    frame = pl.DataFrame(
        {
            "text": ["b", None, "a", ""],
            "small": pl.Series([1, None, -3, 1], dtype=pl.Int8),
            "unsigned": pl.Series([1, None, 255, 1], dtype=pl.UInt8),
            "category": pl.Series(["y", "x", None, "y"], dtype=pl.Categorical),
            "chosen": pl.Series(["y", "x", None, "y"], dtype=pl.Enum(["z", "y", "x"])),
            "day": [LAST, FIRST, None, LAST],
            "truth": [True, None, False, True],
            "whole": [2.0, NAN, None, -1.0],
        }
    )
    assert cells(frame) == {
        "text": ["b", None, "a", None],
        "small": [1, None, -3, 1],
        "unsigned": [1, None, 255, 1],
        "category": ["y", "x", None, "y"],
        "chosen": ["y", "x", None, "y"],
        "day": [LAST, FIRST, None, LAST],
        "truth": ["true", None, "false", "true"],
        "whole": [2, None, None, -1],
    }


def test_a_pandas_frame_keeps_its_cells():
    frame = pd.DataFrame(
        {
            "text": ["b", None, "a"],
            "object": pd.Series(["b", NAN, None], dtype=object),
            "with_gap": [1, None, 3],
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "category": pd.Categorical(["y", None, "x"]),
            "midnight": pd.to_datetime(["2024-02-29", None, "1930-01-31"]),
            "truth": [True, False, True],
        }
    )
    assert cells(frame) == {
        "text": ["b", None, "a"],
        "object": ["b", None, None],
        "with_gap": [1, None, 3],
        "nullable": [1, None, 3],
        "category": ["y", None, "x"],
        "midnight": [LAST, None, FIRST],
        "truth": ["true", "false", "true"],
    }


def test_a_duckdb_relation_keeps_its_cells():
    relation = duckdb.sql(
        """select * from (values (1::hugeint, 'b', date '2024-02-29', true, 2.00::decimal(9, 2), 'x'::enum('y', 'x')),
           (null, null, null, null, null, null)) as made(number, text, day, truth, exact, chosen)"""
    )
    assert cells(relation) == {
        "number": [1, None],
        "text": ["b", None],
        "day": [LAST, None],
        "truth": ["true", None],
        "exact": [2, None],
        "chosen": ["x", None],
    }


def test_values_stand_in_rising_order_with_the_blank_first_and_nothing_that_no_row_has():
    held = pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(pa.array([2, None, 0], pa.int8()), pa.array(["c", "unused", "a"])),
            pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["b", "c"])),
            pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int8()), pa.array(["b", "c"])),
        ]
    )
    column = table_from_arrow(pa.table({"a": held})).column("a")
    assert column.values == (None, "a", "b", "c")  # noqa: PD011 - our column, not one of pandas
    assert column.cells() == ["a", None, "c", "b", "c", "c", "b"]


def test_a_null_inside_a_dictionary_and_one_beside_it_are_the_same_blank():
    held = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array([None, "a"]))
    assert table_from_arrow(pa.table({"a": held})).column("a").cells() == [None, "a", None]


@pytest.mark.parametrize(
    ("held", "rule", "count"),
    [
        (pa.array([1.5, 2.0, 1.5, None]), "not-whole", 2),
        (pa.array([float("inf"), 1.0]), "not-whole", 1),
        (pa.array([2**63, 1], pa.uint64()), "not-whole", 1),
        (pa.array([Decimal("1.50"), Decimal("2.00")]), "not-whole", 1),
        (pa.array([1_709_208_000, 1_709_164_800], pa.timestamp("s")), "moment", 1),
        (pa.array([[1], [2]]), "other-kind", 2),
        (pa.array([b"\xff", b"a"]), "other-kind", 2),
    ],
)
def test_cells_that_no_table_can_hold_are_counted_and_refused(held, rule, count):
    with pytest.raises(BadTable) as caught:
        table_from_arrow(pa.table({"a": held}))
    assert caught.value.reason is Reason.TABLE_COLUMN_KIND
    assert caught.value.findings == (Finding("a", rule, count),)
    assert caught.value.__cause__ is None


def test_a_pandas_column_of_mixed_objects_is_refused_without_a_value():
    with pytest.raises(BadTable) as caught:
        table_from_arrow(pd.DataFrame({"a": pd.Series(["Hanako", 7], dtype=object)}))
    assert caught.value.reason is Reason.TABLE_COLUMN_KIND
    assert "Hanako" not in str(caught.value)


def test_doubled_names_are_refused():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(BadTable) as caught:
        table_from_arrow(table)
    assert caught.value.reason is Reason.TABLE_ROLES
    assert caught.value.findings == (Finding("a", "unique", 2),)


TABLE = table_of(
    label=["10-19", None, "*", "10-19"],
    age=[31, 4, None, 31],
    born=[FIRST, None, LAST, FIRST],
    mixed=[35, "*", None, 7],
)


def test_polars_pandas_and_duckdb_take_what_comes_out():
    frame = arrow_from_table(TABLE)
    expected = {
        "label": ["10-19", None, "*", "10-19"],
        "age": [31, 4, None, 31],
        "born": [FIRST, None, LAST, FIRST],
        "mixed": ["35", "*", None, "7"],
    }
    assert pl.DataFrame(frame).to_dict(as_series=False) == expected
    rows = duckdb.from_arrow(frame).fetchall()
    assert [tuple(column[row] for column in expected.values()) for row in range(4)] == rows
    assert frame.to_pandas()["label"].astype(object).where(lambda one: one.notna(), None).tolist() == expected["label"]
    assert cells(frame) == expected


def test_a_parquet_file_holds_plain_text_numbers_and_days():
    sink = io.BytesIO()
    write_parquet(TABLE, sink)
    schema = pq.read_table(sink).schema
    assert [str(one.type) for one in schema] == ["string", "int64", "date32[day]", "string"]


@pytest.mark.parametrize("rows_in_a_part", [1, 3, 1000])
def test_a_parquet_file_of_many_parts_and_dictionaries_is_read_as_one(tmp_path, rows_in_a_part):
    text = [None if one % 7 == 0 else f"v{one % 11}" for one in range(50)]
    pq.write_table(
        pa.table({"a": pa.array(text).dictionary_encode(), "b": pa.array(range(50), pa.int16()), "c": text}),
        tmp_path / "t.parquet",
        row_group_size=rows_in_a_part,
    )
    read = read_table(tmp_path / "t.parquet")
    assert read.column("a").cells() == read.column("c").cells() == text
    assert read.column("b").cells() == list(range(50))


@given(st.lists(st.lists(st.one_of(st.none(), st.text("abあ", max_size=2)), max_size=6), max_size=5))
def test_chunks_that_share_no_dictionary_give_the_cells_that_they_hold(chunks):
    coded = [pa.array(one, pa.string()).dictionary_encode() for one in chunks]
    column = table_from_arrow(pa.table({"a": pa.chunked_array(coded, pa.dictionary(pa.int32(), pa.string()))})).column(
        "a"
    )
    assert column.cells() == [cell or None for one in chunks for cell in one]
    known = [one for one in column.values if one is not None]  # noqa: PD011 - our column, not one of pandas
    assert known == sorted(known)
    assert column.counts.all()
    assert column.codes.dtype == np.int32
