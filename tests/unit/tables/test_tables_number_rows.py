"""Where the numbers stand that may not come in: rows and lines as the clerk counts them (spec/numbers.md 6)."""

import csv
import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Uke
from sekisho.deid.numbers.codes import Code
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.tables import number_rows
from sekisho.tables.error_list import ErrorList
from sekisho.tables.number_rows import list_numbers
from sekisho.tables.records.decoding import Limits
from tests.unit.deid.numbers.numbers_made import my_numbers

pytestmark = pytest.mark.requirement("A16", "C08")

ONE, TWO, THREE = my_numbers(Random(11), 3)
SMALL_BLOCKS = Limits(chunk_bytes=16)


def column(name, **place):
    return ColumnSchema(name, Kind.TEXT, Role.PLAIN, blank=True, **place)


def of(layout, *columns):
    return Schema("t", Encoding.UTF_8, layout, columns)


def listed(raw, schema, most=100, **wanted):
    """Give back the first rows by column, and of each cell listed its row, line, column and text."""
    errors = ErrorList(most)
    first = list_numbers(io.BytesIO(raw.encode()), schema, wanted or {"memo": Code.MY_NUMBER}, errors)
    return first, [(one.row, one.line, one.column, one.text) for one in errors.misfits()]


HEADED = of(Csv(), column("id"), column("memo"))
BARE = of(Csv(header=False), column("id"), column("memo"))


@pytest.fixture(params=["one block", "small blocks"])
def blocks(request, monkeypatch):
    """The file as one block, and as many: rows are counted on from block to block."""
    if request.param == "small blocks":
        monkeypatch.setattr(number_rows, "LIMITS", SMALL_BLOCKS)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(
    ("schema", "head"), [(HEADED, "id,memo\n"), (BARE, "")], ids=["with a header", "without a header"]
)
def test_rows_count_from_the_first_below_the_header_and_lines_from_the_top_of_the_file(schema, head):
    above = head.count("\n")
    first, cells = listed(f"{head}a,1\nb,{ONE}\nc,\nd,{TWO}\n", schema)
    assert first == {"memo": 2}
    assert cells == [(2, above + 2, "memo", ONE), (4, above + 4, "memo", TWO)]


@pytest.mark.usefixtures("blocks")
def test_an_empty_line_is_a_row_that_does_not_fit_and_is_counted_as_such():
    first, cells = listed(f"id,memo\n\na,1\n\n\nb,{ONE}\n", HEADED)
    assert (first, cells) == ({"memo": 5}, [(5, 6, "memo", ONE)])


@pytest.mark.usefixtures("blocks")
def test_a_line_break_inside_of_quotes_moves_the_line_and_not_the_row():
    first, cells = listed(f'id,memo\n"a\nb",1\n"c\n\nd","x\n{ONE}"\ne,{TWO}\n', HEADED)
    assert first == {"memo": 2}
    assert cells == [(2, 4, "memo", f"x\n{ONE}"), (3, 8, "memo", TWO)]


@pytest.mark.usefixtures("blocks")
def test_records_of_fixed_length_are_counted_without_the_one_at_the_head():
    layout = Fixed(15, Ends.CRLF, header="0", data_mark="1", trailer="8")
    schema = of(layout, column("id", at=2, width_bytes=2), column("memo", at=4, width_bytes=12))
    records = ["0" + " " * 14, f"1aa{'':12}", f"1bb{ONE}", f"1cc{'7':12}", f"1dd{TWO}", "8" + " " * 14]
    first, cells = listed("\r\n".join([*records, ""]), schema)
    assert first == {"memo": 2}
    assert cells == [(2, 3, "memo", ONE), (4, 5, "memo", TWO)]


def test_rows_of_claims_are_counted_by_their_own_kind_of_line_and_carry_what_the_claim_says():
    schema = of(Uke("SY"), column("被保険者", source="HO.2"), column("memo", source="SY.2"))
    lines = ["IR,1", "RE,1", f"HO,{THREE}", "SY,1", f"SY,{ONE}", "RE,2", "HO,7", "SY,2", f"SY,{TWO}", "GO,2"]
    raw = "".join(f"{one}\r\n" for one in lines)
    wanted = {"被保険者": Code.MY_NUMBER, "memo": Code.MY_NUMBER}
    first, cells = listed(raw, schema, **wanted)
    assert first == {"被保険者": 1, "memo": 2}
    assert sorted(cells) == sorted(
        [(1, 4, "被保険者", THREE), (2, 5, "被保険者", THREE), (2, 5, "memo", ONE), (4, 9, "memo", TWO)]
    )


def test_several_columns_are_looked_through_each_for_its_own_number():
    schema = of(Csv(), column("card"), column("memo"), column("other"))
    raw = f"card,memo,other\n{ONE},x,{ONE}\nAB12345678CD,{TWO},1\n,AB12345678CD,1\n"
    first, cells = listed(raw, schema, card=Code.RESIDENCE_CARD, memo=Code.MY_NUMBER)
    assert first == {"card": 2, "memo": 2}
    assert cells == [(2, 3, "card", "AB12345678CD"), (2, 3, "memo", TWO)]


def test_totals_at_the_end_are_nobodys_and_not_listed():
    schema = of(Csv(totals=1), column("id"), column("memo"))
    assert listed(f"id,memo\na,{ONE}\n合計,{TWO}\n", schema) == ({"memo": 1}, [(1, 2, "memo", ONE)])


def test_a_column_without_such_a_number_has_no_first_row():
    assert listed("id,memo\na,1\nb,\n", HEADED) == ({}, [])


def test_under_a_name_that_says_so_a_number_that_lost_its_leading_zero_is_listed_too():
    schema = of(Csv(), column("マイナンバー"))
    raw = f"マイナンバー\n{ONE[1:]}\n1\n\n"
    assert listed(raw, schema, マイナンバー=Code.MY_NUMBER) == (
        {"マイナンバー": 1},
        [(1, 2, "マイナンバー", ONE[1:])],
    )


def test_what_there_is_no_room_for_is_counted_and_still_names_the_first_row():
    errors = ErrorList(1)
    raw = f"id,memo\na,{ONE}\nb,{TWO}\nc,{THREE}\n".encode()
    assert list_numbers(io.BytesIO(raw), HEADED, {"memo": Code.MY_NUMBER}, errors) == {"memo": 1}
    assert (len(errors), errors.left_out) == (1, 2)


CELL = st.sampled_from(["", "1", "x\ny", 'x"y', "x,y", ONE, f"x {TWO}", f"x\n{THREE}\ny"])


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=30), st.sampled_from(["\n", "\r\n"]))
def test_rows_and_lines_are_those_that_pythons_own_reader_counts(rows, end):
    sink = io.StringIO(newline="")
    written = csv.writer(sink, lineterminator=end, quoting=csv.QUOTE_ALL)
    written.writerows([("id", "memo"), *rows])
    reader = csv.reader(io.StringIO(sink.getvalue(), newline=""))
    wanted, line = [], 1
    for row, cells in enumerate(reader):
        if row and any(one in cells[1] for one in (ONE, TWO, THREE)):
            wanted.append((row, line, "memo", cells[1]))
        line = reader.line_num + 1
    found = listed(sink.getvalue(), HEADED)
    assert found == ({"memo": wanted[0][0]} if wanted else {}, wanted)
