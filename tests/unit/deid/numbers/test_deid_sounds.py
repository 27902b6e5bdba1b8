"""One spelling for kana and romaji, and the frequent names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.numbers.direct import count_name
from sekisho.deid.numbers.naming.frequent import GIVEN_READINGS, READINGS, ROMANS
from sekisho.deid.numbers.naming.sounds import is_japanese, roman_of, same_sound, to_katakana

SPELLED = {
    "サトウ": ("Sato", "SATOU", "Satoh", "Satō", "satô"),
    "シミズ": ("Shimizu", "Simizu"),
    "オオタ": ("Ota", "Ohta", "Oota"),
    "ジュンコ": ("Junko", "Zyunko"),
    "ショウタ": ("Shota", "Syouta", "Shohta"),
    "ハットリ": ("Hattori",),
    "フジタ": ("Fujita", "Huzita"),
    "チヒロ": ("Chihiro", "Tihiro"),
    "ナンバ": ("Namba", "Nanba"),
    "シンイチ": ("Shin'ichi", "Sin-iti"),
    "ミヅキ": ("Mizuki", "Miduki"),
    "ホッタ": ("Hotta",),
    "イノウエ": ("Inoue",),
    "リョウ": ("Ryo", "Ryoh", "Ryō"),
}


@pytest.mark.parametrize("kana", SPELLED)
def test_every_system_of_romaji_gives_the_sound_of_the_kana(kana):
    assert {same_sound(one) for one in SPELLED[kana]} == {roman_of(kana)}


def test_other_letters_have_no_sound():
    assert roman_of("佐藤") is None
    assert [same_sound(one) for one in ("佐藤", "a1", "", "x y")] == [""] * 4


def test_hiragana_and_half_width_kana_become_katakana():
    assert [to_katakana(one) for one in ("さとう", "ｻﾄｳ", "サトウ")] == ["サトウ"] * 3
    assert to_katakana("ＳＡＴＯ") == "sato"
    assert to_katakana("佐々木") == "佐々木"


SYLLABLES = ["か", "ガ", "ｼ", "しゃ", "キョ", "っ", "ン", "ー", "お", "ウ", "ふ", "ヅ", "ち", "ヲ", "フィ", "め"]


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=8).map("".join))
def test_the_sound_of_kana_is_its_own_sound_and_japanese(kana):
    sound = roman_of(to_katakana(kana))
    assert sound is not None
    assert same_sound(sound) == sound
    assert not sound or is_japanese(sound)


def test_every_frequent_reading_has_a_japanese_sound():
    sounds = [roman_of(one) for one in READINGS | GIVEN_READINGS]
    assert all(one is not None and is_japanese(one) for one in sounds)
    assert len(ROMANS) > len(READINGS) * 9 // 10
    assert not is_japanese("smith")


@pytest.mark.parametrize(
    "cell",
    [
        "YAMADA Taro",
        "Taro Yamada",
        "yamada_taro",
        "Ｙａｍａｄａ　Ｔａｒｏ",
        "やまだ たろう",
        "ヤマダタロウ",
        "ｻﾄｳﾊﾅｺ",
        "佐藤・花子",
    ],
)
def test_a_name_in_kana_or_romaji_counts(cell):
    assert count_name(cell) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "Never married",
        "Tech support",
        "New York",
        "ナカノチョウ",
        "ヤマダマチ",
        "オオノハラ",
        "アムロジピン",
        "サトウ",
        "Yamada",
        "item_12",
    ],
)
def test_towns_drugs_and_english_words_do_not(cell):
    assert count_name(cell) == 0
