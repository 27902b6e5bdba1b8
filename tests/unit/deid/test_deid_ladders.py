from datetime import date

import pytest

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.ladder import grow
from sekisho.deid.ladders.rule import bind, rule_digest
from sekisho.deid.ladders.spelling import code_number
from sekisho.deid.search.full_domain.exhaustive import climbs_of
from sekisho.deid.table import column_of
from sekisho.errors import CannotMeet, Malformed, Reason

PLACES = "一丁目;東町;東;*\n三丁目;西町;西;*\n二丁目;東町;東;*\n".encode()


def facts_of(raw: bytes) -> dict[str, int | str]:
    with pytest.raises(Malformed) as caught:
        read_ladder(raw, "place")
    assert caught.value.reason is Reason.LADDER_MALFORMED
    return caught.value.facts


def test_a_file_ladder_climbs_as_its_lines_say():
    ladder = bind(read_ladder(PLACES, "place"), column_of("place", ["二丁目", "三丁目", "一丁目"]))
    assert ladder.height == 3
    assert climbs_of(ladder)["二丁目"] == ["二丁目", "東町", "東", "*"]


def test_the_values_of_a_node_stand_together():
    ladder = bind(read_ladder(PLACES, "place"), column_of("place", ["三丁目", "二丁目", "一丁目"]))
    assert ladder.values == ("一丁目", "二丁目", "三丁目")
    assert [node.tolist() for node in ladder.nodes] == [[0, 1, 2], [0, 0, 1], [0, 0, 1], [0, 0, 0]]


def test_only_values_present_count_as_covered():
    ladder = bind(read_ladder(PLACES, "place"), column_of("place", ["三丁目", "一丁目"]))
    assert [one.tolist() for one in ladder.covered] == [[1, 1], [1, 1], [1, 1], [2]]


def test_lift_leads_from_a_level_to_a_higher_one():
    ladder = bind(read_ladder(PLACES, "place"), column_of("place", ["一丁目", "二丁目", "三丁目"]))
    assert ladder.lift(0, 1).tolist() == [0, 0, 1]
    assert ladder.lift(1, 3).tolist() == [0, 0]


def test_a_value_that_the_file_lacks_is_counted_and_not_told():
    with pytest.raises(CannotMeet) as caught:
        bind(read_ladder(PLACES, "place"), column_of("place", ["一丁目", "四丁目", None]))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "place", "count": 2}


def test_numbers_days_and_blanks_are_found_in_files():
    rule = read_ladder(b"7;odd;*\n2026-11-23;day;*\n;;*\n", "a")
    ladder = bind(rule, column_of("a", [7, date(2026, 11, 23), None]))
    assert climbs_of(ladder) == {
        7: [7, "odd", "*"],
        date(2026, 11, 23): [date(2026, 11, 23), "day", "*"],
        None: [None, None, "*"],
    }


def test_a_quoted_semicolon_belongs_to_the_label():
    assert read_ladder(b'a;"b; c";*\r\n', "a").lines == (("a", "b; c", "*"),)


@pytest.mark.parametrize(
    ("raw", "rule", "line"),
    [
        (b"", "empty", 1),
        (b"\xff;*\n", "utf-8", 1),
        (b"a;b;*\nc;*\n", "ragged", 2),
        (b"a\n", "ragged", 1),
        (b"a;b;*\n\n", "ragged", 2),
        (b"a;b;c\n", "last-level", 1),
        (b"a;b;*\na;b;*\n", "doubled-value", 2),
        (b"a;;*\n", "empty-label", 1),
        (b"a;=b;*\n", "formula", 1),
        (b"a;-1-5;*\n", "formula", 1),
        (b"a;b\tc;*\n", "characters", 1),
        ("a;か\u3099;*\n".encode(), "characters", 1),
        (b'a;"b\nc";*\n', "characters", 1),
        (b'a;"b;*\n', "quotes", 1),
        (b";".join([b"a"] * 30) + b";*\n", "ragged", 1),
    ],
)
def test_a_file_that_is_no_ladder_is_refused_with_its_line(raw, rule, line):
    assert facts_of(raw) == {"column": "place", "rule": rule, "line": line}


def test_a_label_that_forks_is_refused():
    assert facts_of(b"a;x;1;*\nb;x;2;*\n") == {"column": "place", "rule": "not-a-tree", "level": 2}


def test_growing_what_is_no_tree_is_refused():
    with pytest.raises(Malformed) as caught:
        grow("a", [1, 2], lambda value: (value, "x", str(value), "*"))
    assert caught.value.reason is Reason.LADDER_MALFORMED


def test_bands_code_top_and_bottom_at_every_level():
    ladder = bind(Bands((5, 10, 20), top=90, bottom=0), column_of("age", [34, 89, 90, 116, 0, None, 7]))
    climbs = climbs_of(ladder)
    assert climbs[34] == [34, "30-34", "30-39", "20-39", "*"]
    assert climbs[89] == [89, "85-89", "80-89", "80-89", "*"]
    assert climbs[90] == climbs[116] == ["≥90", "≥90", "≥90", "≥90", "*"]
    assert climbs[0] == ["≤0", "≤0", "≤0", "≤0", "*"]
    assert climbs[7] == [7, "5-9", "1-9", "1-19", "*"]
    assert climbs[None] == [None, None, None, None, "*"]


def test_labels_of_negative_numbers_do_not_begin_as_a_formula():
    ladder = bind(Bands((10,)), column_of("balance", [-5, -15]))
    assert climbs_of(ladder)[-5] == [-5, "[−10, −1]", "*"]
    assert code_number(-7, None, -6) == "≤−6"


def test_the_calendar_climbs_by_month_year_and_decade():
    rule = Calendar((Step.MONTH, Step.YEAR, Step.DECADE))
    climbs = climbs_of(bind(rule, column_of("born", [date(1972, 10, 14), None])))
    assert climbs[date(1972, 10, 14)] == [date(1972, 10, 14), "1972-10", "1972", "1970-1979", "*"]
    assert climbs[None] == [None, None, None, None, "*"]


@pytest.mark.parametrize(("rule", "value"), [(Bands((5,)), "x"), (Calendar((Step.YEAR,)), 3)])
def test_a_rule_refuses_values_of_another_type(rule, value):
    with pytest.raises(TypeError):
        bind(rule, column_of("a", [value]))


def test_ladders_of_different_rules_have_different_digests():
    rules = [Bands((5,)), Bands((10,)), Bands((5,), top=90), Calendar((Step.YEAR,)), read_ladder(b"a;*\n", "a")]
    assert len({rule_digest(one) for one in rules}) == len(rules)


def test_a_ladder_of_one_table_refuses_the_values_of_another():
    ladder = bind(Bands((5,)), column_of("age", [1, 2]))
    with pytest.raises(CannotMeet) as caught:
        ladder.codes_of(column_of("age", [1, 3, 4]))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "age", "count": 2}
