"""Facilities with a name of their own: a school, a surgery or a home says where somebody spends the day.

若葉台中学校 and デイサービスこもれび are places, 市立病院 and 保育園 are not. What names one is a name, a place, a word in
kana, a number behind 第, a direction: any word but those that say of what sort it is.
"""

from collections.abc import Iterator, Sequence

from sekisho.freetext import words
from sekisho.freetext.morphemes import NOUNS, PERSONS, PLACES, Sort, Word, is_also
from sekisho.freetext.names import HIRAGANA, KANA, KANJI
from sekisho.freetext.spans import Kind, Span

LONGEST = 24
"""The most characters of a facility's name before the word that says what it is."""
_ENDINGS = tuple(sorted(words.FACILITIES, key=len, reverse=True))
_PARTS = NOUNS | {Sort.PREFIX, Sort.NUMERAL, Sort.ENDING, Sort.OTHER}


def find_facilities(text: Sequence[Word]) -> Iterator[Span]:
    """Give the facilities with a name of their own; of nested ones, all."""
    for at, word in enumerate(text):
        if _is_facility(word):
            yield from _named_before(text, at)
        if word.text in words.HOMES or word.text.endswith("ホーム"):
            yield from _named_behind(text, at)


def _is_facility(word: Word) -> bool:
    if word.text in words.FACILITIES or word.text in words.FACILITY_ENDINGS:
        return True
    return word.sort in NOUNS and word.text.endswith(_ENDINGS)


def _named_before(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the name before 小学校: from the first word that names, over those that say of what sort it is."""
    first = at if _names_itself(text[at]) else None
    left = at - 1
    while left >= 0 and text[at].start - text[left].start <= LONGEST and _is_part(text[left]):
        if _names(text, left):
            first = left
        left -= 1
    if first is not None:
        yield Span(text[first].start, text[at].end, Kind.PLACE)


def _names_itself(word: Word) -> bool:
    """Tell whether one word has a name and what it is, as 中央病院; 血液内科 is a department."""
    ending = next((one for one in _ENDINGS if word.text.endswith(one)), "")
    before = word.text.removesuffix(ending)
    known = before in words.OF_FACILITIES or any(one in before for one in words.OF_FACILITIES if len(one) > 1)
    return word.text not in words.FACILITIES and bool(ending and before) and ending[-1] != "科" and not known


def _is_part(word: Word) -> bool:
    if word.text in words.RELATIONS or word.text in words.HONORIFICS or word.text.isascii():
        return False
    return word.sort in _PARTS and (word.sort is not Sort.OTHER or _is_noun_too(word))


def _is_noun_too(word: Word) -> bool:
    """Tell whether hiragana that were taken for a verb are a noun's as well: つくし."""
    return len(word.text) > 2 and HIRAGANA.fullmatch(word.text) is not None and is_also(word.text, Sort.NOUN)


def _names(text: Sequence[Word], at: int) -> bool:
    word = text[at]
    if word.text in words.OF_FACILITIES:
        return False
    if word.text in words.DIRECTIONS or word.sort in {*PERSONS, *PLACES, Sort.PROPER} or word.unknown:
        return word.sort is not Sort.NUMERAL or (at > 0 and text[at - 1].text == "第")
    if word.sort is Sort.NUMERAL:
        return at > 0 and text[at - 1].text == "第"
    if word.sort is not Sort.NOUN and not (word.sort is Sort.OTHER and _is_noun_too(word)):
        return False
    if KANA.fullmatch(word.text):
        return len(word.text) > 1
    return KANJI.fullmatch(word.text) is not None and is_also(word.text, Sort.SURNAME, Sort.PLACE)


def _named_behind(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the name behind デイサービス: a word in hiragana that nothing goes on from, with の里 and the like."""
    last = at + 1
    if last >= len(text) or not _may_name_home(text[last]):
        return
    if last + 2 < len(text) and text[last + 1].text == "の" and text[last + 2].text in words.OF_HOMES:
        last += 2
    elif last + 1 < len(text) and text[last + 1].text in words.OF_HOMES:
        last += 1
    yield Span(text[at].start, text[last].end, Kind.PLACE)


def _may_name_home(word: Word) -> bool:
    if word.text in words.OF_FACILITIES or word.text in words.THINGS or len(word.text) < 2:
        return False
    if word.sort in {*PERSONS, *PLACES}:
        return True
    return word.sort in {Sort.NOUN, Sort.PROPER} and HIRAGANA.fullmatch(word.text) is not None
