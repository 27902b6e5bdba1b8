"""What the page says of the way values were recoded, and of every bound."""

import re
from decimal import Decimal
from html import unescape

import pytest
from reports_made import ANYTHING, CELLS, GLOBAL, K_MAP, LOCAL, MODES, SETS, bound, report_of

from sekisho.deid.plan import Recode
from sekisho.pages.report.bounds import asked_and_reached, why_no_finer
from sekisho.pages.report.columns import is_mixed, level_of
from sekisho.pages.report.page import write_report_page
from sekisho.pages.report.parts import Cause
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, Words, words_in
from sekisho.statement import read_canonical, write_canonical

EN = words_in(Language.EN)
BOUNDS = {
    "highest-risk": bound("highest-risk", at_most=0.25),
    "average-risk": bound("average-risk", at_most=0.2),
    "presence-greatest": bound("presence", at_most=0.5),
    "alpha-k": bound("alpha-k", column="care", at_most=0.8),
    "distinct-l": bound("distinct-l", column="care", at_least=2),
    "entropy-l": bound("entropy-l", column="care", at_least=1.5),
    "recursive-l": bound("recursive-l", column="care", at_least=2, c=3.0),
    "t-closeness-equal": bound("t-closeness", column="care", at_most=0.5, distance="equal"),
    "delta-disclosure": bound("delta-disclosure", column="care", at_most=1.5),
    "beta-likeness": bound("beta-likeness", column="care", at_most=1.5),
    "beta-likeness-enhanced": bound("beta-likeness", column="care", at_most=1.5, enhanced=True),
    "k-map": K_MAP,
}


def page(raw: bytes, words: Words = EN) -> str:
    return write_report_page(raw, words).decode()


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_has_a_page_in_both_languages_that_leaves_no_place_empty(mode, language):
    text = plain(page(report_of(MODES[mode]), words_in(language)))
    assert words_in(language).say("report.how.heading") in text
    assert "{" not in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", BOUNDS)
def test_every_bound_is_said_with_the_number_that_was_reached(name, language):
    words, report = words_in(language), read_report(report_of(LOCAL + BOUNDS[name]))
    asked = asked_and_reached(words, report)
    assert len(asked) == len(report.bounds) == 3
    held = next(one for one in report.measures if one.name == name)
    assert asked[2].reached
    assert "{" not in asked[2].says
    assert (
        held.after >= report.bounds[2].limit
        if name.endswith("-l") or name == "k-map"
        else held.after <= report.bounds[2].limit
    )
    text = unescape(page(report_of(LOCAL + BOUNDS[name]), words))
    assert all(one.says in text for one in asked)


def test_a_bound_reads_with_its_limit_and_what_was_reached():
    report = read_report(report_of(LOCAL + BOUNDS["distinct-l"]))
    asked = asked_and_reached(EN, report)[2]
    assert asked.says == "Every group has 2 or more different values of care"
    assert asked.reached == f"{report.measure('distinct-l', 'care').after}"


def test_a_limit_of_a_third_is_read_as_the_fraction_that_it_is():
    value = read_canonical(report_of(LOCAL + BOUNDS["average-risk"]))
    value["bounds"][2]["at_most"] = "1/3"
    assert read_report(write_canonical(value)).bounds[2].limit == Decimal(1) / Decimal(3)


def test_local_recoding_names_the_columns_that_are_mixed_and_draws_how_exact_they_are():
    report = read_report(report_of(LOCAL))
    mixed = [one for one in report.columns if is_mixed(one)]
    assert mixed
    assert all(isinstance(one.done, Recode) and not one.after for one in mixed)
    text = page(report_of(LOCAL))
    assert f"Not equally exact in all rows: {', '.join(one.name for one in mixed)}." in text
    assert text.count("After: how exact the rows are") == len(mixed)
    assert "local recoding" in text


def test_the_levels_of_a_mixed_column_hold_every_released_row():
    for policy in (LOCAL, SETS, CELLS, ANYTHING):
        report = read_report(report_of(policy))
        assert all(sum(step.rows for step in one.levels) == report.rows_after for one in report.columns if one.levels)


