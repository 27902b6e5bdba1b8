"""Shares of cells that point at a person in plain sight."""

import pytest

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.direct import DIRECT, direct_shares

KINDS = {
    Code.NAME: ["佐藤 花子", "鈴木一郎", "髙橋　太郎", "ｻﾄｳ ﾊﾅｺ", "タナカ タロウ", "森田一", "佐々木希", "長谷川 潤"],
    Code.ADDRESS: [
        "東京都千代田区丸の内1-2-3",
        "横浜市中区本町三丁目4番5号",
        "港区芝５丁目６番",
        "大字山田123番地",
        "北海道札幌市中央区北１条西２丁目３－４",
    ],
    Code.TELEPHONE: ["03-0123-4567", "０９０－００００－００００", "0301234567", "(03)0123-4567", "+81-90-0000-0000"],
    Code.EMAIL: ["hanako@example.jp", "ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ"],
    Code.ACCOUNT: ["普通 1234567", "口座番号：0012345"],
}
NEITHER = [
    "山口県",
    "山口県下関市",
    "千葉市",
    "石川県金沢市",
    "横浜市中区",
    "本町三丁目",
    "北海道札幌市中央区北１条西２丁目",
    "東京都",
    "林",
    "感冒",
    "本態性高血圧症",
    "要介護３",
    "2026-11-23",
    "1972-10-00",
    "1234567",
    "30-39",
    "1000-2000",
    "昭和47年",
    "100-0001",
    "*",
    "20歳以上30歳未満",
    "女",
    "第1号被保険者",
    "関節リウマチ",
    "山田医院",
    "東京湾",
    "文字が読めない",
    "受付3番",
]


def shares(name, cells):
    return {one.code: one for one in direct_shares(name, cells, [1] * len(cells))}


@pytest.mark.parametrize("code", KINDS)
def test_each_cell_of_its_kind_counts(code):
    for cell in KINDS[code]:
        found = shares("列", [cell])
        assert {one for one in DIRECT if found[one].cells} == {code}, cell


@pytest.mark.parametrize("cell", NEITHER)
def test_what_points_at_nobody_counts_for_nothing(cell):
    assert {one.code for one in direct_shares("列", [cell], [1]) if one.cells} == set()


def test_a_share_is_of_the_cells_that_are_filled():
    found = {one.code: one for one in direct_shares("列", ["佐藤 花子", "通院中", None, " "], [3, 1, 5, 6])}
    assert (found[Code.NAME].cells, found[Code.NAME].share) == (3, 0.75)


def test_the_name_of_a_column_is_told_beside_the_share():
    found = shares("氏名", ["NGUYEN VAN AN"])
    assert (found[Code.NAME].named, found[Code.NAME].share) == (True, 0.0)
    assert not found[Code.ADDRESS].named


def test_digits_are_an_account_where_the_columns_name_says_so():
    assert shares("口座番号", ["1234567"])[Code.ACCOUNT].share == 1
    assert shares("番号", ["1234567"])[Code.ACCOUNT].share == 0


def test_a_column_of_blanks_has_no_share():
    assert {one.share for one in direct_shares("氏名", [None, ""], [3, 4])} == {0.0}
