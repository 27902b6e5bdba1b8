"""The error of counts: drawn alike everywhere, and equal to what a plain double loop over rows counts."""

import doctest
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import FileLadder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import column_of
from sekisho.deid.utility import queries
from sekisho.deid.utility.covering import read_labels
from sekisho.deid.utility.queries import Asked, asked_of, covers_of, query_error, query_errors

ONES = np.ones(8, dtype=np.int64)
AGES = [31, 35, 32, 41, 45, 51, 52, 31]
TOWNS = ["a", "b", "c", "d", "a", "a", "b", "c"]
NOBODY = np.zeros(0, dtype=np.int32)
NEVER_ASKED = np.array([], dtype=np.float64)


def released(ages, towns):
    """Give both columns of eight persons with these labels after; a person left out has none."""
    lines = FileLadder(tuple((one, "ab" if one in "ab" else "cd", "*") for one in "abcd"))
    pairs = [(AGES, ages, "age", Bands((10,))), (TOWNS, towns, "town", lines)]
    asked = []
    for before, after, name, rule in pairs:
        column = column_of(name, before)
        asked.append(asked_of(column, read_labels(column_of(name, after), bind(rule, column))))
    return asked


def plain_errors(columns, rows_after, entropy, wanted):
    """Give the errors by loops over rows, columns and values, for the queries that the measure draws."""
    errors = []
    for query in queries._draw(columns, entropy, wanted * queries.MOST_TRIES):
        pairs = [(columns[place], asked) for place, asked in zip(query.columns, query.asked, strict=True)]
        true = sum(all(asked[column.before[row]] for column, asked in pairs) for row in range(8))
        if not true:
            continue
        estimate = 0.0
        for row in range(rows_after):
            share = 1.0
            for column, asked in pairs:
                label = column.after[row]
                covers = column.covers
                runs = range(covers.begins[label], covers.begins[label + 1])
                values = [value for run in runs for value in range(covers.low[run], covers.high[run])]
                share *= sum(asked[value] for value in values) / len(values)
            estimate += share
        for _ in range(8 - rows_after):
            estimate += np.prod([sum(asked) / len(asked) for _, asked in pairs])
        errors.append(abs(estimate - true) / true)
        if len(errors) == wanted:
            break
    return errors


def test_a_table_released_as_it_was_counts_without_error():
    errors = query_errors(released(AGES, TOWNS), ONES, ONES, bytes(32), 50)
    assert errors.tolist() == pytest.approx([0.0] * 50)


@pytest.mark.parametrize(
    ("ages", "towns"),
    [
        (
            ["30-39", "30-39", "30-39", 41, "45-52", "45-52", "45-52", "30-39"],
            ["ab", "b", "a | c", "d", "*", "*", "b", "cd"],
        ),
        (["*", "30-39", "32-41", "32-41", "40-49"], ["ab", "ab", "cd", "d", "a"]),
    ],
)
def test_errors_are_those_of_a_plain_loop_over_rows(ages, towns):
    columns = released(ages, towns)
    errors = query_errors(columns, ONES, ONES[: len(ages)], bytes(32), 40)
    assert errors.tolist() == pytest.approx(plain_errors(columns, len(ages), bytes(32), 40))


def test_the_same_entropy_asks_the_same_queries_and_another_other_ones():
    columns = released(["*"] * 8, TOWNS)
    once, again, other = (
        query_errors(columns, ONES, ONES, one, 30).tolist() for one in (b"a" * 32, b"a" * 32, b"b" * 32)
    )
    assert once == again
    assert once != other


def test_the_numbers_drawn_are_those_of_every_machine():
    drawn = list(queries._draw(released(AGES, TOWNS), bytes(32), 200))
    assert {query.columns for query in drawn} == {(0,), (1,), (0, 1)}
    columns = [Asked(NOBODY, width, width == 7, NOBODY, covers_of([[0]])) for width in (7, 4)]
    shown = [
        ["".join(str(int(one)) for one in asked) for asked in query.asked]
        for query in queries._draw(columns, bytes(32), 4)
    ]
    assert shown == [["0000110"], ["0111000", "0010"], ["0001000"], ["0000010", "0101"]]


def test_a_count_below_one_in_a_hundred_is_not_asked():
    rare = np.array([0] * 399 + [1], dtype=np.int32)
    many = np.ones(400, dtype=np.int64)
    column = Asked(rare, 2, False, np.zeros(400, dtype=np.int32), covers_of([[0, 1]]))
    errors = query_errors([column], many, many, bytes(32), 20)
    assert set(errors.round(6).tolist()) == {round(199 / 399, 6)}


def test_rows_counted_by_tuples_give_the_same_errors_as_row_by_row():
    by_row = released(["30-39", "30-39", "30-39", 41, 45, 51, 52, "30-39"], ["*"] * 8)
    pairs = np.array([one.after for one in by_row])
    classes, rows = np.unique(pairs, axis=1, return_counts=True)
    by_class = [
        Asked(one.before, one.width, one.ordered, labels.astype(np.int32), one.covers)
        for one, labels in zip(by_row, classes, strict=True)
    ]
    first = query_errors(by_row, ONES, ONES, bytes(32), 30)
    assert query_errors(by_class, ONES, rows, bytes(32), 30).tolist() == pytest.approx(first.tolist())


def test_days_are_asked_by_ranges_in_the_order_of_the_calendar():
    days = column_of("born", [date(2001, 3, 4), date(1999, 1, 1), date(2000, 5, 6)])
    read = read_labels(column_of("born", ["2001", "1999", "2000"]), bind(Calendar((Step.YEAR,)), days))
    asked = asked_of(days, read)
    assert asked.ordered
    assert asked.before.tolist() == [2, 0, 1]


def test_a_table_that_no_query_can_ask_has_no_error():
    assert query_error(NEVER_ASKED).number == Fraction(0)


def test_the_example_in_the_docstring_holds():
    results = doctest.testmod(queries)
    assert (results.failed, results.attempted > 3) == (0, True)
