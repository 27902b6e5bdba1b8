"""What labels cover, and the losses that follow from their texts alone."""

from datetime import date, timedelta
from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import Column, Value, column_of
from sekisho.deid.utility.class_size import class_of_a_record
from sekisho.deid.utility.covering import covering, read_labels
from sekisho.deid.utility.entropy import entropy_loss, entropy_of_labels
from sekisho.deid.utility.loss import loss_of_labels
from sekisho.deid.utility.precision import precision_loss, precision_of_labels
from sekisho.errors import Reason, SekishoError

AGES = [-12, -10, -1, 3, 31, 32, 35, 41, 45, 95, 103]
WORK = b"cook;craft;*\nsmith;craft;*\nnurse;care;*\ndoctor;care;*\n;none;*\n"


def ages() -> Ladder:
    return bind(Bands((10, 20), top=90), column_of("age", list(AGES)))


def works() -> Ladder:
    return bind(read_ladder(WORK, "work"), column_of("work", ["cook", "smith", "nurse", "doctor", None]))


def days() -> Ladder:
    first = date(2001, 3, 30)
    cells: list[Value] = [first + timedelta(days=one) for one in range(0, 60, 5)]
    return bind(Calendar((Step.MONTH, Step.YEAR)), column_of("born", cells))


def values_under(ladder: Ladder, label: Value) -> list[Value]:
    return [ladder.values[one] for one in covering(ladder, label)]


@pytest.mark.parametrize(
    ("label", "covered"),
    [
        (31, [31]),
        ("31", [31]),
        (-10, [-10]),
        ("30-39", [31, 32, 35]),
        ("20-39", [31, 32, 35]),
        ("32-41", [32, 35, 41]),
        ("31-31", [31]),
        ("[−10, −1]", [-10, -1]),
        ("[−11, 3]", [-10, -1, 3]),
        ("≥90", [95, 103]),
        ("90-99", [95]),
        ("31 | 45", [31, 45]),
        ("*", AGES),
        ("33-34", []),
        ("45-31", []),
        ("31 | 34", []),
        ("forty", []),
        ("", []),
        (None, []),
        ("31-33-35", []),
        ("３１-３３", []),
    ],
)
def test_a_label_of_numbers_covers_what_its_text_says(label, covered):
    assert values_under(ages(), label) == covered


@pytest.mark.parametrize(
    ("label", "covered"),
    [
        ("cook", ["cook"]),
        ("craft", ["cook", "smith"]),
        ("cook | doctor", ["cook", "doctor"]),
        (None, [None]),
        ("none", [None]),
        ("cook | ", ["cook", None]),
        ("cook | craft", []),
        ("1-3", []),
    ],
)
def test_a_label_of_texts_covers_what_its_text_says(label, covered):
    assert sorted(values_under(works(), label), key=str) == sorted(covered, key=str)


@pytest.mark.parametrize(
    ("label", "covered"),
    [
        (date(2001, 4, 4), ["2001-04-04"]),
        ("2001-03", ["2001-03-30"]),
        ("2001-04-03/2001-04-09", ["2001-04-04", "2001-04-09"]),
        ("2001-04-10/2001-04-13", []),
    ],
)
def test_a_label_of_days_covers_what_its_text_says(label, covered):
    assert [str(one) for one in values_under(days(), label)] == covered


def test_a_text_that_stands_for_other_values_at_another_level_covers_both():
    ladder = bind(read_ladder(b"a;b;*\nb;c;*\nc;c;*\n", "x"), column_of("x", ["a", "b", "c"]))
    assert values_under(ladder, "b") == ["a", "b"]
    assert values_under(ladder, "c") == ["b", "c"]


def test_a_label_of_a_file_covers_what_the_file_says_and_not_what_it_looks_like():
    ladder = bind(read_ladder(b"1;1-2;*\n2;other;*\n9;1-2;*\n", "x"), column_of("x", [1, 2, 9]))
    assert sorted(values_under(ladder, "1-2"), key=str) == [1, 9]


def test_a_released_label_that_covers_nothing_is_refused():
    with pytest.raises(SekishoError) as caught:
        read_labels(column_of("age", [31, "33-34", "forty"]), ages())
    assert caught.value.reason is Reason.CLAIM_NOT_KEPT
    assert caught.value.facts == {"claim": "labels", "column": "age", "count": 2}


def test_a_label_that_no_row_has_is_not_read():
    column = Column("age", ("forty", 31), np.array([1], dtype=np.int32))
    assert read_labels(column, ages()).column.values == (31,)


