"""A text in the spelling that the rules are written for, with the way back to every character of the original.

Old and rare forms of kanji become the usual ones (the analyser knows 高橋, not 髙橋), half-width kana full-width ones,
full-width letters and digits ASCII, every dash in a number a hyphen; variation selectors and zero-width characters go.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sekisho.freetext.words import VARIANTS

UNKNOWN = "〓"
"""Stands for a character that has no code of its own (外字)."""
DASHES = "‐‑‒–—―−－ｰー﹣"
GONE = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD}
PRIVATE = (range(0xE000, 0xF900), range(0xF0000, 0x110000))
HALF_KANA = range(0xFF65, 0xFFA0)
DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Folded:
    """`text` is the folded text; its character i begins at `places[i]` of the original, `places[-1]` is the end."""

    text: str
    places: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Give back where the folded characters from `start` to before `end` stand in the original."""
        return self.places[start], self.places[end]


def fold(text: str) -> Folded:
    """Give back the text folded; for every character of the original there is one place or none, never two."""
    if _ODD.search(text) is None:
        return Folded(text, range(len(text) + 1))
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    while at < len(text):
        width = _width_at(text, at)
        piece = _fold_piece(text, at, width)
        pieces.append(piece)
        places.extend([at] * len(piece))
        at += width
    return Folded("".join(pieces), (*places, len(text)))


def _width_at(text: str, at: int) -> int:
    """Give back how many characters are folded as one: half-width kana stand with their voicing mark."""
    voiced = ord(text[at]) in HALF_KANA and text[at + 1 : at + 2] in {"ﾞ", "ﾟ"}
    return 2 if voiced and len(unicodedata.normalize("NFKC", text[at : at + 2])) == 1 else 1


def _fold_piece(text: str, at: int, width: int) -> str:
    sign = text[at]
    code = ord(sign)
    if sign in DASHES and _beside_digit(text, at):
        return "-"
    if code in GONE:
        return ""
    if any(code in one for one in PRIVATE):
        return UNKNOWN
    plain = _PLAIN.get(sign) if width == 1 else None
    if plain is not None:
        return plain
    plain = unicodedata.normalize("NFKC", text[at : at + width])
    return plain if len(plain) == 1 else sign


def _beside_digit(text: str, at: int) -> bool:
    """Tell whether a dash stands in a number; the long vowel ー, which is typed for one, has digits on both sides."""
    sides = (_is_digit(text, at, -1), _is_digit(text, at, 1))
    return all(sides) if text[at] in "ーｰ" else any(sides)


def _is_digit(text: str, at: int, step: int) -> bool:
    """Tell whether the next character that stays is one that becomes a digit: 1, １, ①."""
    at += step
    while 0 <= at < len(text) and ord(text[at]) in GONE:
        at += step
    return 0 <= at < len(text) and unicodedata.normalize("NFKC", text[at]) in DIGITS


def _plain() -> dict[str, str]:
    """Give back what needs no look into the Unicode tables: kana, usual kanji, and the variants."""
    usual = [*range(0x3041, 0x3097), *range(0x30A1, 0x30FF), *range(0x4E00, 0x9FFD), *range(0x21, 0x7F)]
    return (
        {chr(code): chr(code) for code in usual}
        | {"　": " ", " ": " ", "\n": "\n"}
        | {sign: sign for sign in "、。「」『』・々〆【】〓→"}
        | dict(VARIANTS)
    )


_PLAIN = _plain()
_USUAL = "".join(re.escape(sign) for sign, plain in _PLAIN.items() if sign == plain)
_ODD = re.compile(rf"[^{_USUAL}]|(?<=[0-9])ー(?=[0-9])")


def pieces_of(text: str, longest: int) -> list[tuple[int, int]]:
    """Cut a text into pieces of at most `longest` characters, after a line or sentence end wherever there is one."""
    cuts = [0]
    while len(text) - cuts[-1] > longest:
        window = text[cuts[-1] : cuts[-1] + longest]
        best = max(window.rfind("\n"), window.rfind("。"))
        cuts.append(cuts[-1] + (best + 1 if best > 0 else longest))
    cuts.append(len(text))
    return list(pairwise(cuts))
