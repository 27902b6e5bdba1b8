"""The sentences with the truth marked: there are enough of them, and masking finds no less than it did."""

import re
from collections import Counter

import pytest

from bench.freetext.__main__ import analyser_alone, markdown
from bench.freetext.labelled import FOLDER, read_first, read_sentence, read_sentences
from bench.freetext.scored import Score, score
from sekisho.freetext.masking import find_spans
from sekisho.freetext.spans import Kind, Span

FLOORS = {Kind.NAME: 0.93, Kind.PLACE: 0.91}
"""Recall on the test part that no change may fall below; of every other kind all were found."""
PRECISION_FLOOR = 0.93
UNSEEN_FLOOR = 0.95
FEWEST = {"dev": 200, "test": 400, "unseen": 120}


@pytest.fixture(scope="module")
def found():
    return score(read_sentences("test"), find_spans)


def test_recall_of_every_kind_stays_above_its_floor(found):
    assert {kind for kind, one in found.kinds.items() if one.recall < FLOORS.get(kind, 1.0)} == set()


def test_precision_stays_above_its_floor(found):
    assert found.total.precision > PRECISION_FLOOR


def test_more_is_found_than_by_the_analyser_alone(found):
    alone = score(read_sentences("test"), analyser_alone)
    assert found.kinds[Kind.NAME].recall > alone.kinds[Kind.NAME].recall + 0.15
    assert found.kinds[Kind.PLACE].recall > alone.kinds[Kind.PLACE].recall + 0.15


def test_recall_on_the_sentences_by_somebody_else_stays_above_its_floor():
    total = score(read_sentences("unseen"), find_spans).total
    assert min(total.recall, total.precision) > UNSEEN_FLOOR


def test_the_first_measure_of_the_unseen_sentences_stays_published():
    first = read_first("unseen")
    assert "88 of 111" in first
    assert sum(len(one.spans) for one in read_sentences("unseen")) == 111
    assert read_first("test") == ""


@pytest.mark.parametrize("part", FEWEST)
def test_there_are_enough_sentences_and_none_twice(part):
    texts = [one.text for one in read_sentences(part)]
    assert len(texts) >= FEWEST[part]
    assert [text for text, times in Counter(texts).items() if times > 1] == []


def test_no_sentence_of_one_part_stands_in_another():
    texts = [one.text for part in FEWEST for one in read_sentences(part)]
    assert len(texts) == len(set(texts))


def test_every_part_has_every_kind_and_sentences_without_any():
    for part in FEWEST:
        sentences = read_sentences(part)
        assert {span.kind for one in sentences for span in one.spans} == set(Kind)
        assert sum(not one.spans for one in sentences) >= len(sentences) / 4


@pytest.mark.parametrize("part", FEWEST)
def test_every_mark_is_read_and_none_is_left_in_a_text(part):
    assert [one.group for one in read_sentences(part) if re.search(r"[\[\]]", one.text)] == []
    assert (FOLDER / f"{part}.txt").read_text(encoding="utf-8").count("[") == sum(
        len(one.spans) + len(one.either) for one in read_sentences(part)
    )


def test_no_telephone_number_can_be_anybodys():
    """Exchanges begin with 2 to 9, so a number whose exchange begins with 0 is nobody's; 0120-000 is not given out."""
    for part in FEWEST:
        for sentence in read_sentences(part):
            for span in sentence.spans:
                if span.kind is Kind.TELEPHONE:
                    parts = re.findall(r"[0-9０-９〇一二三四五六七八九]+", sentence.text[span.start : span.end])
                    assert parts[-2][0] in "0０〇" or len(parts) == 2


def test_a_mark_becomes_a_span_of_the_text_without_marks():
    sentence = read_sentence("窓口", "昨日[氏名:山田]さんが[施設:本町病院]へ")
    assert sentence.text == "昨日山田さんが本町病院へ"
    assert (sentence.spans, sentence.either) == ((Span(2, 4, Kind.NAME),), ((7, 11),))


def test_a_mark_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="愛称"):
        read_sentence("窓口", "[愛称:やまちゃん]")


def test_a_score_counts_whole_touched_and_needless_spans():
    sentences = [read_sentence("", "[氏名:山田太郎]と[地名:港区]の[施設:港病院]の机")]
    spans = (Span(0, 2, Kind.NAME), Span(5, 7, Kind.NAME), Span(8, 10, Kind.PLACE), Span(12, 13, Kind.PLACE))
    scores = score(sentences, lambda _: spans)
    assert scores.kinds == {Kind.NAME: Score(1, 0, 1, 2, 2), Kind.PLACE: Score(1, 1, 1, 1, 0)}
    assert (scores.total, scores.sentences_without_leak) == (Score(2, 1, 2, 3, 2), 0)


def test_the_lowest_recall_is_wilsons():
    assert Score(10, 8, 8, 8, 8).lowest_recall == pytest.approx(0.4901625, abs=1e-6)  # Wilson 1927, 8 of 10
    assert Score(3, 3, 3, 3, 3).lowest_recall == pytest.approx(0.4385030, abs=1e-6)


def test_every_kind_and_every_group_is_shown(monkeypatch):
    monkeypatch.setattr("bench.freetext.__main__.SECONDS", 0.01)
    monkeypatch.setattr("bench.freetext.__main__.CELL_BYTES", 10_000)
    shown = "\n".join(markdown(0.5))
    assert {kind for kind in Kind if f"\n| {kind.value} |" not in shown} == set()
    assert {one.group for one in read_sentences("test") if f"| {one.group} |" not in shown} == set()
    assert read_first("unseen") in shown
