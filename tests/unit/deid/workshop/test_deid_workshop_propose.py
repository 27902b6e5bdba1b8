"""The workshop proposes ladders that fit, and none that is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.calendar import Calendar, Step
from sekisho.deid.ladders.file import FileLadder, read_ladder
from sekisho.deid.ladders.prefix import Prefix
from sekisho.deid.ladders.rule import bind, fits
from sekisho.deid.schema import Kind
from sekisho.deid.table import column_of
from sekisho.deid.workshop.proposal import Why
from sekisho.deid.workshop.propose import propose
from sekisho.deid.workshop.texts import propose_by_frequency
from sekisho.deid.written.ladders import check_rule
from sekisho.errors import CannotMeet, Reason

TOWN = ["13101", "13102", "13103", "27100", "27141", "01100"]


def whys(name, cells, k=5):
    return [one.why for one in propose(column_of(name, cells), k, "Other")]


def first(name, cells, k=5):
    return propose(column_of(name, cells), k, "Other")[0]


def line(name, cells, k=5):
    return first(name, cells, k).toml()


def test_a_column_called_age_is_offered_the_ladder_of_ages():
    assert line("age", [*range(18, 90)] * 3) == 'age = { builtin = "age" }'
    assert line("年齢", [*range(18, 90)] * 3) == '"年齢" = { builtin = "age" }'


def test_a_word_that_only_ends_in_age_is_no_age():
    assert Why.AGES not in whys("wage", [*range(500, 900)] * 2)


def test_many_numbers_up_to_a_long_life_are_offered_ages_after_bands():
    assert whys("x", [*range(1, 99)] * 3)[:2] == [Why.ROUND_BANDS, Why.AGES]


def test_numbers_become_bands_of_a_round_width_with_their_tails_gathered():
    cells = [*range(100, 200)] * 20 + [900, 901, 902, 903, 904, 905, -3, -4, -5, -6, -7]
    rule = first("points", cells).rule
    assert rule.widths == (5, 10, 50)
    assert (rule.top, rule.bottom) == (195, 104)


def test_numbers_that_crowd_in_one_band_are_offered_bands_of_as_many_rows_first():
    cells = [*range(200)] * 10 + [10_000 * one for one in range(1, 101)] * 3
    assert whys("income", cells)[0] is Why.QUANTILES


def test_days_become_months_quarters_years_and_decades_or_eras():
    days = [date(1980, 1, 1) + timedelta(days=one * 7) for one in range(1500)]
    assert line("born", days) == 'born = { date = ["month", "quarter", "year", "decade"] }'
    assert whys("born", days) == [Why.CALENDAR, Why.ERAS]


def test_days_of_one_month_keep_no_level_that_puts_all_together():
    days = [date(2020, 4, 1) + timedelta(days=one) for one in range(60)]
    assert first("when", days).rule == Calendar((Step.MONTH,))


def test_a_level_that_would_change_nothing_is_left_out():
    days = [date(1980, 1, 1) + timedelta(days=one * 97) for one in range(160)]  # no two in one quarter
    assert first("when", days).rule == Calendar((Step.YEAR, Step.DECADE))


def test_numbers_without_rare_ends_have_no_limits():
    rule = first("points", [*range(100, 200)] * 50).rule
    assert (rule.top, rule.bottom) == (None, None)


def test_days_before_meiji_are_not_offered_eras():
    assert whys("when", [date(1800 + one, 1, 1) for one in range(100)]) == [Why.CALENDAR]


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        (TOWN, Known.MUNICIPALITY),
        (["100-0001", "1000002", "530-0001"], Known.POSTAL_CODE),
        (["A00", "I10", "C34.1"], Known.ICD_10),
    ],
)
def test_codes_that_are_known_are_offered_their_own_ladder(cells, known):
    assert first("code", cells * 5).rule == BuiltIn(known)


def test_codes_nearly_all_of_which_are_known_are_offered_a_file_that_gathers_the_others():
    cells = [f"{one:03}-0000" for one in range(100, 140)] + ["unknown"]
    found = first("post", cells)
    assert (found.why, found.needs_file) == (Why.NEARLY_KNOWN, True)
    assert b"unknown;Other;Other;Other;*" in found.hierarchy()
    assert "100-0000;100-00…;100…;10…;*".encode() in found.hierarchy()


def test_codes_are_known_by_their_rows_however_many_ways_somebody_wrote_none():
    assert whys("post", ["100-0001", "160-0022"] * 60 + ["none", "None", "-", "?"])[0] is Why.NEARLY_KNOWN


def test_the_star_alone_is_proposed_only_where_nothing_else_is():
    assert whys("code", ["A00", "I10"] * 5) == [Why.DIAGNOSES]
    assert whys("code", ["a", "b"] * 5) == [Why.FEW_VALUES]


def test_codes_of_one_length_keep_their_first_characters():
    cells = [f"{office}{number:02}" for office in ("A1", "A2", "B1", "B2") for number in range(20)]
    assert first("case", cells).rule == Prefix((3, 2, 1))


def test_texts_that_are_no_codes_are_gathered_by_frequency():
    cells = ["red"] * 60 + ["blue"] * 25 + ["green"] * 9 + ["grey"] * 3 + ["pink"] * 2 + ["plum"]
    rule = first("colour", cells).rule
    assert rule.lines[0] == ("red", "red", "red", "*")
    assert rule.lines[1] == ("blue", "blue", "Other", "*")
    assert {one[1:] for one in rule.lines[3:]} == {("Other", "Other", "*")}


def test_a_column_of_two_texts_is_offered_the_star_alone():
    found = first("sex", ["F", "M"] * 5)
    assert (found.why, found.hierarchy()) == (Why.FEW_VALUES, b"F;*\nM;*\n")


def test_a_value_that_begins_as_a_formula_does_is_gathered():
    cells = ["=1"] * 30 + ["a"] * 20 + ["b"] * 10
    assert {one[0]: one[1] for one in first("text", cells).rule.lines}["=1"] == "Other"


def test_a_blank_cell_stays_in_the_ladder():
    found = first("colour", [None] * 20 + ["red"] * 20 + ["blue"] * 9 + ["pink", "plum", "grey"])
    assert any(one.startswith(b";") for one in found.hierarchy().splitlines())


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ([None, None, None], "all-blank"),
        (["a"] * 9, "one-value"),
        ([7] * 9 + [None], "one-value"),
        ([f"名{chr(0x4E00 + one)}" for one in range(40)], "all-rare"),
    ],
)
def test_a_column_without_a_ladder_is_refused_with_the_reason(cells, rule):
    with pytest.raises(CannotMeet) as caught:
        propose(column_of("x", cells), 5, "Other")
    assert (caught.value.reason, caught.value.facts) == (
        Reason.LADDER_NO_PROPOSAL,
        {"column": "x", "rule": rule},
    )


@pytest.mark.parametrize("cells", [[*range(-40, 200)] * 4, [*range(100, 200)] * 20 + [*range(900, 906)]])
def test_a_rule_can_be_written_as_a_file_that_says_the_same(cells):
    column = column_of("n", cells)
    found = propose(column, 5, "Other")[0]
    ladder = bind(read_ladder(found.hierarchy(), "n"), column)
    for level in range(1, found.ladder.height + 2):
        assert len(ladder.labels[-level]) == len(found.ladder.labels[-level])
    assert found.toml("n.csv") == 'n = { file = "n.csv" }'


@given(st.lists(st.integers(1, 40), min_size=2, max_size=30), st.integers(2, 6))
def test_on_no_level_are_the_others_fewer_than_k_rows_or_one_value(rows, k):
    counts = {f"value {place}!": count for place, count in enumerate(rows)}
    if max(rows) < k:
        return
    for one in propose_by_frequency(counts, k, "Other"):
        for level in range(1, one.rule.height):
            gathered = [counts[line[0]] for line in one.rule.lines if line[level] == "Other"]
            assert len(gathered) != 1
            assert not gathered or sum(gathered) >= k
            assert all(counts[line[0]] >= k for line in one.rule.lines if line[level] != "Other")


CELLS = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.dates()), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.text(min_size=1, max_size=5)), min_size=1, max_size=60),
    st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "=c", 'd"', "e;f", "g"])), min_size=1, max_size=60),
    st.lists(st.sampled_from([*TOWN, "99999"]), min_size=1, max_size=60),
)


@given(CELLS, st.integers(2, 5))
def test_every_proposal_is_accepted_for_its_column_and_as_a_file(cells, k):
    column = column_of("x", cells)
    try:
        found = propose(column, k, "Other")
    except CannotMeet:
        return  # what is refused and why has tests of its own
    kind = {int: Kind.INTEGER, date: Kind.DATE, str: Kind.TEXT}[type(next(one for one in cells if one is not None))]
    for one in found:
        assert check_rule("x", one.rule) == one.rule
        assert fits(one.rule, kind) is None
        assert bind(one.rule, column).height == len(one.levels)
        if not isinstance(one.rule, FileLadder) and kind is not Kind.TEXT:
            assert bind(read_ladder(one.hierarchy(), "x"), column).height >= 1
        assert all(after.labels <= before.labels for before, after in zip(one.levels, one.levels[1:], strict=False))
