"""Kana in brackets: how the name before them is read, or the name of the kin that stands before them."""

import re
from collections.abc import Iterator, Sequence

from sekisho.freetext import words
from sekisho.freetext.morphemes import Word
from sekisho.freetext.spans import Kind, Span

_READING = re.compile(r"[(「](?P<it>[ぁ-んァ-ヶー]{2,8}(?:[ ・][ぁ-んァ-ヶー]{2,8})?)[)」]")
_NAME_OF_KIN = re.compile(r"\((?P<it>[ぁ-んー]{2,8})\)")


def find_readings(folded: str, text: Sequence[Word], names: Sequence[Span]) -> Iterator[Span]:
    """Give the kana in brackets behind a name, which are how it is read, and behind 妻 and the like: 花子(はなこ), 妻(はるの)."""
    kin = [word.end for word in text if word.text in words.KIN]
    for end, shape in (*((one.end, _READING) for one in names), *((one, _NAME_OF_KIN) for one in kin)):
        found = shape.match(folded, end)
        if found is not None and found["it"] not in words.THINGS:
            yield Span(*found.span("it"), Kind.NAME)
