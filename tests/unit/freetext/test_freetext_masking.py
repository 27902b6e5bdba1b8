"""Masking: what goes, what stays, and that nothing else is changed."""

import subprocess
import sys
from itertools import pairwise

import pytest

from sekisho.errors import BadSettings, Reason
from sekisho.freetext import morphemes
from sekisho.freetext.masking import LONGEST_PIECE, find_spans, mask
from sekisho.freetext.spans import Kind, Span


@pytest.fixture(autouse=True)
def _fresh_reader():
    yield
    morphemes._reader.cache_clear()


def test_the_example_of_the_page_is_masked_as_the_page_says():
    text = "相談者の佐藤花子さん(S22.3.5生)から電話(090-0123-4567)。長男の太郎は板橋区在住。"
    masked = mask(text)
    assert masked.text == "相談者の【氏名】さん(【日付】生)から電話(【電話番号】)。長男の【氏名】は【地名】在住。"
    assert masked.counts == {Kind.NAME: 2, Kind.DATE: 1, Kind.TELEPHONE: 1, Kind.PLACE: 1}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("﨑山健一氏", "【氏名】氏"),
        ("髙橋様と渡邉様", "【氏名】様と【氏名】様"),
        ("グエン・ティ・ランさん", "【氏名】さん"),
        ("NGUYEN VAN ANの届", "【氏名】の届"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ名義", "【氏名】名義"),
        ("佐藤　花子様", "【氏名】様"),
        ("長男太郎、次男の陽翔が来た", "長男【氏名】、次男の【氏名】が来た"),
        ("林課長と森医師", "【氏名】課長と【氏名】医師"),
        ("\ue000井さんと吉\U000f0001さん", "【氏名】さんと【氏名】さん"),
        ("渡邊\U000e0100一郎さん", "【氏名】さん"),
        ("りんたろうくんとゆいちゃん", "【氏名】くんと【氏名】ちゃん"),
        ("畠中が記録した", "【氏名】が記録した"),
        ("氏名は「つぼみ」という", "氏名は「【氏名】」という"),
        ("三好きぬに渡した", "【氏名】に渡した"),
    ],
)
def test_a_name_is_masked_however_it_is_written(text, masked):
    assert mask(text).text == masked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("東京都葛飾区柴又9丁目88番7号 第三若竹荘5号", Kind.PLACE),
        ("〒039-1166", Kind.PLACE),
        ("大字小泉字前田15", Kind.PLACE),
        ("(052)018-4420", Kind.TELEPHONE),
        ("０９０ー０１２３－４５６７", Kind.TELEPHONE),
        ("+81-90-0456-7781", Kind.TELEPHONE),
        ("taro.yamada@example.jp", Kind.MAIL),
        ("https://example.com/a?b=1", Kind.ADDRESS_OF_SITE),
        ("なぎさ銀行 本店 普通 0123456", Kind.ACCOUNT),
        ("記号10180-番号20443911", Kind.ACCOUNT),
        ("AB12345678CD", Kind.NUMBER),
        ("493017762185", Kind.NUMBER),
        ("品川 300 さ 12-34", Kind.PLATE),
        ("昭和二十二年三月五日", Kind.DATE),
        ("令和元年5月1日", Kind.DATE),
        ("2025/9/2", Kind.DATE),
        ("満100歳", Kind.AGE),
        ("九十八才", Kind.AGE),
    ],
)
def test_what_has_a_shape_is_masked_whole(text, kind):
    before = "ゆうちょの" if "記号" in text else "これは"
    found = find_spans(f"{before}{text}。")
    assert (found[-1].end, {one.kind for one in found}) == (len(before) + len(text), {kind})
    assert found[0].start <= len(before)


@pytest.mark.parametrize(
    "text",
    [
        "森や林の手入れをした。花が咲いた。",
        "パーキンソン病とクロイツフェルト・ヤコブ病、川崎病、改訂長谷川式。",
        "お母さんとお兄ちゃん、看護師さん、皆さん。",
        "血圧は152/94、体重6,120g、32歳、4月3日に訪問、42万6,300円。",
        "インフルエンザ・ノロの検査。CT MRIを撮った。",
        "日本人の主治医に相談した。",
        "",
    ],
)
def test_what_names_nobody_stays(text):
    assert mask(text).text == text


def test_spans_that_lie_across_one_another_become_one():
    spans = find_spans("口座はつばめ銀行 駅前支店 普通 0271845 山田太郎")
    assert [one.kind for one in spans] == [Kind.ACCOUNT, Kind.NAME]
    assert all(one.end <= after.start for one, after in pairwise(spans))


def test_a_span_has_at_least_one_character():
    with pytest.raises(ValueError, match="at least one"):
        Span(3, 3, Kind.NAME)


def test_a_text_longer_than_the_analyser_takes_is_read_in_pieces():
    sentence = "田中花子さんが来庁した。"
    text = sentence * (3 * LONGEST_PIECE // len(sentence))
    assert mask(text).text == "【氏名】さんが来庁した。" * (3 * LONGEST_PIECE // len(sentence))


def test_a_text_without_any_end_of_sentence_is_read_too():
    assert find_spans("あ" * (2 * LONGEST_PIECE + 5)) == ()


@pytest.mark.parametrize("missing", ["sudachipy", "sudachidict_core"])
def test_where_the_analyser_is_not_installed_the_refusal_names_the_extra(missing, monkeypatch):
    morphemes._reader.cache_clear()
    morphemes.is_also.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(BadSettings) as refused:
        find_spans("田中さん")
    assert (refused.value.reason, refused.value.facts) == (
        Reason.FREE_TEXT_READER_MISSING,
        {"package": "sekisho[free-text]"},
    )


def test_the_analyser_is_not_loaded_before_the_first_text():
    seen = "import sys, sekisho.freetext.columns; sys.exit('sudachipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0


@pytest.mark.parametrize("part", ["佐藤", "翔", "団地", "漢", "ア", "字", "1棟"])
def test_a_text_of_one_word_again_and_again_is_read_to_its_end(part):
    """With a rule that takes the square of a text's length this takes minutes."""
    assert "".join(mask(part * 3_000).text.split()) != ""
