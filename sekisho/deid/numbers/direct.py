"""What points at a person in plain sight: telephones, mail, accounts, addresses, names, as shares of a column's cells.

Nothing is decided here: a proposal of roles and the scan of a released table read the shares (spec/numbers.md 8).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.naming.frequent import GIVEN_READINGS, READINGS, ROMANS, SURNAMES
from sekisho.deid.numbers.naming.sounds import is_japanese, same_sound, to_katakana
from sekisho.deid.numbers.text import Find, find_in_text

DIRECT = (Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT)
LONGEST_NAME, LONGEST_ROMAN = 20, 40
LONGEST_GIVEN = 4
SHORTEST_READING, LONGEST_READING = 3, 6
_TELEPHONE = re.compile(r"(?:\+81[- ]?|\(?0)[0-9]{1,4}\)?[- (]?[0-9]{1,4}[-) ]?[0-9]{3,4}", re.ASCII)
_TELEPHONE_DIGITS = frozenset({10, 11, 12})  # 12: +81 and ten
_ACCOUNT = re.compile(r"[0-9]{6,8}|[0-9]{5}-[0-9]{7,8}", re.ASCII)  # banks: 7 digits; the post's: 5 and 8
# Below the block: 本町三丁目 names no house.
_ADDRESS = re.compile(
    r"[0-9〇一二三四五六七八九十]番地"
    r"|[都道府県市区町村郡字目].{0,20}?[0-9〇一二三四五六七八九十]+(?:番|-[0-9]{1,4})"
)
_JAPANESE = re.compile(r"[々〆ヶ\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff〓 ]+")
_BETWEEN = re.compile(r"[\s・,，、._]+")
_KANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")
_ROMAN = re.compile(r"[a-z\u00e0-\u017f'-]{2,}(?: [a-z\u00e0-\u017f'-]{2,}){1,2}")
# What a given name in kana may end with, and a town's hardly ever does: ナカノチョウ and オオノハラ are no persons.
_ENDS_GIVEN = re.compile(r"[\u30a1-\u30fa]{1,3}(?:コ|ロウ|スケ|ヒコ|ヒロ|ノリ|ユキ|アキ|ヨシ|タカ|ナミ|オリ)")
_NO_PERSON = frozenset("都道府県市区町村郡駅川山橋丁院所店社園校科課部局会組館寺線")  # places, offices, firms


@dataclass(frozen=True)
class Share:
    """`cells` that look like this code, `share` of the filled ones; `named`: the column's name says it too."""

    code: Code
    cells: int
    share: float
    named: bool


def direct_shares(
    name: str,
    texts: Sequence[str | None],
    counts: Sequence[int] | npt.NDArray[np.int64],
    find: Find = find_in_text,
) -> tuple[Share, ...]:
    """Give back the share of each code of DIRECT in a column with these distinct texts, each in so many cells.

    An account's digits look like many others: they count where the column's name or a word in the cell says so.
    """
    said = code_of_name(name)
    cells: Counter[Code] = Counter()
    filled = 0
    for text, times in zip(texts, np.asarray(counts, dtype=np.int64).tolist(), strict=True):
        if text is None or not text.strip():
            continue
        filled += times
        for code in _codes_of(text, said, find):
            cells[code] += times
    return tuple(Share(one, cells[one], cells[one] / filled if filled else 0.0, one is said) for one in DIRECT)


def _codes_of(text: str, said: Code | None, find: Find) -> set[Code]:
    folded = fold(text).strip()
    codes = {hit.code for hit in find(text)} & {Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT}
    if _TELEPHONE.fullmatch(folded) and sum(one.isdigit() for one in folded) in _TELEPHONE_DIGITS:
        codes.add(Code.TELEPHONE)
    if said is Code.ACCOUNT and _ACCOUNT.fullmatch(folded):
        codes.add(Code.ACCOUNT)
    if not folded.isascii() and _ADDRESS.search(folded):
        codes.add(Code.ADDRESS)
    elif count_name(text):
        codes.add(Code.NAME)
    return codes


def count_name(text: str) -> int:
    """Give back 1 if the cell begins with a frequent surname and goes on like a given name, else 0.

    Kana and romaji count too; of romaji the surname may also stand last.
    """
    if len(text) > LONGEST_ROMAN:
        return 0
    plain = _BETWEEN.sub(" ", to_katakana(text)).strip()
    if _ROMAN.fullmatch(plain):
        return int(_is_roman_name(plain.split(" ")))
    if len(plain) > LONGEST_NAME or not _JAPANESE.fullmatch(plain):
        return 0
    surname, space, _ = plain.partition(" ")
    if space:
        return int(surname in SURNAMES or surname in READINGS)
    return int(_is_kana_name(plain) if _KANA.fullmatch(plain) else _is_kanji_name(plain))


def _is_kanji_name(plain: str) -> bool:
    for length in (3, 2):  # one character alone begins too many words
        given = plain[length:]
        if plain[:length] in SURNAMES and 1 <= len(given) <= LONGEST_GIVEN:
            return _NO_PERSON.isdisjoint((given[0], given[-1]))
    return False


def _is_roman_name(words: list[str]) -> bool:
    sounds = [same_sound(one) for one in words]
    return any(one in ROMANS for one in sounds) and all(map(is_japanese, sounds))


def _is_kana_name(plain: str) -> bool:
    return any(
        plain[:length] in READINGS and _is_given_reading(plain[length:])
        for length in range(SHORTEST_READING, LONGEST_READING + 1)
    )


def _is_given_reading(rest: str) -> bool:
    return len(rest) > 1 and (rest in GIVEN_READINGS or _ENDS_GIVEN.fullmatch(rest) is not None)
