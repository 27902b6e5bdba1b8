"""Item 1: the number of a house, and what only looks like one (spec/standard.md 4.1)."""

import pytest
from deid_judged import PEOPLE, judged, objections, town

from sekisho.deid.standard.items.houses import is_house

pytestmark = pytest.mark.requirement("A16")

TEXT = 'type = "text"\nrole = "plain"'
HOUSES = [
    "本町3-4",
    "字中島45の6",
    "大字上野 123",
    "小字東12",
    "1-2-3 Honcho",
    "Honcho 1-2-3",
    "1-2-3 Nishi-machi, Sekisho-shi",
    "本町三丁目四",
    "本町三の四",
    "関所市三軒茶屋3-4",
    "関所市本町３丁目４−５",
    "東一丁目12-3 コーポ関201",
    "中島45番地6",
    "本町3-4に転居",
    "関所市字上野1234-5",
]
NONE = [
    "A-3-4",
    "町A-3-4",
    "2020-3-4",
    "関所市に2020-3-4に転入",
    "令和5-3-4に市へ",
    "関所市R5-3-4",
    "10-19",
    "本町10-19人",
    "30-39歳",
    "市町村10-19",
    "第3-4号",
    "町第3-4号",
    "地区1-2",
    "区分3-4",
    "本町3-4丁目",
    "三丁目三歳児",
    "関所市100-0001",
    "〒100-0001 関所市",
    "関所市役所03-1234-5678",
    "漢字10個",
    "文字数200",
    "赤字100万円",
    "字幕3",
    "大字上野3組",
    "大字上野1丁目",
    "本町の三つの店",
    "町内1-2km",
    "3-4 months",
    "10-19 years",
    "北1条西2丁目",
]


@pytest.mark.parametrize("text", HOUSES)
def test_a_number_behind_a_place_is_a_house(text):
    assert is_house(text)


@pytest.mark.parametrize("text", NONE)
def test_days_ranges_codes_and_blocks_are_none(text):
    assert not is_house(text)


def test_one_house_stops_the_release():
    made = town().with_column("甲", TEXT, ["本町3-4" if place == 17 else "本町三丁目" for place in range(PEOPLE)])
    assert (1, "address-left", "甲") in objections(judged(made))


def test_blocks_and_ranges_do_not():
    made = town().with_column(
        "甲", TEXT, [("本町三丁目", "第3-4号", "町内1-2km")[place % 3] for place in range(PEOPLE)]
    )
    assert (1, "address-left", "甲") not in objections(judged(made))
