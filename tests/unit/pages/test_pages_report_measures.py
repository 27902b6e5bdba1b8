"""Every measure in the words of people: a sentence, its numbers, a place on a scale, and its definition behind it."""

import importlib
import pkgutil
import re
from decimal import Decimal
from functools import cache
from html import unescape

import pytest
from reports_made import GLOBAL, LOCAL, bound, report_of

import sekisho.deid
import sekisho.library
from sekisho.deid.measure import Better, Kind
from sekisho.pages.report.measures import GROUPS, SCALE_WIDTH, Group, group_of, view_groups, view_measures_of
from sekisho.pages.report.page import write_report_page
from sekisho.pages.report.parts import Measured
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, places_in, words_in
from sekisho.statement import read_canonical, write_canonical

EN = words_in(Language.EN)


@cache
def kinds() -> dict[str, Kind]:
    """Give back every kind of measure that a module of the engine or of the library names."""
    packages = [(sekisho.deid.__path__, "sekisho.deid."), (sekisho.library.__path__, "sekisho.library.")]
    names = [one.name for path, name in packages for one in pkgutil.walk_packages(path, name)]
    modules = [importlib.import_module(one) for one in names]
    return {one.name: one for module in modules for one in vars(module).values() if isinstance(one, Kind)}


def measured(**told: object) -> Measured:
    usual = {"name": "odd", "column": "", "unit": "share", "formula": "f", "attacker": "", "source": "s"}
    numbers = {"better": Better.LOWER, "before": None, "after": Decimal("0.5")}
    return Measured(**{**usual, **numbers, **told})


def view_of(name: str, before: str | None, after: str):
    """Give back how the page tells a measure of the town's report once its numbers are these."""
    value = read_canonical(report_of(LOCAL))
    found = next(one for one in value["measures"] if one["name"] == name)
    found["before"], found["after"] = before, after
    groups = view_groups(EN, read_report(write_canonical(value)))
    return next(one for group in groups for one in group.measures if one.name == EN.say(f"report.measure.{name}.name"))


@pytest.mark.parametrize("language", Language)
def test_every_measure_of_the_engine_has_a_name_a_formula_an_attacker_and_a_sentence(language):
    assert len(kinds()) > 50
    texts = words_in(language).texts
    keys = {
        name: [f"report.measure.{name}.{part}" for part in ("name", "formula", "says", "attacker")] for name in kinds()
    }
    assert [key for found in keys.values() for key in found if key not in texts] == []
    assert [key for found in keys.values() for key in found[:3] if not texts[key]] == []
    assert [name for name, found in keys.items() if bool(texts[found[3]]) is not bool(kinds()[name].attacker)] == []


def test_english_has_the_very_formula_and_attacker_of_the_code():
    for name, kind in kinds().items():
        assert (EN.say(f"report.measure.{name}.formula"), EN.say(f"report.measure.{name}.attacker")) == (
            kind.formula,
            kind.attacker,
        )


@pytest.mark.parametrize("language", Language)
def test_a_sentence_on_a_measure_ends_and_has_no_place_but_for_its_number(language):
    words = words_in(language)
    for name in kinds():
        says = words.texts[f"report.measure.{name}.says"]
        assert says.endswith("。" if language is Language.JA else ".")
        assert places_in(says) <= {"number", "share"}


def test_no_words_are_left_of_a_measure_that_is_gone():
    assert {key.split(".")[2] for key in EN.texts if key.startswith("report.measure.")} == set(kinds())


def test_every_measure_of_the_engine_stands_in_one_group():
    grouped = [name for names in GROUPS.values() for name in names.split()]
    assert sorted(grouped) == sorted(kinds())


def test_measures_of_use_are_in_no_group_of_risk_and_the_others_in_none_of_use():
    risks = {Group.KNOWN, Group.SOUGHT, Group.LEARNED}
    for name, kind in kinds().items():
        group = next(group for group, names in GROUPS.items() if name in names.split())
        assert (group in risks) is bool(kind.attacker)


@pytest.mark.parametrize(
    ("told", "group"),
    [({"column": "care"}, Group.LEARNED), ({"attacker": "knows"}, Group.KNOWN), ({}, Group.DETAIL)],
)
def test_an_unknown_measure_is_put_where_its_column_and_attacker_belong(told, group):
    assert group_of(measured(**told)) is group


@pytest.mark.parametrize("language", Language)
def test_the_page_has_every_measure_of_the_report_once_with_its_sentence(language):
    raw = report_of(LOCAL + bound("distinct-l", column="care", at_least=2))
    words, report = words_in(language), read_report(raw)
    groups = view_groups(words, report)
    shown = [one for group in groups for one in group.measures]
    assert len(shown) == len(report.measures)
    text = unescape(write_report_page(raw, words).decode())
    assert [one.says for one in shown if not one.says or one.says not in text or "{" in one.says] == []
    assert text.count("<details>") == len(shown)


def test_groups_without_a_measure_are_not_shown():
    plain, held = LOCAL, LOCAL + bound("distinct-l", column="care", at_least=2)
    names = [[one.name for one in view_groups(EN, read_report(report_of(policy)))] for policy in (plain, held)]
    assert names[0] == [EN.say(f"report.group.{one}.name") for one in ("known", "detail")]
    assert names[1] == [EN.say(f"report.group.{one}.name") for one in ("known", "learned", "detail")]


