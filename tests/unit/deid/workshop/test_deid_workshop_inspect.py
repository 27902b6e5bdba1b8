"""A ladder is looked through to its end: every fault is found, and none just where it is accepted."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.schema import Kind
from sekisho.deid.table import column_of
from sekisho.deid.workshop.inspecting import inspect_file, inspect_rule
from sekisho.deid.workshop.remark import ADVICE, Fault
from sekisho.errors import SekishoError

GOOD = "red;warm;*\norange;warm;*\nblue;cold;*\ngreen;cold;*\n"
COLOURS = column_of("colour", ["red", "orange", "blue", "green"] * 5)


def found(text, column=COLOURS, k=5):
    raw = text if isinstance(text, bytes) else text.encode()
    return {one.fault: one for one in inspect_file(raw, column, k).remarks}


def test_a_good_ladder_has_no_remarks_and_shows_its_levels():
    inspection = inspect_file(GOOD.encode(), COLOURS, 5)
    assert (inspection.remarks, inspection.usable) == ((), True)
    assert [one.labels for one in inspection.levels] == [4, 2]


@pytest.mark.parametrize(
    ("text", "fault", "count", "line", "level"),
    [
        (GOOD.encode("utf-16"), Fault.UTF_8, 1, 1, 0),
        (GOOD + '"pink"x;warm;*\n', Fault.QUOTES, 1, 5, 0),
        ("", Fault.EMPTY, 1, 1, 0),
        (GOOD + "\npink;*\n", Fault.RAGGED, 2, 5, 0),
        (GOOD + "pink;warm;all\n", Fault.LAST_LEVEL, 1, 5, 0),
        (GOOD + "pink;;*\n", Fault.EMPTY_LABEL, 1, 5, 0),
        (GOOD + "pi\tnk;warm;*\n", Fault.CHARACTERS, 1, 5, 0),
        (GOOD + "pe\u0301che;warm;*\n", Fault.CHARACTERS, 1, 5, 0),
        (GOOD + "pink;=warm;*\n", Fault.FORMULA, 1, 5, 0),
        (GOOD + "red;warm;*\nred;cold;*\n", Fault.DOUBLED_VALUE, 2, 5, 0),
        ("red;warm;a;*\norange;warm;b;*\nblue;c;c;*\ngreen;c;c;*\n", Fault.NOT_A_TREE, 1, 2, 2),
        (GOOD.replace("green;cold;*\n", ""), Fault.MISSING_VALUE, 1, 0, 0),
        (GOOD.replace("green", "Ｇreen"), Fault.MISSING_BUT_ALIKE, 1, 0, 0),
        ("F;*\nM;*\n", Fault.OTHER_COLUMN, 4, 0, 0),
        (GOOD + "pink;warm;*\n", Fault.UNUSED_LINES, 1, 5, 0),
        ("red;r;*\norange;o;*\nblue;b;*\ngreen;g;*\n", Fault.LEVEL_CHANGES_NOTHING, 4, 0, 1),
        ("red;any;*\norange;any;*\nblue;any;*\ngreen;any;*\n", Fault.LEVEL_ALL_ONE, 1, 0, 1),
        (GOOD.replace("orange;warm", "orange;Warm "), Fault.LABELS_ALIKE, 2, 2, 1),
    ],
)
def test_each_fault_is_found_with_how_often_and_where(text, fault, count, line, level):
    one = found(text)[fault]
    assert (one.count, one.line, one.level) == (count, line, level)
    assert one.grave is (fault not in ADVICE)


def test_all_faults_are_found_at_once_and_the_grave_ones_come_first():
    text = GOOD + "pink;=x;all\n\nred;warm;*\n;;\nplum;x;*\nPLUM;y;*\n"
    remarks = inspect_file(text.encode(), COLOURS, 5).remarks
    faults = [one.fault for one in remarks]
    wanted = {
        *(Fault.FORMULA, Fault.LAST_LEVEL, Fault.RAGGED, Fault.DOUBLED_VALUE),
        *(Fault.UNUSED_LINES, Fault.LABELS_ALIKE),
    }
    assert wanted <= set(faults)
    assert sorted(remarks, key=lambda one: not one.grave) == list(remarks)


def test_a_file_that_a_spreadsheet_saved_is_still_held_against_the_column():
    column = column_of("色", ["赤", "青"] * 5)
    faults = found("赤;暖;*\n青;寒;*\n".encode("cp932"), column)
    assert set(faults) == {Fault.UTF_8, Fault.LEVEL_CHANGES_NOTHING}


def test_a_level_of_which_one_label_has_nearly_all_rows_is_unbalanced():
    column = column_of("colour", ["red"] * 40 + ["orange"] * 40 + ["blue"])
    one = found("red;warm;*\norange;warm;*\nblue;cold;*\n", column)[Fault.UNBALANCED]
    assert (one.level, one.count) == (1, 2)


def test_what_is_missing_tells_rows_and_names_only_values_that_k_rows_have():
    column = column_of("colour", ["red"] * 5 + ["secret"] * 4 + ["blue"] * 5)
    one = found("red;*\n", column)[Fault.MISSING_VALUE]
    assert (one.count, one.rows, one.row, one.shown) == (2, 9, 6, ("blue",))


def test_a_blank_cell_without_a_line_is_missing():
    one = found("red;*\n", column_of("colour", ["red", None]))[Fault.MISSING_VALUE]
    assert (one.count, one.shown) == (1, ())


def test_a_column_that_is_blank_throughout_has_no_levels_to_speak_of():
    inspection = inspect_file(b";*\n", column_of("colour", [None] * 6), 5)
    assert (inspection.remarks, inspection.usable) == ((), True)


@pytest.mark.parametrize("raw", [b"", b"\n", b"\n\n", b"\xff", b"a", b'"', b"\xef\xbb\xbf", b";" * 40])
def test_what_is_no_ladder_at_all_is_told_and_does_not_break(raw):
    inspection = inspect_file(raw, COLOURS, 5)
    assert not inspection.usable


def test_a_rule_for_another_type_says_so_and_nothing_else():
    inspection = inspect_rule(Bands((5,)), Kind.TEXT, COLOURS, 5)
    assert [one.fault for one in inspection.remarks] == [Fault.WRONG_TYPE]
    assert inspection.levels == ()


def test_a_rule_that_lacks_values_says_how_many():
    column = column_of("town", ["13101"] * 5 + ["13102"] * 5 + ["99999"] * 2)
    inspection = inspect_rule(BuiltIn(Known.MUNICIPALITY), Kind.CODE, column, 5)
    assert [(one.fault, one.count, one.rows, one.shown) for one in inspection.remarks if one.grave] == [
        (Fault.MISSING_VALUE, 1, 2, ())
    ]
    assert inspection.levels[0].rows == 10


def test_five_digits_beside_six_are_missing_as_they_are_for_the_search():
    column = column_of("town", ["131016", "13102"] * 5)
    inspection = inspect_rule(BuiltIn(Known.MUNICIPALITY), Kind.CODE, column, 5)
    assert inspection.remarks[0].count == 1


def test_days_before_meiji_are_missing_in_eras():
    column = column_of("born", [date(1800, 1, 1), date(1990, 1, 1), date(1991, 1, 1)])
    inspection = inspect_rule(Calendar((Step.ERA,)), Kind.DATE, column, 5)
    assert (inspection.remarks[0].fault, inspection.remarks[0].count) == (Fault.MISSING_VALUE, 1)


def test_a_ladder_that_was_read_from_a_file_is_looked_through_as_one():
    rule = read_ladder((GOOD + "pink;warm;*\n").encode(), "colour")
    assert [one.fault for one in inspect_rule(rule, Kind.TEXT, COLOURS, 5).remarks] == [Fault.UNUSED_LINES]


def accepted(raw, column):
    try:
        bind(read_ladder(raw, column.name), column)
    except SekishoError:
        return False
    return True


FIELD = st.sampled_from(["a", "b", "c", "A", "x", "y", "*", "", "=x", '"', '"a"', "a\t", "e\u0301", "\u2028"])
LINES = st.lists(st.lists(FIELD, min_size=0, max_size=4).map(";".join), max_size=6).map("\n".join)
TREES = st.lists(st.sampled_from(["a;x;*", "b;x;*", "c;y;*", ";;*", "x;x;*", "1;y;*"]), unique=True, max_size=6)
RAW = st.one_of(LINES.map(str.encode), TREES.map("\n".join).map(str.encode), st.binary(max_size=20))
CELLS = st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=8)


@settings(max_examples=400)
@given(RAW, CELLS)
@example(b";" * 31, [None])
@example(b"a;x;*\n\n", ["a"])
@example(b'a;"x\ny";*\n', ["a"])
@example(b"\xef\xbb\xbfa;*\n", ["a"])
def test_no_grave_fault_is_found_just_where_file_and_column_are_accepted(raw, cells):
    column = column_of("x", cells)
    assert inspect_file(raw, column, 2).usable is accepted(raw, column)


@given(TREES, CELLS)
def test_remarks_name_no_value_that_fewer_than_k_rows_have(lines, cells):
    column = column_of("x", cells)
    for one in inspect_file("\n".join(lines).encode(), column, 3).remarks:
        assert all(cells.count(value) >= 3 for value in one.shown)
