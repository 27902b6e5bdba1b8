"""A column is meant by the words of its name, however they are joined, and not by look-alikes (spec/standard.md 5)."""

import pytest
from deid_judged import default_dictionary

from sekisho.deid.standard.dictionary import read_dictionary
from sekisho.deid.standard.said.naming import has_word
from sekisho.errors import Malformed, Reason

pytestmark = pytest.mark.requirement("A16")
HEAD = 'format = "sekisho-dictionary-v1"\nname = "町"\n'


def meant(name: str) -> set[str]:
    return {one.about for one in default_dictionary().entries if one.means(name)}


@pytest.mark.parametrize(
    "name",
    ["年齢", "年令", "歳", "年（歳）", "才", "AGE", "AGE2", "age_2", "ＡＧＥ", "Age01", "PatientAge", "ageAtDeath", "AGEYEARS", "age-years",
     "AgeGroup", "ﾈﾝﾚｲ", "ネンレイ", "年 齢", "年\u3000齢", "死亡時年齢", "a_g_e"],
)  # fmt: skip
def test_a_column_of_ages_is_meant(name):
    assert "age" in meant(name)


@pytest.mark.parametrize(
    "name",
    ["生年月日", "生年月", "生年", "出生日", "生まれた年", "生 年 月 日", "BirthDate", "birth_date", "BIRTHDATE", "dob", "D.O.B.", "DOB1", "ＤＯＢ", "DateOfBirth",
     "受給者生年月日", "児童生年月日", "YearOfBirth", "seinengappi"],
)  # fmt: skip
def test_a_column_of_births_is_meant(name):
    assert "age" in meant(name)


@pytest.mark.parametrize(
    "name",
    ["LANGUAGE", "PACKAGE", "image", "Usage", "mileage", "average", "wageClass", "page2", "歳入", "歳出額", "月齢", "年齢調整率", "天才", "才能",
     "発生年月日", "衛生年月日", "birth_weight", "BirthOrder", "出生地", "出生順", "dobson", "学生年次", "建築年月日"],
)  # fmt: skip
def test_a_look_alike_is_not(name):
    assert "age" not in meant(name)


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("課税標準額", {"income"}),
        ("所得割額", {"tax"}),
        ("出生時体重", {"birth-weight"}),
        ("体重", {"weight"}),
        ("第何子", {"children"}),
        ("icd_10", {"rare-disease", "disease"}),
        ("ICD10コード", {"rare-disease", "disease"}),
        ("病名の件数", {"rare-disease", "multiple-birth"}),
        ("要介護度", set()),
        ("salary-class", set()),
    ],
)
def test_each_entry_means_its_own_columns(name, about):
    assert meant(name) == about


def test_a_phrase_is_found_within_a_longer_name():
    assert has_word("patient_date_of_birth_2", "date of birth")
    assert not has_word("date_of_rebirth", "date of birth")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[number]]\nabout = "age"\ncolumns = ["x"]\nleast = 1\nsource = "s"\ncells = "date"\n', "number.1.cells"),
        ('[[birth]]\nabout = "age"\ncolumns = ["x"]\nyears = 1\nsource = "s"\ncells = "icd-10"\n', "birth.1.cells"),
        ('[[word]]\nabout = "w"\ncolumns = ["x"]\nwords = ["y"]\nsource = "s"\ncells = "age"\n', "word.1.cells"),
        ('[[code]]\nabout = "c"\ncolumns = ["x"]\nbeginnings = ["y"]\nsource = "s"\nunless = ["z"]\n', "code.1.unless"),
    ],
)
def test_cells_that_do_not_fit_their_entry_are_refused(text, key):
    with pytest.raises(Malformed) as refused:
        read_dictionary((HEAD + text).encode())
    assert refused.value.reason is Reason.DICTIONARY_MALFORMED
    assert refused.value.facts["key"] == key


def test_a_dictionary_without_the_newer_keys_reads_as_before():
    raw = HEAD + '[[number]]\nabout = "age"\ncolumns = ["年齢"]\nleast = 110\nsource = "s"\n'
    (entry,) = read_dictionary(raw.encode()).entries
    assert entry.cells is None
    assert entry.means("満年齢")