def test_a_sentence_has_the_number_after_in_it():
    assert view_of("loss", None, "0.125000").says.startswith(
        "Of the detail in the cells that could point to a person, 12.5%"
    )
    assert view_of("k", "1", "7").says == "For every row there are 7 or more rows that look the same, itself included."


def test_a_share_too_small_to_show_is_said_in_words():
    shown = view_of("sample-uniqueness", "0.500000", "0.000010")
    assert (shown.before, shown.after) == ("50%", "<0.1%")
    assert shown.says == "Less than 0.1% of the rows look like no other row of the table."


def test_dots_stand_in_proportion_between_the_ends_of_the_scale():
    ends = [
        view_of("sample-uniqueness", "0.000000", "1.000000").scale,
        view_of("sample-uniqueness", None, "0.500000").scale,
    ]
    assert ends[0].before + ends[0].after == pytest.approx(SCALE_WIDTH)
    assert 0 < ends[0].before < ends[0].after < SCALE_WIDTH
    assert ends[1].after == pytest.approx(SCALE_WIDTH / 2)
    assert ends[1].before is None


@pytest.mark.parametrize(
    ("name", "after"), [("k", "5"), ("average-class", "0.500000"), ("suppressed-share", "1.500000")]
)
def test_a_number_without_an_end_has_no_scale(name, after):
    assert view_of(name, None, after).scale is None


def test_a_definition_tells_formula_attacker_direction_and_source():
    shown = view_of("k", "1", "7").definition
    assert [term for term, _ in shown] == ["Formula", "Attacker", "Better", "Source"]
    assert dict(shown)["Formula"] == kinds()["k"].formula
    assert ("Better", "the greater") in shown
    assert [term for term, _ in view_of("loss", None, "0.100000").definition] == ["Formula", "Better", "Source"]


def test_a_measure_of_a_column_is_named_with_it():
    report = read_report(report_of(LOCAL + bound("distinct-l", column="care", at_least=2)))
    learned = next(one for one in view_groups(EN, report) if "learned" in one.name)
    assert learned.measures[0].name.endswith(": care")


def test_definitions_open_in_print():
    text = write_report_page(report_of(GLOBAL), EN).decode()
    printed = re.search(r"@media print \{(.*)\}", text, re.DOTALL)
    assert printed is not None
    assert "details::details-content { content-visibility: visible; }" in printed[1]


@pytest.mark.parametrize("language", Language)
def test_a_measure_of_one_column_is_told_beside_it_and_in_no_group(language):
    words, raw = words_in(language), report_of(LOCAL + '[exam]\nalso = ["variation"]\n')
    report = read_report(raw)
    found = {one.column: one for one in report.measures if one.name == "column-variation"}
    assert set(found) == {"age", "place", "care"}
    shown = {name: view_measures_of(words, report, name) for name in found}
    assert [len(one) for one in shown.values()] == [1, 1, 1]
    name = words.say("report.measure.column-variation.name")
    assert [one for group in view_groups(words, report) for one in group.measures if name in one.name] == []
    article = (
        write_report_page(raw, words).decode().split("<h3>age</h3>")[1].split('</article>\n<article class="column">')[0]
    )
    assert shown["age"][0].says in unescape(article)


def with_suda(**after: str):
    """Give back a report in which the columns have these parts in singling rows out."""
    value = read_canonical(report_of(LOCAL))
    kind = kinds()["suda-column"]
    told = {"name": kind.name, "unit": "share", "better": "lower", "formula": kind.formula, "attacker": kind.attacker}
    value["measures"] += [
        told | {"source": kind.source, "column": name, "before": "0.500000", "after": share}
        for name, share in after.items()
    ]
    return read_report(write_canonical(value))


@pytest.mark.parametrize("language", Language)
def test_where_nothing_singles_rows_out_a_column_is_not_told_its_part_in_it(language):
    words = words_in(language)
    none, part = words.say("report.measure.suda-column.none"), "report.measure.suda-column.says"
    report = with_suda(age="0.000000", place="0.000000")
    assert [view_measures_of(words, report, name)[0].says for name in ("age", "place")] == [none, none]
    report = with_suda(age="1.000000", place="0.000000")
    told = [view_measures_of(words, report, name)[0].says for name in ("age", "place")]
    assert told == [words.say(part, number="100%"), words.say(part, number="0%")]


def test_no_english_sentence_has_a_plural_right_after_a_number_that_may_be_one():
    plural = re.compile(r"\{(?!before|came)\w+\} (\w+ )?(rows|others|persons|people|values|groups|times|ways|steps)\b")
    above_one = {"report.asked.k", "report.asked.k-wildcard", "report.how.weak"}
    told = re.compile(r"report\.(measure\..*\.says|(asked|big|lead|how|why)\..*|fine\.search.*)")
    found = {key for key, text in EN.texts.items() if told.fullmatch(key) and plural.search(text)}
    assert found == above_one


def test_a_column_without_measures_of_its_own_has_none_told():
    assert view_measures_of(EN, read_report(report_of(LOCAL)), "age") == ()
