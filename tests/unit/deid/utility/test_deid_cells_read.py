"""Cells of a column without a ladder, read back; and counts that ask for such columns."""

from datetime import date

import numpy as np
import pytest
from deid_released import asked_plainly
from hypothesis import given, settings
from hypothesis import strategies as some

from sekisho.cores import spread
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.ladder import widened
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import column_of
from sekisho.deid.utility.covering import read_cells, read_labels
from sekisho.deid.utility.queries import query_error, query_error_p90, query_errors

ENTROPY = bytes(32)


def cover(before, after):
    """Give back what each different cell covers, as values."""
    read = read_cells(column_of("c", before), column_of("c", after))
    return {
        label: [read.ladder.values[one] for one in places.tolist()]
        for label, places in zip(read.column.values, read.places, strict=True)
    }


@pytest.mark.parametrize(
    ("before", "cell", "covers"),
    [
        ([1, 5, 9], 5, [5]),
        ([1, 5, 9], 6, [6]),
        ([1, 5, 9], "≥5", [5, 9]),
        ([1, 5, 9], "≤5", [1, 5]),
        ([-9, -5, 1], "≤−5", [-9, -5]),
        ([-9, -5, 1], "[−9, −5]", [-9, -5]),
        ([1, 5, 9], "5-9", [5, 9]),
        ([1, None, 9], "*", [None, 1, 9]),
        ([1, 5, 9], None, [None]),
        ([date(2001, 1, 1), date(2002, 1, 1)], "2001-01-01/2001-12-31", [date(2001, 1, 1)]),
        (["x", "y", "z"], "x | z", ["x", "z"]),
        (["x", "y"], "P-1", ["P-1"]),
        (["x", "≥5"], "≥5", ["≥5"]),
        ([1, 2], "≥9", ["≥9"]),
    ],
)
def test_a_cell_covers_what_its_text_says_and_else_itself(before, cell, covers):
    assert cover(before, [cell]) == {cell: covers}


@given(some.lists(some.one_of(some.none(), some.integers(-3, 3), some.sampled_from(["x", "y"])), min_size=1))
def test_a_kept_column_covers_itself(cells):
    assert cover(cells, cells) == {one: [one] for one in cells}


@given(some.lists(some.tuples(some.integers(0, 40), some.sampled_from("xyz")), min_size=1, max_size=40))
@settings(deadline=None, max_examples=25)
def test_columns_released_as_they_were_count_without_error(rows):
    cells = [list(one) for one in zip(*rows, strict=True)]
    ones = np.ones(len(rows), dtype=np.int64)
    errors = query_errors(asked_plainly(cells, cells), ones, ones, ENTROPY, 20)
    assert query_error(errors).number == query_error_p90(errors).number == 0


def test_counts_are_the_same_on_one_core_and_on_all():
    rng = np.random.default_rng(3)
    before = [rng.integers(0, 60, 400).tolist(), rng.choice(list("pqrs"), 400).tolist()]
    after = [[one // 7 * 7 for one in before[0]], before[1]]
    columns, ones = asked_plainly(before, after), np.ones(400, dtype=np.int64)
    alone = query_errors(columns, ones, ones, ENTROPY, 50)
    assert query_errors(columns, ones, ones, ENTROPY, 50, spread).tolist() == alone.tolist()
    assert alone.size == 50
    assert 0 < query_error(alone).number < query_error_p90(alone).number


def test_nine_in_ten_errors_are_no_greater():
    errors = np.arange(11) / 10
    assert float(query_error_p90(errors).number) == 0.9
    assert query_error_p90(np.zeros(0)).number == 0


def test_added_rows_take_nothing_from_the_count():
    columns = asked_plainly([["p", "q"]], [["p", "q", "q", "q"]])
    errors = query_errors(columns, np.ones(2, np.int64), np.ones(4, np.int64), ENTROPY, 20)
    assert set(errors.tolist()) == {0.0, 2.0}


def test_a_label_of_one_level_is_not_taken_for_a_value_that_a_change_left_away():
    """Before any change the column had the text `A` as a value too, and the ladder has it as the label of A1 and A2."""
    rule = read_ladder(b"A1;A;*\nA2;A;*\nB1;B;*\n", "town")
    ladder = widened(bind(rule, column_of("town", ["A1", "A2", "B1"])), ["A", "A1"])
    read = read_labels(column_of("town", ["A", "B"]), ladder, 1)
    assert [[ladder.values[one] for one in places] for places in read.places] == [["A1", "A2"], ["B1"]]
