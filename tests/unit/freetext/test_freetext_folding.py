"""Folding keeps the place of every character, and what is not masked is not changed."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.freetext.folding import fold, pieces_of
from sekisho.freetext.masking import find_spans, mask
from sekisho.freetext.words import VARIANTS

PARTS = st.sampled_from(
    ["佐藤", "髙橋", "﨑", "花子", "さん", "ﾔﾏﾀﾞ", " ", "　", "太郎", "は", "、", "。", "\n", "090-0123-4567", "板橋区", "1-2-3",
     "邊\U000e0100", "\ue000", "〓", "〒", "銀行", "普通", "0271845", "ー", "－", "・", "ラン", "の", "長男", "S22.3.5", "生", "歳", "99",
     "@", "a", "Ａ", "１", "\u200b", "㈱", "①", "ﾞ", "病", "「", "」"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PARTS, max_size=25).map("".join), st.text(max_size=40))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("髙﨑邊", "高崎辺"),
        ("ﾔﾏﾀﾞﾌﾟ", "ヤマダプ"),
        ("０９０－１２３４", "090-1234"),
        ("1ー2とパーティー", "1-2とパーティー"),
        ("渡邊\U000e0100", "渡辺"),
        ("\ue000\U000f0001", "〓〓"),
        ("㈱①", "㈱1"),
    ],
)
def test_a_text_is_folded_to_the_usual_spelling(text, folded):
    assert fold(text).text == folded


def test_no_variant_is_folded_to_another_variant():
    assert {one for one in VARIANTS.values() if one in VARIANTS} == set()


@given(TEXTS)
def test_every_folded_character_has_a_place_of_its_own(text):
    folded = fold(text)
    places = list(folded.places)
    assert len(places) == len(folded.text) + 1
    assert places[-1] == len(text)
    assert all(before < after for before, after in pairwise(places))


@given(TEXTS)
def test_a_folded_text_is_folded_to_itself(text):
    once = fold(text).text
    assert fold(once).text == once


@given(TEXTS, st.integers(1, 12))
def test_pieces_put_together_are_the_text(text, longest):
    pieces = [text[start:end] for start, end in pieces_of(text, longest)]
    assert "".join(pieces) == text
    assert all(len(one) <= longest for one in pieces)


@given(TEXTS)
def test_spans_stand_in_order_and_apart_and_the_rest_is_unchanged(text):
    spans = find_spans(text)
    assert all(one.end <= after.start for one, after in pairwise(spans))
    rest, at = [], 0
    for one in spans:
        rest.append(text[at : one.start])
        at = one.end
    masked = mask(text)
    tags = "【[^【】]+】".join(re.escape(part) for part in (*rest, text[at:]))
    assert re.fullmatch(tags, masked.text, re.DOTALL)
    assert sum(masked.counts.values()) == len(spans)
