from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.pages.charts import (
    HALF,
    MOST_LINES,
    WHOLE,
    Chart,
    Naming,
    Side,
    columns_chart,
    fit,
    lines_chart,
    pair_up,
    paired_chart,
    share_text,
    shorten,
    size_pairs,
    text_width,
)
from sekisho.pages.report.numbers import percent
from sekisho.pages.report.parts import Bar, Step

NAMING = Naming("others", "blank")
LABELS = st.one_of(st.none(), st.text(max_size=40), st.integers(0, 10**9).map(lambda low: f"{low}-{low + 9}"))
BARS = st.lists(st.tuples(LABELS, st.integers(1, 10**9)), max_size=30, unique_by=lambda one: one[0]).map(
    lambda pairs: tuple(Bar(*one) for one in pairs)
)


def side(*bars: tuple[str | None, int], name: str = "before") -> Side:
    told = tuple(Bar(*one) for one in bars)
    return Side(name, told, sum(one.rows for one in told))


def test_the_longest_bar_is_that_of_the_most_rows_and_others_are_in_proportion() -> None:
    chart = lines_chart("c", "t", side(("a", 40), ("b", 10)), NAMING)
    long, short = (one.width for one in chart.boxes)
    assert long == pytest.approx(4 * short)


def test_upright_bars_are_in_proportion_and_stand_on_the_floor() -> None:
    chart = columns_chart("c", "t", side(("0-9", 40), ("10-19", 10)), NAMING)
    high, low = chart.boxes
    assert high.height == pytest.approx(4 * low.height)
    assert high.y + high.height == pytest.approx(low.y + low.height)


def test_a_pool_has_its_share_but_no_bar() -> None:
    chart = lines_chart("c", "t", side(("a", 10), (None, 90)), NAMING)
    assert len(chart.boxes) == 1
    assert {"others", "90.0%"} <= {one.text for one in chart.texts}


def test_pairs_have_no_bar_where_there_is_nothing() -> None:
    pairs = pair_up(side(("a", 8), ("b", 2)), side(("a", 8), name="after"), NAMING)
    chart = paired_chart("c", "t", pairs)
    assert [one.side for one in chart.boxes] == ["before", "after", "before"]
    assert "b 20.0% → 0%" in chart.telling


def test_the_pool_stands_last_in_pairs() -> None:
    pairs = pair_up(side(("a", 8), (None, 2)), side(("a", 8), ("b", 2), name="after"), NAMING)
    assert [one.label for one in pairs] == ["a", "b", "others"]


def test_more_values_than_lines_join_the_pool_and_none_is_lost() -> None:
    bars = [Bar(f"v{place}", place + 1) for place in range(20)] + [Bar(None, 7)]
    shown = fit(bars)
    assert len(shown) == MOST_LINES
    assert sum(one.rows for one in shown) == sum(one.rows for one in bars)
    assert [one.label for one in shown] == [f"v{place}" for place in range(9, 20)] + [None]


def test_ranges_are_named_in_full_where_there_is_room_else_by_their_beginning() -> None:
    few = columns_chart("c", "t", side(("0-19", 1), ("20-39", 1)), NAMING)
    assert "20-39" in {one.text for one in few.texts}
    many = columns_chart("c", "t", side(*((f"{low}-{low + 4}", 1) for low in range(0, 100, 5))), NAMING)
    assert {"0", "50"} <= {one.text for one in many.texts}
    assert "0-4" in many.telling


def test_large_numbers_in_labels_have_separators_and_blank_cells_a_name() -> None:
    assert NAMING.label(Bar("≥20000000", 1)) == "≥20,000,000"
    assert NAMING.label(Bar("1990-1999", 1)) == "1990-1999"
    assert NAMING.label(Bar("", 1)) == "blank"


def test_a_line_parts_the_groups_that_are_too_small() -> None:
    steps = (Step(1, 1, 5), Step(2, 4, 5), Step(5, None, 10))
    chart = paired_chart("c", "t", size_pairs(steps, steps, ("1", "2-4", "5")), line_after=2)
    y = chart.rules[1][1]
    assert max(one.y + one.height for one in chart.boxes[:4]) < y < min(one.y for one in chart.boxes[4:])


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(0), "0%"),
        (Fraction(1, 10_000), "<0.1%"),
        (Fraction(1, 2000), "0.1%"),
        (Fraction(1, 3), "33.3%"),
        (Fraction(1, 1), "100.0%"),
    ],
)
def test_a_share_is_said_in_percent_with_one_decimal(share: Fraction, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [("0.000000", "0%"), ("0.000100", "<0.1%"), ("0.030000", "3%"), ("0.045852", "4.6%"), ("1.000000", "100%")],
)
def test_a_percentage_has_a_decimal_only_where_it_says_something(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text


def test_text_too_long_for_its_place_is_cut() -> None:
    assert shorten("abc", 100) == "abc"
    cut = shorten("南新田二丁目" * 5, 100)
    assert cut.endswith("…")
    assert text_width(cut) <= 100


@settings(max_examples=60, deadline=None)
@given(BARS)
def test_no_drawing_leaves_its_frame(bars: tuple[Bar, ...]) -> None:
    one = Side("before", bars, sum(bar.rows for bar in bars))
    other = Side("after", bars[::2], sum(bar.rows for bar in bars[::2]))
    charts: list[Chart] = [
        lines_chart("c", "t", one, NAMING),
        columns_chart("c", "t", one, NAMING),
        paired_chart("c", "t", pair_up(one, other, NAMING)),
    ]
    for chart in charts:
        assert chart.width in {HALF, WHOLE}
        for box in chart.boxes:
            assert box.x >= 0
            assert box.width > 0
            assert box.height > 0
            assert box.x + box.width <= chart.width
            assert 0 <= box.y <= box.y + box.height <= chart.height
