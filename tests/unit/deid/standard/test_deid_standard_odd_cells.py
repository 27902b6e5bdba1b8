"""Item 4 stops what it should under names and spellings that say little, and lets look-alikes pass."""

from collections.abc import Callable
from datetime import date

import pytest
from deid_judged import PEOPLE, check_of, default_dictionary, judged, mixed, objections, town

from sekisho.deid.standard.dictionary import read_dictionary
from sekisho.deid.standard.judgement import Item, Outcome
from sekisho.deid.table import Value

pytestmark = pytest.mark.requirement("A16")
TEXT, CODE, NUMBER, DATE = (f'type = "{one}"\nrole = "plain"' for one in ("text", "code", "integer", "date"))
PARTIAL = 'type = "partial-date"\nrole = "plain"'


def each(make: Callable[[int], Value]) -> list[Value]:
    return [make(place) for place in range(PEOPLE)]


def among(odd: Value, others: tuple[Value, ...], times: int = 4) -> list[Value]:
    return each(lambda place: odd if place % (PEOPLE // times) == 5 else others[mixed(place, 31) % len(others)])


def odd_in(name: str, declared: str, cells: list[Value]) -> set[tuple[str, Outcome]]:
    judgement = judged(town().with_column(name, declared, cells))
    (item,) = (one for one in judgement.items if one.item is Item.ODD)
    return {(one.about, one.outcome) for one in item.checks if one.column == name and one.outcome is not Outcome.CLEAR}


AGES = ("二十歳", "35歳", "４１才", "満五十二歳", "63歳", "七七歳")
ICD = ("I10", "E119", "J06.9", "M545", "K29", "N18")
WAREKI = ("S35.3.3", "昭和40年1月2日", "H1.2.3", "令和2年3月4日", "S50.6.7", "平成十年十月十日")
DAYS = tuple(date(2000 + one, 1 + one, 10 + one) for one in range(10))
FAULT, DECIDE = Outcome.FAULT, Outcome.DECIDE


@pytest.mark.parametrize(
    ("name", "declared", "odd", "others"),
    [
        ("満年齢", TEXT, "百十六歳", AGES),
        ("AGE2", NUMBER, 116, (20, 35, 41, 52, 63)),
        ("歳", TEXT, "一一六", ("二十", "三五", "四一")),
        ("PatientAge", TEXT, "110-119", ("20-29", "30-39")),
        ("生年月", TEXT, "明治四三年三月", ("昭和三五年三月", "平成元年一月")),
        ("BirthDate", CODE, "1430303", ("3350303", "4010108", "5020304")),
        ("ＤＯＢ", NUMBER, 19100303, (19600303, 19890108, 20200304)),
        ("世代", TEXT, "満百十六才", AGES),
    ],
)
def test_what_is_odd_under_any_name_and_spelling_stops_the_release(name, declared, odd, others):
    assert odd_in(name, declared, among(odd, others)) == {("age", FAULT)}
    assert odd_in(name, declared, among(others[0], others)) == set()


@pytest.mark.parametrize(
    ("declared", "odd", "others", "about"),
    [
        (CODE, "G10", ICD, {"rare-disease"}),
        (TEXT, "Ｇ１０", ICD, {"rare-disease"}),
        (DATE, date(1910, 3, 3), DAYS, {"age"}),
        (PARTIAL, "1910-00-00", ("1960-01-02", "1989-00-00", "2020-03-04"), {"age"}),
        (TEXT, "M43.3.3", WAREKI, {"age"}),
        (CODE, "1430303", ("3350303", "3400102", "4010108", "4101010", "5020304"), {"age"}),
        (NUMBER, 19100303, (19600303, 19650102, 19890108, 19981010, 20200304), {"age"}),
    ],
)
def test_what_only_the_cells_tell_waits_for_a_decision(declared, odd, others, about):
    assert odd_in("項目7", declared, among(odd, others)) == {(one, DECIDE) for one in about}
    assert odd_in("項目7", declared, among(others[0], others)) == set()


def test_a_one_off_disease_that_only_the_cells_tell_waits_for_a_decision():
    assert odd_in("項目7", CODE, among("J84", ICD, times=1)) == {("disease", DECIDE)}


@pytest.mark.parametrize(
    ("name", "declared", "odd", "others"),
    [
        ("受診日", DATE, date(1925, 3, 3), DAYS),  # a hundred years ago, and nobody of 110
        ("新築年月日", DATE, date(1880, 3, 3), DAYS),
        ("部品", CODE, "G10", ("G1", "H22X", "K3", "ZZ1", "Q")),
        ("ロット番号", CODE, "G101", ("E107", "B205", "E805", "J111", "K200")),
        ("数", NUMBER, 116, (20, 35, 41, 52, 63)),
        ("LANGUAGE", NUMBER, 116, (20, 35, 41, 52, 63)),
        ("歳入", NUMBER, 116, (20, 35, 41, 52, 63)),
        ("年数", TEXT, "116年", ("20年", "35年", "41年", "52年", "63年")),
        ("出生時体重", NUMBER, 1850, (2500, 3000, 3500)),
        ("地番", CODE, "1-2-3", ("1910-3", "12-4", "33-1", "7-8", "9-9")),
        ("備考", TEXT, "狂犬病予防注射済", ("なし", "ボツリヌス療法中")),
        ("職業", TEXT, "市長部局職員", ("会社員", "無職")),
    ],
)
def test_look_alikes_pass(name, declared, odd, others):
    assert odd_in(name, declared, among(odd, others)) == set()


@pytest.mark.parametrize(
    ("name", "declared", "odd", "others", "found"),
    [
        ("第何子", NUMBER, 9, (1, 2, 3), ("children", DECIDE)),
        ("胎数", NUMBER, 3, (1, 2), ("multiple-birth", FAULT)),
        ("備考", TEXT, "三つ子の育児相談", ("なし", "双子の育児相談"), ("multiple-birth", FAULT)),
        ("出産時年齢", NUMBER, 13, (25, 30, 35), ("age-at-birth", FAULT)),
        ("所得", TEXT, "１億２，０００万円", ("300万円", "四百五十万円"), ("income", FAULT)),
        ("障害の種類", TEXT, "盲ろう", ("肢体不自由", "視覚障害", "聴覚障害"), ("rare-disability", DECIDE)),
        ("医薬品名", TEXT, "ファブラザイム点滴静注用", ("アムロジピン", "ロキソニン"), ("rare-medicine", DECIDE)),
        ("死亡年月日", DATE, date(2005, 4, 25), DAYS, ("singular-day", DECIDE)),
        ("死因", TEXT, "落雷", ("肺炎", "老衰"), ("rare-cause-of-death", DECIDE)),
        ("転入前市区町村コード", CODE, "134023", ("131041", "271004"), ("small-village", DECIDE)),
        ("転入前", TEXT, "東京都青ヶ島村", ("東京都新宿区", "大阪府大阪市"), ("small-village", DECIDE)),
        ("職業", TEXT, "町議会議員", ("会社員", "市長部局職員"), ("rare-occupation", FAULT)),
        ("使用言語", TEXT, "アイスランド語", ("日本語", "英語"), ("language", DECIDE)),
        ("表彰", TEXT, "文化勲章", ("なし", "永年勤続"), ("honour", FAULT)),
    ],
)
def test_the_dictionary_that_comes_along_knows_what_is_odd_in_japan(name, declared, odd, others, found):
    assert odd_in(name, declared, among(odd, others)) == {found}
    assert odd_in(name, declared, among(others[0], others)) == set()


def test_each_entry_names_its_source():
    assert [one.about for one in default_dictionary().entries if not one.source.endswith("。")] == []


def test_the_judgement_counts_a_column_that_only_its_cells_mean():
    clear = judged(town().with_column("世代", TEXT, among(AGES[0], AGES)))
    plain = judged(town().with_column("世代", TEXT, among("甲", ("乙", "丙", "丁", "戊", "己"))))
    meant = [dict(check_of(one, Item.ODD, "dictionary").found)["columns"] for one in (clear, plain)]
    assert meant[0] == meant[1] + 1


def test_an_entry_without_cells_means_no_column_by_its_cells():
    raw = 'format = "sekisho-dictionary-v1"\nname = "町"\n[[number]]\nabout = "age"\ncolumns = ["年齢"]\nleast = 110\nsource = "s"\n'
    made = town().with_column("世代", TEXT, among("116歳", AGES))
    assert (4, "odd-number", "世代") not in objections(judged(made, dictionary=read_dictionary(raw.encode())))
    cells = read_dictionary((raw + 'cells = "age"\n').encode())
    assert (4, "odd-number", "世代") in objections(judged(made, dictionary=cells))


def test_postal_codes_are_no_births_though_their_digits_could_be():
    declared = 'type = "postal-code"\nrole = "plain"'
    codes = tuple(f"1100{place:03}" for place in (101, 102, 203, 304, 505, 606))
    assert odd_in("宛先", declared, among("1430303", codes)) == set()
