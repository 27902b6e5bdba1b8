"""What the page says of every change, and of the columns that were changed."""

import re
from datetime import date
from fractions import Fraction
from html import unescape

import pytest
from reports_made import CELLS, GLOBAL, LOCAL, report_of

from sekisho.deid.changes import change as made
from sekisho.deid.written.changes import CHANGES, publish_change
from sekisho.errors import Malformed, Reason
from sekisho.pages.report.changes import changes_of, view_changes
from sekisho.pages.report.columns import view_column
from sekisho.pages.report.page import write_report_page
from sekisho.pages.report.parts import ReadReport
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical, write_canonical

EN, JA = words_in(Language.EN), words_in(Language.JA)
WHERE = made.Where("care", values=("1", "2"), fewer_than=10)
PUBLISHED = {
    "delete-cells": made.DeleteCells(WHERE),
    "delete-cells-one": made.DeleteCells(made.Where("care", values=("1",))),
    "delete-rows": made.DeleteRows(made.Where("age", above=90, below=-5)),
    "delete-subjects": made.DeleteSubjects("home", where=WHERE),
    "delete-subjects-more": made.DeleteSubjects("home", more_rows_than=6),
    "delete-subjects-both": made.DeleteSubjects("home", where=WHERE, more_rows_than=6),
    "sample": made.Sample(Fraction(4, 5)),
    "sample-subjects": made.Sample(Fraction(1, 3), subject="home"),
    "round": made.Round(("age",), 10),
    "microaggregate": made.Microaggregate(("age", "place"), 5),
    "noise": made.Noise(("age",), Fraction(1, 10)),
    "noise-correlated": made.Noise(("age", "place"), Fraction(1, 10), correlated=True),
    "swap": made.Swap(("care",), Fraction(1, 20)),
    "swap-within": made.Swap(("care",), Fraction(1, 20), within=("place",)),
    "swap-near": made.Swap(("age",), Fraction(1, 20), ranks=Fraction(1, 10)),
    "swap-near-within": made.Swap(("age",), Fraction(1, 20), within=("place",), ranks=Fraction(1, 10)),
    "pram": made.Pram("care", Fraction(9, 10)),
    "pram-within": made.Pram("care", Fraction(9, 10), within=("place",)),
    "shift-dates": made.ShiftDates(("age",), 30),
    "shift-dates-subjects": made.ShiftDates(("age",), 30, subject="home"),
    "mask": made.Mask(("care",)),
    "pseudonym": made.Pseudonym("home"),
    "add-synthetic": made.AddSynthetic(Fraction(1, 50)),
}
SWAPPED = '[[change]]\ndo = "swap"\ncolumns = ["care"]\nshare = 0.5\n'
SAMPLED = '[[change]]\ndo = "sample"\nshare = 0.8\n'
ADDED = '[[change]]\ndo = "add-synthetic"\nshare = 0.2\n'
ROUNDED = '[[change]]\ndo = "round"\ncolumns = ["age"]\nto = 10\n'


def changed(*changes: made.Change, policy: str = GLOBAL) -> ReadReport:
    """Give back the town's report as it is read where these changes are told in it."""
    value = read_canonical(report_of(policy))
    value["changes"] = [publish_change(one) for one in changes]
    return read_report(write_canonical(value))


def sentences(words, report: ReadReport) -> tuple[str, ...]:
    told = view_changes(words, report)
    return (*told.before, *told.after)


def plain(raw: bytes, words=EN) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", write_report_page(raw, words).decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


