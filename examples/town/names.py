"""Names for made people: common surnames and given names by time of birth, put together at random."""

import random
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}

_SURNAMES = """
佐藤:サトウ 鈴木:スズキ 高橋:タカハシ 田中:タナカ 伊藤:イトウ 渡辺:ワタナベ 山本:ヤマモト 中村:ナカムラ 小林:コバヤシ
加藤:カトウ 吉田:ヨシダ 山田:ヤマダ 佐々木:ササキ 山口:ヤマグチ 松本:マツモト 井上:イノウエ 木村:キムラ 林:ハヤシ
斎藤:サイトウ 清水:シミズ 山崎:ヤマザキ 阿部:アベ 森:モリ 池田:イケダ 橋本:ハシモト 山下:ヤマシタ 石川:イシカワ
中島:ナカジマ 前田:マエダ 藤田:フジタ 小川:オガワ 後藤:ゴトウ 岡田:オカダ 長谷川:ハセガワ 村上:ムラカミ 近藤:コンドウ
石井:イシイ 齋藤:サイトウ 坂本:サカモト 遠藤:エンドウ 青木:アオキ 藤井:フジイ 西村:ニシムラ 福田:フクダ 太田:オオタ
三浦:ミウラ 藤原:フジワラ 岡本:オカモト 松田:マツダ 中川:ナカガワ 中野:ナカノ 原田:ハラダ 小野:オノ 田村:タムラ
竹内:タケウチ 金子:カネコ 和田:ワダ 中山:ナカヤマ 石田:イシダ 上田:ウエダ 森田:モリタ 原:ハラ 柴田:シバタ 酒井:サカイ
工藤:クドウ 横山:ヨコヤマ 宮崎:ミヤザキ 宮本:ミヤモト 内田:ウチダ 高木:タカギ 安藤:アンドウ 谷口:タニグチ 大野:オオノ
丸山:マルヤマ 今井:イマイ 髙橋:タカハシ 髙木:タカギ 山﨑:ヤマザキ 宮﨑:ミヤザキ 濵田:ハマダ 曽根:ソネ 園田:ソノダ
能勢:ノセ 十河:ソゴウ 表:オモテ 予野:ヨノ 申田:サルタ 蚕沢:カイコザワ 欺波:シバ 圭木:タマキ
"""
_FOREIGN = """
ＮＧＵＹＥＮ:グエン ＴＲＡＮ:チャン ＬＥ:レ ＰＨＡＭ:ファム ＷＡＮＧ:ワン ＬＩ:リ ＺＨＡＮＧ:ジャン ＫＩＭ:キム ＰＡＲＫ:パク
ＳＡＮＴＯＳ:サントス ＲＥＹＥＳ:レイエス ＳＩＬＶＡ:シルバ ＧＵＲＵＮＧ:グルン ＳＭＩＴＨ:スミス
"""
_FOREIGN_GIVEN = """
ＡＮ:アン ＭＩＮＨ:ミン ＬＩＮＨ:リン ＷＥＩ:ウェイ ＪＩＮＧ:ジン ＭＡＲＩＡ:マリア ＪＯＳＥ:ホセ ＡＮＡ:アナ ＲＡＭ:ラム ＭＡＹＡ:マヤ
"""
# The year from which on the names are given; then for 男, then for 女.
_GIVEN = (
    (
        2005,
        "蓮:レン 陽翔:ハルト 湊:ミナト 悠真:ユウマ 颯太:ソウタ 大和:ヤマト 樹:イツキ 蒼:ソウ 朝陽:アサヒ 圭吾:ケイゴ",
        "陽葵:ヒマリ 凛:リン 結菜:ユイナ 葵:アオイ 芽依:メイ 咲良:サクラ 紬:ツムギ 心春:コハル 美緒:ミオ 十和:トワ",
    ),
    (
        1975,
        "大輔:ダイスケ 健太:ケンタ 翔太:ショウタ 拓也:タクヤ 直樹:ナオキ 達也:タツヤ 亮:リョウ 圭:ケイ 聡:サトシ 剛:ツヨシ",
        "愛:アイ 美咲:ミサキ 彩:アヤ 麻衣:マイ 恵:メグミ 裕子:ユウコ 真由美:マユミ 智子:トモコ 千尋:チヒロ 薫:カオル",
    ),
    (
        1945,
        "誠:マコト 隆:タカシ 茂:シゲル 博:ヒロシ 浩:ヒロシ 修:オサム 勉:ツトム 和夫:カズオ 進:ススム 幸夫:ユキオ",
        "和子:カズコ 幸子:サチコ 洋子:ヨウコ 恵子:ケイコ 京子:キョウコ 節子:セツコ 久美子:クミコ 明美:アケミ 順子:ジュンコ 礼子:レイコ",
    ),
    (
        0,
        "正雄:マサオ 清:キヨシ 三郎:サブロウ 実:ミノル 武:タケシ 勇:イサム 昇:ノボル 一郎:イチロウ 十蔵:ジュウゾウ 禄助:ロクスケ",
        "キヨ:キヨ ハル:ハル トミ:トミ 文子:フミコ 千代:チヨ 静江:シズエ ソノ:ソノ キミ:キミ 美代子:ミヨコ フサ:フサ",
    ),
)


@dataclass(frozen=True)
class Name:
    """A surname or a given name with its reading in full-width katakana."""

    written: str
    kana: str


def _read(names: str) -> tuple[Name, ...]:
    return tuple(Name(*one.split(":")) for one in names.split())


_SURNAME = _read(_SURNAMES)
_SURNAME_WEIGHTS = tuple(
    accumulate(1 / (place + 6) for place in range(len(_SURNAME)))
)  # few are frequent, many are rare
_FOREIGN_SURNAME, _FOREIGN_FIRST = _read(_FOREIGN), _read(_FOREIGN_GIVEN)
_GIVEN_SINCE = tuple((year, {"男": _read(men), "女": _read(women)}) for year, men, women in _GIVEN)

_HALVES = [chr(code) for code in range(0xFF61, 0xFFA0)]
_HALF_WIDTH = {unicodedata.normalize("NFKC", half): half for half in _HALVES}
_HALF_WIDTH |= {
    unicodedata.normalize("NFKC", half + mark): half + mark
    for half in _HALVES
    for mark in "ﾞﾟ"
    if len(unicodedata.normalize("NFKC", half + mark)) == 1
}


def surname(chance: random.Random, *, foreign: bool) -> Name:
    if foreign:
        return chance.choice(_FOREIGN_SURNAME)
    return chance.choices(_SURNAME, cum_weights=_SURNAME_WEIGHTS)[0]


def given_name(chance: random.Random, sex: str, born: int, *, foreign: bool) -> Name:
    if foreign:
        return chance.choice(_FOREIGN_FIRST)
    return chance.choice(next(names for year, names in _GIVEN_SINCE if born >= year)[sex])


def full_width(text: str) -> str:
    """Give back `text` with ASCII letters, digits and signs in their full-width forms."""
    return text.translate(FULL_WIDTH)


def half_width_kana(text: str) -> str:
    """Give back `text` with full-width katakana in their half-width forms, as older systems keep readings."""
    return "".join(_HALF_WIDTH.get(one, one) for one in text)
