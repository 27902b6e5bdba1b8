"""The numbers that are looked for, each with the law that speaks of it (spec/numbers.md 1)."""

from enum import Enum


class Code(Enum):
    """What a number stands for; the values are what a schema's `holds` says."""

    MY_NUMBER = "my-number"  # 個人番号
    RESIDENT_CODE = "resident-code"  # 住民票コード
    PENSION_NUMBER = "pension-number"  # 基礎年金番号
    LICENCE_NUMBER = "licence-number"  # 運転免許証の番号、免許情報記録の番号
    PASSPORT_NUMBER = "passport-number"  # 旅券の番号
    RESIDENCE_CARD = "residence-card"  # 在留カード、特別永住者証明書の番号
    INSURED_NUMBER = "insured-number"  # 国保、健保、共済、後期高齢者医療の被保険者記号・番号・枝番
    CARE_INSURED_NUMBER = "care-insured-number"  # 介護保険の被保険者番号
    EMPLOYMENT_INSURED_NUMBER = "employment-insured-number"  # 雇用保険被保険者番号
    BIOMETRIC = "biometric"  # 身体の特徴を変換した符号
    INSURER_NUMBER = "insurer-number"  # 保険者番号: names a fund, and a person only together with an insured number
    TELEPHONE = "telephone"
    EMAIL = "email"
    ACCOUNT = "account"  # 口座
    LINK = "link"  # 連結符号: 宛名番号、世帯番号、レセプト管理番号
    NAME = "name"
    ADDRESS = "address"

    @property
    def is_individual_code(self) -> bool:
        """Whether it is a 個人識別符号: all of it must be deleted, and no pseudonym may stand for it."""
        return self in INDIVIDUAL_CODES

    @property
    def law(self) -> str:
        """The place in the law, as a Japanese citation, that makes it what it is."""
        return LAWS[self]


INDIVIDUAL_CODES = frozenset(
    {
        Code.MY_NUMBER,
        Code.RESIDENT_CODE,
        Code.PENSION_NUMBER,
        Code.LICENCE_NUMBER,
        Code.PASSPORT_NUMBER,
        Code.RESIDENCE_CARD,
        Code.INSURED_NUMBER,
        Code.CARE_INSURED_NUMBER,
        Code.EMPLOYMENT_INSURED_NUMBER,
        Code.BIOMETRIC,
    }
)

# The numbering of the order's first article is that of the commission's guideline (通則編 2-2); a change of it is a change here.
LAWS: dict[Code, str] = {
    Code.BIOMETRIC: "個人情報保護法施行令1条1号",
    Code.PASSPORT_NUMBER: "個人情報保護法施行令1条2号",
    Code.INSURED_NUMBER: "個人情報保護法施行令1条3号・7号・10号、同施行規則4条",
    Code.PENSION_NUMBER: "個人情報保護法施行令1条4号",
    Code.LICENCE_NUMBER: "個人情報保護法施行令1条5号",
    Code.RESIDENT_CODE: "個人情報保護法施行令1条6号、住民基本台帳法30条の38",
    Code.CARE_INSURED_NUMBER: "個人情報保護法施行令1条8号、同施行規則3条",
    Code.MY_NUMBER: "個人情報保護法施行令1条9号、番号法19条・20条",
    Code.RESIDENCE_CARD: "個人情報保護法施行令1条10号、同施行規則4条",
    Code.EMPLOYMENT_INSURED_NUMBER: "個人情報保護法施行令1条10号、同施行規則4条",
    Code.INSURER_NUMBER: "国民健康保険法111条の2、高齢者の医療の確保に関する法律161条の2",
    Code.TELEPHONE: "個人情報保護法施行規則34条1号・62条1号",
    Code.EMAIL: "個人情報保護法施行規則34条1号・62条1号",
    Code.ACCOUNT: "個人情報保護法施行規則34条1号・62条1号",
    Code.NAME: "個人情報保護法施行規則34条1号・62条1号",
    Code.ADDRESS: "個人情報保護法施行規則34条1号・62条1号",
    Code.LINK: "個人情報保護法施行規則34条3号・62条3号",
}
