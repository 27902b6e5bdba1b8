"""Surnames and given names of the deleted columns, and whether a released cell is one, or is put together of two.

Compared are whole cells in every writing: kanji, kana of either kind and width, romaji (`numbers/naming/sounds.py`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.direct import LONGEST_NAME, LONGEST_ROMAN
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.naming.frequent import GIVEN, GIVEN_READINGS, GIVEN_ROMANS, READINGS, ROMANS, SURNAMES
from sekisho.deid.numbers.naming.sounds import roman_of, same_sound, to_katakana
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.standard.looked import Looked

LATIN_PART, KANA_PART, FREQUENT_PART = 3, 2, 2  # letters of the shortest part; one letter is too many other things
LATIN_WHOLE, KANA_WHOLE = 6, 4  # letters of the shortest name without a space
TWO_PARTS = 0.5  # share of distinct values in two words from which a column that does not say what it holds has names
MOST_WORDS = 4
_APART = re.compile(r"[\s・,，、.．_=＝/-]+")
_LATIN = re.compile(r"[a-z\u00e0-\u017f'-]+")
_KANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")
_SURNAMES, _GIVEN = SURNAMES | READINGS, GIVEN | GIVEN_READINGS
_NO_LETTER = re.compile(r"[0-9@#:;()（）「」]")


@dataclass(frozen=True)
class Parts:
    """Words as `spellings` gives them; `others` are those of which it is not known which they are."""

    surnames: frozenset[str]
    given: frozenset[str]
    others: frozenset[str]

    def has(self, text: str) -> bool:
        """Say whether a cell is a surname or a given name, and nothing else."""
        return len(text) <= LONGEST_NAME and any(
            one in self.surnames or one in self.given or one in self.others
            for one in spellings(text.strip())
            if len(one) >= _shortest(one)
        )

    def makes(self, text: str) -> bool:
        """Say whether a cell is a surname and a given name, in either order, with something between them."""
        if len(text) > LONGEST_ROMAN:
            return False
        words = [one for one in _APART.split(text) if one]
        return 1 < len(words) <= MOST_WORDS and self._is_told(words)

    def joins(self, text: str) -> bool:
        """Say whether a cell in kana or Latin letters is the two with nothing between them.

        Not asked of kanji: 若葉東 is a given name and a surname, and a town; whole names are compared with `deleted_values`.
        """
        return len(text) <= LONGEST_NAME and any(map(self._is_joined, spellings(text.strip())))

    def _is_told(self, words: list[str]) -> bool:
        spelled = [spellings(one) for one in words]
        surname = [not self.surnames.isdisjoint(one) for one in spelled]
        given = [not self.given.isdisjoint(one) for one in spelled]
        return all(a or b for a, b in zip(surname, given, strict=True)) and (
            (surname[0] and any(given[1:])) or (surname[-1] and any(given[:-1]))
        )

    def _is_joined(self, spelled: str) -> bool:
        latin = spelled.isascii()
        if len(spelled) < (LATIN_WHOLE if latin else KANA_WHOLE) or not (latin or _KANA.fullmatch(spelled)):
            return False
        cuts = ((spelled[:at], spelled[at:]) for at in range(1, len(spelled)))
        return any(
            (a in self.surnames and b in self.given) or (b in self.surnames and a in self.given) for a, b in cuts
        )


def spellings(word: str) -> tuple[str, ...]:
    """Give back how a word is compared: as it is, of kana also its sound; of Latin letters the sound alone."""
    plain = to_katakana(word)
    if _LATIN.fullmatch(plain):
        return (same_sound(plain),)
    sound = roman_of(plain) if _KANA.fullmatch(plain) else None
    return (plain, sound) if sound else (plain,)


def parts_deleted(looked: Looked) -> Parts:
    """Give back the parts of the names in the original table that are not to go out."""
    surnames: set[str] = set()
    given: set[str] = set()
    others: set[str] = set()
    for declared in looked.schema.columns:
        if not _may_hold_names(declared):
            continue
        texts = [one for one in looked.original.column(declared.name).used().values if isinstance(one, str)]
        split = [one.split() for one in texts]
        if declared.holds is None and sum(len(one) == 2 for one in split) < TWO_PARTS * max(1, len(split)):
            continue
        joined = [_words(one) for one in {one[0] for one in split if len(one) == 1}]
        for words in (split, joined):
            surnames.update(one[0] for one in words if len(one) > 1)
            given.update(word for one in words for word in one[1:])
        others.update(one[0] for one in joined if len(one) == 1)
    return Parts(_spelled(surnames), _spelled(given), _spelled(others))


def is_frequent_surname(text: str) -> bool:
    """Say whether a cell is a frequent surname in whichever writing; those of one letter are also other words."""
    return len(text) >= FREQUENT_PART and _is_among(text, _SURNAMES, ROMANS)


def is_frequent_given(text: str) -> bool:
    """Say whether a cell is a frequent given name in whichever writing; those of one letter are also other words."""
    return len(text) >= FREQUENT_PART and _is_among(text, _GIVEN, GIVEN_ROMANS)


def _is_among(text: str, written: frozenset[str], romans: frozenset[str]) -> bool:
    if len(text) > LONGEST_NAME:
        return False
    plain = to_katakana(text)
    if _LATIN.fullmatch(plain):
        return len(plain) > LATIN_PART and same_sound(plain) in romans
    return plain in written and (not _KANA.fullmatch(plain) or len(plain) > KANA_PART)


def _may_hold_names(declared: ColumnSchema) -> bool:
    if declared.role not in {Role.IDENTIFIER, Role.STRIPPED} or declared.kind is Kind.FREE_TEXT:
        return False
    if declared.holds is None:
        return declared.kind is Kind.TEXT and code_of_name(declared.name) in {None, Code.NAME}
    return declared.holds is Code.NAME


def _words(text: str) -> list[str]:
    """Give back the words of a name without a space; one with nothing between them is cut behind a frequent surname."""
    words = [one for one in _APART.split(text) if one]
    if len(words) == 1:
        for length in (3, 2):
            if text[:length] in SURNAMES and len(text) > length:
                return [text[:length], text[length:]]
    return words


def _spelled(words: Iterable[str]) -> frozenset[str]:
    return frozenset(
        one for word in words if not _NO_LETTER.search(word) for one in spellings(word) if len(one) <= LONGEST_NAME
    )


def _shortest(spelled: str) -> int:
    if spelled.isascii():
        return LATIN_PART
    return KANA_PART if _KANA.fullmatch(spelled) else 1
