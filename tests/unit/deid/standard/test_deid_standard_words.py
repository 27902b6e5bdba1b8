"""Whatever a judgement can say has words in both languages."""

import pytest
from deid_judged import default_dictionary, judged, town

from sekisho.deid.standard.judgement import Decided, Item, Look, Outcome, Verdict
from sekisho.pages.words import Language, words_in

KEYS = [
    *(f"item.{one.value}.{part}" for one in Item for part in ("title", "text")),
    *(f"verdict.{one.value}" for one in Verdict),
    *(f"outcome.{one.value}" for one in Outcome),
    *(f"decided.{one.value}" for one in Decided),
    *(f"check.{one.value}.{part}" for one in Look for part in ("what", "clear", "found")),
]


@pytest.mark.parametrize("language", Language)
def test_every_item_check_verdict_and_decision_has_words(language):
    words = words_in(language)
    assert [key for key in KEYS if not words.knows(f"standard.{key}")] == []


@pytest.mark.parametrize("language", Language)
def test_what_the_dictionary_that_comes_along_is_about_has_words(language):
    words = words_in(language)
    assert [one.about for one in default_dictionary().entries if not words.knows(f"standard.about.{one.about}")] == []


@pytest.mark.parametrize("language", Language)
def test_everything_that_a_clean_town_is_told_has_words(language):
    words = words_in(language)
    checks = [check for one in judged(town()).items for check in one.checks]
    counts = {name for check in checks for name, _ in (*check.looked, *check.found)}
    assert [name for name in counts if not words.knows(f"standard.count.{name}")] == []
    assert [one.done for one in checks if one.done and not words.knows(f"standard.done.{one.done}")] == []
    for name in counts:
        assert "7" in words.say(f"standard.count.{name}", n=7)
