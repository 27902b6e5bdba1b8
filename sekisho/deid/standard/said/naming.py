"""Which words a column's name has (spec/standard.md 5)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sekisho.deid.numbers.naming.sounds import to_katakana

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WHOLE = "="  # before a word that has to be a whole one: 歳, but not 歳入
_LONGEST_PHRASE = 3  # words: `date_of_birth` is `dateofbirth` too


@dataclass(frozen=True)
class Spoken:
    """A name as it is compared: `joined` without spaces, `ascii` its words and short phrases, `others` its other words."""

    joined: str
    ascii: frozenset[str]
    others: frozenset[str]


def has_word(name: str, word: str) -> bool:
    """Say whether a column's name has a word of the dictionary.

    A word of ASCII is meant as a whole word: case, digits at its end, hyphens and the like make no difference, and
    `BirthDate` has two words. Others may stand anywhere, in either kana, but for those that begin with `=`.

    >>> [has_word(one, "age") for one in ("AGE2", "age_at_death", "PatientAge", "LANGUAGE", "image")]
    [True, True, True, False, False]
    >>> [has_word(one, "=歳") for one in ("歳", "年（歳）", "歳入")]
    [True, True, False]
    """
    spoken = spoken_name(name)
    if word.isascii():
        return _only_ascii(word.lower()) in spoken.ascii
    plain = _fold(word.removeprefix(WHOLE))
    return plain in spoken.others if word.startswith(WHOLE) else plain in spoken.joined


@lru_cache(maxsize=4096)
def spoken_name(name: str) -> Spoken:
    """Give back the words of a name; full-width letters are narrow ones."""
    narrow = unicodedata.normalize("NFKC", name)
    words: set[str] = set()
    for text in (narrow.lower(), _CAMEL.sub(" ", narrow).lower()):
        pieces = re.findall(r"[a-z0-9]+", text)
        for first in range(len(pieces)):
            for last in range(first + 1, min(first + _LONGEST_PHRASE, len(pieces)) + 1):
                phrase = "".join(pieces[first:last])
                words |= {phrase, phrase.rstrip("0123456789")}
    others = re.findall(r"[^\W\d_a-z]+", to_katakana(name))
    return Spoken(_fold(name), frozenset(words - {""}), frozenset(others))


@lru_cache(maxsize=4096)
def _only_ascii(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", word)


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    return re.sub(r"\s+", "", to_katakana(text))
