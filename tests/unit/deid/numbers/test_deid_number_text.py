"""Numbers in running text, by the words around them."""

import pytest

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.text import find_in_text

TOLD = [
    ("マイナンバーは983205673214です。", Code.MY_NUMBER, "983205673214"),
    ("個人番号：９８３２－０５６７－３２１４", Code.MY_NUMBER, "９８３２－０５６７－３２１４"),
    ("9832 0567 3214（個人番号）を確認", Code.MY_NUMBER, "9832 0567 3214"),
    ("my number 983205673214", Code.MY_NUMBER, "983205673214"),
    ("免許証 309012345620 で本人確認", Code.LICENCE_NUMBER, "309012345620"),
    ("住民票コード12345678901を照会", Code.RESIDENT_CODE, "12345678901"),
    ("住民票コードは08012345678", Code.RESIDENT_CODE, "08012345678"),
    ("基礎年金番号 1234-567890", Code.PENSION_NUMBER, "1234-567890"),
    ("雇用保険 1234-567890-1", Code.EMPLOYMENT_INSURED_NUMBER, "1234-567890-1"),
    ("雇用保険被保険者番号1234-567890-1", Code.EMPLOYMENT_INSURED_NUMBER, "1234-567890-1"),
    ("ﾏｲﾅﾝﾊﾞｰ 983205673214", Code.MY_NUMBER, "983205673214"),
    ("介護保険被保険者番号0000123456", Code.CARE_INSURED_NUMBER, "0000123456"),
    ("旅券 TR1234567 を提示", Code.PASSPORT_NUMBER, "TR1234567"),
    ("TR12345672JPN0001018M2501017<<<<<<<<<<<<<<08", Code.PASSPORT_NUMBER, "TR12345672"),
    ("在留カードＡＢ１２３４５６７８ＣＤ", Code.RESIDENCE_CARD, "ＡＢ１２３４５６７８ＣＤ"),
    ("保険証の記号番号は 12-3456 とのこと", Code.INSURED_NUMBER, "12-3456"),
    ("保険者番号138057", Code.INSURER_NUMBER, "138057"),
    ("連絡先は090-0234-5678", Code.TELEPHONE, "090-0234-5678"),
    ("電話0301234567まで", Code.TELEPHONE, "0301234567"),
    ("長男の携帯08000000000", Code.TELEPHONE, "08000000000"),
    ("hanako.sato@example.jp へ送付", Code.EMAIL, "hanako.sato@example.jp"),
    ("普通預金 1234567 へ振込", Code.ACCOUNT, "1234567"),
]
TELLS_NOTHING = [
    "",
    "特になし",
    "受付番号 983205673214",
    "個人番号カードを2026年4月1日に交付",
    "マイナンバーの説明をした。来庁は10時30分",
    "TR12345673JPN0001018M2501017<<<<<<<<<<<<<<08",
    "ID 1234567890123456",
    "2026-11-23 10:30",
    "AB1234567CD",
    "個人番号については別紙のとおり。世帯の状況、収入の状況、健康の状態を確認のうえ、受付 983205673214",
]


@pytest.mark.parametrize(("text", "code", "written"), TOLD)
def test_a_number_is_told_with_its_place(text, code, written):
    assert [(one.code, text[one.start : one.end]) for one in find_in_text(text)] == [(code, written)]


@pytest.mark.parametrize("text", TELLS_NOTHING)
def test_a_number_without_its_word_tells_nothing(text):
    assert find_in_text(text) == ()


def test_the_check_digit_of_a_number_in_a_text_is_looked_at():
    assert [one.checked for one in find_in_text("個人番号 983205673214、個人番号 983205673210")] == [True, False]
    assert [one.checked for one in find_in_text("免許 309012345620")] == [True]


def test_each_number_takes_the_word_that_stands_nearest():
    text = "免許証309012345620と個人番号983205673214、年金番号1234-567890、電話09000000000"
    assert [one.code for one in find_in_text(text)] == [
        Code.LICENCE_NUMBER,
        Code.MY_NUMBER,
        Code.PENSION_NUMBER,
        Code.TELEPHONE,
    ]


def test_an_insured_number_is_not_taken_for_the_insurers():
    text = "被保険者番号12345678 保険者番号39131016"
    assert [one.code for one in find_in_text(text)] == [Code.INSURED_NUMBER, Code.INSURER_NUMBER]
