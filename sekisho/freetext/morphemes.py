"""A text in words, each with the sort that the rules ask for, from SudachiPy and its core dictionary.

The analyser and its dictionary (some 200 MB, mapped, not read) are loaded at the first text and stay; both come from
packages and ask nobody. One analyser must not be shared by threads.
"""

import re
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sekisho.errors import BadSettings, Reason

if TYPE_CHECKING:
    from sudachipy import Dictionary, Tokenizer  # type: ignore[import-untyped]  # it has stubs, but does not say so

EXTRA = "sekisho[free-text]"
_READING = re.compile(r"\(([ぁ-んァ-ヶー]{1,4})\)")
"""Kana in brackets, as the analyser leaves them out: it takes them for the reading of the kanji before. 姉(きぬ) names a sister."""


class Sort(Enum):
    SURNAME = "surname"
    GIVEN = "given name"
    PERSON = "other name of a person"
    PLACE = "place"
    COUNTRY = "country"
    PROPER = "other proper noun"
    NOUN = "noun"
    ACTION = "noun that is also a verb or an adjective"
    NUMERAL = "numeral"
    ENDING = "ending"
    PREFIX = "prefix"
    SPACE = "space"
    SIGN = "sign"
    PARTICLE = "particle"
    OTHER = "other"


PERSONS = frozenset({Sort.SURNAME, Sort.GIVEN, Sort.PERSON})
PLACES = frozenset({Sort.PLACE, Sort.COUNTRY})
NOUNS = frozenset({Sort.PROPER, Sort.NOUN, Sort.ACTION, *PERSONS, *PLACES})


class Word(NamedTuple):
    """One word: its characters, from `start` to before `end`, and whether the dictionary lacks it."""

    text: str
    start: int
    end: int
    sort: Sort
    unknown: bool


def words_of(text: str, offset: int = 0) -> list[Word]:
    """Give back the words of a folded text of at most 16,000 characters; places count from `offset`.

    BadSettings (FREE_TEXT_READER_MISSING) where Sekisho is installed without the extra that reads free text.
    """
    _, tokenizer, sorts = _reader()
    return [
        Word(
            text[one.begin() : one.end()],
            one.begin() + offset,
            one.end() + offset,
            sorts[one.part_of_speech_id()],
            one.is_oov(),
        )
        for one in tokenizer.tokenize(_READING.sub(r"「\1」", text))
        if one.end() > one.begin()
    ]


@lru_cache(maxsize=65_536)
def is_also(text: str, *sorts: Sort) -> bool:
    """Tell whether the dictionary knows a word as one of these sorts too, whatever it is taken for here."""
    dictionary, _, _ = _reader()
    return any(_sort_of(one.part_of_speech()) in sorts for one in dictionary.lookup(text))


class _Sorts(dict[int, Sort]):
    """The sort by the analyser's number of a part of speech, found once."""

    def __init__(self, dictionary: "Dictionary") -> None:
        super().__init__()
        self._dictionary = dictionary

    def __missing__(self, number: int) -> Sort:
        sort = self[number] = _sort_of(self._dictionary.pos_of(number) or ())
        return sort


@cache
def _reader() -> "tuple[Dictionary, Tokenizer, _Sorts]":
    try:
        from sudachipy import Dictionary, SplitMode

        dictionary = Dictionary(dict="core")
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.FREE_TEXT_READER_MISSING, package=EXTRA) from error
    return dictionary, dictionary.tokenizer(mode=SplitMode.C), _Sorts(dictionary)


def _sort_of(part_of_speech: tuple[str, ...]) -> Sort:
    """Give back the sort for UniDic's parts of speech, the most exact that is known."""
    for depth in (4, 3, 2, 1):
        sort = _SORTS.get(part_of_speech[:depth])
        if sort is not None:
            return sort
    return Sort.OTHER


_SORTS: dict[tuple[str, ...], Sort] = {
    ("名詞", "固有名詞", "人名", "姓"): Sort.SURNAME,
    ("名詞", "固有名詞", "人名", "名"): Sort.GIVEN,
    ("名詞", "固有名詞", "人名"): Sort.PERSON,
    ("名詞", "固有名詞", "地名", "国"): Sort.COUNTRY,
    ("名詞", "固有名詞", "地名"): Sort.PLACE,
    ("名詞", "固有名詞"): Sort.PROPER,
    ("名詞", "数詞"): Sort.NUMERAL,
    ("名詞", "普通名詞", "一般"): Sort.NOUN,
    ("名詞",): Sort.ACTION,
    ("接尾辞",): Sort.ENDING,
    ("接頭辞",): Sort.PREFIX,
    ("空白",): Sort.SPACE,
    ("補助記号",): Sort.SIGN,
    ("記号",): Sort.SIGN,
    ("助詞",): Sort.PARTICLE,
    ("助動詞",): Sort.PARTICLE,
}
