"""Numbers inside of cells: what is folded before anything is looked for (spec/numbers.md 3)."""

import re
from collections.abc import Iterator

_HYPHENS = "‐‑‒–—―−－﹘﹣ー─ｰ➖"  # all of them stand for a hyphen between digits in real exports
_APOSTROPHES = "’‘＇`"  # a spreadsheet's mark of text
_FOLDED = {
    **{0xFF01 + place: 0x21 + place for place in range(94)},  # full-width ASCII, one character for one
    **{ord(one): ord("-") for one in _HYPHENS},
    **{ord(one): ord("'") for one in _APOSTROPHES},
    **dict.fromkeys((0x3000, 0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F), ord(" ")),
    **{0x1D7CE + place: 0x30 + place % 10 for place in range(50)},  # mathematical digits
    **{start + place: 0x30 + place for start in (0x0660, 0x06F0, 0x0966) for place in range(10)},
}
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_IN_KANJI = re.compile(
    r"[〇零一二三四五六七八九](?:[- ]?[〇零一二三四五六七八九]){7,}"
)  # no block and no year is so long
_GROUPS = re.compile(r"[0-9]+(?:([-' ])[0-9]+(?:\1[0-9]+)*)?")
_BETWEEN = {ord(one): None for one in "-' "}
_LONE = 6  # a group of a run counts by itself from this many digits on
LONGEST_LONE = 19  # digits: longer ones do not fit 64 bits, and no code is as long
LONGEST_GROUPED = 13  # digits: more in groups are rather two numbers than one
_APART = r"[\W_]{1,3}"
_TWELVE = re.compile(  # found at every group, so that a date or another number before it hides none
    rf"(?<![0-9])(?=([0-9]{{4}}(?:{_APART}[0-9]{{4}}){{2}}|[0-9]{{3}}(?:{_APART}[0-9]{{3}}){{3}}|[0-9]{{6}}{_APART}[0-9]{{6}})(?![0-9]))"
)


def fold(text: str) -> str:
    """Give back the text, no longer and no shorter, with its full-width characters, hyphens and spaces as in ASCII."""
    if text.isascii():
        return text
    folded = text.translate(_FOLDED)
    return _IN_KANJI.sub(lambda found: found.group().translate(_KANJI_DIGITS), folded)


def numbers_in(folded: str) -> Iterator[str]:
    """Yield the runs of digits in a folded text: groups with one kind of separator as one run, long groups also alone.

    Twelve digits in equal groups count with any punctuation between them, wherever in a longer series they stand.
    """
    yield from ("".join(one for one in found.group(1) if one.isdecimal()) for found in _TWELVE.finditer(folded))
    for found in _GROUPS.finditer(folded):
        separator = found.group(1)
        if separator is None:
            yield found.group()
            continue
        groups = found.group().split(separator)
        yield "".join(groups)
        yield from (one for one in groups if len(one) >= _LONE)


def bare(text: str) -> str:
    """Give back a cell in capitals without what people put between and around the parts of a number."""
    return fold(text).translate(_BETWEEN).upper()


def lone_number(text: str) -> str | None:
    """Give back the digits of a cell that is one number and nothing else, or None."""
    if text.isdecimal():
        return text if len(text) <= LONGEST_LONE else None
    if not (text[-1].isdecimal() and len(text) <= 2 * LONGEST_LONE):
        return None
    digits = fold(text).translate(_BETWEEN)
    return digits if digits.isdecimal() and len(digits) <= LONGEST_GROUPED else None
