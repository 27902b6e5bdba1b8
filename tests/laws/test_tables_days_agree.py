"""The quick way to a day and the long one never differ (spec/disarm.md 3.2)."""

from hypothesis import given
from hypothesis import strategies as st

from sekisho.tables.values.days import read_any_day, read_day
from sekisho.tables.values.eras import CLAIM_CODES, TWO_DIGIT_CODES

ERAS = st.sampled_from(["M", "T", "S", "H", "R", "明治", "大正", "昭和", "平成", "令和", "昭", "s", "Ｓ"])
YEARS = st.integers(0, 100).map(str) | st.sampled_from(["元", "01", "099", "６４"])
PARTS = st.integers(0, 40).map(str) | st.integers(0, 99).map("{:02}".format)
MARKS = st.sampled_from([("年", "月", "日"), (".", ".", ""), ("/", "/", ""), (".", "/", ""), ("年", "月", "")])


@st.composite
def spellings(draw):
    first, second, last = draw(MARKS)
    return f"{draw(ERAS)}{draw(YEARS)}{first}{draw(PARTS)}{second}{draw(PARTS)}{last}"


def long_way(text, codes):
    try:
        return read_any_day(text, codes)
    except ValueError:
        return None


@given(spellings(), st.sampled_from([CLAIM_CODES, TWO_DIGIT_CODES]))
def test_both_ways_read_the_same_day(text, codes):
    assert read_day(text, codes) == long_way(text, codes)
