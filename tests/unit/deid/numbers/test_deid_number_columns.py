"""Columns that hold a number which names a person, and columns that only look like it."""

from collections import Counter
from datetime import date
from random import Random

import numpy as np
import pytest
from numbers_made import corporate_numbers, drawn, licences, mistyped, my_numbers, with_check_digit

from sekisho.deid.numbers.check_digits import INSURER_8, MY_NUMBER, RESIDENT_CODES
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.columns import MOST_KEPT, Ground, Watch
from sekisho.deid.numbers.evidence import FALSE_ALARM
from sekisho.deid.numbers.scan import scan_table, scan_texts
from sekisho.deid.table import Table, column_of

SILENT = "番号A"  # a name that says nothing


def seen(cells, name=SILENT):
    counted = Counter(cells)
    return scan_texts(name, list(counted), list(counted.values()))


def codes_seen(cells, name=SILENT):
    return {one.code: one.ground for one in seen(cells, name)}


def grouped(number, separator="-"):
    return separator.join((number[:4], number[4:8], number[8:]))


WRITINGS = {
    "as digits": lambda number: number,
    "with hyphens": grouped,
    "with spaces": lambda number: grouped(number, " "),
    "full-width": lambda number: "".join(chr(ord(one) + 0xFEE0) for one in number),
    "full-width with a long vowel for a hyphen": lambda number: grouped(number, "ー"),
    "after an apostrophe": lambda number: f"'{number}",
    "glued to a prefix": lambda number: f"No.{number}",
    "with spaces around": lambda number: f"　{number} ",
    "as decimals": lambda number: f"{number}.0",
}


@pytest.mark.parametrize("writing", WRITINGS)
def test_my_numbers_are_found_however_they_are_written(writing):
    cells = [WRITINGS[writing](one) for one in my_numbers(Random(1), 30)]
    (one,) = seen(cells)
    assert (one.code, one.ground, one.cells, one.share) == (Code.MY_NUMBER, Ground.CHECK_DIGITS, 30, 1.0)
    assert one.probability < FALSE_ALARM


def test_my_numbers_are_found_among_blanks():
    cells = my_numbers(Random(2), 40) + [""] * 50 + ["　"] * 10
    (one,) = seen(cells)
    assert (one.code, one.cells, one.share) == (Code.MY_NUMBER, 40, 1.0)


def test_my_numbers_are_found_where_six_in_ten_are_mistyped():
    chance = Random(3)
    numbers = my_numbers(chance, 200)
    cells = [mistyped(chance, one) if place % 10 < 6 else one for place, one in enumerate(numbers)]
    assert Code.MY_NUMBER in codes_seen(cells)


def test_my_numbers_whose_leading_noughts_a_spreadsheet_took_are_found():
    assert Code.MY_NUMBER in codes_seen([str(int(one)) for one in my_numbers(Random(4), 60)])


def test_my_numbers_are_found_as_whole_numbers_of_a_table():
    table = Table(
        (
            column_of(SILENT, [int(one) for one in my_numbers(Random(5), 60)]),
            column_of("生年月日", [date(1950, 1, 1)] * 60),
            column_of("年齢", [70] * 59 + [None]),
        )
    )
    assert [(one.column, one.code) for one in scan_table(table)] == [(SILENT, Code.MY_NUMBER)]


def test_my_numbers_among_as_many_other_numbers_are_found():
    cells = my_numbers(Random(6), 200) + drawn(Random(7), 12, 400)
    assert codes_seen(cells) == {Code.MY_NUMBER: Ground.CHECK_DIGITS}


def test_one_number_in_a_million_cells_is_no_column_of_numbers():
    assert scan_texts(SILENT, my_numbers(Random(8), 1), [1_000_000]) == ()


def test_three_my_numbers_under_their_name_are_enough():
    (one,) = seen([*my_numbers(Random(9), 3), "", ""], "個人番号")
    assert (one.code, one.ground, one.cells, one.probability) == (Code.MY_NUMBER, Ground.HEADER, 3, 1.0)
    assert one.is_certain


