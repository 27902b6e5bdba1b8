"""What the calendar says of days and months of which a part is unknown or impossible (spec/policy.md 4.1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.ladders.calendar import Calendar, Step, climb_calendar
from sekisho.deid.ladders.rule import bind
from sekisho.deid.table import Value, column_of
from sekisho.errors import CannotMeet, Reason

WESTERN = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.DECADE))
ERAS = Calendar((Step.MONTH, Step.QUARTER, Step.YEAR, Step.ERA))
KNOWN = st.dates(date(1868, 1, 25), date(2200, 12, 31))
PARTIAL = st.builds(
    "{:04}-{:02}-{:02}".format,
    st.sampled_from([0, 1912, 1926, 1972, 1989, 2019, 2024]),
    st.integers(0, 13),
    st.integers(0, 32),
)


def labels_of(rule: Calendar, text: str) -> list[Value]:
    return [labels[0] for labels in bind(rule, column_of("born", [text])).labels]


@pytest.mark.parametrize(
    ("text", "western", "eras"),
    [
        (
            "1972-10",
            ["1972-10", "1972-Q4", "1972", "1970-1979"],
            ["昭和47年10月", "昭和47年10-12月", "昭和47年", "昭和"],
        ),
        (
            "1972-10-00",
            ["1972-10", "1972-Q4", "1972", "1970-1979"],
            ["昭和47年10月", "昭和47年10-12月", "昭和47年", "昭和"],
        ),
        (
            "1972-02-30",
            ["1972-02", "1972-Q1", "1972", "1970-1979"],
            ["昭和47年2月", "昭和47年1-3月", "昭和47年", "昭和"],
        ),
        (
            "1972-00-00",
            ["1972-不詳", "1972-不詳", "1972", "1970-1979"],
            ["昭和47年不詳", "昭和47年不詳", "昭和47年", "昭和"],
        ),
        (
            "1972-13-01",
            ["1972-不詳", "1972-不詳", "1972", "1970-1979"],
            ["昭和47年不詳", "昭和47年不詳", "昭和47年", "昭和"],
        ),
        ("0000-00-00", ["不詳"] * 4, ["不詳"] * 4),
        ("0000-00", ["不詳"] * 4, ["不詳"] * 4),
        (
            "1989-01-07",
            ["1989-01", "1989-Q1", "1989", "1980-1989"],
            ["昭和64年1月", "昭和64年1-3月", "昭和64年", "昭和"],
        ),
        ("1989-01-00", ["1989-01", "1989-Q1", "1989", "1980-1989"], ["不詳"] * 4),
        (
            "1989-02-00",
            ["1989-02", "1989-Q1", "1989", "1980-1989"],
            ["平成元年2月", "平成元年1-3月", "平成元年", "平成"],
        ),
        ("2019-00-00", ["2019-不詳", "2019-不詳", "2019", "2010-2019"], ["不詳"] * 4),
        ("1868-00-00", ["1868-不詳", "1868-不詳", "1868", "1860-1869"], ["不詳"] * 4),
    ],
)
def test_a_partial_day_has_the_labels_of_what_is_known_of_it(text: str, western: list[str], eras: list[str]) -> None:
    assert labels_of(WESTERN, text) == [text, *western, "*"]
    assert labels_of(ERAS, text) == [text, *eras, "*"]


@pytest.mark.parametrize("text", ["1972", "1972-1-1", "不詳", "1972-10-1", "1972-10-141", "１９７２-10-14"])
def test_a_text_of_another_form_is_missing(text: str) -> None:
    with pytest.raises(CannotMeet) as caught:
        bind(WESTERN, column_of("born", ["1972-10-14", text]))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "born", "count": 1}


@pytest.mark.parametrize("text", ["1867-00-00", "1600-10-21", "1868-01-24", "1867-12"])
def test_what_was_before_the_first_era_is_missing_in_eras(text: str) -> None:
    assert climb_calendar(ERAS, text) is None
    assert climb_calendar(WESTERN, text) is not None


@given(KNOWN, st.sampled_from([WESTERN, ERAS]))
def test_a_whole_day_has_the_same_labels_as_a_day_and_as_text(day: date, rule: Calendar) -> None:
    as_day, as_text = climb_calendar(rule, day), climb_calendar(rule, day.isoformat())
    assert as_day
    assert as_text
    assert (as_day[1:], as_text[0]) == (as_text[1:], day.isoformat())


@given(
    st.lists(st.one_of(PARTIAL, KNOWN.map(date.isoformat), KNOWN.map("{:%Y-%m}".format)), min_size=1, max_size=40),
    st.sampled_from([WESTERN, ERAS, Calendar((Step.MONTH, Step.DECADE)), Calendar((Step.QUARTER, Step.ERA))]),
)
def test_partial_days_together_grow_a_tree(texts: list[str], rule: Calendar) -> None:
    ladder = bind(rule, column_of("born", [*texts, None]))
    assert set(ladder.values) == {*texts, None}
    assert ladder.height == rule.height
