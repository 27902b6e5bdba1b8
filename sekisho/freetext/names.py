"""Names of persons: the words that the analyser takes for names, and those that only their neighbours give away.

Whatever may be a name is masked: a name that stays tells who it is, a word too many costs one word.
"""

import re
from collections.abc import Iterator, Sequence

from sekisho.freetext import words
from sekisho.freetext.folding import UNKNOWN
from sekisho.freetext.morphemes import NOUNS, PERSONS, PLACES, Sort, Word, is_also
from sekisho.freetext.spans import Kind, Span

KANJI = re.compile(r"[一-鿿㐀-䶿々〆ヶ〓\U00020000-\U0003ffff]+")
KANA = re.compile(r"[ぁ-んァ-ヶー]+")
HIRAGANA = re.compile(r"[ぁ-んー]+")
KATAKANA = re.compile(r"[ァ-ヶー]+")
LATIN = re.compile(r"[A-Z][a-z]{2,}")
LINKS = frozenset("・=＝ ･")
OPENINGS = frozenset("・:「『( (：")
MOST_WORDS = 12
"""The most words and signs of one name; a longer row is found again from each of its words."""
CONNECTIONS = OPENINGS | {"の", "は", "を"}
LONGEST_KANA = 6
"""The most letters of a name that the analyser does not know, in hiragana."""
LONGEST = 12
"""The most characters that a name spreads to the left of its honorific."""


def find_names(text: Sequence[Word]) -> Iterator[Span]:
    """Give the spans of names in the words of a text; they may lie across one another."""
    for at, word in enumerate(text):
        if word.sort is not Sort.PARTICLE or _is_sign(word):
            yield from _by_itself(text, at)
            yield from _by_neighbours(text, at)


