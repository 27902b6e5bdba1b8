"""Item 1: places down to the house; a town or a block is no address, and is weighed with the quasi-identifiers.

Told are the number of a house behind a place (本町3-4, 大字上野123, 丁目 and one more number) and, in Latin letters, beside one
(1-2-3 Honcho). Days, ranges, postal codes, telephones and numbers with a unit behind them are none.
"""

import re
import unicodedata

from sekisho.deid.standard.judgement import Check, Look, Outcome, counted
from sekisho.deid.standard.looked import Looked, count_saying

_NO_DAY = r"(?!(?:18|19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])(?![0-9]))"
_NO_POST = r"(?![0-9]{3}-[0-9]{4}(?![0-9-]))"
_START = rf"(?<![a-z0-9.-])(?<![年令成和正治第]){_NO_DAY}{_NO_POST}"  # no code, no day of an era
_NO_UNIT = r"(?![0-9a-z%\u2103-]|\s?[歳才人日月年時分点円万千期級回階週種類型組班度割名件個枚台杯本頁区世戸筆丁ヶカか])"
_NUMBER = r"(?!0)[0-9]{1,4}"
_LETTERS = r"[々〆ヶヵ\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff]"
_NO_WORD = r"(?![分間域会画民役制別名内外立営税道長議有費]|町?村)"  # 区分, 市民, 町会, 市立, 市町村: no place
_HOUSE = re.compile(
    "|".join(
        (
            rf"[0-9]番[0-9]+{_NO_UNIT}",
            rf"丁目\s?[0-9]+{_NO_UNIT}",
            rf"{_START}{_NUMBER}-[0-9]{{1,4}}-[0-9]{{1,5}}(?![0-9-])",
        )
    )
)
_PLACE = re.compile(r"[都道府県市区町村郡]|丁目|[\u4e00-\u9fff]{2}[0-9]+-")
_BEHIND = re.compile(  # two numbers behind the name of a place
    rf"(?:(?:(?<!市町)[市町村郡]|(?<![地校学工政挙票])区){_NO_WORD}|丁目|字)"
    rf"{_LETTERS}{{0,8}}\s?{_START}[0-9]{{1,5}}-[0-9]{{1,4}}{_NO_UNIT}"
)
_AZA = re.compile(  # or one behind a 字, which has no blocks; 漢字, 数字 and 字幕 are other words
    r"(?:[大小]字|(?<![\u3041-\u3096\u3400-\u9fff])字|(?<=[市区町村郡])字)\s?(?![数幕体画句典形名])"
    rf"[々ヶヵ\u3400-\u9fff\u30a1-\u30fa]{{1,8}}\s?{_START}[1-9][0-9]{{0,4}}{_NO_UNIT}"
)
_PLOT = re.compile(r"[0-9]番地")
_ROMAN_PLACE = r"[a-z]{2,}(?:-?(?:cho|machi|mura|chome)|-(?:shi|gun|ku))"
_ROMAN_NUMBER = rf"{_START}{_NUMBER}-[0-9]{{1,4}}(?:-[0-9]{{1,5}})?(?![0-9-])"
_ROMAN = re.compile(
    rf"{_ROMAN_NUMBER},?\s+(?:[a-z]+[- ])?{_ROMAN_PLACE}\b|\b{_ROMAN_PLACE},?\s+{_ROMAN_NUMBER}(?!\s?[a-z%])"
)
_MAYBE = re.compile(r"番|丁目|字|[0-9０-９〇一二三四五六七八九][\u2010-\u2015\u2212ー－\-の]")
_STROKE = re.compile(r"(?<=[0-9〇一二三四五六七八九])[‐‑‒–—―−ーの](?=[0-9〇一二三四五六七八九])")
_DIGITS = {ord(one): str(n) for n, one in enumerate("〇一二三四五六七八九")}


def houses_left(looked: Looked) -> list[Check]:
    """Give back a check for each released column in which a cell names a house."""
    found = []
    for declared, column in looked.texts:
        cells = count_saying(column, is_house)
        if dict(cells)["cells"]:
            whole = counted(cells=len(column), values=len(column.values))
            done = looked.done(declared.name)
            found.append(Check(Look.ADDRESS_LEFT, Outcome.FAULT, declared.name, "", whole, cells, done))
    return found


def is_house(text: str) -> bool:
    """Say whether a text has a place and the number of a house in it."""
    if _MAYBE.search(text) is None:
        return False
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain.isascii():
        return _ROMAN.search(plain) is not None
    plain = _STROKE.sub("-", plain)
    return _is_house(plain) or _is_house(plain.translate(_DIGITS))  # 三軒茶屋3-4, and 三丁目四


def _is_house(plain: str) -> bool:
    if _HOUSE.search(plain) is not None and _PLACE.search(plain) is not None:
        return True
    return any(one.search(plain) is not None for one in (_BEHIND, _AZA, _PLOT))
