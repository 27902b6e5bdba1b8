"""What a level does to a column: its numbers, and bars in which nothing rare stands."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import column_of
from sekisho.deid.workshop.levels import MOST_BARS, LabelBar, view_levels

AGES = [30, 31, 31, 31, 34, 41, 42, 42, 43, 90]


def seen(cells, k, *widths):
    column = column_of("age", cells)
    return view_levels(bind(Bands(widths), column), column, k)


def test_a_level_has_its_labels_and_the_rows_of_the_smallest_and_largest():
    exact, ten = seen(AGES, 3, 10)
    assert (exact.labels, exact.smallest, exact.largest, exact.rows) == (7, 1, 3, 10)
    assert (ten.labels, ten.smallest, ten.largest, ten.rows) == (3, 1, 5, 10)


def test_the_rows_under_rare_labels_are_counted_and_are_a_share_of_all():
    exact, ten = seen(AGES, 3, 10)
    assert (exact.rare_rows, exact.rare_share) == (7, Fraction(7, 10))
    assert (ten.rare_rows, ten.rare_share) == (1, Fraction(1, 10))


def test_a_rare_label_alone_takes_the_smallest_bar_into_its_pool():
    assert seen(AGES, 3, 10)[1].bars == (LabelBar("30-39", 5), LabelBar(None, 5))


def test_no_bar_is_left_where_too_few_rows_are_there():
    assert seen([30, 31], 3, 10)[1].bars == ()


def test_a_blank_cell_has_a_bar_of_its_own_name():
    assert LabelBar("", 4) in seen([None] * 4 + [30] * 3, 3, 10)[1].bars


def test_bars_keep_the_order_of_the_ladder():
    labels = [one.label for one in seen([1, 11, 11, 21] * 5, 2, 10)[1].bars]
    assert labels == ["0-9", "10-19", "20-29"]


@given(st.lists(st.one_of(st.none(), st.integers(-60, 60)), min_size=1, max_size=80), st.integers(2, 6))
def test_bars_add_up_and_show_no_label_that_fewer_than_k_rows_have(cells, k):
    column = column_of("age", cells)
    ladder = bind(Bands((2, 10)), column)
    rows = Counter(cells)
    for view in view_levels(ladder, column, k):
        under = Counter()
        for value, node in zip(ladder.values, ladder.nodes[view.level].tolist(), strict=True):
            under[ladder.labels[view.level][node]] += rows[value]
        assert (view.labels, view.rows) == (len(under), len(cells))
        assert (view.smallest, view.largest) == (min(under.values()), max(under.values()))
        assert view.rare_rows == sum(one for one in under.values() if one < k)
        assert all(one.rows >= k for one in view.bars)
        assert sum(one.rows for one in view.bars) in {len(cells), 0} or len(cells) < k
        assert len(view.bars) <= MOST_BARS