@pytest.mark.parametrize("cells", [["", ""], ["1.23457E+11", "9.83206E+11"], ["********"], ["あり", "なし"], []])
def test_a_name_over_blanks_or_other_cells_is_told_as_a_name_only(cells):
    (one,) = seen(cells, "マイナンバー")
    assert (one.code, one.ground, one.cells) == (Code.MY_NUMBER, Ground.HEADER_ONLY, 0)
    assert not one.is_certain


def test_three_in_ten_cells_of_the_shape_are_enough_under_a_name():
    others = ["不明"] * 7
    cells = drawn(Random(9), 11, 3)
    assert codes_seen([*cells, *others], "住民票コード") == {Code.RESIDENT_CODE: Ground.HEADER}
    assert codes_seen([*cells[:2], *others, "不詳"], "住民票コード") == {Code.RESIDENT_CODE: Ground.HEADER_ONLY}


def test_one_my_number_is_enough_under_its_name():
    others = ["未取得"] * 900
    (number,) = my_numbers(Random(9), 1)
    for cell in (
        number,
        f" {number[:4]}.{number[4:8]}.{number[8:]}",
        number.translate({one: one + 0xFEE0 for one in range(0x30, 0x3A)}),
    ):
        assert codes_seen([cell, *others], "個人番号") == {Code.MY_NUMBER: Ground.HEADER}
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for cell in (wrong, "0" * 12):
        assert codes_seen([cell, *others], "個人番号") == {Code.MY_NUMBER: Ground.HEADER_ONLY}


def test_a_name_does_not_hide_what_the_numbers_say():
    assert codes_seen(my_numbers(Random(10), 40), "宛名番号") == {Code.MY_NUMBER: Ground.CHECK_DIGITS}


def test_licences_are_found_and_are_no_my_numbers():
    assert codes_seen(licences(Random(11), 3_000)) == {Code.LICENCE_NUMBER: Ground.CHECK_DIGITS}


def test_resident_codes_are_found_by_name_and_by_a_usual_check_digit():
    assert codes_seen(drawn(Random(12), 11, 5), "住民票コード") == {Code.RESIDENT_CODE: Ground.HEADER}
    for scheme in RESIDENT_CODES:
        cells = [with_check_digit(scheme, one) for one in drawn(Random(13), 11, 60)]
        assert codes_seen(cells) == {Code.RESIDENT_CODE: Ground.CHECK_DIGITS}


def test_numbers_of_the_elderly_and_of_insurers_are_told_apart():
    elderly = [with_check_digit(INSURER_8, f"{one:07}0") for one in range(10_000, 10_200)]
    insurers = [with_check_digit(INSURER_8, f"06{13}{one:03}0") for one in range(100)]
    assert codes_seen(elderly) == {Code.INSURED_NUMBER: Ground.CHECK_DIGITS}
    assert codes_seen(insurers) == {Code.INSURER_NUMBER: Ground.CHECK_DIGITS}


def test_three_residence_cards_need_no_name():
    cells = ["AB12345678CD", "ＡＢ１２３４５６７９ＣＤ", "EF00000001GH", "なし"]
    assert codes_seen(cells) == {Code.RESIDENCE_CARD: Ground.SHAPE}
    assert codes_seen(cells[:2]) == {}


NAMED = {
    "基礎年金番号": (["1234-567890", "9876543210"], Code.PENSION_NUMBER),
    "運転免許証番号": (["309012345620"], Code.LICENCE_NUMBER),
    "旅券番号": (["TR1234567"], Code.PASSPORT_NUMBER),
    "被保険者記号番号": (["国01・12345"], Code.INSURED_NUMBER),
    "介護保険被保険者番号": (["0000123456", "H000012345"], Code.CARE_INSURED_NUMBER),
    "雇用保険被保険者番号": (["1234-567890-1"], Code.EMPLOYMENT_INSURED_NUMBER),
    "保険者番号": (["138057", "39131016"], Code.INSURER_NUMBER),
    "指紋特徴量": (["A9f3" * 16], Code.BIOMETRIC),
    "在留カード番号": (["AB12345678CD"], Code.RESIDENCE_CARD),
}