@pytest.mark.parametrize(
    ("label", "level"), [(31, 0), ("30-39", 1), ("31-32", 1), ("31 | 45", 3), ("[−10, −1]", 1), ("≥90", 0), ("*", 3)]
)
def test_the_level_of_a_label_is_the_lowest_that_covers_as_much(label, level):
    assert read_labels(column_of("age", [label]), ages()).levels == (level,)


def test_the_losses_of_labels_are_those_counted_by_hand():
    read = read_labels(column_of("age", ["31-32", "31-32", 41, "*", "31 | 45"]), ages())
    assert loss_of_labels(read, 6) == (2 * Fraction(1, 10) + 1 + Fraction(1, 10) + 1) / 6
    assert precision_of_labels(read, 6) == (2 * Fraction(1, 3) + 1 + 1 + 1) / 6
    assert precision_loss([Fraction(1, 3), Fraction(0)]).number == Fraction(1, 6)


def test_precision_of_a_column_of_one_level_counts_that_level_even_where_a_label_covers_one_value():
    ladder = bind(read_ladder(b"F;x;*\nM;y;*\n", "sex"), column_of("sex", ["F", "M"]))
    read = read_labels(column_of("sex", ["x", "y"]), ladder)
    assert (precision_of_labels(read, 2), precision_of_labels(read, 2, level=1)) == (0, Fraction(1, 2))


def test_a_column_of_one_level_with_a_label_of_another_is_refused():
    read = read_labels(column_of("age", ["30-39", 41]), ages())
    with pytest.raises(SekishoError) as caught:
        precision_of_labels(read, 2, level=1)
    assert caught.value.facts == {"claim": "labels", "column": "age", "count": 1}


def test_entropy_lost_is_nought_for_the_table_itself_and_one_for_a_table_of_stars():
    before = column_of("age", AGES * 3 + [31])
    same = entropy_of_labels(before, read_labels(before, bind(Bands((10,)), before)))
    stars = entropy_of_labels(before, read_labels(column_of("age", ["*"] * 34), ages()))
    none = entropy_of_labels(before, read_labels(column_of("age", []), ages()))
    assert (same.lost, entropy_loss([stars]).number, entropy_loss([none]).number) == (0, 1, 1)


def test_entropy_lost_by_a_suppressed_minority_is_greater_than_that_by_a_suppressed_majority():
    before = column_of("work", ["cook"] * 9 + ["nurse"])
    ladder = bind(read_ladder(WORK, "work"), before)
    read = read_labels(column_of("work", ["cook"] * 8 + ["*", "nurse"]), ladder)
    expected = log(10 / 9) / (9 * log(10 / 9) + log(10))
    assert float(entropy_loss([entropy_of_labels(before, read)]).number) == pytest.approx(expected, abs=1e-12)


def test_columns_of_one_value_have_no_entropy_to_lose():
    before = column_of("work", ["cook", "cook"])
    read = read_labels(before, bind(read_ladder(WORK, "work"), before))
    assert entropy_loss([entropy_of_labels(before, read)]).number == 0
    assert loss_of_labels(read, 2) == 0


def test_an_average_record_of_a_release_of_no_rows_stands_among_all_of_them():
    assert class_of_a_record(np.zeros(0, dtype=np.int64), 7).number == 7


def loss_by_level(after, ladder, level, rows):
    """Give back the column's mean loss in the obvious way, where every label stands on one known level."""
    nodes = ladder.nodes[level].tolist()
    covers = {label: nodes.count(place) for place, label in enumerate(ladder.labels[level])}
    lost = sum(Fraction(covers[cell] - 1, max(len(ladder.values) - 1, 1)) for cell in after.cells())
    return (lost + rows - len(after)) / rows


@given(some.lists(some.sampled_from(AGES), min_size=1), some.integers(0, 3), some.integers(0, 3))
def test_one_level_for_all_loses_as_much_by_text_as_by_level(cells, level, left_out):
    column = column_of("age", list(cells))
    ladder = bind(Bands((10, 20), top=90), column)
    kept = column.codes[: max(len(column) - left_out, 0)]
    lifted = ladder.nodes[level][ladder.codes_of(Column("age", column.values, kept))]
    after = Column("age", ladder.labels[level], lifted)
    read = read_labels(after, ladder)
    assert loss_of_labels(read, len(column)) == loss_by_level(after, ladder, level, len(column))
    gone = len(column) - len(after)
    assert precision_of_labels(read, len(column), level) == Fraction(len(after) * level + 3 * gone, 3 * len(column))
    assert precision_of_labels(read, len(column)) <= precision_of_labels(read, len(column), level)
