"""Facts of codes: the ministry's list of municipalities (全国地方公共団体コード), the WHO's ICD-10 of 2019."""

from collections import Counter

import pytest

from sekisho.deid.ladders.builtin.icd10 import climb_icd10
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.builtin.merged import climb_municipality
from sekisho.deid.ladders.builtin.municipality import check_digit, municipalities
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import Value, column_of
from sekisho.errors import CannotMeet, Reason

NORTHERN = {"01695", "01696", "01697", "01698", "01699", "01700"}


def labels_of(known: Known, value: Value) -> list[Value]:
    return [labels[0] for labels in bind(BuiltIn(known), column_of("a", [value])).labels]


def missing(known: Known, cells: list[Value]) -> int | str:
    with pytest.raises(CannotMeet) as caught:
        bind(BuiltIn(known), column_of("a", cells))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert set(caught.value.facts) == {"column", "count"}
    return caught.value.facts["count"]


def test_the_table_has_all_municipalities():
    governed = [one for one in municipalities() if one.code not in NORTHERN]
    kinds = Counter("special ward" if one.name[-1] == "区" else one.name[-1] for one in governed)
    assert (len(governed), kinds) == (1741, {"市": 792, "町": 743, "村": 183, "special ward": 23})
    assert len({one.prefecture for one in governed}) == len({one.code[:2] for one in governed}) == 47
    assert len(municipalities()) - len(governed) == 6


def test_the_table_has_all_designated_cities_and_their_wards():
    cities = [one for one in municipalities() if one.wards]
    assert (len(cities), sum(len(one.wards) for one in cities)) == (20, 171)
    assert {one.name[-1] for one in cities} == {"市"}


def test_no_code_stands_in_the_table_twice():
    codes = [code for one in municipalities() for code in (one.code, *one.wards)]
    assert len(codes) == len(set(codes)) == 1741 + 6 + 171
    assert all(len(code) == 5 and code.isdecimal() for code in codes)


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("01100", ["01100 札幌市", "北海道", "北海道地方"]),
        ("131016", ["13101 千代田区", "東京都", "関東地方"]),
        ("13101", ["13101 千代田区", "東京都", "関東地方"]),
        ("14104", ["14100 横浜市", "神奈川県", "関東地方"]),
        ("141305", ["14130 川崎市", "神奈川県", "関東地方"]),
        ("22138", ["22130 浜松市", "静岡県", "中部地方"]),
        ("24201", ["24201 津市", "三重県", "近畿地方"]),
        ("35201", ["35201 下関市", "山口県", "中国地方"]),
        ("37201", ["37201 高松市", "香川県", "四国地方"]),
        ("472018", ["47201 那覇市", "沖縄県", "九州・沖縄地方"]),
        ("02201", ["02201 青森市", "青森県", "東北地方"]),
        ("13382", ["13382 御蔵島村", "東京都", "関東地方"]),
        ("01698", ["01698 留別村", "北海道", "北海道地方"]),
        ("22135", ["22130 浜松市", "静岡県", "中部地方"]),
        ("11204", ["11100 さいたま市", "埼玉県", "関東地方"]),
        ("033057", ["03216 滝沢市", "岩手県", "東北地方"]),
    ],
)
def test_a_code_becomes_its_municipality_prefecture_and_region(code, labels):
    assert labels_of(Known.MUNICIPALITY, code) == [code, *labels, "*"]


@pytest.mark.parametrize(
    ("code", "digit"), [("01100", "2"), ("01202", "5"), ("13101", "6"), ("14150", "0"), ("27100", "4"), ("47201", "8")]
)
def test_the_sixth_digit_is_the_ministry_s(code, digit):
    assert check_digit(code) == digit
    assert climb_municipality(code + digit) == climb_municipality(code)


@pytest.mark.parametrize(
    "code", ["131017", "1101", "11002", "13000", "48201", "1310160", "１３１０１", "13101 ", "", "22199"]
)
def test_what_is_no_code_of_a_municipality_is_missing(code):
    assert missing(Known.MUNICIPALITY, ["13101", code]) == 1


