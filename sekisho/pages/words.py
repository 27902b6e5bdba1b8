"""Every text that a person reads, by key, in Japanese and in English (`catalogue/ja`, `catalogue/en`).

The files are TOML. Tables nest, and a key is the path to a text: `what` in `[reason.parcel.tampered]` is
`reason.parcel.tampered.what`. `{name}` in a text is a place for a fact; both languages have the same keys and places.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

from sekisho.errors import Fact, Reason, WrongUsage

DESK = "desk."


class Language(Enum):
    JA = "ja"
    EN = "en"


@dataclass(frozen=True)
class Words:
    """The texts of one language."""

    language: Language
    texts: Mapping[str, str]

    def say(self, key: str, /, **facts: Fact) -> str:
        """Give back the text with its facts put in; a key or a fact that is missing is our fault (KeyError)."""
        return self.texts[key].format_map(facts)

    def knows(self, key: str) -> bool:
        return key in self.texts


def choose_language(option: str | None, environment: Mapping[str, str]) -> Language:
    """Give back the reader's language: the `--lang` option, then SEKISHO_LANG, then LANG, else Japanese.

    An option that is no language of ours is wrong usage; an environment that names another language is passed over.
    """
    if option is not None:
        try:
            return Language(option)
        except ValueError as error:
            raise WrongUsage(Reason.USAGE, option="--lang", values="ja, en") from error
    for variable in ("SEKISHO_LANG", "LANG"):
        asked = environment.get(variable, "").lower()
        for language in Language:
            if asked[:2] == language.value and not asked[2:3].isalpha():  # ja, ja_JP.UTF-8
                return language
    return Language.JA


@cache
def words_in(language: Language) -> Words:
    """Give back the texts of a language, read from the package once."""
    texts: dict[str, str] = {}
    for file in catalogue_files(language):
        for key, text in _texts(tomllib.loads(file.read_text(encoding="utf-8")), ""):
            if key in texts:
                raise ValueError(f"{file.name}: {key} stands in two files")
            texts[key] = text
    return Words(language, texts)


@cache
def words_at_the_desk(language: Language) -> Words:
    """Give back the texts for somebody who works alone, far from any zone: what stands under `desk` is said instead."""
    texts = words_in(language).texts
    instead = {key.removeprefix(DESK): text for key, text in texts.items() if key.startswith(DESK)}
    return Words(language, {**texts, **instead})


def catalogue_files(language: Language) -> list[Traversable]:
    folder = files("sekisho.pages") / "catalogue" / language.value
    return sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)


def places_in(text: str) -> frozenset[str]:
    """Give back the names of the facts that a text has places for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _texts(part: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        key = f"{path}.{name}" if path else name
        match value:
            case str():
                yield key, value
            case dict():
                yield from _texts(value, key)
            case _:
                raise ValueError(f"{key} is neither a text nor a table of texts")
