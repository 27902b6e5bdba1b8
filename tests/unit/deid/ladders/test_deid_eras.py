"""First days of the eras: the edicts and cabinet orders that sekisho/deid/ladders/eras.py names."""

from datetime import date, timedelta

import pytest

from sekisho.deid.ladders.calendar import Calendar, Step, check_calendar
from sekisho.deid.ladders.eras import ERAS, era_of
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import Value, column_of
from sekisho.errors import CannotMeet, Malformed, Reason

ALL = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA))


def labels_of(rule: Calendar, day: Value) -> list[Value]:
    return [labels[0] for labels in bind(rule, column_of("born", [day])).labels]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(1868, 1, 25), ["明治元年1月", "明治元年1-3月", "明治元年", "明治"]),
        (date(1872, 12, 31), ["明治5年12月", "明治5年10-12月", "明治5年", "明治"]),
        (date(1912, 7, 29), ["明治45年7月", "明治45年7-9月", "明治45年", "明治"]),
        (date(1912, 7, 30), ["大正元年7月", "大正元年7-9月", "大正元年", "大正"]),
        (date(1926, 12, 24), ["大正15年12月", "大正15年10-12月", "大正15年", "大正"]),
        (date(1926, 12, 25), ["昭和元年12月", "昭和元年10-12月", "昭和元年", "昭和"]),
        (date(1972, 10, 14), ["昭和47年10月", "昭和47年10-12月", "昭和47年", "昭和"]),
        (date(1989, 1, 7), ["昭和64年1月", "昭和64年1-3月", "昭和64年", "昭和"]),
        (date(1989, 1, 8), ["平成元年1月", "平成元年1-3月", "平成元年", "平成"]),
        (date(2019, 4, 30), ["平成31年4月", "平成31年4-6月", "平成31年", "平成"]),
        (date(2019, 5, 1), ["令和元年5月", "令和元年4-6月", "令和元年", "令和"]),
        (date(2026, 11, 23), ["令和8年11月", "令和8年10-12月", "令和8年", "令和"]),
    ],
)
def test_days_are_named_by_their_era(day, names):
    assert labels_of(ALL, day) == [day, *names, "*"]


@pytest.mark.parametrize("era", ERAS, ids=lambda one: one.begins.isoformat())
def test_an_era_begins_on_its_first_day_and_not_before(era):
    assert era_of(era.begins) == era
    assert era_of(era.begins - timedelta(days=1)) != era


def test_days_before_the_first_era_are_counted_and_not_told():
    cells: list[Value] = [date(1868, 1, 24), date(1600, 10, 21), date(1989, 1, 8)]
    with pytest.raises(CannotMeet) as caught:
        bind(ALL, column_of("born", cells))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "born", "count": 2}


def test_days_before_the_first_era_have_western_names():
    rule = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.DECADE))
    assert labels_of(rule, date(1600, 10, 21))[1:] == ["1600-10", "1600-Q4", "1600", "1600-1609", "*"]


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_a_quarter_is_three_months_from_january(month, quarter):
    assert labels_of(Calendar((Step.QUARTER,)), date(2001, month, 15))[1] == f"2001-Q{quarter}"


def test_a_blank_day_stays_blank_in_eras():
    assert labels_of(ALL, None) == [None] * 5 + ["*"]


def test_eras_and_ten_years_do_not_go_together():
    with pytest.raises(Malformed) as caught:
        check_calendar("born", Calendar((Step.ERA, Step.DECADE)))
    assert caught.value.facts == {"column": "born", "rule": "era-with-decade"}


def test_steps_out_of_order_are_refused():
    with pytest.raises(Malformed) as caught:
        check_calendar("born", Calendar((Step.ERA, Step.YEAR)))
    assert caught.value.facts == {"column": "born", "rule": "steps-not-rising"}
