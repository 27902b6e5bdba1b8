"""What points at a person in plain sight: telephones, mail, accounts, addresses, names, as shares of a column's cells.

Nothing is decided here: a proposal of roles and the scan of a released table read the shares (spec/numbers.md 8).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.digits import fold
from sekisho.deid.numbers.headers import code_of_name
from sekisho.deid.numbers.text import find_in_text

DIRECT = (Code.NAME, Code.ADDRESS, Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT)
LONGEST_NAME = 20
LONGEST_GIVEN = 4
_TELEPHONE = re.compile(r"(?:\+81[- ]?|\(?0)[0-9]{1,4}\)?[- (]?[0-9]{1,4}[-) ]?[0-9]{3,4}", re.ASCII)
_TELEPHONE_DIGITS = frozenset({10, 11, 12})  # 12: +81 and ten
_ACCOUNT = re.compile(r"[0-9]{6,8}|[0-9]{5}-[0-9]{7,8}", re.ASCII)  # banks: 7 digits; the post's: 5 and 8
# Below the block: 本町三丁目 names no house.
_ADDRESS = re.compile(
    r"[0-9〇一二三四五六七八九十]番地"
    r"|[都道府県市区町村郡字目].{0,20}?[0-9〇一二三四五六七八九十]+(?:番|-[0-9]{1,4})"
)
_JAPANESE = re.compile(r"[々〆ヶ\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff〓 ]+")
_NO_PERSON = frozenset("都道府県市区町村郡駅川山橋丁院所店社園校科課部局会組館寺線")  # places, offices, firms


# Frequent surnames with their reading, from memory of published rankings: about four persons in ten bear one of them.
_PAIRS = """
佐藤サトウ 鈴木スズキ 高橋タカハシ 髙橋タカハシ 田中タナカ 伊藤イトウ 渡辺ワタナベ 渡邊ワタナベ 渡邉ワタナベ 山本ヤマモト 中村ナカムラ 小林コバヤシ
加藤カトウ 吉田ヨシダ 山田ヤマダ 佐々木ササキ 山口ヤマグチ 松本マツモト 井上イノウエ 木村キムラ 斎藤サイトウ 齋藤サイトウ 斉藤サイトウ 清水シミズ
山崎ヤマザキ 阿部アベ 森モリ 池田イケダ 橋本ハシモト 石川イシカワ 山下ヤマシタ 小川オガワ 石井イシイ 長谷川ハセガワ 後藤ゴトウ 岡田オカダ
近藤コンドウ 前田マエダ 藤田フジタ 遠藤エンドウ 青木アオキ 坂本サカモト 村上ムラカミ 太田オオタ 金子カネコ 藤井フジイ 福田フクダ 西村ニシムラ
三浦ミウラ 竹内タケウチ 中川ナカガワ 岡本オカモト 松田マツダ 原田ハラダ 中野ナカノ 小野オノ 田村タムラ 藤原フジワラ 中山ナカヤマ 石田イシダ
小島コジマ 和田ワダ 森田モリタ 内田ウチダ 柴田シバタ 酒井サカイ 原ハラ 高木タカギ 横山ヨコヤマ 安藤アンドウ 宮崎ミヤザキ 上田ウエダ 島田シマダ
工藤クドウ 大野オオノ 宮本ミヤモト 杉山スギヤマ 今井イマイ 丸山マルヤマ 増田マスダ 高田タカダ 村田ムラタ 平野ヒラノ 大塚オオツカ 菅原スガワラ
武田タケダ 新井アライ 小山コヤマ 野口ノグチ 桜井サクライ 千葉チバ 岩崎イワサキ 佐野サノ 谷口タニグチ 上野ウエノ 松井マツイ 河野コウノ 市川イチカワ
渡部ワタナベ 野村ノムラ 菊地キクチ 菊池キクチ 木下キノシタ 水野ミズノ 久保クボ 松尾マツオ 佐久間サクマ 野田ノダ 古川フルカワ 大西オオニシ 北村キタムラ
熊谷クマガイ 片山カタヤマ 吉川ヨシカワ 川口カワグチ 安田ヤスダ 川村カワムラ 秋山アキヤマ 本田ホンダ 東ヒガシ 西田ニシダ 関セキ 吉村ヨシムラ 岩田イワタ
中島ナカジマ 林ハヤシ 小松コマツ 樋口ヒグチ 川崎カワサキ 服部ハットリ 辻ツジ 飯田イイダ 永井ナガイ 浅野アサノ 星野ホシノ 大島オオシマ 田口タグチ
五十嵐イガラシ 荒木アラキ 早川ハヤカワ 山内ヤマウチ 黒田クロダ 大橋オオハシ 松岡マツオカ 尾崎オザキ 松村マツムラ 田辺タナベ 望月モチヅキ 川上カワカミ
馬場ババ 広瀬ヒロセ 岡崎オカザキ 小池コイケ 石原イシハラ 大久保オオクボ 榎本エノモト 土屋ツチヤ 内藤ナイトウ 篠原シノハラ 富田トミタ 桑原クワハラ
中西ナカニシ 金城キンジョウ 比嘉ヒガ 大城オオシロ 宮城ミヤギ 新垣アラカキ 玉城タマシロ 仲村ナカムラ 島袋シマブクロ 上原ウエハラ 知念チネン 城間シロマ
"""


def _is_kana(character: str) -> bool:
    return "ァ" <= character <= "ヺ"


def _split(pair: str) -> tuple[str, str]:
    start = next(place for place, one in enumerate(pair) if _is_kana(one))
    return pair[:start], pair[start:]


_SPLIT = tuple(_split(one) for one in _PAIRS.split())
SURNAMES = frozenset(written for written, _ in _SPLIT)
READINGS = frozenset(reading for _, reading in _SPLIT)


@dataclass(frozen=True)
class Share:
    """`cells` that look like this code, `share` of the filled ones; `named`: the column's name says it too."""

    code: Code
    cells: int
    share: float
    named: bool


