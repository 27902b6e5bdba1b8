"""Places: names of places that the analyser knows, words that 町 or 駅 makes into one, and the address that follows."""

import re
from collections.abc import Iterator, Sequence

from sekisho.freetext import words
from sekisho.freetext.morphemes import NOUNS, PERSONS, PLACES, Sort, Word, is_also
from sekisho.freetext.names import KANJI
from sekisho.freetext.spans import Kind, Span

_BUILDING = "|".join(sorted(words.BUILDINGS, key=len, reverse=True))
_COUNT = r"(?:[0-9]+|[一二三四五六七八九十百]+(?=丁目|番|条|線|区|地割))"
_TAIL = re.compile(
    rf"(?:\s?(?:大字|字|小字)[一-鿿ぁ-んァ-ヶー]{{1,8}}?(?=[0-9甲乙丙丁 ]|$)|[甲乙丙丁](?=[0-9])|\s?{_COUNT}"
    r"|丁目の?|地割|番地の?|番丁|番(?!目)|号(?!線)|条|線|区画?|[-ー](?=[0-9])|(?<=[0-9目地番])[の・、](?=[0-9])|ほか)+"
)
_ROOM = re.compile(
    rf"\s?[^\s。、()「」]{{0,10}}?(?:{_BUILDING})[一-鿿ァ-ヶー・A-Za-z]{{0,14}}\s?[0-9A-Z]{{1,4}}(?:-?[0-9]+|号?棟[0-9]*)?(?:号室|号)?"
)
_LOT = re.compile(
    r"大字[一-鿿々ヶァ-ヶー]{1,8}(?:[甲乙丙丁]?[0-9]+)?|(?<![一-鿿])字[一-鿿々ヶァ-ヶー]{1,6}[甲乙丙丁]?[0-9]+"
    r"|[一-鿿々ヶ]{1,5}[0-9一二三四五六七八九十]{1,3}丁目"
)
_HOME = re.compile(
    rf"(?:{_BUILDING})[一-鿿ァ-ヶーA-Za-z]{{0,6}}?\s?[0-9]{{1,4}}(?:号?棟)?-?[0-9]{{0,4}}(?:号室|号)?"
    r"|(?<![0-9])[0-9]{1,3}号?棟\s?[0-9]{2,4}(?:号室|号)?|(?<![0-9])[0-9]{2,4}号室"
)
_BEFORE_HOME = re.compile(r"[一-鿿々ァ-ヶーA-Za-z]*[ぁ-ん]{0,6}\Z")
"""Searched in the eight characters before a building, never in the whole text: it would take the square of its length."""


def find_places(folded: str, text: Sequence[Word]) -> Iterator[Span]:
    """Give the spans of places in a folded text and its words; they may lie across one another.

    The words may be those of a piece of the text; only that piece is looked at, so a long text costs no more than its pieces.
    """
    if not text:
        return
    at, piece = 0, (text[0].start, text[-1].end)
    while at < len(text):
        last = _place_from(text, at)
        if last is None:
            at += 1
            continue
        yield Span(text[at].start, _end_of_address(folded, text[last].end), Kind.PLACE)
        at = last + 1
    for found in _HOME.finditer(folded, *piece):
        yield Span(_start_of_home(folded, found.start()), found.end(), Kind.PLACE)
    for found in _LOT.finditer(folded, *piece):
        yield Span(found.start(), _end_of_address(folded, found.end()), Kind.PLACE)


def _start_of_home(folded: str, building: int) -> int:
    """Give back where the name of a building begins: ひばりが丘|団地7号棟. A particle too much does no harm."""
    before = _BEFORE_HOME.search(folded, max(0, building - 8), building)
    return building if before is None or folded[building].isdigit() else before.start()


def _place_from(text: Sequence[Word], at: int) -> int | None:
    """Give back the last word of the place that begins at `at`, if one does."""
    word = text[at]
    known = (word.sort in PLACES and word.text not in words.NOT_PLACES) or _is_lived_in(text, at)
    if known and _text(text, at + 1) in words.EPONYM_TAILS:
        return None  # 川崎病
    named = (
        word.sort is Sort.PROPER and len(word.text) > 2 and word.text.endswith(tuple(words.DISTRICTS | words.NATURE))
    )
    if not (known or named or _makes_place(text, at)):
        return None
    return _last_of(text, at)


def _last_of(text: Sequence[Word], last: int) -> int:
    while last + 1 < len(text) and (more := _goes_on(text, last)):
        last += more
    return last


def _goes_on(text: Sequence[Word], last: int) -> int:
    """Give back how many words behind the last one are of the same place."""
    word = text[last + 1]
    if word.text in words.DISTRICTS or word.text in words.NATURE or word.sort in PLACES:
        return 1
    if word.sort is Sort.NOUN and _is_part(word) and text[last].sort is Sort.PLACE:
        return 1
    apart = word.text in {" ", "・"} and last + 2 < len(text) and text[last + 2].sort in PLACES
    return 2 if apart or _makes_place(text, last + 1) else 0


def _is_part(word: Word) -> bool:
    """Tell whether a noun behind a place may be the next part of its name: 飛騨|高山."""
    known = word.text in words.AFTER_PLACE or word.text in words.ROLES or word.text in words.HONORIFICS
    return len(word.text) == 2 and KANJI.fullmatch(word.text) is not None and not known


def _text(text: Sequence[Word], at: int) -> str:
    return text[at].text if 0 <= at < len(text) else ""


def _makes_place(text: Sequence[Word], at: int) -> bool:
    """Tell whether a noun and the word behind it make a place: 緑|町, 中川|駅."""
    word, after = text[at], _text(text, at + 1)
    if word.sort not in NOUNS or len(word.text) > 6 or word.text in words.BEFORE_DISTRICT or word.text in words.ROLES:
        return False
    if after in words.NATURE:
        return word.sort in PERSONS or word.unknown
    return (
        after in words.DISTRICTS
        and not (after == "台" and word.sort is Sort.ACTION)  # 記入台 is a thing
        and after not in {"都", "道", "府", "字"}
        and (KANJI.fullmatch(word.text) is not None or word.sort is not Sort.ACTION)
    )


def _is_lived_in(text: Sequence[Word], at: int) -> bool:
    """Tell whether a common noun that is also a place is one here, by what follows: 取手の実家, 草加に転居."""
    word = text[at]
    if word.sort is not Sort.NOUN or not 2 <= len(word.text) <= 4 or KANJI.fullmatch(word.text) is None:
        return False
    behind = _text(text, at + 1)
    lived = _text(text, at + 2) if behind in {"の", "に", "へ", "から"} else behind
    who = behind == "の" and lived in words.KIN
    return (who or lived in words.LIVING) and is_also(word.text, Sort.PLACE) and word.text not in words.ROLES


def _end_of_address(folded: str, end: int) -> int:
    """Give back where the numbers and the building behind a place end."""
    tail = _TAIL.match(folded, end)
    if tail is None:
        return end
    room = _ROOM.match(folded, tail.end())
    return room.end() if room is not None else tail.end()
