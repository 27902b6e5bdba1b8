"""Ages and births are read in every spelling that municipal files have, and look-alikes are not (spec/standard.md 4.4)."""

from datetime import date

import pytest
from deid_judged import TODAY
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.ladders.eras import ERAS, era_of
from sekisho.deid.standard.dictionary import Cells, OddNumber
from sekisho.deid.standard.items.odd import is_odd_birth, is_odd_number
from sekisho.deid.standard.said.births import latest_births
from sekisho.deid.standard.said.cells import look_like
from sekisho.deid.standard.said.numbers import numbers_said
from sekisho.deid.standard.said.plain import plain_text

pytestmark = pytest.mark.requirement("A16")
AGES = OddNumber("age", ("年齢",), (), decide=False, source="町", least=110, most=None)
ONES = "〇一二三四五六七八九"


def kanji(number: int) -> str:
    """Spell a number below a thousand million in kanji, the slow way."""
    for unit, sign in ((100_000_000, "億"), (10_000, "万"), (1_000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            count, rest = divmod(number, unit)
            before = "" if count == 1 and unit <= 1_000 else kanji(count)
            return before + sign + (kanji(rest) if rest else "")
    return ONES[number]


@given(st.integers(0, 999_999_999))
def test_a_number_in_kanji_is_read_as_itself(number):
    assert plain_text(kanji(number)) == str(number)
    assert plain_text("".join(ONES[int(one)] for one in str(number))) == str(number)


@given(st.text(max_size=40))
def test_any_text_can_be_read(text):
    assert all(isinstance(one, int) for one in numbers_said(text))
    assert all(isinstance(one, date) for one in latest_births(text))


@pytest.mark.parametrize(
    "text",
    [
        "百十六歳", "満百十六才", "一一六", "百十六", "116歳", "満116才", "１１６", "116歳女", "数え116", "享年116", "年齢116歳",
        "110-119", "110〜119歳", "110–119", "100から119", "100以上119以下", "≥110", "≥百十", "110歳以上", "110代", "110歳代",
        "95 | 百十六歳", "110+", "116.5", "116 years old", "壱百拾六歳", "百十歳～百十九歳",
    ],
)  # fmt: skip
def test_an_odd_age_is_seen_in_every_spelling(text):
    assert is_odd_number(AGES, text)


@pytest.mark.parametrize(
    "text",
    [
        "百歳",
        "百九歳",
        "九十代",
        "90-109",
        "≥100",
        "百歳以上",
        "要介護116",
        "*",
        "不詳",
        "M116",
        "千葉",
        "三千院",
        "一〇九",
        "百歳～百九歳",
        "万",
    ],
)
def test_an_age_below_the_limit_is_not(text):
    assert not is_odd_number(AGES, text)


@pytest.mark.parametrize(
    "value",
    [
        "明治四十三年", "明治四三年三月", "明治四三年三月三日", "一九一〇年", "大正元年", "大元.8.1", "1430303", 1430303, "01430303",
        "14303", "M430303", "m4303", "M43.3.3", "M43年3月", "明43", "明43/3/3", "㍾43年3月3日", "19100303", 19100303, "1910/3", "1910/3/3",
        "1916/10/3", "1910-03-03T00:00:00", "3/3/1910", "1910 (明治43)", "明治生まれ", "明治時代", "1900s", "明治40年代", "S35 | M43",
        "明治四十三年生", "2030303", "1999999", "≤明治43",
    ],
)  # fmt: skip
def test_an_odd_birth_is_seen_in_every_spelling(value):
    assert is_odd_birth(110, TODAY, value)


@pytest.mark.parametrize(
    "value",
    [
        "1980-01-01T02:00:00",
        "1980-01-01T02",
        "昭和0年", "T99",
        "昭和三十五年", "3350303", 3350303, "1960/3", "1916/12/3", "大正五年十二月", "2051231", "大正生まれ", "5020303", "平成元年", "昭和元年",
        "1640303", "9430303", "1431303", "0", "99999999", "00000000", "不詳", "1", 143, "2500", "430303", "T6", "1917", "大正", "明日", "大人",
    ],
)  # fmt: skip
def test_a_later_birth_and_what_is_none_are_not(value):
    assert not is_odd_birth(110, TODAY, value)


@given(st.dates(date(1868, 1, 25), date(2099, 12, 31)), st.sampled_from(range(6)))
def test_a_day_by_era_is_the_day_that_was_written(day, form):
    era = era_of(day)
    number, code = day.year - era.begins.year + 1, ERAS.index(era) + 1
    letter = "MTSHR"[code - 1]
    spelled = (
        f"{era.name}{number}年{day.month}月{day.day}日",
        f"{letter}{number}.{day.month}.{day.day}",
        f"{letter}{number:02}{day:%m%d}",
        f"{code}{number:02}{day:%m%d}",
        f"{era.name}{kanji(number)}年{kanji(day.month)}月{kanji(day.day)}日",
        f"{day.year}/{day.month}/{day.day}",
    )[form]
    assert latest_births(spelled) == (day,)


CODES = ["I10", "E11.9", "J069", "M545", "Ｇ１０", "I10;E119"]
LOOKS = [
    (Cells.ICD_10, CODES, True),
    (Cells.ICD_10, [*CODES, *CODES, "?"], True),
    (Cells.ICD_10, ["A1", "B2", "C3", "D4", "E5"], False),
    (Cells.ICD_10, ["E17", "A12", "B61", "C59", "H24"], False),  # categories that nobody assigned
    (Cells.ICD_10, CODES[:4], False),
    (Cells.ICD_10, ["2026-1", "要介護1", "男", "女", "不詳"], False),
    (Cells.AGE, ["20歳", "３５才", "満四十歳", "51歳", "62歳", None, ""], True),
    (Cells.AGE, ["20", "35", "40", "51", "62"], False),
    (Cells.AGE, ["歳入", "歳出", "歳末", "万歳", "歳費"], False),
    (Cells.DATE, ["M43.3.3", "S35.1.1", "昭和40年1月", "令和2年3月4日", "1999-01-02", "H1/2/3"], True),
    (Cells.DATE, ["1430303", "3350101", "3400202", "4010203", "5020304"], True),
    (Cells.DATE, ["19100303", "19600101", "19650202", "19890203", "20200304"], True),
    (Cells.DATE, ["1100001", "1100015", "1200003", "1300011", "1400012", "1010021"], False),  # postal codes
    (Cells.DATE, ["1910", "1960", "1965", "1989", "2020"], False),  # may be amounts
    (Cells.DATE, ["03-1234", "045-12", "1-2-3", "12-3", "0120-1"], False),
    (Cells.DATE, ["7654321", "8123456", "6999999", "9876543", "1999999"], False),
]


@pytest.mark.parametrize(("cells", "values", "so"), LOOKS)
def test_cells_are_told_by_what_most_of_them_look_like(cells, values, so):
    assert look_like(cells, list(dict.fromkeys(values))) is so


def test_of_very_many_values_a_part_is_looked_at():
    values = [f"{one}歳" for one in range(40_000)]
    assert look_like(Cells.AGE, values) is False  # beyond three digits no age
    assert look_like(Cells.AGE, [f"{one % 100}歳{one}" for one in range(40_000)])
