import base64
import hashlib
import re
from dataclasses import fields, replace
from datetime import date
from html import unescape

import pytest
from standard_made import FACTS, ODD_AGE, failed, judgement, passed, waiting

from sekisho.deid.standard.judgement import Check, Decided, Decision, Item, Look, Outcome, counted
from sekisho.deid.standard.written import write_judgement
from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason
from sekisho.pages.standard.page import write_standard_page
from sekisho.pages.standard.view import StandardView, day_text, view_standard
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical, write_canonical

JA, EN = words_in(Language.JA), words_in(Language.EN)


def seen(page: bytes) -> str:
    """Give the words of a page without its marks and style."""
    body = page.decode().partition("<body>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def view_of(*more: Check) -> StandardView:
    by_item = {Item.ODD: more}
    return view_standard(write_judgement(judgement(more=by_item)), FACTS, JA)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("raw", [passed(), waiting(), failed()], ids=["passed", "waiting", "failed"])
def test_the_page_tells_every_item_with_its_verdict(raw, language):
    words = words_in(language)
    page = seen(write_standard_page(raw, FACTS, words))
    for one in view_standard(raw, FACTS, words).items:
        assert f"{one.number} {one.title} {one.verdict_says}" in page
        assert one.text in page


def test_a_case_that_passes_says_so():
    page = seen(write_standard_page(passed(), FACTS, JA))
    assert "五つの号すべてに適合しています" in page
    assert "不適合" not in page


def test_the_items_that_are_not_met_are_named():
    assert "第1号、第4号に適合していません" in seen(write_standard_page(failed(), FACTS, JA))
    assert "Item 1, Item 5" in seen(write_standard_page(waiting(), FACTS, EN))


def test_who_decided_stands_beside_what_and_why():
    page = seen(write_standard_page(passed(), FACTS, JA))
    assert "自由記述の文章（備考） 認める t.kanda、令和8年11月23日（2026-11-23）" in page
    assert "理由：担当者が二人で全文を読んだ。" in page


def test_every_fact_of_the_case_is_told():
    page = seen(write_standard_page(passed(), FACTS, EN))
    for said in ("青葉市", "国民健康保険の資格", "0007", "50,000 before, 49,812 after", "k.mori", "1 h 24 min"):
        assert said in page
    for digest in (FACTS.table, FACTS.plan, FACTS.report, digest_of(passed())):
        assert digest.hex in page


def test_a_trial_says_that_it_is_one():
    texts = {trial: seen(write_standard_page(passed(), replace(FACTS, trial=trial), JA)) for trial in (True, False)}
    assert "試行サイト" in texts[True]
    assert "試行" not in texts[False]


def test_free_text_that_goes_through_is_told_with_its_columns():
    some, none = (view_standard(passed(), replace(FACTS, free_text_columns=n), JA).case for n in (2, 0))
    assert ("自由記述", "秘匿した自由記述を 2 列含みます") in some
    assert ("自由記述", "含みません") in none


@pytest.mark.parametrize(
    ("seconds", "says"), [(0, "0 h 0 min"), (1, "0 h 1 min"), (3_600, "1 h 0 min"), (3_601, "1 h 1 min")]
)
def test_a_minute_that_was_begun_counts(seconds, says):
    assert ("Processing time", says) in view_standard(passed(), replace(FACTS, work_seconds=seconds), EN).case


def test_columns_of_which_nothing_was_found_stand_together():
    direct = view_standard(passed(), FACTS, JA).items[0].checks
    assert [one.columns for one in direct if one.what == "個人を示す列が残っていないか"] == ["氏名、氏名カナ、住所"]
    assert direct[1].done == ("氏名、氏名カナ：削除", "住所：仮IDに置換え")


def test_what_was_objected_to_stands_first_and_alone():
    second = replace(ODD_AGE, column="続柄", outcome=Outcome.DECIDE)
    checks = view_of(second, ODD_AGE).items[3].checks
    assert [(one.outcome, one.columns) for one in checks[:2]] == [("fault", "年齢"), ("decide", "続柄")]
    assert checks[0].counts == "1 行、異なる値 1 個"
    assert checks[0].looked == "基準値 110、異なる値 83 個"


def test_an_entry_of_a_municipality_s_own_dictionary_is_told_by_its_name():
    assert view_of(replace(ODD_AGE, about="nagaya")).items[3].checks[0].what.endswith("（nagaya）")


def test_names_and_reasons_are_text_and_never_markup():
    evil = "<script>alert(1)</script>"
    decision = Decision(Item.DIRECT, Look.MASKED_TEXT, "備考", Decided.ACCEPT, evil, "<b>t", date(2026, 11, 23))
    check = Check(Look.ODD_WORD, Outcome.FAULT, "<img src=x>", "", counted(words=1), counted(cells=1), "keep")
    raw = write_judgement(judgement(decision, more={Item.ODD: (check,)}))
    page = write_standard_page(raw, replace(FACTS, municipality="<i>市", dataset="&amp;"), JA).decode()
    assert all(one not in page for one in ("<script", "<b>t", "<img", "<i>市"))
    assert all(one in seen(page.encode()) for one in (evil, "<b>t", "<img src=x>", "<i>市", "&amp;"))


def test_the_page_runs_no_script_and_asks_nobody():
    page = write_standard_page(failed(), FACTS, JA).decode()
    style = page.partition("<style>")[2].partition("</style>")[0]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}'" in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert not re.search(r'style="|url\(|@import', page)


def test_the_same_judgement_gives_the_same_page():
    assert write_standard_page(failed(), FACTS, JA) == write_standard_page(failed(), FACTS, JA)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", passed()[:-1], passed().replace(b'"passed":true', b'"passed":false')]
)
def test_what_is_no_judgement_is_refused(raw):
    with pytest.raises(Malformed) as caught:
        write_standard_page(raw, FACTS, JA)
    assert caught.value.reason is Reason.STANDARD_MALFORMED


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"found": {"sparks": 1}}, "found"), ({"looked": {"sparks": 1}}, "looked"), ({"done": "painted"}, "done")],
)
def test_a_count_or_treatment_without_words_is_refused(changed, field):
    value = read_canonical(failed())
    value["items"][3]["checks"][2].update(changed)
    with pytest.raises(Malformed) as caught:
        write_standard_page(write_canonical(value), FACTS, JA)
    assert (caught.value.reason, caught.value.facts["field"]) == (Reason.STANDARD_MALFORMED, field)


def test_the_facts_have_room_for_no_value_of_a_row():
    kinds = {one.name: one.type for one in fields(FACTS)}
    assert {name for name, kind in kinds.items() if kind is str} == {"case", "municipality", "dataset", "operator"}
    assert set(kinds.values()) <= {str, int, bool, date, type(FACTS.table)}


def test_days_bear_the_year_of_their_era():
    assert day_text(JA, date(2019, 5, 1)) == "令和元年5月1日（2019-05-01）"
    assert day_text(EN, date(2019, 4, 30)) == "2019-04-30 (平成31年4月30日)"