def _by_itself(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the name that the word at `at` is or begins."""
    word = text[at]
    if (word.sort in PERSONS and not _is_word(text, at)) or _is_hidden(text, at):
        yield _name(text, _from(text, at), _to(text, at))
    if word.sort in PLACES and KANJI.fullmatch(word.text) and _is_given_in_kana(text, at + 1):
        yield _name(text, at, at + 1)
    if KATAKANA.fullmatch(word.text):
        yield from _row_of_katakana(text, at)
    if _is_sign(word):
        yield from _row_of_signs(text, at)
    if UNKNOWN in word.text:
        yield from _around_unknown(text, at)


def _by_neighbours(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the names beside an honorific, a title or a relation at `at`."""
    word = text[at].text
    if word in words.HONORIFICS or word in words.TITLES:
        yield from _before_title(text, at)
    if word in words.RELATIONS or word in words.TITLES:
        yield from _after_relation(text, at)


def _name(text: Sequence[Word], first: int, last: int) -> Span:
    return Span(text[first].start, text[last].end, Kind.NAME)


def _is_word(text: Sequence[Word], at: int) -> bool:
    """Tell whether a name in the dictionary is a word here: パーキンソン病, ケア."""
    word = text[at]
    if word.text in words.NOT_NAMES:
        return True
    end = at + 1
    while _is(text, end, Sort.SIGN) and text[end].text in LINKS and end + 1 < len(text):
        end += 2  # クロイツフェルト・ヤコブ病
    tail = text[end].text if end < len(text) else ""
    return tail in words.EPONYM_TAILS or (end > at + 1 and tail in words.EPONYM_TAILS)


def _is(text: Sequence[Word], at: int, *sorts: Sort) -> bool:
    return 0 <= at < len(text) and text[at].sort in sorts


def _ends(text: Sequence[Word], at: int) -> bool:
    """Tell whether no noun goes on at this place: an end, a sign, a particle, a title."""
    if not 0 <= at < len(text):
        return True
    word = text[at]
    goes_on = word.sort in NOUNS or _is_sign(word)
    return not goes_on or word.text in words.ROLES or word.text in words.HONORIFICS


def _is_hidden(text: Sequence[Word], at: int) -> bool:
    """Tell whether a noun that stands alone is also a name in the dictionary: 畠中, イネ."""
    word = text[at]
    if word.text in words.ALONE:
        return _ends(text, at - 1) and _ends(text, at + 1)
    if (
        word.sort not in {Sort.NOUN, Sort.PROPER}
        or len(word.text) < 2
        or _is_ordinary(word)
        or word.text in words.NOT_HIDDEN
    ):
        return False
    if not (_ends(text, at - 1) and _ends(text, at + 1)):
        return False
    return is_also(word.text, Sort.GIVEN) or (
        KANJI.fullmatch(word.text) is not None and is_also(word.text, Sort.SURNAME)
    )


def _is_sign(word: Word) -> bool:
    """Tell whether a word is one sign that given names are written with."""
    return word.text in words.GIVEN_SIGNS and word.sort is not Sort.NUMERAL


def _is_written_so(word: Word) -> bool:
    """Tell whether a short word is written with signs of given names only: 芽生, a word that is also a name."""
    return 2 <= len(word.text) <= 3 and all(sign in words.GIVEN_SIGNS for sign in word.text)


def _is_given_in_kana(text: Sequence[Word], at: int) -> bool:
    """Tell whether a short word in kana stands here, and no other noun behind it: 三好きぬ."""
    if not _is(text, at, Sort.NOUN, Sort.PROPER, Sort.OTHER, *PERSONS):
        return False
    word = text[at]
    return (
        2 <= len(word.text) <= 4
        and KANA.fullmatch(word.text) is not None
        and _ends(text, at + 1)
        and not _is_ordinary(word)
    )


def _is_latin(word: Word) -> bool:
    """Tell whether a word beside a title or a relation is a name in Latin letters: Sato, and not CT."""
    return LATIN.fullmatch(word.text) is not None and word.text.upper() not in words.ABBREVIATIONS


def _is_ordinary(word: Word) -> bool:
    return word.text in words.ROLES or word.text in words.NOT_NAMES


def _to(text: Sequence[Word], at: int) -> int:
    """Give back the last word of the name that the word at `at` begins or goes on."""
    farthest = min(len(text), at + MOST_WORDS)
    while at + 1 < farthest:
        if _goes_on(text, at, at + 1):
            at += 1
        elif text[at + 1].text in LINKS and at + 2 < len(text) and _goes_on(text, at, at + 2, apart=True):
            at += 2
        else:
            break
    return at


def _goes_on(text: Sequence[Word], at: int, after: int, *, apart: bool = False) -> bool:
    word, before = text[after], text[at]
    if word.sort in PERSONS:
        return not _is_word(text, after)
    if _is_ordinary(word) or word.text in words.HONORIFICS or word.sort in {Sort.NUMERAL, Sort.PARTICLE, Sort.SIGN}:
        return False
    if word.unknown and not word.text.isascii():
        return True
    if word.text in words.GIVEN_ALONE or (_is_sign(word) and not apart and _ends_within(text, after)):
        return True
    if before.sort is Sort.SURNAME and word.sort in {Sort.NOUN, Sort.PROPER, Sort.PLACE}:
        return (apart or KANA.fullmatch(word.text) is not None) and len(word.text) <= 4 and _ends(text, after + 1)
    return apart and KATAKANA.fullmatch(word.text) is not None and KATAKANA.fullmatch(before.text) is not None


def _ends_within(text: Sequence[Word], at: int) -> bool:
    """Tell whether a row of at most three signs of given names ends the nouns here: 佐藤|凛|音."""
    end = at
    while end < len(text) and end - at < 3 and _is_sign(text[end]):
        end += 1
    return _ends(text, end)


def _from(text: Sequence[Word], at: int) -> int:
    """Give back the first word of the name that ends with a given name at `at`: its surname may be no known one."""
    if text[at].sort not in {Sort.GIVEN, Sort.PERSON}:
        return at
    first = at
    if first >= 2 and text[first - 1].text in LINKS:
        return first - 2 if _may_be_surname(text, first - 2) else at
    while first > 0 and at - first < 3 and _may_be_surname(text, first - 1):
        first -= 1
    return first


def _may_be_surname(text: Sequence[Word], at: int) -> bool:
    word = text[at]
    if _is_ordinary(word) or len(word.text) > 5 or word.text.isascii():
        return False
    if word.sort in {Sort.SURNAME, Sort.PLACE, Sort.PROPER} or word.unknown:
        return True
    return (
        word.sort is Sort.NOUN
        and (len(word.text) == 1 or _ends(text, at - 1))
        and KANJI.fullmatch(word.text) is not None
    )


def _before_title(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give what stands before an honorific or a title; a title alone, or behind a common word, is none."""
    strong, child = text[at].text in words.HONORIFICS, text[at].text in words.CHILDREN
    last = at - 2 if _is(text, at - 1, Sort.SPACE) else at - 1
    if last < 0 or not (_named(text, last) if strong else _titled(text, last)):
        if child or (strong and _is(text, at, Sort.ENDING)):
            yield from _in_hiragana(text, last, child=child)
        return
    if strong and text[last].sort is Sort.OTHER and HIRAGANA.fullmatch(text[last].text):
        yield from _in_hiragana(text, last, child=child)
    first = last
    while first > 0 and text[last].end - text[first - 1].start <= LONGEST and _goes_back(text, first - 1, child=child):
        first -= 1
    yield _name(text, first, last)


def _in_hiragana(text: Sequence[Word], last: int, *, child: bool) -> Iterator[Span]:
    """Give the hiragana before an honorific that the analyser has cut into other words: もも|か|さん, み|ー|ちゃん.

    A particle belongs to the name only where one letter is not enough for it: さん|と|お|と|か|さん.
    """
    first = last + 1
    while first > 0 and _is_of_kana(text, first - 1, last):
        first -= 1
    while first < last and text[first].sort is Sort.PARTICLE and not _is(text, first - 1, Sort.SIGN):
        first += 1
    letters = text[last].end - text[first].start if first <= last else 0
    if letters >= 2 and not (first == last and text[last].sort is Sort.PARTICLE):
        yield _name(text, first, last)
    elif child and last >= 0 and KANA.fullmatch(text[last].text) and text[last].text not in words.ROLES:
        yield _name(text, last, last)


def _is_of_kana(text: Sequence[Word], at: int, last: int) -> bool:
    word = text[at]
    if HIRAGANA.fullmatch(word.text) is None or word.text in words.ROLES or word.text in words.HONORIFICS:
        return False
    letters, all_letters = text[last].end - word.end, text[last].end - word.start
    stops = word.sort is Sort.NUMERAL or (letters >= 2 and (word.sort is Sort.PARTICLE or len(word.text) > 2))
    return not stops and all_letters <= LONGEST_KANA


def _named(text: Sequence[Word], at: int) -> bool:
    word = text[at]
    if _is_ordinary(word) or word.sort in {Sort.PARTICLE, Sort.SIGN, Sort.SPACE}:
        return False
    if word.sort in {Sort.PREFIX, Sort.ENDING}:
        return KANJI.fullmatch(word.text) is not None and word.text not in words.NEVER_SURNAMES
    if word.sort is Sort.NUMERAL:
        return KANJI.fullmatch(word.text) is not None and len(word.text) > 1
    if word.sort in {Sort.NOUN, Sort.ACTION} and not word.unknown and KANJI.fullmatch(word.text):
        return len(word.text) <= 3
    return True


def _titled(text: Sequence[Word], at: int) -> bool:
    word = text[at]
    if _is_ordinary(word) or word.text in words.NEVER_SURNAMES or word.text.isascii():
        return _is_latin(word)
    if word.sort in {*PERSONS, Sort.PLACE, Sort.PROPER} or (word.unknown and word.sort in NOUNS):
        return True
    alone = not (_is(text, at - 1, *NOUNS) and KANJI.fullmatch(text[at - 1].text))
    return (
        word.sort in {Sort.NOUN, Sort.PREFIX}
        and len(word.text) == 1
        and KANJI.fullmatch(word.text) is not None
        and alone
    )


def _goes_back(text: Sequence[Word], at: int, *, child: bool) -> bool:
    """Tell whether a name before an honorific goes on to the left with this word."""
    word, after = text[at], text[at + 1]
    if word.text in LINKS:
        before = text[at - 1] if at else word
        return before.sort in PERSONS or bool(KATAKANA.fullmatch(before.text) and KATAKANA.fullmatch(after.text))
    if _is_ordinary(word) or word.sort in {Sort.PARTICLE, Sort.SIGN, Sort.SPACE}:
        return _is_sign(word) and word.text not in words.ROLES
    if word.sort in {*PERSONS, Sort.PLACE, Sort.PROPER} or word.unknown or _is_sign(word):
        return True
    if after.text in LINKS:
        return KATAKANA.fullmatch(word.text) is not None
    one_kanji = len(word.text) == 1 and KANJI.fullmatch(word.text) and word.text not in words.NEVER_SURNAMES
    return bool(one_kanji and word.sort is not Sort.PREFIX) or (child and HIRAGANA.fullmatch(word.text) is not None)


def _after_relation(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the name behind 長男, 氏名, 担当 and the like, next to it or behind の or a sign."""
    first = at + 1
    while first < len(text) and first - at <= 3 and text[first].text in CONNECTIONS:
        first += 1
    if first >= len(text) or text[first].text in words.ROLES:
        return
    near = first == at + 1 or text[first - 1].text in OPENINGS
    kin = text[at].text in words.KIN
    if _may_be_name(text, first, kin=kin, near=near):
        yield _name(text, first, _to(text, first))
    elif kin and _is_cut_up(text, first):
        yield _name(text, first, first + 1)


def _may_be_name(text: Sequence[Word], at: int, *, kin: bool, near: bool) -> bool:
    """Tell whether the word behind a relation is a name: `near` without の between, `kin` of the family."""
    word = text[at]
    if word.unknown and word.sort in NOUNS and not word.text.isascii():
        return near or KANJI.fullmatch(word.text) is not None
    if _is_latin(word) or (near and word.sort is Sort.PROPER and HIRAGANA.fullmatch(word.text)):
        return _ends(text, at + 1)
    if not _ends(text, at + 1) or word.text in words.NOT_NAMES:
        return False
    proper = word.sort is Sort.PROPER and KANJI.fullmatch(word.text) and len(word.text) <= 3
    beside = near and (word.sort is Sort.PLACE or (_is_sign(word) and text[at - 1].text in OPENINGS))
    if word.text in words.ALONE or proper or beside:
        return True
    if kin:
        return _may_be_of_kin(word, near=near)
    return text[at - 1].text != "の" and len(word.text) == 1 and is_also(word.text, Sort.SURNAME)


def _is_cut_up(text: Sequence[Word], at: int) -> bool:
    """Tell whether two short words in hiragana that are no nouns are a name cut up by the analyser: 弟の|そう|すけ|が."""
    pair = text[at : at + 2]
    short = len(pair) == 2 and all(HIRAGANA.fullmatch(one.text) and one.sort is Sort.OTHER for one in pair)
    return (
        short
        and 3 <= pair[1].end - pair[0].start <= LONGEST_KANA
        and _is(text, at + 2, Sort.PARTICLE)
        and text[at + 2].text in {"が", "は", "の", "を", "も", "と", "に"}
    )


def _may_be_of_kin(word: Word, *, near: bool) -> bool:
    """Tell whether a noun behind 母 or 次男 is a given name; in hiragana it is, unless it is a known thing."""
    if (
        not 2 <= len(word.text) <= 4
        or word.sort not in {Sort.NOUN, Sort.PROPER, Sort.ACTION}
        or word.text in words.THINGS
    ):
        return False
    if word.sort is not Sort.ACTION and (HIRAGANA.fullmatch(word.text) or is_also(word.text, Sort.GIVEN)):
        return True
    return near and _is_written_so(word)


def _row_of_signs(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give two or three signs of given names in a row that make no word; one, if it is no everyday word."""
    if at and (_is_sign(text[at - 1]) or (not _ends(text, at - 1) and KANJI.fullmatch(text[at - 1].text))):
        return
    end = at
    while end < len(text) and end - at < MOST_WORDS and _is_sign(text[end]):
        end += 1
    counted = _is(text, end, Sort.ENDING, Sort.NUMERAL) and text[end].text not in words.HONORIFICS
    if counted or not _ends(text, end):
        return
    row = [one.text for one in text[at:end]]
    if len(row) in {2, 3} or (len(row) == 1 and row[0] in words.GIVEN_ALONE):
        yield _name(text, at, end - 1)


def _around_unknown(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give the kanji around a character without a code: such characters stand in names of persons and places."""
    first = last = at
    while first > 0 and len(text[first - 1].text) <= 3 and _kanji_noun(text[first - 1]):
        first -= 1
    while last + 1 < len(text) and len(text[last + 1].text) <= 3 and _kanji_noun(text[last + 1]):
        last += 1
    yield _name(text, first, last)


def _kanji_noun(word: Word) -> bool:
    known = word.text in words.ROLES or word.text in words.HONORIFICS
    return KANJI.fullmatch(word.text) is not None and not known


def _row_of_katakana(text: Sequence[Word], at: int) -> Iterator[Span]:
    """Give words in katakana with ・ or a space between, if one of them is a name or they are three and one is unknown."""
    if at >= 2 and text[at - 1].text in LINKS and KATAKANA.fullmatch(text[at - 2].text):
        return
    end, row = at, [text[at]]
    while end + 2 < len(text) and text[end + 1].text in LINKS and KATAKANA.fullmatch(text[end + 2].text):
        end += 2
        row.append(text[end])
    after = text[end + 1].text if end + 1 < len(text) else ""
    unknown = any(one.unknown for one in row)
    person = any(one.sort in PERSONS and one.text not in words.NOT_NAMES for one in row)
    person = person or (unknown and any(is_also(one.text, *PERSONS) for one in row))
    spaced = unknown and len(row) == 2 and text[at + 1].text == " "
    if len(row) > 1 and after not in words.EPONYM_TAILS and (person or spaced or (unknown and len(row) > 2)):
        yield _name(text, at, end)
