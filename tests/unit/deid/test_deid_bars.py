from datetime import date, timedelta

import pytest

from sekisho.deid.plan import Code
from sekisho.deid.report.bars import Bar, bars_after, bars_alike, bars_before, spelling_of
from sekisho.deid.table import Column, Value, column_of


def column(rows: dict[Value, int]) -> Column:
    return column_of("a", [value for value, count in rows.items() for _ in range(count)])


def pairs(bars: tuple[Bar, ...]) -> list[tuple[str | None, int]]:
    return [(one.label, one.rows) for one in bars]


def before(rows: dict[Value, int], k: int = 5) -> tuple[Bar, ...]:
    return bars_before(column(rows), k, spelling_of(column(rows)))


def after(rows: dict[Value, int], k: int = 5, order: tuple[str, ...] = ()) -> tuple[Bar, ...]:
    return bars_after(column(rows), k, spelling_of(column(rows)), order)


def test_bars_below_k_are_pooled_at_the_end():
    assert pairs(after({"x": 9, "y": 3, "z": 4})) == [("x", 9), (None, 7)]


def test_a_pool_below_k_takes_in_the_smallest_bar_so_that_no_rest_can_be_computed():
    assert pairs(after({"x": 9, "y": 6, "z": 1})) == [("x", 9), (None, 7)]


def test_nothing_is_shown_where_all_rows_are_fewer_than_k():
    assert after({"x": 2, "y": 1}) == ()


def test_rows_before_are_rounded_so_that_suppressed_rows_cannot_be_subtracted():
    assert pairs(before({"x": 12, "y": 8})) == [("x", 10), ("y", 10)]


@pytest.mark.parametrize("distinct", [30, 31, 32, 100, 5_000])
def test_there_are_never_more_than_thirty_bars_and_no_row_is_lost(distinct):
    texts = after({f"v{one}": 5 + one % 3 for one in range(distinct)})
    numbers = after({one * 3 - 40: 5 for one in range(distinct)})
    days = after({date(1950, 1, 1) + timedelta(one): 5 for one in range(distinct)})
    assert max(len(texts), len(numbers), len(days)) <= 30
    assert sum(one.rows for one in texts) == sum(5 + one % 3 for one in range(distinct))
    assert sum(one.rows for one in numbers) == sum(one.rows for one in days) == 5 * distinct


def test_many_numbers_stand_in_equal_bins():
    labels = [one.label for one in after(dict.fromkeys(range(100), 5))]
    assert labels[:3] == ["0-4", "5-9", "10-14"]


def test_coded_numbers_stand_after_the_others():
    assert pairs(after({"≥90": 6, 80: 5, 70: 7})) == [("70", 7), ("80", 5), ("≥90", 6)]


def test_texts_stand_in_the_given_order_and_then_by_rows():
    assert [one.label for one in after({"c": 5, "b": 9, "a": 6, "d": 7}, order=("a", "b"))] == list("abdc")


def test_blank_cells_are_a_bar_of_their_own():
    assert pairs(after({None: 5, "x": 6})) == [("x", 6), ("", 5)]


def test_bins_before_and_after_are_the_same_whatever_was_left_out():
    rows: dict[Value, int] = dict.fromkeys(range(0, 5_000, 50), 10)
    spell = spelling_of(column(rows))
    fewer = column({value: 10 for value in rows if isinstance(value, int) and value < 1_000})
    labels = [one.label for one in bars_before(column(rows), 5, spell)]
    assert [one.label for one in bars_after(fewer, 5, spell)] == labels[: labels.index("1000-1199")]


def test_a_few_far_numbers_do_not_stretch_the_bins():
    rows: dict[Value, int] = {**dict.fromkeys(range(100), 20), 10**9: 8, -(10**9): 6}
    bars = pairs(after(rows))
    assert bars[:2] == [("≤−1", 6), ("0-4", 100)]
    assert bars[-1] == ("≥100", 8)


def test_limits_beyond_the_last_bins_fall_into_these():
    rows: dict[Value, int] = {**dict.fromkeys(range(100), 20), 10**9: 8, -(10**9): 6}
    spell = spelling_of(column(rows), Code(10**6, -(10**6)))
    assert [spell(one) for one in ("≥1000000", "≤−1000000", "≥5")] == ["≥100", "≤−1", "≥5"]
    near = spelling_of(column(rows), Code(50, 10))
    assert [near(one) for one in ("≥50", "≤10")] == ["≥50", "≤10"]


def test_before_no_bar_stands_for_fewer_than_one_row_in_a_thousand():
    assert pairs(before({"x": 20_000, "y": 15, "z": 12})) == [("x", 20_000), (None, 25)]


def alike(was: dict[Value, int], now: dict[Value, int], k: int = 5) -> tuple[dict[str | None, int], ...]:
    bars = bars_alike(column(was), column(now), k, spelling_of(column(was)))
    return tuple(dict(pairs(one)) for one in bars)


def test_a_label_too_rare_before_is_pooled_after_too():
    was, now = alike({"x": 20_000, "y": 15, "z": 12}, {"x": 19_000, "y": 15, "z": 12})
    assert was == {"x": 20_000, None: 25}
    assert now == {"x": 19_000, None: 27}


def test_a_label_too_rare_after_is_pooled_before_too():
    was, now = alike({"x": 40, "y": 10, "z": 15}, {"x": 40, "y": 10, "z": 3})
    assert was == {"x": 40, None: 25}
    assert now == {"x": 40, None: 13}


def test_a_label_that_a_small_pool_takes_in_is_pooled_on_both_sides():
    was, now = alike({"x": 90, "y": 15, "z": 2}, {"x": 90, "y": 15})
    assert was == {"x": 90, None: 15}
    assert now == {"x": 90, None: 15}


def test_a_label_of_which_all_rows_were_left_out_is_shown_before():
    assert alike({"x": 40, "y": 10}, {"x": 40}) == ({"x": 40, "y": 10}, {"x": 40})


def test_labels_that_are_many_are_the_same_thirty_on_both_sides():
    was = {f"v{one}": 10 + one for one in range(50)}
    bars = alike(was, {label: 60 - rows // 2 for label, rows in was.items()})
    assert set(bars[0]) == set(bars[1])
    assert sum(bars[1].values()) == sum(60 - rows // 2 for rows in was.values())
