"""Item 1: names in parts and in other writings than the deleted column's (spec/standard.md 4.1)."""

import pytest
from deid_judged import GIVEN, PEOPLE, SURNAMES, check_of, judged, mixed, objections, town

from sekisho.deid.standard.items.names import has_titled_surname
from sekisho.deid.standard.items.parts import Parts, spellings
from sekisho.deid.standard.judgement import Item, Outcome
from sekisho.pages.words import Language, words_in

pytestmark = pytest.mark.requirement("A16")

TEXT = 'type = "text"\nrole = "plain"'
KANA = 'type = "text"\nrole = "identifier"\nholds = "name"'
SURNAME_READINGS = (
    "サトウ", "スズキ", "タカハシ", "タナカ", "イトウ", "ワタナベ", "ヤマモト", "ナカムラ", "コバヤシ", "カトウ",
)  # fmt: skip
GIVEN_READINGS = (
    "イチロウ", "ハナコ", "ジロウ", "サクラ", "タケル", "ミサキ", "ショウタ", "ヒナ", "ダイスケ", "マユミ", "ミノル", "ケイ",
)  # fmt: skip
ROMAN_SURNAMES = (
    "Sato",
    "SUZUKI",
    "Takahasi",
    "Tanaka",
    "Itoh",
    "Watanabe",
    "Yamamoto",
    "Nakamura",
    "Kobayashi",
    "Katō",
)
ROMAN_GIVEN = (
    "Ichiro", "Hanako", "Jiro", "Sakura", "Takeru", "Misaki", "Shōta", "Hina", "Daisuke", "Mayumi", "Minoru", "Kei",
)  # fmt: skip
HALF = str.maketrans("サトウハナコ", "ｻﾄｳﾊﾅｺ")


def surname_of(place):
    return mixed(place, 7) % 10


def given_of(place):
    return mixed(place, 8) % 12


def with_readings(name, cells):
    """Give the town with a deleted column of readings, and a released one of these cells."""
    readings = [
        f"{SURNAME_READINGS[mixed(place, 1) % 10]} {GIVEN_READINGS[mixed(place, 2) % 12]}" for place in range(PEOPLE)
    ]
    return town().with_column("氏名カナ", KANA, readings).with_column(name, TEXT, cells)


def outcome(judgement, column):
    found = [one for one in judgement.items[0].checks if one.look.value == "name-left" and one.column == column]
    return [(one.outcome, one.about) for one in found]


def each(make):
    return [make(place) for place in range(PEOPLE)]


