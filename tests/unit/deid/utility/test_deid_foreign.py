"""Labels of other programs, spelled as ours are."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.table import column_of
from sekisho.deid.utility.covering import read_cells
from sekisho.deid.utility.foreign import as_ours

AGES = column_of("age", [-12, -3, 0, 5, 19, 20, 21, 39, 40, 89, 90, 107])

SPELLINGS = {  # of the numbers from low to high, both inside
    "ours": lambda low, high: f"[{low}, {high}]",
    "half open": lambda low, high: f"[{low}, {high + 1}[",
    "half open, round": lambda low, high: f"[{low},{high + 1})",
    "open below": lambda low, high: f"({low - 1}, {high}]",
    "open below, turned": lambda low, high: f"]{low - 1};{high}]",
    "open": lambda low, high: f"({low - 1}, {high + 1})",
    "cut of a data frame": lambda low, high: f"({low - 0.001:.3f}, {high:.1f}]",
    "cut into quarters": lambda low, high: f"[{low - 0.25}, {high + 0.75})",
}


def read(label, before=AGES):
    """Give back what a label covers, as values."""
    found = read_cells(before, as_ours(before, column_of(before.name, [label])))
    return [found.ladder.values[place] for place in found.places[0]]


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(low=st.integers(-15, 110), wide=st.integers(0, 60))
def test_an_interval_covers_the_numbers_inside_however_it_is_spelled(spelling, low, wide):
    inside = [one for one in AGES.values if low <= one <= low + wide]
    label = SPELLINGS[spelling](low, low + wide)
    assert read(label) == (inside or [as_ours(AGES, column_of("age", [label])).values[0]])


@pytest.mark.parametrize(
    ("label", "inside"),
    [
        (">=90", [90, 107]),
        ("> 89", [90, 107]),
        ("≥90", [90, 107]),
        ("90+", [90, 107]),
        ("[90, inf)", [90, 107]),
        ("<0", [-12, -3]),
        ("<= -3", [-12, -3]),
        ("≤−3", [-12, -3]),
        ("(-inf, -3]", [-12, -3]),
        ("39", [39]),
        (" 39 ", [39]),
        ("−12", [-12]),
        ("*", list(AGES.values)),
        ("(-inf, inf)", list(AGES.values)),
    ],
)
def test_limits_numbers_and_stars_are_read(label, inside):
    assert read(label) == inside


@pytest.mark.parametrize("label", ["[40, 20]", "middle-aged", "[20; 40", "20..40", ""])
def test_what_is_no_label_of_numbers_stays_as_it_is(label):
    assert as_ours(AGES, column_of("age", [label])).values == (label,)


def test_cells_that_become_the_same_are_one_value():
    ours = as_ours(AGES, column_of("age", ["39", 39, "[20, 40[", "[20, 39]", "39"]))
    assert ours.values == (39, "[20, 39]")
    assert ours.cells() == [39, 39, "[20, 39]", "[20, 39]", 39]


def test_days_become_days_and_codes_stay_texts():
    days, codes = column_of("day", [date(2020, 1, 2)]), column_of("code", ["0101", "1101"])
    assert as_ours(days, column_of("day", ["2020-01-02", "2020"])).values == (date(2020, 1, 2), "2020")
    assert as_ours(codes, column_of("code", [1101, date(2020, 1, 2)])).values == ("1101", "2020-01-02")


def test_a_blank_is_a_star_only_where_the_table_before_had_none():
    after = column_of("age", [None, 39])
    assert as_ours(AGES, after, blank_is_star=True).values == ("*", 39)
    assert as_ours(AGES, after).values == (None, 39)
    assert as_ours(column_of("age", [None, 39]), after, blank_is_star=True).values == (None, 39)


def test_a_label_of_the_ladder_that_was_given_is_not_touched():
    assert as_ours(AGES, column_of("age", ["20+", "39"]), labels={"20+"}).values == ("20+", 39)


def test_a_column_without_a_value_before_leaves_cells_as_they_are():
    assert as_ours(column_of("age", [None, None]), column_of("age", ["39", None])).values == ("39", None)
