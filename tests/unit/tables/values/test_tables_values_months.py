import pytest

from sekisho.tables.values.months import read_month, read_partial_month


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("202201", "2022-01"), ("2022-01", "2022-01"), ("2022/1", "2022-01"), ("2022年1月", "2022-01"), ("42408", "2012-08"),
        ("50401", "2022-01"), ("令和4年1月", "2022-01"), ("令和四年一月分", "2022-01"), ("令和4年1月度", "2022-01"),
        ("R4.1", "2022-01"), ("R0401", "2022-01"), ("H24/08", "2012-08"), ("２０２２０１", "2022-01"), ("昭64.1", "1989-01"),
        ("平成元年1月", "1989-01"), ("43104", "2019-04"), ("50105", "2019-05"),
    ],
)  # fmt: skip
def test_a_month_is_read_western_and_by_era(text: str, expect: str) -> None:
    assert read_month(text) == read_partial_month(text) == expect


@pytest.mark.parametrize(
    "text",
    ["43105", "50104", "36402", "平成31年5月", "62201", "2022", "22/01", "2022-01-05", "1月", "", "0", "2022-W1"],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    assert read_month(text) is None
    assert text == "2022" or read_partial_month(text) is None


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("202200", "2022-00"), ("202299", "2022-00"), ("50400", "2022-00"), ("令和4年", "2022-00"), ("令和4年月不詳", "2022-00"),
        ("000000", "0000-00"), ("999999", "0000-00"), ("00000", "0000-00"), ("99999", "0000-00"), ("不詳", "0000-00"),
        ("59901", "0000-00"), ("202213", "2022-13"),
    ],
)  # fmt: skip
def test_an_unknown_or_impossible_month_is_kept_only_where_it_may_be(text: str, expect: str) -> None:
    assert (read_month(text), read_partial_month(text)) == (None, expect)
