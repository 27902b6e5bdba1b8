"""Forms of days beyond the vectors: what numbers an era depends on the layout; what is unknown or impossible stays so."""

from datetime import date

import pytest

from sekisho.tables.values.days import read_day
from sekisho.tables.values.eras import CLAIM_CODES, PENSION_CODES, TWO_DIGIT_CODES
from sekisho.tables.values.months import read_month
from sekisho.tables.values.numerals import read_numeral
from sekisho.tables.values.partial import read_partial_day

DAY = date(1972, 10, 14)


def test_digits_stand_for_the_eras_of_the_layout() -> None:
    assert read_day("3471014", CLAIM_CODES) == read_day("5471014", PENSION_CODES) == DAY
    assert read_day("03471014", TWO_DIGIT_CODES) == DAY
    assert read_day("5471014", CLAIM_CODES) == date(2065, 10, 14)
    assert read_day("3471014", TWO_DIGIT_CODES) is None


def test_with_codes_of_two_digits_eight_digits_are_no_western_day_and_six_no_western_month() -> None:
    assert (read_day("19721014"), read_day("19721014", TWO_DIGIT_CODES)) == (DAY, None)
    assert (read_month("197210"), read_month("197210", TWO_DIGIT_CODES)) == ("1972-10", None)
    assert read_month("034710", TWO_DIGIT_CODES) == "1972-10"


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("〇", 0), ("一", 1), ("十", 10), ("十九", 19), ("二十", 20), ("四十七", 47), ("九十九", 99), ("廿", 20), ("廿八", 28),
        ("卅一", 31), ("弐拾参", 23), ("一九七二", 1972), ("〇七", 7), ("十十", None), ("四七十", None), ("〇十", None), ("", None),
        ("百", None), ("廿十", None),
    ],
)  # fmt: skip
def test_a_kanji_numeral_is_read_by_tens_or_digit_by_digit(numeral: str, number: int | None) -> None:
    assert read_numeral(numeral) == number


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("1972-10-14", "1972-10-14"), ("3471014", "1972-10-14"), ("昭和四十七年十月十四日", "1972-10-14"),
        ("99999999", "0000-00-00"), ("00000000", "0000-00-00"), ("9999999", "0000-00-00"), ("0000000", "0000-00-00"),
        ("不詳", "0000-00-00"), ("不明", "0000-00-00"), ("生年月日不詳", "0000-00-00"), ("昭和不詳", "0000-00-00"),
        ("昭和99年1月1日", "0000-00-00"), ("S99.99.99", "0000-00-00"), ("3990101", "0000-00-00"), ("3000000", "0000-00-00"),
        ("1972-10-00", "1972-10-00"), ("19721099", "1972-10-00"), ("3471000", "1972-10-00"), ("S47.10.00", "1972-10-00"),
        ("1972/0/0", "1972-00-00"), ("3470000", "1972-00-00"), ("3479999", "1972-00-00"), ("1972-00-14", "1972-00-00"),
        ("昭和47年10月不詳", "1972-10-00"), ("昭和四十七年十月日不詳", "1972-10-00"), ("昭和47年10月上旬", "1972-10-00"),
        ("昭和47年10月頃", "1972-10-00"), ("昭和47年10月14日頃", "1972-10-00"), ("昭和47年10月", "1972-10-00"),
        ("S47.10", "1972-10-00"), ("1972-10", "1972-10-00"), ("昭和47年頃", "1972-00-00"), ("昭和47年", "1972-00-00"),
        ("１９７２年不詳", "1972-00-00"), ("昭和47年月日不詳", "1972-00-00"), ("昭和47年月不詳日不詳", "1972-00-00"),
        ("1972-02-30", "1972-02-30"), ("19720230", "1972-02-30"), ("S47.2.30", "1972-02-30"), ("昭和47年2月30日", "1972-02-30"),
        ("3470431", "1972-04-31"), ("19721399", "1972-13-00"), ("昭和64年1月99日", "1989-01-00"), ("平成元年不詳", "1989-00-00"),
    ],
)  # fmt: skip
def test_an_unknown_or_impossible_day_is_kept_as_such(text: str, expect: str) -> None:
    assert read_partial_day(text) == expect


@pytest.mark.parametrize(
    "text",
    ["", "0", "9", "000000", "999999999", "197210", "72/10/14", "昭和64年1月8日", "昭和70年1月1日", "昭和64年2月不詳",
     "明治5年不詳", "平成31年5月不詳", "昭和47年10月14日不詳", "6470000", "不", "十月", "1972-1o-14", "１９７２－１０－１４ 不詳"],
)  # fmt: skip
def test_what_is_neither_a_day_nor_a_part_of_one_is_refused(text: str) -> None:
    assert read_partial_day(text) is None


def test_zeros_and_nines_are_unknown_only_as_long_as_a_day_is() -> None:
    assert read_partial_day("9999999", TWO_DIGIT_CODES) is None
    assert read_partial_day("99999999", TWO_DIGIT_CODES) == "0000-00-00"
