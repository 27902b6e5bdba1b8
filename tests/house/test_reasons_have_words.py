"""Whatever is refused can be said, in both languages, with the next step."""

import pytest

from sekisho.errors import Reason, Who
from sekisho.pages.words import Language, places_in, words_in
from sekisho.tables.rules import Rule

JA, EN = words_in(Language.JA), words_in(Language.EN)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_what_happened_and_what_to_do_next(reason: Reason, language: Language) -> None:
    words = words_in(language)
    for part in ("what", "next"):
        text = words.say(f"reason.{reason.value}.{part}")  # no facts: a reason comes with different ones
        assert text.endswith("。" if language is Language.JA else ".")


def test_no_words_are_left_of_reasons_that_are_gone() -> None:
    said = {key.removeprefix("reason.").rpartition(".")[0] for key in JA.texts if key.startswith("reason.")}
    assert said == {reason.value for reason in Reason}


@pytest.mark.parametrize("language", Language)
def test_everyone_who_may_have_to_act_is_named(language: Language) -> None:
    for who in Who:
        assert words_in(language).knows(f"refusal.who.{who.name.lower()}")


@pytest.mark.parametrize("language", Language)
def test_every_rule_of_tables_has_words(language: Language) -> None:
    for rule in Rule:
        assert words_in(language).knows(f"rule.{rule.value}")


def test_both_languages_have_the_same_keys() -> None:
    assert set(JA.texts) ^ set(EN.texts) == set()


def test_both_languages_have_places_for_the_same_facts() -> None:
    assert [key for key in JA.texts if places_in(JA.texts[key]) != places_in(EN.texts[key])] == []