PARTS = {
    "surnames": lambda place: SURNAMES[surname_of(place)],
    "given names": lambda place: GIVEN[given_of(place)],
    "readings": lambda place: SURNAME_READINGS[surname_of(place)],
    "romaji": lambda place: ROMAN_GIVEN[given_of(place)].upper(),
    "hiragana": lambda place: SURNAME_READINGS[surname_of(place)].translate(
        {n: n - 0x60 for n in range(0x30A1, 0x30F7)}
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_column_of_parts_of_names_has_to_be_weighed_whatever_it_is_called(part):
    judgement = judged(with_readings("甲", each(PARTS[part])))
    assert outcome(judgement, "甲") == [(Outcome.DECIDE, "part")]
    assert dict(check_of(judgement, Item.DIRECT, "name-left", "甲").found)["cells"] > PEOPLE // 2


@pytest.mark.parametrize("name", ["姓", "名", "セイ", "last_name", "Surname", "First Name"])
def test_no_decision_mends_one_whose_own_name_says_so(name):
    judgement = judged(with_readings(name, each(PARTS["surnames"])))
    assert outcome(judgement, name) == [(Outcome.FAULT, "part")]


def test_rare_parts_are_told_by_the_deleted_column():
    whole = each(
        lambda place: f"欺波{place % 9}号家 圭木{place % 8}".translate(
            str.maketrans("0123456789", "甲乙丙丁戊己庚辛壬癸")
        )
    )
    made = town().with_column("別名", 'type = "text"\nrole = "identifier"', whole)
    assert outcome(judged(made.with_column("乙", TEXT, [one.split()[1] for one in whole])), "乙") == [
        (Outcome.DECIDE, "part")
    ]


def test_frequent_surnames_are_told_where_no_column_was_deleted():
    towns = ("佐野", "桜井", "千葉", "岩崎", "谷口", "上野", "松井", "河野")
    made = town().with_column("甲", TEXT, each(lambda place: towns[mixed(place, 7) % 8]))
    assert outcome(judged(made), "甲") == [(Outcome.DECIDE, "part")]


UNLIKE = {
    "towns": ("中央", "本町", "東町", "西町", "上野", "若葉東", "栄", "緑ケ丘", "山田町", "桜台"),
    "kana towns": ("ホンチョウ", "ナカノチョウ", "ヤマダマチ", "サクラダイ", "アオバ", "ワカバヒガシ", "ミドリ", "サカエ"),
    "drugs": ("アムロジピン", "サトウロキソ", "メトホルミン", "イトウリス", "ロサルタン", "ワルファリン", "アトルバスタチン"),
    "English": ("Never married", "Married", "Divorced", "Tech support", "Hand made", "To be seen", "Own child"),
    "prefectures": ("千葉", "石川", "宮城", "山口", "東京", "大阪", "京都", "奈良", "長野", "富山", "高知", "香川", "愛媛", "沖縄"),
    "relations": ("妻", "子", "母", "父", "本人", "孫", "世帯主"),
    "few": ("佐藤", "田中", "山本", "その他"),
}  # fmt: skip


@pytest.mark.parametrize("words", UNLIKE)
def test_a_column_of_other_words_is_left_in_peace(words):
    made = with_readings("甲", each(lambda place: UNLIKE[words][mixed(place, 7) % len(UNLIKE[words])]))
    assert [one for one in objections(judged(made)) if one[0] == 1] == []


WHOLE = {
    "romaji": lambda s, g: f"{ROMAN_SURNAMES[s]} {ROMAN_GIVEN[g]}",
    "romaji, given name first": lambda s, g: f"{ROMAN_GIVEN[g]} {ROMAN_SURNAMES[s].upper()}",
    "as in an address": lambda s, g: f"{ROMAN_SURNAMES[s]}_{ROMAN_GIVEN[g]}".lower(),
    "romaji with nothing between": lambda s, g: ROMAN_SURNAMES[s] + ROMAN_GIVEN[g],
    "hiragana": lambda s, g: f"{SURNAME_READINGS[s]}　{GIVEN_READINGS[g]}".translate(
        {n: n - 0x60 for n in range(0x30A1, 0x30F7)}
    ),
    "kana with nothing between": lambda s, g: SURNAME_READINGS[s] + GIVEN_READINGS[g],
    "half-width kana": lambda s, g: f"{SURNAME_READINGS[s]} {GIVEN_READINGS[g]}".translate(HALF),
    "kanji with a dot": lambda s, g: f"{SURNAMES[s]}・{GIVEN[g]}",
    "kanji, given name first": lambda s, g: f"{GIVEN[g]} {SURNAMES[s]}",
}


@pytest.mark.parametrize("writing", WHOLE)
def test_whole_names_in_another_writing_stop_the_release(writing):
    judgement = judged(with_readings("甲", each(lambda place: WHOLE[writing](surname_of(place), given_of(place)))))
    assert {(one.look.value, one.outcome) for one in judgement.items[0].checks if one.column == "甲"} & {
        ("name-left", Outcome.FAULT),
        ("deleted-value", Outcome.FAULT),
    }


def test_one_name_that_is_put_together_of_deleted_parts_has_to_be_weighed():
    made = with_readings("甲", each(lambda place: "SATO, Hanako" if place == 17 else "なし"))
    assert outcome(judged(made), "甲") == [(Outcome.DECIDE, "whole-name")]


@pytest.mark.parametrize("text", ["サトウさん来庁", "ﾔﾏﾓﾄ様より", "さいとうさんの件"])
def test_a_surname_in_kana_is_seen_before_a_title(text):
    assert has_titled_surname(text)


@pytest.mark.parametrize(
    "text", ["お医者さん", "ハラさん", "オトウサンさん", "石川郡古殿町", "千葉県君津市", "サトウ商店"]
)
def test_kana_that_are_no_surname_are_not(text):
    assert not has_titled_surname(text)


def test_parts_are_compared_by_sound_and_only_whole():
    parts = Parts(frozenset(spellings("ヤマダ")), frozenset(spellings("タロウ")), frozenset())
    assert all(map(parts.has, ("ﾔﾏﾀﾞ", "やまだ", "YAMADA", "Taroh", "Tarō")))
    assert not any(map(parts.has, ("ヤマダ町", "Yamadaya", "ヤマ", "", "タロイモ")))
    assert all(map(parts.makes, ("Yamada Taro", "taro.yamada", "やまだ・たろう")))
    assert not any(map(parts.makes, ("Yamada", "Yamada Yamada", "Yamada Taro School", "タロウ タロウ")))
    assert parts.joins("YamadaTaro")
    assert not parts.joins("ヤマダマチ")


@pytest.mark.parametrize("language", Language)
def test_what_a_name_is_said_to_be_has_words(language):
    assert all(words_in(language).knows(f"standard.about.{one}") for one in ("part", "whole-name", "surname"))
