"""Every way of writing a day or a month gives the day; what is unknown stays unknown; a slow, obvious writer is the oracle."""

import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.ladders.builtin.municipality import check_digit, municipalities
from sekisho.tables.values.characters import compose
from sekisho.tables.values.days import read_day
from sekisho.tables.values.months import read_month, read_partial_month
from sekisho.tables.values.municipality import Digits, read_municipality
from sekisho.tables.values.partial import read_partial_day

ERAS = (
    ("明治", "M", "1", 1868, date(1873, 1, 1), date(1912, 7, 30)),
    ("大正", "T", "2", 1912, date(1912, 7, 30), date(1926, 12, 25)),
    ("昭和", "S", "3", 1926, date(1926, 12, 25), date(1989, 1, 7)),
    ("平成", "H", "4", 1989, date(1989, 1, 8), date(2019, 4, 30)),
    ("令和", "R", "5", 2019, date(2019, 5, 1), date(2099, 12, 31)),
)
ONES = "〇一二三四五六七八九"
era_days = st.sampled_from(ERAS).flatmap(lambda era: st.tuples(st.just(era), st.dates(era[4], era[5])))
codes = st.sampled_from([code for one in municipalities() for code in (one.code, *one.wards)])


def kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else ONES[tens]) + ("十" if tens else "") + (ONES[ones] if ones or not tens else "")


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def spellings(era: tuple, year: int, month: int, day: int) -> list[str]:
    name, letter, code, year_one = era[:4]
    number = year - year_one + 1
    plain = [
        f"{name}{number}年{month}月{day}日", f"{letter}{number}.{month}.{day}", f"{letter.lower()}{number:02}/{month:02}/{day:02}",
        f"{name[0]}{number}-{month}-{day}", f"{code}{number:02}{month:02}{day:02}", f"{letter}{number:02}{month:02}{day:02}",
        f"{year:04}-{month:02}-{day:02}", f"{year:04}/{month}/{day}", f"{year:04}{month:02}{day:02}",
        f"{year}年{month:2}月{day:2}日", f"{name}{number:2}年{month:2}月{day:2}日",
    ]  # fmt: skip
    return [
        *plain,
        *map(wide, plain),
        f"{name}{'元' if number == 1 else kanji(number)}年{kanji(month)}月{kanji(day)}日",
    ]


@given(era_days)
def test_a_day_reads_back_from_all_its_spellings(given):
    era, day = given
    found = [read_day(one) for one in spellings(era, day.year, day.month, day.day)]
    assert found == [day] * len(found)


@given(era_days)
def test_a_whole_day_is_the_same_day_where_parts_may_be_unknown(given):
    era, day = given
    assert {read_partial_day(one) for one in spellings(era, day.year, day.month, day.day)} == {day.isoformat()}


@given(era_days)
def test_a_day_whose_number_is_open_keeps_its_month_in_all_spellings(given):
    era, day = given
    texts = [one for open_ in (0, 99) for one in spellings(era, day.year, day.month, open_)]
    assert {read_day(one) for one in texts} == {None}
    assert {read_partial_day(one) for one in texts if "〇" not in one} == {f"{day.year}-{day.month:02}-00"}


@given(era_days)
def test_a_month_reads_back_from_all_its_spellings(given):
    era, day = given
    name, letter, code, year_one = era[:4]
    number = day.year - year_one + 1
    texts = [
        f"{name}{number}年{day.month}月", f"{letter}{number}.{day.month}", f"{code}{number:02}{day.month:02}",
        f"{letter}{number:02}{day.month:02}", f"{day.year}{day.month:02}", f"{day.year}-{day.month:02}", f"{day.year}/{day.month}",
        f"{name}{kanji(number)}年{kanji(day.month)}月分",
    ]  # fmt: skip
    assert {read(one) for one in (*texts, *map(wide, texts)) for read in (read_month, read_partial_month)} == {
        f"{day.year}-{day.month:02}"
    }


@given(st.text("0123456789年月日昭和平成SsH./- 不詳頃一十〇", max_size=12))
def test_what_is_read_strictly_is_read_the_same_where_parts_may_be_unknown(text):
    if day := read_day(text):
        assert read_partial_day(text) == day.isoformat()
    if month := read_month(text):
        assert read_partial_month(text) == month


@given(st.text("0123456789年月日昭和平成SsH./- 不詳頃一十〇", max_size=12))
def test_the_normal_form_reads_back_to_itself(text):
    if (day := read_partial_day(text)) is not None:
        assert read_partial_day(day) == day
    if (month := read_partial_month(text)) is not None:
        assert read_partial_month(month) == month


@given(codes)
def test_a_municipality_s_code_survives_a_spreadsheet(code):
    with_check = code + check_digit(code)
    assert read_municipality(str(int(code)), Digits.FIVE) == code
    assert read_municipality(str(int(with_check)), Digits.SIX) == code


@given(codes, st.integers(1, 9), st.integers(0, 5))
def test_one_wrong_digit_of_six_is_another_code_or_none(code, off, place):
    digits = list(code + check_digit(code))
    digits[place] = str((int(digits[place]) + off) % 10)
    assert read_municipality("".join(digits), Digits.SIX) != code


@given(st.text("がか\u3099ﾊ\ufa19\u795e\U000e0100\ufe00é", max_size=8))
def test_composing_twice_is_composing_once_and_all_else_is_nfc(text):
    assert compose(compose(text)) == compose(text)
    assert unicodedata.normalize("NFC", compose(text)) == unicodedata.normalize("NFC", text)
