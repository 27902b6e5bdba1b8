"""What a label says of numbers, days and people."""

from datetime import date

import pytest

from sekisho.deid.standard.dictionary import OddNumber
from sekisho.deid.standard.items.houses import is_house
from sekisho.deid.standard.items.inside import count_outliers
from sekisho.deid.standard.items.links import is_nearly_unique, is_serial
from sekisho.deid.standard.items.names import has_lone_surname, has_titled_surname
from sekisho.deid.standard.items.odd import begins_so, is_odd_birth, is_odd_number
from sekisho.deid.standard.said.births import latest_births
from sekisho.deid.standard.said.numbers import numbers_said
from sekisho.deid.table import Value, column_of

AGES = OddNumber("age", ("年齢",), (), decide=False, source="町", least=110, most=None)
HEIGHTS = OddNumber("height", ("身長",), (), decide=False, source="町", least=200, most=40)
ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        (109, False),
        (110, True),
        ("110", True),
        ("１１６歳", True),
        ("116歳以上", True),
        ("≥90", False),
        ("≥110", True),
        ("90-109", False),
        ("88-116", True),
        ("110-119", True),
        ("31 | 116", True),
        ("31 | 45", False),
        ("*", False),
        (None, False),
        ("不詳", False),
    ],
)
def test_an_age_is_odd_wherever_the_label_names_it(value: Value, odd):
    assert is_odd_number(AGES, value) is odd


@pytest.mark.parametrize(("value", "odd"), [(39, True), (40, True), (41, False), ("≤40", True), (205, True)])
def test_a_number_may_be_odd_at_either_end(value: Value, odd):
    assert is_odd_number(HEIGHTS, value) is odd


@pytest.mark.parametrize(
    ("value", "said"),
    [("1,000,000円", (1_000_000,)), ("[−10, −1]", (-10, -1)), ("30代", (30,)), ("要介護5", ()), ("2-3 | 5", (2, 3, 5))],
)
def test_numbers_are_read_from_what_labels_look_like(value, said):
    assert numbers_said(value) == said


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        (date(1916, 11, 23), True),
        (date(1916, 11, 24), False),
        ("1916-11-23", True),
        ("1916-11", False),
        ("1916-10", True),
        ("1916-11-00", False),
        ("1915-00-00", True),
        ("0000-00-00", False),
        ("1916", False),
        ("1915", True),
        (1915, True),
        ("1910-1919", False),
        ("1900-1909", True),
        ("1915-01-01/1940-12-31", True),
        ("1930-01-01/1940-12-31", False),
        ("明治", True),
        ("大正", False),
        ("明治38年3月", True),
        ("大正5年10-12月", False),
        ("大正4年", True),
        ("1916-Q3", True),
        ("1916-Q4", False),
        ("1905 | 1960", True),
        ("*", False),
    ],
)
def test_a_day_of_birth_is_odd_when_even_its_latest_reading_is(value: Value, odd):
    assert is_odd_birth(110, ON, value) is odd


@pytest.mark.parametrize(
    ("value", "odd"),
    [
        ("A81", True),
        ("a81.0", True),
        ("Ａ８１０", True),
        ("I10 | A81", True),
        ("A80-A89", False),
        ("A82", False),
        ("*", False),
    ],
)
def test_a_code_is_odd_by_how_it_begins_and_a_range_of_codes_is_not(value, odd):
    assert begins_so(("a81",), value) is odd


def test_the_last_day_of_february_is_no_stumbling_block():
    assert is_odd_birth(110, date(2028, 2, 29), date(1918, 2, 28))
    assert latest_births("1918-02-31") == (date(1918, 2, 28),)


@pytest.mark.parametrize(
    ("text", "titled", "alone"),
    [
        ("佐藤さん来庁", True, False),
        ("佐藤 花子さん来庁", True, True),
        ("林様より電話", True, False),
        ("小林様より電話", True, False),
        ("山口に転居", False, True),
        ("石川県に転居", False, False),
        ("患者様の希望", False, False),
        ("佐藤が来庁", False, True),
        ("【氏名】さん来庁", False, False),
        ("青森さんぽ道", False, False),
        ("中村町三丁目", False, False),
    ],
)
def test_a_surname_is_seen_before_a_title_and_by_itself(text, titled, alone):
    assert (has_titled_surname(text), has_lone_surname(text)) == (titled, alone)


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("本町一丁目2番3号", True),
        ("関所市本町1-2-3", True),
        ("関所市本町１－２－３", True),
        ("本町12番地", True),
        ("本町一丁目", False),
        ("関所市本町", False),
        ("2026-11-23", False),
        ("要介護1-2", False),
    ],
)
def test_an_address_goes_down_to_the_house(text, house):
    assert is_house(text) is house


@pytest.mark.parametrize(
    ("cells", "unique", "serial"),
    [
        (list(range(500, 600)), True, True),
        ([one * 1_000_003 for one in range(100)], True, False),
        ([f"A{one:05}" for one in range(100)], True, True),
        ([f"A{one * 7919:07}" for one in range(100)], True, False),
        ([one % 50 for one in range(100)], False, True),
        (["*"] * 90 + list(range(10)), False, False),
        ([date.fromordinal(700_000 + one) for one in range(100)], True, False),
        (list(range(10)), False, False),
    ],
)
def test_a_column_that_numbers_the_rows_is_told_from_amounts(cells, unique, serial):
    column = column_of("受付", cells)
    assert (is_nearly_unique(column), is_serial(column)) == (unique, serial)


@pytest.mark.parametrize(
    ("cells", "ends"),
    [
        (list(range(100)), 0),
        ([*range(100), 10_000], 1),
        ([-10_000, *range(100), 10_000], 2),
        ([*range(100), 10_000, 10_001], 1),
        ([*range(100), *[10_000] * 5], 0),
        ([*range(100), "≥100"], 0),
        ([1, 2, 10_000], 0),
        ([7] * 100, 0),
    ],
)
def test_a_number_is_far_out_when_the_rest_is_nearer_to_the_middle(cells, ends):
    assert count_outliers(column_of("所得", cells), 5) == ends
