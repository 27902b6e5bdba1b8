"""Digits in their many shapes: full width, and kanji (spec/disarm.md 3.2)."""

import re

_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ONES = {
    one: value
    for value, ones in enumerate(["〇零", "一壱", "二弐", "三参", "四", "五", "六", "七", "八", "九"])
    for one in ones
}
_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30}
_ONE = f"[{''.join(_ONES)}]"
_POSITIONAL = re.compile(f"{_ONE}+")
_WITH_TENS = re.compile(f"({_ONE})?([十拾])({_ONE})?|([廿卅])({_ONE})?")
_BEFORE_MARK = re.compile(f"[{''.join(_ONES)}{''.join(_TENS)}]+(?=[年月日])")


def narrow(text: str) -> str:
    """Give back `text` with full-width ASCII and spaces in half width."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def read_numeral(text: str) -> int | None:
    """Give back the number below 100 that kanji spell (`四十七`, `廿八`), or digit by digit of any length (`一九七二`)."""
    if _POSITIONAL.fullmatch(text):
        return int("".join(str(_ONES[one]) for one in text))
    if not (found := _WITH_TENS.fullmatch(text)):
        return None
    before, ten, ones, twenty, more = found.groups()
    if twenty:
        return _TENS[twenty] + _ONES[more or "〇"]
    if before and _ONES[before] == 0:
        return None
    return _TENS[ten] * _ONES[before or "一"] + _ONES[ones or "〇"]


def with_digits(text: str) -> str:
    """Give back `text` with digits for the kanji numerals before 年, 月 and 日; what is no numeral stays."""
    return text if text.isascii() else _BEFORE_MARK.sub(_digits_of, text)


def _digits_of(found: re.Match[str]) -> str:
    number = read_numeral(found[0])
    if number is None:
        return found[0]
    return str(number).zfill(len(found[0])) if _POSITIONAL.fullmatch(found[0]) else str(number)
