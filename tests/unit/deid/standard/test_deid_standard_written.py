"""Judgements, decisions and dictionaries as files: read strictly, written in one spelling."""

import json
from datetime import date

import pytest
from deid_judged import TODAY, default_dictionary, judged, town

from sekisho.deid.standard.decisions import read_decisions
from sekisho.deid.standard.dictionary import read_dictionary
from sekisho.deid.standard.judgement import Decided, Item, Look
from sekisho.deid.standard.written import read_judgement, write_judgement
from sekisho.errors import Malformed, Reason
from sekisho.statement import write_canonical

DECISIONS = """
format = "sekisho-decisions-v1"
[[decision]]
item = 5
check = "small-cells"
column = "要介護度"
reason = "市が公表している。"
[[decision]]
item = 5
check = "class-size"
decided = "refuse"
reason = "小さすぎる。"
"""
DICTIONARY = """
format = "sekisho-dictionary-v1"
name = "町"
[[number]]
about = "age"
columns = ["年齢"]
least = 100
source = "町"
"""


def spoiled(**changed: object) -> bytes:
    value = json.loads(write_judgement(judged(town())))
    return write_canonical({**value, **changed})


def test_a_judgement_reads_back_as_it_was_written():
    made = town().with_cells("要介護度", {10: "要介護5", 20: "要介護5", 30: "要介護5"})
    decisions = read_decisions(DECISIONS.encode(), by="t.kanda", on=TODAY)
    judgement = judged(made, decisions=decisions)
    raw = write_judgement(judgement)
    assert len(judgement.items[4].decisions) == 1
    assert read_judgement(raw) == judgement
    assert write_judgement(read_judgement(raw)) == raw


@pytest.mark.parametrize(
    "change",
    [
        {"format": "sekisho-standard-v2"},
        {"on": "2026-1-1"},
        {"on": "20261123"},
        {"passed": False},
        {"items": []},
        {"more": 1},
    ],
)
def test_another_judgement_is_refused(change):
    with pytest.raises(Malformed) as refused:
        read_judgement(spoiled(**change))
    assert refused.value.reason is Reason.STANDARD_MALFORMED


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("item", {"verdict": "not-met"}),
        ("item", {"verdict": "fine"}),
        ("item", {"article": "刑法1条"}),
        ("item", {"item": 2}),
        ("check", {"outcome": "fault"}),
        ("check", {"check": "no-such-check"}),
        ("check", {"column": ""}),
        ("check", {"found": {"cells": -1}}),
        ("check", {"found": {"cells": True}}),
        ("check", {"found": {"Cells of 佐藤": 1}}),
    ],
)
def test_a_judgement_that_does_not_follow_from_its_checks_is_refused(place, change):
    value = json.loads(write_judgement(judged(town())))
    part = value["items"][0] if place == "item" else value["items"][0]["checks"][0]
    part.update(change)
    with pytest.raises(Malformed) as refused:
        read_judgement(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    assert refused.value.reason is Reason.STANDARD_MALFORMED


def test_decisions_get_the_person_and_the_day_from_who_records_them():
    first, second = read_decisions(DECISIONS.encode(), by="t.kanda", on=date(2026, 11, 22))
    assert (first.item, first.look, first.column) == (Item.FILE, Look.SMALL_CELLS, "要介護度")
    assert (first.decided, first.by, first.on) == (Decided.ACCEPT, "t.kanda", date(2026, 11, 22))
    assert (second.decided, second.column) == (Decided.REFUSE, "")


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("item = 5", "item = 2", "individual-code"),
        ("item = 5", "item = 6", "less_than_equal"),
        ('"small-cells"', '"small-cell"', "unknown-check"),
        ('"市が公表している。"', '"  "', "missing"),
        ('check = "class-size"', 'check = "small-cells"\ncolumn = "要介護度"', "unique"),
        ('"refuse"', '"keep"', "literal_error"),
        ('reason = "小さすぎる。"', 'reason = "小さすぎる。"\nby = "t.kanda"', "extra_forbidden"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(was, now, rule):
    with pytest.raises(Malformed) as refused:
        read_decisions(DECISIONS.replace(was, now, 1).encode(), by="t.kanda", on=TODAY)
    assert (refused.value.reason, refused.value.facts["rule"]) == (Reason.DECISION_MALFORMED, rule)


@pytest.mark.parametrize(
    ("was", "now", "rule"),
    [
        ("least = 100\n", "", "missing"),
        ("least = 100", 'least = "100"', "int_type"),
        ('source = "町"', "", "missing"),
        ('columns = ["年齢"]', "columns = []", "too_short"),
        ('about = "age"', 'about = "Age of 佐藤"', "string_pattern_mismatch"),
        ("[[number]]", "[[numbers]]", "extra_forbidden"),
    ],
)
def test_a_dictionary_that_does_not_fit_is_refused(was, now, rule):
    with pytest.raises(Malformed) as refused:
        read_dictionary(DICTIONARY.replace(was, now, 1).encode())
    assert (refused.value.reason, refused.value.facts["rule"]) == (Reason.DICTIONARY_MALFORMED, rule)


def test_a_municipality_can_change_what_is_odd():
    entry = read_dictionary(DICTIONARY.encode()).numbers[0]
    assert (entry.least, entry.decide) == (100, False)
    assert read_dictionary(DICTIONARY.replace("least = 100", "least = 100\ndecide = true").encode()).numbers[0].decide


def test_the_dictionary_that_comes_along_says_where_each_entry_is_from():
    entries = default_dictionary().entries
    assert {type(one).__name__ for one in entries} == {"OddNumber", "OddBirth", "OddWord", "OddCode", "Usual", "OneOff"}
    assert all(one.source for one in entries)


@pytest.mark.parametrize(
    ("column", "about"),
    [
        ("満年齢", {"age"}),
        ("年齢調整済み", set()),
        ("AGE", {"age"}),
        ("average", set()),
        ("合計所得金額", {"income"}),
        ("所得段階", set()),
        ("生年月日", {"age"}),
        ("国籍・地域", {"nationality"}),
        ("国籍区分", set()),
        ("喪失事由コード", {"reason-code"}),
    ],
)
def test_an_entry_means_columns_by_the_words_of_their_names(column, about):
    assert {one.about for one in default_dictionary().entries if one.means(column)} == about
