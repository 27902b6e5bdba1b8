"""Facilities with a name of their own are masked; those without, and whatever only sounds like one, are not."""

import pytest

from sekisho.freetext.masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("若草台第三小学校に転校した。", "【地名】に転校した。"),
        ("東中学校を卒業。", "【地名】を卒業。"),
        ("こすもす保育園に通う。", "【地名】に通う。"),
        ("白鷺中央病院に入院中。", "【地名】に入院中。"),
        ("つくし訪問看護ステーションより報告。", "【地名】より報告。"),
        ("あじさい苑を見学した。", "【地名】を見学した。"),
        ("グループホームこでまりに入居。", "グループ【地名】に入居。"),
        ("特別養護老人ホームやすらぎの里へ。", "【地名】へ。"),
        ("長男はすみれ幼稚園。", "長男は【地名】。"),
    ],
)
def test_a_facility_with_a_name_of_its_own_is_a_place(text, masked):
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "近くの病院に通う。",
        "市立総合病院の循環器内科を受診。",
        "昨日小学校から連絡があった。",
        "市立保育園の申込み、動物病院の相談。",
        "訪問看護ステーションと介護老人保健施設に連絡。",
        "デイサービスなし、デイサービス利用中。",
        "公園と動物園と庭園に行く。",
        "老人ホームへの入所を希望。",
        "来年小学校に上がる。",
        "通っている保育園、よくある病院、もうひとつの病院。",
        "かかりつけ歯科、門前薬局。",
    ],
)
def test_a_facility_without_a_name_stays(text):
    assert mask(text).text == text
