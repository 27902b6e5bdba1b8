"""Text as item 4 compares it: narrow, small letters, plain hyphens, digits for kanji numerals (spec/standard.md 4.4)."""

import re
import unicodedata

_ONES = {
    one: str(value)
    for value, ones in enumerate(["〇零", "一壱", "二弐", "三参", "四", "五", "六", "七", "八", "九"])
    for one in ones
}
_DIGITS = str.maketrans({**_ONES, "拾": "十", "廿": "2十", "卅": "3十"})
_LARGE = (("億", 100_000_000), ("万", 10_000))
_SIGNS = f"{''.join(_ONES)}十拾廿卅百千万億"
_AFTER = "歳才年月日代円点人件以未超生頃時回台名男女"  # any other kanji makes a name of it: 千代田, 三重
_RUN = re.compile(rf"(?=[0-9]*+[{_SIGNS}])[0-9{_SIGNS}]++(?=[{_AFTER}]|[^\u4e00-\u9fff]|$)")
_SMALL = re.compile(r"(?:([0-9]*)千)?(?:([0-9]*)百)?(?:([0-9]*)十)?([0-9]*)")
_WITH_POINT = re.compile(r"([0-9]{1,9})\.([0-9]{1,8})([億万])")
_DASH = re.compile(r"(?<=[0-9歳才円])\s*[‐‑‒–—―−ー~〜]\s*(?=[0-9])")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3})")
_LONGEST_RUN = 30  # characters: no number of a cell is longer


def plain_text(text: str) -> str:
    """Give back a text with half-width letters and digits, no commas in numbers, and digits for kanji numerals.

    >>> plain_text("満百十六才"), plain_text("明治四三年三月"), plain_text("１億２，０００万円"), plain_text("110〜119")
    ('満116才', '明治43年3月', '120000000円', '110-119')
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("\u2212", "-").strip()
    narrow = _THOUSANDS.sub("", plain)
    if not narrow.isascii():
        narrow = _RUN.sub(_in_digits, _WITH_POINT.sub(_without_point, narrow))
    return _DASH.sub("-", narrow)


def _without_point(found: re.Match[str]) -> str:
    unit = dict(_LARGE)[found[3]]
    return str(int(found[1] + found[2]) * unit // 10 ** len(found[2]))


def _in_digits(found: re.Match[str]) -> str:
    number = _number_of(found[0].translate(_DIGITS)) if len(found[0]) <= _LONGEST_RUN else None
    return found[0] if number is None else number


def _number_of(run: str) -> str | None:
    """Give back the digits of a numeral, None where it is none; those written digit by digit keep their zeros."""
    if run.isdigit():
        return run
    total, rest = 0, run
    for sign, unit in _LARGE:
        if sign in rest:
            before, _, rest = rest.partition(sign)
            count = _below(before) if before else None
            if count is None:
                return None
            total += count * unit
    last = _below(rest)
    return None if last is None else str(total + last)


def _below(text: str) -> int | None:
    """Give back the number of thousands, hundreds, tens and ones; 0 for nothing."""
    fits = _SMALL.fullmatch(text)
    if fits is None:
        return None
    units = (1_000, 100, 10)
    counts = sum(unit * int(one or 1) for unit, one in zip(units, fits.groups(), strict=False) if one is not None)
    return counts + int(fits[4] or 0)