def direct_shares(
    name: str, texts: Sequence[str | None], counts: Sequence[int] | npt.NDArray[np.int64]
) -> tuple[Share, ...]:
    """Give back the share of each code of DIRECT in a column with these distinct texts, each in so many cells.

    An account's digits look like many others: they count where the column's name or a word in the cell says so.
    """
    said = code_of_name(name)
    cells: Counter[Code] = Counter()
    filled = 0
    for text, times in zip(texts, np.asarray(counts, dtype=np.int64).tolist(), strict=True):
        if text is None or not text.strip():
            continue
        filled += times
        for code in _codes_of(text, said):
            cells[code] += times
    return tuple(Share(one, cells[one], cells[one] / filled if filled else 0.0, one is said) for one in DIRECT)


def _codes_of(text: str, said: Code | None) -> set[Code]:
    folded = fold(text).strip()
    codes = {hit.code for hit in find_in_text(folded)} & {Code.TELEPHONE, Code.EMAIL, Code.ACCOUNT}
    if _TELEPHONE.fullmatch(folded) and sum(one.isdigit() for one in folded) in _TELEPHONE_DIGITS:
        codes.add(Code.TELEPHONE)
    if said is Code.ACCOUNT and _ACCOUNT.fullmatch(folded):
        codes.add(Code.ACCOUNT)
    if not folded.isascii() and _ADDRESS.search(folded):
        codes.add(Code.ADDRESS)
    elif count_name(text):
        codes.add(Code.NAME)
    return codes


def count_name(text: str) -> int:
    """Give back 1 if the cell begins with a frequent surname and goes on like a given name, else 0."""
    if text.isascii() or len(text) > LONGEST_NAME:
        return 0
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _JAPANESE.fullmatch(plain):
        return 0
    surname, space, given = plain.partition(" ")
    if space:
        return int(surname in SURNAMES or surname in READINGS)
    for length in (3, 2):  # one character alone begins too many words
        given = plain[length:]
        if plain[:length] in SURNAMES and 1 <= len(given) <= LONGEST_GIVEN:
            return int(_NO_PERSON.isdisjoint((given[0], given[-1])))
    return 0