def test_five_digits_beside_six_are_missing_since_their_zero_may_be_lost():
    lost = "12106"  # 012106 is 岩見沢市, and 12106 千葉市美浜区
    assert labels_of(Known.MUNICIPALITY, "012106")[1] == "01210 岩見沢市"
    assert labels_of(Known.MUNICIPALITY, lost)[1] == "12100 千葉市"
    assert missing(Known.MUNICIPALITY, ["131016", lost, None]) == 1


@pytest.mark.parametrize("code", ["1000001", "100-0001"])
def test_a_postal_code_loses_its_last_digits(code):
    assert labels_of(Known.POSTAL_CODE, code) == [code, "100-00…", "100…", "10…", "*"]


@pytest.mark.parametrize("code", ["100-001", "10000011", "10-00001", "1000 001", "１００-０００１", "〒1000001"])
def test_what_is_no_postal_code_is_missing(code):
    assert missing(Known.POSTAL_CODE, ["1000001", code]) == 1


@pytest.mark.parametrize(
    ("code", "labels"),
    [
        ("A00", ["A00", "A00-A09", "I (A00-B99)"]),
        ("A00.0", ["A00", "A00-A09", "I (A00-B99)"]),
        ("A000", ["A00", "A00-A09", "I (A00-B99)"]),
        ("B99", ["B99", "B99-B99", "I (A00-B99)"]),
        ("C509", ["C50", "C50-C50", "II (C00-D48)"]),
        ("D48.9", ["D48", "D37-D48", "II (C00-D48)"]),
        ("D50", ["D50", "D50-D53", "III (D50-D89)"]),
        ("E11.9", ["E11", "E10-E14", "IV (E00-E90)"]),
        ("M0000", ["M00", "M00-M03", "XIII (M00-M99)"]),
        ("T98.3", ["T98", "T90-T98", "XIX (S00-T98)"]),
        ("Y05", ["Y05", "X85-Y09", "XX (V01-Y98)"]),
        ("U07.1", ["U07", "U00-U49", "XXII (U00-U99)"]),
        ("Z99.9", ["Z99", "Z80-Z99", "XXI (Z00-Z99)"]),
    ],
)
def test_a_code_of_icd_10_becomes_its_category_block_and_chapter(code, labels):
    assert labels_of(Known.ICD_10, code) == [code, *labels, "*"]


@pytest.mark.parametrize("code", ["A10", "A98.000", "A0", "a00", "E91", "Y99", "U50", "A00.", "A00-A09"])
def test_what_lies_in_no_block_is_missing(code):
    assert missing(Known.ICD_10, ["A00", code]) == 1


def test_icd_10_has_22_chapters_whose_blocks_lie_one_after_the_other():
    every = [f"{letter}{number:02}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for number in range(100)]
    climbs = [climb for one in every if (climb := climb_icd10(one))]
    for level, count in ((1, 263), (2, 22)):
        runs = [one[level] for place, one in enumerate(climbs) if not place or climbs[place - 1][level] != one[level]]
        assert len(runs) == len(set(runs)) == count


@pytest.mark.parametrize(
    ("years", "labels"),
    [
        (0, [0, "0-4", "0-14"]),
        (14, [14, "10-14", "0-14"]),
        (15, [15, "15-19", "15-64"]),
        (64, [64, "60-64", "15-64"]),
        (65, [65, "65-69", "≥65"]),
        (89, [89, "85-89", "≥65"]),
        (90, ["≥90", "≥90", "≥65"]),
        (116, ["≥90", "≥90", "≥65"]),
    ],
)
def test_an_age_becomes_five_years_and_one_of_the_three_groups(years, labels):
    assert labels_of(Known.AGE, years) == [*labels, "*"]


def test_what_is_no_age_is_missing():
    assert missing(Known.AGE, [-1, 151, 40]) == 2


@pytest.mark.parametrize("known", Known)
def test_a_blank_cell_stays_blank_in_a_built_in_ladder(known):
    ladder = bind(BuiltIn(known), column_of("a", [None]))
    assert [one[0] for one in ladder.labels] == [None] * BuiltIn(known).height + ["*"]


@pytest.mark.parametrize(("known", "value"), [(Known.AGE, "40"), (Known.POSTAL_CODE, 1000001), (Known.ICD_10, 7)])
def test_a_built_in_ladder_refuses_values_of_another_type(known, value):
    with pytest.raises(TypeError):
        bind(BuiltIn(known), column_of("a", [value]))
