"""What names of columns speak of (spec/inspect.md 5): words of municipal systems in Japanese, and usual English ones."""

import re
import unicodedata
from enum import Enum

from sekisho.deid.numbers.headers import code_of_name


class Speaks(Enum):
    """What a name can say."""

    CODE = "code"
    COUNT = "count"
    DAY = "day"
    MONTH = "month"
    MUNICIPALITY = "municipality"
    POSTAL_CODE = "postal-code"
    FREE_TEXT = "free-text"
    SENSITIVE = "sensitive"
    KNOWN = "known"  # what others know of a person
    NUMBER = "number"  # one that is given to somebody or something
    PROTECTED = "protected"  # who is protected from whom: it must not leave
    ITEM = "item"  # some other name of an item


_WORDS = {
    Speaks.CODE: (
        r"番号|コード|区分|種別|性別|符号|フラグ|有無|記号|枝番|状態|事由|(?<![a-z])id$|(?<![a-z])id(?![a-z])|code"
        r"|number$|flag|type|kind|class$"
    ),
    Speaks.COUNT: r"人数|件数|回数|金額|額$|年齢|歳|点数|日数|所得|収入|税|年数|度数|age$|count|amount|hours|income",
    Speaks.DAY: r"年月日|日付|日$|date|birthday|dob",
    Speaks.MONTH: r"年月$|診療月|処理月|対象月|month",
    Speaks.MUNICIPALITY: r"(市区町村|市町村|団体|自治体).*(コード|番号)|municipality|shikuchoson",
    Speaks.POSTAL_CODE: r"郵便|〒|postal|zip",
    Speaks.FREE_TEXT: (
        r"備考|所見|相談(内容|記録)|記録|メモ|コメント|内容|特記|摘要|経過|自由記述|note|remark|comment|memo|narrative"
    ),
    Speaks.SENSITIVE: (
        r"病|疾患|診断|症状|所見|障害|障がい|療育|介護度|介護状態|要介護|要支援|生活保護|被保護|扶助|所得|収入|年収|税額|課税|控除"
        r"|滞納|給与|給付|支給|手当|年金額|請求|点数|犯罪|前科|被害|dv|支援措置|虐待|信条|宗教|社会的身分|ワクチン|接種|検査|健診|検診"
        r"|血圧|血糖|腹囲|bmi|体重|身長|判定|保険料|保育料|額$|妊娠|喫煙|飲酒|服薬|薬剤|投薬|治療|手術|転帰|income|salary|wage|earning|disease|diagnos|illness|condition"
        r"|benefit|welfare|disab|religion|crim|blood|weight|medic|drug|injur|health|charge"
    ),
    Speaks.KNOWN: (
        r"生年|誕生|年齢|年令|性別|男女|郵便|町丁|町字|町名|大字|小字|字$|丁目|地区|学区|校区|行政区|自治会|都道府県|市区町村|市町村"
        r"|国籍|在留資格|続柄|世帯人|世帯員|世帯構成|家族|配偶|婚姻|学歴|学校|職業|職種|勤務|業種|人種|本籍|出生|死亡|転入|転出|異動"
        r"|住民種別|birth|(?<![a-z])i?age$|sex|gender|zip|postal|prefecture|city|town|state|county|nation|country|marital|education"
        r"|occupation|work|race|hispanic|ethnic|household|relationship|death"
    ),
    Speaks.NUMBER: r"番号|(?<![a-z])id$|number$",
    Speaks.PROTECTED: r"支援措置|(?<![a-z])dv(?![a-z])|ドメスティック|ストーカー",
    Speaks.ITEM: (
        r"年度|年月|期間|開始|終了|更新|登録|作成|処理|決定|認定|申請|受付|届出|異動|資格|取得|喪失|保険|医療|医師|機関|施設|事業|利用|負担|率"
        r"|単位|金|回|数|量|年|月|日|名称|氏名|住所|カナ|世帯|個人|被保険者|児童|保護者|対象|結果|判定|理由|区|id|no|name|year"
        r"|month|day|value|total|score|status|result|start|end|rank|level|group|area|region|address|email|phone"
    ),
}
_SAYS = {speaks: re.compile(words) for speaks, words in _WORDS.items()}
_LONGEST = 40
_NOT_A_NAME = re.compile(r"[0-9,.:/+-]*[0-9][0-9,.:/+-]*|.*[。、!?]|.*[0-9]{5,}.*|.*@.*")


def says(name: str, speaks: Speaks) -> bool:
    """Say whether a column's name holds one of the words: NFKC, small letters."""
    return _SAYS[speaks].search(_plain(name)) is not None


def is_known_name(cell: str) -> bool:
    """Say whether a cell of a first record may well be a column's name: a word of the lists, no number, no sentence."""
    plain = _plain(cell)
    if not plain or len(plain) > _LONGEST or _NOT_A_NAME.fullmatch(plain):
        return False
    return code_of_name(cell) is not None or any(
        one.search(plain) for speaks, one in _SAYS.items() if speaks is not Speaks.ITEM or _is_short_item(plain)
    )


def may_be_name(cell: str) -> bool:
    """Say whether a cell has at least the form of a name: not blank, no number, no sentence, not long."""
    plain = _plain(cell)
    return bool(plain) and len(plain) <= _LONGEST and not _NOT_A_NAME.fullmatch(plain)


def _is_short_item(plain: str) -> bool:
    """Say whether the name is so short that even a general word says something."""
    return len(plain) <= 12


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower()