@pytest.mark.parametrize("name", NAMED)
def test_codes_without_a_check_digit_are_found_by_name_and_shape(name):
    cells, code = NAMED[name]
    assert codes_seen(cells, name)[code] is Ground.HEADER


def test_numbers_within_remarks_are_found_by_the_words_around_them():
    cells = ["特になし"] * 500 + [
        "来庁。マイナンバーは９８３２－０５６７－３２１４ とのこと",
        "保険証の番号 12-3456 を確認",
    ]
    assert codes_seen(cells, "備考") == {Code.MY_NUMBER: Ground.TEXT, Code.INSURED_NUMBER: Ground.TEXT}


def test_numbers_within_remarks_are_found_without_words_where_there_are_many():
    cells = [f"受付済 {one} 確認" for one in my_numbers(Random(14), 40)]
    assert codes_seen(cells, "備考") == {Code.MY_NUMBER: Ground.CHECK_DIGITS}


LOOK_ALIKES = {
    "drawn": lambda: drawn(Random(20), 12, 20_000),
    "in series": lambda: [f"{one:012}" for one in range(50_000)],
    "in series with a prefix": lambda: [f"1310{one:08}" for one in range(50_000)],
    "in series with a check digit like that of My Number": lambda: [
        with_check_digit(MY_NUMBER, f"13101{one:06}0") for one in range(20_000)
    ],
    "ending in nought": lambda: [f"{one}0" for one in drawn(Random(21), 11, 20_000)],
    "moments": lambda: [
        f"20{year:02}{month:02}{day:02}{hour:02}00"
        for year in range(30)
        for month in range(1, 13)
        for day in range(1, 29)
        for hour in (8, 9, 10, 13)
    ],
    "telephones": lambda: [f"0{one}" for one in drawn(Random(22), 10, 20_000)],
    "mobile telephones": lambda: [f"090-{one[:4]}-{one[4:]}" for one in drawn(Random(23), 8, 20_000)],
    "corporate numbers": lambda: corporate_numbers(Random(24), 20_000),
    "corporate numbers without their check digit": lambda: [one[1:] for one in corporate_numbers(Random(24), 20_000)],
    "cards": lambda: [grouped(one) + one[:4] for one in drawn(Random(25), 12, 2_000)],
    "days": lambda: [
        f"19{one:02}{month:02}{day:02}" for one in range(99) for month in range(1, 13) for day in (1, 9, 28)
    ],
    "amounts": lambda: [str(one * 1_000) for one in range(10_000_000, 10_020_000)],
    "postal codes": lambda: [f"{one[:3]}-{one[3:]}" for one in drawn(Random(26), 7, 20_000)],
    "words": lambda: ["本人来庁", "電話連絡", "AB123", "個人番号カードを交付", "2026年4月1日 10:30 受付"],
}


@pytest.mark.parametrize("kind", LOOK_ALIKES)
def test_what_only_looks_alike_raises_no_alarm(kind):
    assert seen(LOOK_ALIKES[kind]()) == ()


def test_a_tally_keeps_no_more_than_its_bound_and_still_finds():
    watch = Watch(SILENT)
    chance = Random(30)
    for _ in range(6):
        block = drawn(chance, 12, 9_000) + my_numbers(chance, 1_000)
        watch.feed(block, np.ones(len(block), dtype=np.int64))
    assert [(one.code, one.cells) for one in watch.sightings()] == [(Code.MY_NUMBER, 60_000)]
    assert max(len(one) for one in watch._kept.values()) == MOST_KEPT  # the bound is the point
