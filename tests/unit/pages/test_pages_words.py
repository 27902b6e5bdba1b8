import pytest

from sekisho.errors import Reason, WrongUsage
from sekisho.pages.words import Language, Words, catalogue_files, choose_language, places_in, words_in


def test_a_text_is_said_with_its_facts() -> None:
    words = Words(Language.EN, {"way.done": "{rows:,} rows went to {recipient}."})
    assert words.say("way.done", rows=50_000, recipient="R") == "50,000 rows went to R."


def test_a_fact_that_is_missing_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        Words(Language.EN, {"way.done": "{rows} rows"}).say("way.done")


def test_a_key_that_is_missing_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        words_in(Language.JA).say("no.such.key")


@pytest.mark.parametrize(
    ("option", "environment", "chosen"),
    [
        ("en", {"SEKISHO_LANG": "ja", "LANG": "ja_JP.UTF-8"}, Language.EN),
        (None, {"SEKISHO_LANG": "en", "LANG": "ja_JP.UTF-8"}, Language.EN),
        (None, {"LANG": "en_GB.UTF-8"}, Language.EN),
        (None, {"LANG": "ja_JP.eucJP"}, Language.JA),
        (None, {"LANG": "C.UTF-8"}, Language.JA),
        (None, {"SEKISHO_LANG": "fr", "LANG": "en"}, Language.EN),
        (None, {"LANG": "eng"}, Language.JA),
        (None, {}, Language.JA),
    ],
)
def test_the_language_is_that_of_the_option_then_of_the_environment_else_japanese(
    option: str | None, environment: dict[str, str], chosen: Language
) -> None:
    assert choose_language(option, environment) is chosen


def test_an_option_that_is_no_language_is_wrong_usage() -> None:
    with pytest.raises(WrongUsage) as caught:
        choose_language("fr", {})
    assert caught.value.reason is Reason.USAGE


def test_both_languages_have_the_same_files_of_at_most_300_lines() -> None:
    names = {language: [one.name for one in catalogue_files(language)] for language in Language}
    assert names[Language.JA] == names[Language.EN]
    for language in Language:
        for one in catalogue_files(language):
            assert len(one.read_text(encoding="utf-8").splitlines()) <= 300


def test_places_for_facts_are_found_by_name() -> None:
    assert places_in("{rows:,} of {all}") == {"rows", "all"}


def test_japanese_texts_are_japanese() -> None:
    """A text copied from English and forgotten has no kana or kanji."""
    for key, text in words_in(Language.JA).texts.items():
        if key.startswith("reason."):
            assert any("ぁ" <= one <= "龠" for one in text), key
