"""Numbers in words, names in kana and Latin letters that the analyser cuts up, and places that are words too."""

import time

import pytest

from sekisho.freetext.masking import LONGEST_PIECE, find_spans, mask
from sekisho.freetext.patterns import find_half_kana


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("電話は〇三の〇一二三の四五六七。", "電話は【電話番号】。"),
        ("携帯は090の0123の4567とのこと。", "携帯は【電話番号】とのこと。"),
        ("番号は一二三四五六七八と言う。", "番号は【番号】と言う。"),
        ("「いち・に・さん・よん・ご・ろく」と言った。", "「【番号】」と言った。"),
        ("すずめ銀行 港支店 普通 一二三四五六七へ振込。", "【口座】へ振込。"),
        ("すずめ銀行の普通、ゼロ・イチ・ニ・サン・ヨン・ゴ・ロクへ。", "【口座】へ。"),
    ],
)
def test_a_number_in_words_is_masked(text, masked):
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text", ["〇〇〇〇〇〇〇〇の件。", "一、二、三と数えた。", "二十三日に四、五人来た。", "いちにさんと体操した。"]
)
def test_signs_that_leave_something_out_and_small_counts_stay(text):
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("妻(いとの)と暮らす。", "妻(【氏名】)と暮らす。"),
        ("美月(みづき)と暮らす。", "【氏名】(【氏名】)と暮らす。"),
        ("ここみさんとおとかさんの組。", "【氏名】さんと【氏名】さんの組。"),
        ("「ゆーちゃん」と呼ばれている。", "「【氏名】」と呼ばれている。"),
        ("ゆーちゃんのお迎え。", "【氏名】ちゃんのお迎え。"),
        ("弟のそうじろの世話。", "弟の【氏名】の世話。"),
        ("世帯主いのうえ、滞納あり。", "世帯主【氏名】、滞納あり。"),
        ("保健師Itoが訪問。", "保健師【氏名】が訪問。"),
        ("担当は保健師Kato。", "担当は保健師【氏名】。"),
        ("Anna先生に相談。", "【氏名】先生に相談。"),
    ],
)
def test_a_name_that_the_analyser_cuts_up_is_masked(text, masked):
    assert mask(text).text == masked


@pytest.mark.parametrize("text", ["父(のみ)と面談。", "電話のかけ方が分からない。", "CT技師と相談。", "Zoomで面談。"])
def test_words_in_their_places_stay(text):
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("取手の実家に帰る。", "【地名】の実家に帰る。"),
        ("取手に転居した。", "【地名】に転居した。"),
        ("取手がゆるんでいる。", "取手がゆるんでいる。"),
        ("本籍は盛岡市玉山3地割12番地。", "本籍は【地名】。"),
        ("記入台のペンを替えた。", "記入台のペンを替えた。"),
    ],
)
def test_a_word_that_is_a_place_too_is_one_where_somebody_lives_there(text, masked):
    assert mask(text).text == masked


@pytest.mark.parametrize("part", ["佐藤さんは団地。", "「", "大字", "A", "年金は", "a@b.c "])
def test_four_times_the_text_takes_about_four_times_as_long(part):
    """With a rule that looks through the whole text for each of its pieces this is sixteen times."""

    def seconds(letters):
        text = part * (letters // len(part))
        begun = time.process_time()
        find_spans(text)
        return time.process_time() - begun

    seconds(1_000)
    shorter, longer = (min(seconds(letters) for _ in range(3)) for letters in (20_000, 80_000))  # others work here, too
    assert longer < 9 * max(shorter, 0.02)


def test_a_number_across_the_cut_of_a_long_text_is_found_whole():
    for before in range(LONGEST_PIECE - 14, LONGEST_PIECE + 2, 3):
        text = "あ" * (before - 6) + "旅券番号は、TK1234567と言う。"
        assert mask(text).text == "あ" * (before - 6) + "旅券番号は、【番号】と言う。"


def test_a_row_of_half_width_kana_is_looked_through_once():
    begun = time.process_time()
    assert list(find_half_kana("ｱ" * 100_000)) == []
    assert time.process_time() - begun < 5  # it took minutes with one look from each letter
