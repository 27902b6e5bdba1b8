"""One spelling for each sound, so that ｻﾄｳ, さとう, SATO, Satoh and Satō can be compared.

Romaji are those of Hepburn, of Kunrei (内閣告示 1954) and of passports: long vowels and doubled consonants are written in so
many ways that their length is dropped. 大野 and 小野 become one, which is enough for shares of a column.
"""

import re
import unicodedata

_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_HIRAGANA = re.compile(r"[\u3041-\u3096\u309d\u309e]+")
_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サシスセソ",
    "z": "ザジズゼゾ",
    "t": "タチツテト",
    "d": "ダヂヅデド",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
}
_SOUND = {kana: first + vowel for first, row in _ROWS.items() for vowel, kana in zip("aiueo", row, strict=True)} | {
    "ヤ": "ya",
    "ユ": "yu",
    "ヨ": "yo",
    "ワ": "wa",
    "ヲ": "o",
    "ン": "n",
    "ヴ": "vu",
    "ヰ": "i",
    "ヱ": "e",
    "ッ": "",
    "ー": "",
}
_GLIDES = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_SAME = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"sy", "sh"),
        (r"[tc]y", "ch"),
        (r"[zdj]y", "j"),
        (r"si", "shi"),
        (r"ti", "chi"),
        (r"tu", "tsu"),
        (r"dz", "z"),
        (r"du", "zu"),
        (r"[zd]i", "ji"),
        (r"(?<![sc])hu", "fu"),
        (r"m(?=[bpm])", "n"),
        (r"tch", "ch"),
        (r"o[hu](?![aiueoy])", "o"),
        (r"o+u+", "o"),
        (r"(.)\1+", r"\1"),
    )
)
_SYLLABLES = re.compile(
    r"(?:(?:[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmrwfjy])?[aiueo]|n(?![aiueo]))+", re.ASCII
)  # of romaji in the one spelling
_LETTERS = re.compile(r"[a-z]+", re.ASCII)


def to_katakana(text: str) -> str:
    """Give back a text in NFKC with katakana for hiragana: full-width, small letters for capitals."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text)
    return _HIRAGANA.sub(lambda found: found.group().translate(_TO_KATAKANA), folded).lower()


def roman_of(kana: str) -> str | None:
    """Give back the one spelling in romaji of a word in katakana; None where another letter is in it."""
    sounds: list[str] = []
    for one in kana:
        if one in _GLIDES and sounds and sounds[-1][-1:] == "i":
            sounds[-1] = sounds[-1][:-1] + _GLIDES[one]
        elif one in _SMALL and sounds:
            sounds[-1] = sounds[-1][:-1] + _SMALL[one]
        elif one in _SOUND:
            sounds.append(_SOUND[one])
        else:
            return None
    return same_sound("".join(sounds))


def same_sound(roman: str) -> str:
    """Give back the one spelling of a word in romaji, whichever the system; "" where it is no word of Latin letters."""
    if not roman.isascii():
        decomposed = unicodedata.normalize("NFKD", roman)
        roman = "".join(one for one in decomposed if not unicodedata.combining(one))
    plain = roman.lower().replace("-", "").replace("'", "")
    if not _LETTERS.fullmatch(plain):
        return ""
    for pattern, to in _SAME:
        plain = pattern.sub(to, plain)
    return plain


def is_japanese(sound: str) -> bool:
    """Say whether a word in the one spelling could be Japanese: syllables only."""
    return _SYLLABLES.fullmatch(sound) is not None
