"""What a column's name says."""

import pytest

from sekisho.deid.numbers.codes import INDIVIDUAL_CODES, LAWS, Code
from sekisho.deid.numbers.columns import Ground
from sekisho.deid.numbers.headers import code_of_name
from sekisho.pages.words import Language, words_in

SAYS = {
    "個人番号": Code.MY_NUMBER,
    "本人_個人番号（12桁）": Code.MY_NUMBER,
    "マイナンバー": Code.MY_NUMBER,
    "ﾏｲﾅﾝﾊﾞｰ": Code.MY_NUMBER,
    "My Number": Code.MY_NUMBER,
    "住民票コード": Code.RESIDENT_CODE,
    "基礎年金番号": Code.PENSION_NUMBER,
    "運転免許証番号": Code.LICENCE_NUMBER,
    "旅券番号": Code.PASSPORT_NUMBER,
    "在留カード番号": Code.RESIDENCE_CARD,
    "被保険者証記号": Code.INSURED_NUMBER,
    "被保険者番号": Code.INSURED_NUMBER,
    "国保記号番号": Code.INSURED_NUMBER,
    "後期高齢者医療被保険者番号": Code.INSURED_NUMBER,
    "介護保険被保険者番号": Code.CARE_INSURED_NUMBER,
    "雇用保険被保険者番号": Code.EMPLOYMENT_INSURED_NUMBER,
    "保険者番号": Code.INSURER_NUMBER,
    "静脈認証テンプレート": Code.BIOMETRIC,
    "宛名番号": Code.LINK,
    "KDB個人番号": Code.LINK,
    "レセプト管理番号": Code.LINK,
    "電話番号": Code.TELEPHONE,
    "メールアドレス": Code.EMAIL,
    "口座番号": Code.ACCOUNT,
    "現住所": Code.ADDRESS,
    "住所カナ": Code.ADDRESS,
    "氏名カナ": Code.NAME,
    "世帯主名": Code.NAME,
    "旧氏": Code.NAME,
    "旧姓": Code.NAME,
    "通称名": Code.NAME,
    "セイ": Code.NAME,
    "名": Code.NAME,
    "患者名": Code.NAME,
    "口座名義": Code.NAME,
    "口座名義人カナ": Code.NAME,
    "銀行口座番号": Code.ACCOUNT,
    "口座番号（銀行）": Code.ACCOUNT,
}
SAYS_NOTHING = [
    "個人番号カード交付日",
    "個人番号利用事務区分",
    "個人番号指定日",
    "介護支援専門員番号",
    "住所コード",
    "免許区分",
    "静脈注射の回数",
    "医師免許番号",
    "dummyno",
    "金融機関コード",
    "口座金融機関コード",
    "口座支店コード",
    "金融機関名カナ",
    "町名カナ",
    "傷病名カナ",
    "生年月日",
    "性別",
    "診療月",
    "要介護状態区分",
    "",
]


@pytest.mark.parametrize("name", SAYS)
def test_a_name_says_what_its_column_holds(name):
    assert code_of_name(name) is SAYS[name]


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_a_name_about_something_else_says_nothing(name):
    assert code_of_name(name) is None


def test_every_code_has_its_place_in_the_law():
    assert set(LAWS) == set(Code)
    assert all(one.law for one in Code)


def test_an_insurer_a_key_and_a_name_are_no_individual_codes():
    others = {one for one in Code if not one.is_individual_code}
    assert set(Code) - INDIVIDUAL_CODES == others
    assert {Code.INSURER_NUMBER, Code.LINK, Code.NAME, Code.ADDRESS} <= others


@pytest.mark.parametrize("language", Language)
def test_every_code_and_every_ground_has_words(language):
    words = words_in(language)
    assert [one for one in Code if not words.knows(f"numbers.code.{one.value}")] == []
    assert [one for one in Ground if not words.knows(f"numbers.ground.{one.value}")] == []
