import tomllib
from datetime import date
from pathlib import Path

import pytest

from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.tables.rules import Rule, cell_reader, clean_text, hide_private_use
from sekisho.tables.values.days import read_day

VECTORS = Path(__file__).parents[2] / "vectors" / "disarm"
DAYS = tomllib.loads((VECTORS / "days.toml").read_text(encoding="utf-8"))["case"]


def read(text: str, kind: Kind = Kind.TEXT, **rules: object) -> object:
    return cell_reader(ColumnSchema("c", kind, Role.PLAIN, **rules))(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", DAYS, ids=lambda case: case["source"])
def test_a_day_is_read_as_its_source_says(case: dict[str, str]) -> None:
    found = read(case["text"], Kind.DATE)
    assert (Rule.TYPE if case["expect"] == "refused" else date.fromisoformat(case["expect"])) == found


def test_every_day_of_three_eras_reads_back_to_itself() -> None:
    for name, year_one, first, last in (
        ("昭和", 1926, date(1926, 12, 25), date(1989, 1, 7)),
        ("平成", 1989, date(1989, 1, 8), date(2019, 4, 30)),
        ("令和", 2019, date(2019, 5, 1), date(2030, 12, 31)),
    ):
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            assert read_day(f"{name}{day.year - year_one + 1}年{day.month}月{day.day}日") == day


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("0", 0), ("-5", -5), ("+7", 7), ("０１２", 12), ("－５", -5), ("−5", -5), (" 9　", 9), ("0" * 25, 0),
        (str(2**53 - 1), 2**53 - 1), (str(2**53), Rule.TYPE), ("1" * 26, Rule.TYPE), ("9" * 5000, Rule.TYPE),
        ("1,000", Rule.TYPE), ("1.0", Rule.TYPE), ("٣", Rule.TYPE), ("²", Rule.TYPE), ("1_0", Rule.TYPE),
        ("=1", Rule.FORMULA), ("--1", Rule.FORMULA), ("1\0", Rule.CONTROL), ("1\ufffd", Rule.ENCODING),
        ("\ue000", Rule.TYPE), ("", Rule.BLANK), ("　", Rule.BLANK),
    ],
)  # fmt: skip
def test_an_integer_is_read_in_either_width_and_nothing_else_is(text: str, expect: object) -> None:
    assert read(text, Kind.INTEGER) == expect


def test_a_negative_number_is_no_formula_in_text_either() -> None:
    assert read("-5") == "-5"
    assert read("+81312345678") == "+81312345678"
    assert read("-5+1") is Rule.FORMULA


def test_bounds_are_inclusive() -> None:
    found = [read(one, Kind.INTEGER, minimum=0, maximum=9) for one in ("-1", "0", "9", "10")]
    assert found == [Rule.MINIMUM, 0, 9, Rule.MAXIMUM]
    first, last = date(2000, 1, 1), date(2000, 12, 31)
    days = [
        read(one, Kind.DATE, minimum=first, maximum=last) for one in ("H11.12.31", "H12.1.1", "H12.12.31", "H13.1.1")
    ]
    assert days == [Rule.MINIMUM, first, last, Rule.MAXIMUM]


@pytest.mark.parametrize("kind", Kind)
def test_a_blank_cell_is_none_where_it_may_be_blank(kind: Kind) -> None:
    assert [read(one, kind, blank=True) for one in ("", " ", "　 ")] == [None, None, None]
    assert read("", kind) is Rule.BLANK


def test_text_is_trimmed_and_composed_and_keeps_its_width() -> None:
    assert read(" 山田　太郎　") == "山田　太郎"
    assert read("か\u3099") == "が"
    assert read("\ufa19") == "\u795e"
    assert read("１丁目２－３") == "１丁目２－３"
    assert read("一\r\n二") == "一\n二"
    assert read("葛\U000e0100") == "葛\U000e0100"


def test_text_longer_than_declared_is_refused_by_code_points() -> None:
    assert read("長" * 5, longest=5) == "長" * 5
    assert read("長" * 6, longest=5) is Rule.LONGEST
    assert read("é" * 6, longest=5) is Rule.LONGEST


def test_a_code_is_compared_with_half_width_digits_and_written_as_declared() -> None:
    assert read("要介護１", Kind.CODE, values=("要介護1",)) == "要介護1"
    assert read("要介護1", Kind.CODE, values=("要介護１",)) == "要介護１"
    assert read("要介護3", Kind.CODE, values=("要介護1",)) is Rule.VALUES
    assert read("０１１００２", Kind.CODE) == "011002"
    assert read("1\n2", Kind.CODE) is Rule.CONTROL


def test_a_pattern_must_match_the_whole_cell() -> None:
    rules = {"pattern": "[0-9]{3}-[0-9]{4}"}
    assert read("１００-0001", Kind.CODE, **rules) == "100-0001"
    assert read("100-00012", Kind.CODE, **rules) is Rule.PATTERN


@pytest.mark.parametrize("start", "=+-@＝＋－＠﹦﹢﹣﹫−\t\r\n")
@pytest.mark.requirement("C08")
def test_text_that_starts_like_a_formula_is_refused(start: str) -> None:
    assert read(f"{start}A1") is Rule.FORMULA
    assert read(f"　{start}A1") is Rule.FORMULA
    assert read(f"A1{start}") is not Rule.FORMULA


def test_every_calm_text_is_what_the_slow_look_makes_of_it() -> None:
    column = ColumnSchema("c", Kind.TEXT, Role.PLAIN)
    reader = cell_reader(column)
    for point in (*range(0x20, 0xD800), *range(0xE000, 0x10000)):
        for text in (chr(point), f"山{chr(point)}川"):
            calm, slow = reader(text), clean_text(hide_private_use(text))
            assert calm == (slow or Rule.BLANK)