def test_every_change_that_a_policy_can_have_is_told_here():
    assert {type(one) for one in PUBLISHED.values()} == set(CHANGES.values())


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_change_is_told_in_a_sentence_with_its_columns(name, words):
    change = PUBLISHED[name]
    (says,) = sentences(words, changed(change))
    assert says.endswith("." if words is EN else "。")
    assert "{" not in says
    named = {one for _, one in made.columns_read(change)}
    assert [one for one in named if one not in says] == []


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("delete-rows", "-5"),
        ("delete-rows", "90"),
        ("delete-subjects-more", "6"),
        ("sample", "80%"),
        ("sample-subjects", "33.3%"),
        ("round", "10"),
        ("microaggregate", "5"),
        ("noise-correlated", "10%"),
        ("swap", "5%"),
        ("swap-near-within", "10%"),
        ("pram", "90%"),
        ("shift-dates-subjects", "30"),
        ("add-synthetic", "2%"),
    ],
)
def test_a_change_is_told_with_its_number(name, number, words):
    (says,) = sentences(words, changed(PUBLISHED[name]))
    assert re.search(rf"(?<![0-9]){re.escape(number)}(?![0-9%])", says)


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
def test_no_two_ways_of_a_change_are_told_alike(words):
    told = [sentences(words, changed(one))[0] for one in PUBLISHED.values()]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("words", [EN, JA], ids=["en", "ja"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_change_has_a_short_name(name, words):
    do = publish_change(PUBLISHED[name])["do"]
    assert words.knows(f"report.change.{do}.name")


def test_the_law_s_words_stand_in_the_japanese_sentences():
    told = "".join(sentences(JA, changed(*PUBLISHED.values())))
    names = "セル削除 レコード削除 ミクロアグリゲーション データ交換（スワップ） ノイズ付加 疑似データ生成 仮ID レコード一部抽出"
    assert [one for one in names.split() if one not in told] == []


def test_of_values_that_a_condition_names_only_their_number_is_told():
    (says,) = sentences(EN, changed(made.DeleteRows(made.Where("care", values=("secret-one", "secret-two")))))
    assert says == "Rows whose value of “care” is one of 2 that were named were left out (row deletion)."


def test_a_condition_tells_each_of_its_parts():
    (says,) = sentences(EN, changed(made.DeleteRows(made.Where("age", fewer_than=10, above=90))))
    assert "is one that fewer than 10 rows have or is above 90" in says


def test_a_limit_on_days_is_told_as_a_day_and_one_that_is_no_day_is_refused():
    value = read_canonical(report_of(GLOBAL))
    value["columns"][0]["type"] = "date"
    limit = date(2001, 2, 3).toordinal()
    value["changes"] = [publish_change(made.DeleteRows(made.Where("age", above=limit)))]
    assert "is above 2001-02-03" in sentences(EN, read_report(write_canonical(value)))[0]
    value["changes"][0]["where"]["above"] = 0
    with pytest.raises(Malformed) as caught:
        write_report_page(write_canonical(value), EN)
    assert caught.value.reason is Reason.STATEMENT_MALFORMED


def test_changes_before_the_search_stand_before_those_after_it():
    told = view_changes(EN, changed(made.Pseudonym("home"), made.Sample(Fraction(1, 2)), made.Round(("age",), 10)))
    assert [one.split()[0] for one in told.before] == ["A", "Numbers"]
    assert [one.split()[0] for one in told.after] == ["Values"]


def test_a_page_without_changes_has_no_list_of_them():
    text = write_report_page(report_of(GLOBAL), EN).decode()
    assert "<ol>" not in text
    assert EN.say("report.change.recoding") not in text


def test_a_swapped_column_is_told_so_and_never_called_kept():
    report = read_report(report_of(GLOBAL + SWAPPED))
    care = next(one for one in report.columns if one.name == "care")
    view = view_column(EN, care, report, 0)
    assert view.done[0] == "First its values were changed by swapping."
    assert EN.say("report.done.keep") not in view.done
    assert view.figures


def test_a_rounded_quasi_identifier_is_not_called_exact():
    text = plain(report_of(LOCAL + ROUNDED))
    assert "First its values were changed by rounding." in text
    assert not re.search(r"Exact in every row: [^.]*age", text)
    assert EN.say("report.done.generalise_none") not in text.split("Column by column")[1].split("place")[0]


def test_a_column_that_is_deleted_after_all_is_only_called_deleted():
    value = read_canonical(report_of(GLOBAL + SWAPPED))
    care = next(one for one in value["columns"] if one["name"] == "care")
    care["done"], care["before"], care["after"] = {"do": "delete"}, [], []
    report = read_report(write_canonical(value))
    assert changes_of(EN, "care", report) == "swapping"
    view = view_column(EN, next(one for one in report.columns if one.name == "care"), report, 0)
    assert view.done == (EN.say("report.done.delete"),)


def test_a_change_that_came_twice_is_named_once():
    report = changed(made.Round(("age",), 10), made.Noise(("age",), Fraction(1, 10)), made.Round(("age",), 5))
    assert changes_of(EN, "age", report) == "rounding, noise"


def test_pseudonyms_have_no_bars_and_nobody_is_told_that_counts_were_too_small():
    value = read_canonical(report_of(GLOBAL))
    value["columns"][2]["done"] = {"do": "pseudonym"}
    value["columns"][2]["before"], value["columns"][2]["after"] = [], []
    text = plain(write_canonical(value))
    assert EN.say("report.done.pseudonym") in text
    assert EN.say("report.columns.no_bars") not in text


def test_made_rows_are_told_at_the_top_with_their_number():
    report = read_report(report_of(CELLS + ADDED))
    assert report.rows_added > 0
    assert f"Beside them stand made rows, {report.rows_added} in number, which count in no measure of risk." in plain(
        report_of(CELLS + ADDED)
    )


def test_rows_that_changes_left_out_are_not_hidden_behind_those_of_the_search():
    report = read_report(report_of(GLOBAL + SAMPLED))
    first = report.rows_before - report.rows_changed
    assert first == 12
    assert f"Left out before that, by the first changes: {first}." in plain(report_of(GLOBAL + SAMPLED))
    assert "by the first changes" not in plain(report_of(GLOBAL))