def test_what_lies_beyond_all_steps_is_called_so_only_where_narrower_labels_may_stand():
    told = {policy: re.findall(r"beyond step \d", page(report_of(policy))) for policy in (LOCAL, CELLS)}
    assert (bool(told[LOCAL]), told[CELLS]) == (True, [])


def test_a_column_says_which_bound_keeps_it_from_being_finer_and_in_how_many_rows():
    report = read_report(report_of(LOCAL))
    cause = next(why for one in report.columns for why in one.causes if why.bound == "k")
    assert f"groups would become too small (rows: {cause.rows:,})" in page(report_of(LOCAL))


@pytest.mark.parametrize(
    "name",
    [
        *("k", "k-map", "presence", "average-risk", "suppressed-share", "distinct-l", "entropy-l", "recursive-l"),
        *("alpha-k", "t-closeness", "delta-disclosure", "beta-likeness"),
    ],
)
def test_every_bound_can_be_named_as_a_cause(name):
    report = read_report(report_of(LOCAL))
    assert "care" in why_no_finer(EN, Cause(name, "care", 1), report) or "-l" not in name


def test_where_only_the_goal_keeps_a_column_general_that_is_said():
    value = read_canonical(report_of(LOCAL))
    value["columns"][0]["causes"] = [{"bound": "goal", "column": None, "rows": 12}]
    assert "Finer values would keep every bound, but cost more elsewhere (rows: 12)" in page(write_canonical(value))


def test_the_strict_reading_tells_k_in_both():
    report = read_report(report_of(CELLS))
    strict, wildcard = (int(report.measure(one).after) for one in ("k", "k-wildcard"))
    assert f"so counted, k is {strict}. If a * may stand for any value, k is {wildcard}." in page(report_of(CELLS))
    assert 'class="weak"' not in page(report_of(CELLS))


def test_the_wildcard_reading_is_called_weak_and_says_how_many_rows_are_the_only_ones_of_their_kind():
    report = read_report(report_of(ANYTHING))
    text = page(report_of(ANYTHING))
    assert report.measure("unique-rows").after > 0
    assert (
        f"a row can still be the only one of its kind: {report.measure('unique-rows').after} of the 60 rows here"
        in text
    )
    assert f'<p class="number">{report.measure("k-wildcard").after}</p>' in text
    assert "after, there are none" not in text


def test_where_only_a_population_hides_the_rows_the_page_speaks_of_persons():
    text = page(report_of(K_MAP))
    persons = read_report(report_of(K_MAP)).measure("k-map").after
    assert f"Every one of them fits {persons} or more persons of the population" in text
    asked = asked_and_reached(EN, read_report(report_of(K_MAP)))
    assert [one.says for one in asked if "itself included" in one.says] == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [(GLOBAL, "It is proven that no other way"), (LOCAL, "That none is better is not proven")],
)
def test_the_page_says_whether_the_best_is_proven(policy, said):
    assert said in page(report_of(policy))


def test_an_interrupted_search_is_called_so_and_its_bounds_are_kept():
    raw = report_of(LOCAL, interrupted=True)
    assert read_report(raw).search.interrupted
    assert "The search was interrupted. Every bound is kept" in page(raw)


def test_rows_left_out_are_put_down_to_k_only_where_k_alone_was_asked():
    value = read_canonical(report_of(GLOBAL))
    value["rows"] = {"before": 60, "changed": 60, "after": 58, "suppressed": 2, "added": 0}
    assert "2 of 60 rows, because fewer than 3 were alike." in page(write_canonical(value))
    value = read_canonical(report_of(GLOBAL + BOUNDS["distinct-l"]))
    value["rows"] = {"before": 60, "changed": 60, "after": 58, "suppressed": 2, "added": 0}
    assert "did not keep what was asked" in page(write_canonical(value))


def test_a_measure_without_bound_is_shown_as_infinite():
    value = read_canonical(report_of(LOCAL + BOUNDS["delta-disclosure"]))
    found = next(one for one in value["measures"] if one["name"] == "delta-disclosure")
    found["before"] = "unbounded"
    assert '<span class="was">∞ →</span>' in page(write_canonical(value))


def test_a_column_of_one_level_in_all_rows_is_not_mixed():
    report = read_report(report_of(GLOBAL))
    assert {level_of(one) for one in report.columns} <= {0, 1, 2, 3}
    assert not any(is_mixed(one) for one in report.columns)
