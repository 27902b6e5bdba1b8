"""Odd values stay odd however they are spelled (spec/standard.md 4.4)."""

import pytest
from deid_judged import PEOPLE, TODAY, judged, objections, town

from sekisho.deid.standard.items.odd import begins_so, is_odd_birth
from sekisho.deid.standard.said.numbers import numbers_said

pytestmark = pytest.mark.requirement("A16")


@pytest.mark.parametrize(
    "text", ["約116歳", "116才4か月", "満116歳", "116.0", ">=116", "116歳以上120歳以下", "116 / 118"]
)
def test_an_age_within_words_is_read(text):
    assert 116 in numbers_said(text)


BIRTHS = (
    "1910年",
    "1910.3.3",
    "1910年3月",
    "19100303",
    "191003",
    "1900年代",
    "1900以前",
    "≤1910",
    "M43",
    "明43.3.3",
    "明治43",
    "T2.1.1",
)


@pytest.mark.parametrize("text", BIRTHS)
def test_a_birth_too_long_ago_is_odd_in_any_spelling(text):
    assert is_odd_birth(110, TODAY, text)


@pytest.mark.parametrize(
    "text", ["1960年", "19600303", "196003", "1920年代", "S35.3.3", "昭35", "大15", "H1", "S", "不明", "2026"]
)
def test_a_later_birth_is_not(text):
    assert not is_odd_birth(110, TODAY, text)


@pytest.mark.parametrize("text", ["I10;G10", "I10,G10", "I10 G10", "I10/G10", "[G10]", "ICD10:G10", "G 10"])
def test_a_rare_code_among_others_is_odd(text):
    assert begins_so(("g10",), text)
    assert not begins_so(("g11",), text)


@pytest.mark.parametrize("name", ["年令", "ねんれい"])
def test_a_column_of_ages_is_looked_at_under_its_other_names(name):
    ages = [116 if place == 5 else 60 for place in range(PEOPLE)]
    judgement = judged(town().with_column(name, 'type = "integer"\nrole = "plain"', ages))
    assert (4, "odd-number", name) in objections(judgement)
