"""Ideographic variation sequences are of Unicode's IVD (Adobe-Japan1, Moji_Joho); compatibility forms of its block F900."""

import unicodedata

import pytest

from sekisho.tables.values.characters import compose


@pytest.mark.parametrize(
    "text", ["葛\U000e0100", "辻\U000e0101城", "邉\U000e0104田", "\ufa19\U000e0100社", "\U0002f81a\ufe00"]
)
def test_a_sequence_is_left_as_it_is(text: str) -> None:
    assert compose(text) == text


def test_nfc_alone_would_change_the_base_of_a_sequence() -> None:
    assert unicodedata.normalize("NFC", "\ufa19\U000e0100") == "\u795e\U000e0100"


def test_what_stands_around_a_sequence_is_composed() -> None:
    assert compose("か\u3099\ufa19\U000e0100は\u309a\ufa19") == "が\ufa19\U000e0100ぱ\u795e"
