"""Which number a column's name speaks of (spec/numbers.md 4)."""

import re
import unicodedata

from sekisho.deid.numbers.codes import Code

_BETWEEN = re.compile(r"[\s_\-()\[\]{}「」【】・.:/#]+")
# What a name ends with that speaks about the number and is not it: dates, flags, kinds.
_ABOUT = re.compile(r"(日|日付|時刻|有無|区分|フラグ|件数|状況|種別|種類|事由|理由|回数|flag|date|type|kind|count)$")

# The first that fits decides; a name fits when it holds one of the words and none of the strangers.
_WORDS: tuple[tuple[Code, str, str], ...] = (
    (Code.LINK, r"kdb個人番号|kdbid|宛名番号|宛名コード|住民番号|個人コード|世帯番号|世帯コード|世帯id", r"$^"),
    (
        Code.MY_NUMBER,
        r"個人番号|マイナンバ|まいなんば|マイナ番号|コジンバンゴウ|^個番|特定個人識別|mynumber|^myno|kojinbango|kojinno|individualnumber",
        r"カード|事務",
    ),
    (Code.RESIDENT_CODE, r"住民票コード|住民コード|juminhyo|jumincode|residentcode|residentrecordcode", r"$^"),
    (Code.PENSION_NUMBER, r"年金番号|年金手帳|年金証書|nenkinno|nenkinbango|pensionn", r"$^"),
    (
        Code.LICENCE_NUMBER,
        r"運転免許|免許証番号|免許証の番号|免許情報記録|driverslicen[cs]e|licen[cs]en",
        r"医師|看護|薬剤|保育|介護",
    ),
    (Code.PASSPORT_NUMBER, r"旅券|パスポート|passport", r"$^"),
    (Code.RESIDENCE_CARD, r"在留カード|特別永住者証明書|外国人登録|residencecard|zairyucard", r"$^"),
    (Code.CARE_INSURED_NUMBER, r"介護.*被保険者(証)?(の)?番号|介護保険(証)?番号|kaigohihokensha", r"$^"),
    (Code.EMPLOYMENT_INSURED_NUMBER, r"雇用保険.*番号|雇保.*番号|koyohoken", r"事業所"),
    (
        Code.INSURED_NUMBER,
        (
            r"被保険者(証|記号|番号|枝番)|被保番号|記号番号|保険証(の)?(記号|番号|枝番)|国保(記号|番号)"
            r"|後期(高齢)?.*被保険者|組合員(証)?番号|加入者番号|hihokensha|insuredn|insuredid"
        ),
        r"$^",
    ),
    (Code.INSURER_NUMBER, r"(?<!被)保険者(番号|コード)|insurern|hokenshano|hokenshabango", r"$^"),
    (
        Code.BIOMETRIC,
        r"指紋|掌紋|虹彩|声紋|静脈(認証|特徴|パターン)|顔(認証|特徴)|生体(認証|特徴)|歩容|dna|fingerprint|biometric",
        r"$^",
    ),
    (Code.TELEPHONE, r"電話|携帯|fax|ファックス|ファクシミリ|^tel|phone|denwa", r"$^"),
    (Code.EMAIL, r"メール|eメール|mailaddress|email|^mail", r"$^"),
    # A bank's or a branch's code or name says where an account is, of thousands of customers: like a workplace it is a
    # column that others may know, and no account. Whose the account is, is a name.
    (
        Code.ACCOUNT,
        r"口座|通帳|預金|^kouza|^koza|bankaccount|accountn",
        r"(金融機関|銀行|支店|店舗)(名|名称|コード|番号)(カナ|かな)?$|店番$|種目$|名義",
    ),
    (
        Code.LINK,
        r"整理番号|管理番号|識別番号|台帳番号|受付番号|通知書番号|レセプト番号|賦課番号|連番|管理id|atena|setai",
        r"$^",
    ),
    (Code.ADDRESS, r"住所|所在地|方書|番地|本籍|居所|転入前|転出先|送付先|jusho|address", r"コード|番号$|code$"),
    (
        Code.NAME,
        (
            r"氏名|姓名|名前|^氏$|^姓$|^名$|^セイ$|^メイ$|苗字|名字|旧氏|旧姓|口座名義|名義人|^名義$|カナ|かな|フリガナ|ふりがな|通称"
            r"|世帯主|筆頭者|(患者|本人|児童|生徒|保護者|申請者|届出人|配偶者|世帯員|対象者|利用者|受給者|被保険者)名$"
            r"|shimei|^name$|fullname|surname|lastname|familyname|givenname|firstname"
        ),
        r"住所|コード|番号|(金融機関|銀行|支店)名|(町|字|地|町丁目|機関|病|薬|品|校|所|社|科)名?(カナ|かな|フリガナ|ふりがな)$",
    ),
)
_FITS = tuple((code, re.compile(words), re.compile(strangers)) for code, words, strangers in _WORDS)


def code_of_name(name: str) -> Code | None:
    """Give back what a column of this name should hold, or None: NFKC, small letters, no spaces or punctuation."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", name).lower())
    if _ABOUT.search(plain):
        return None
    for code, words, strangers in _FITS:
        if words.search(plain) and not strangers.search(plain):
            return code
    return None
