"""Frequent surnames and given names with their readings, from memory of published rankings (明治安田生命 for given names).

About four persons in ten bear one of the surnames, far fewer one of the given names: enough to tell a column of names by
its share, and nothing for a single cell. A correction is a change of a line.
"""

from sekisho.deid.numbers.naming.sounds import roman_of

_SURNAMES = """
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
_GIVEN = """
清キヨシ 正マサシ 茂シゲル 実ミノル 勇イサム 博ヒロシ 進ススム 隆タカシ 誠マコト 修オサム 勉ツトム 豊ユタカ 稔ミノル 浩ヒロシ 聡サトシ 剛ツヨシ 学マナブ
正雄マサオ 正男マサオ 和夫カズオ 幸夫ユキオ 一郎イチロウ 太郎タロウ 次郎ジロウ 三郎サブロウ 義雄ヨシオ 秀雄ヒデオ 辰雄タツオ 哲也テツヤ 和也カズヤ 達也タツヤ
浩一コウイチ 健一ケンイチ 大輔ダイスケ 健太ケンタ 翔太ショウタ 拓也タクヤ 直樹ナオキ 大樹ダイキ 翔ショウ 亮リョウ 健ケン 拓海タクミ 蓮レン 颯太ソウタ 陽翔ハルト
悠真ユウマ 湊ミナト 樹イツキ 大翔ヒロト 悠斗ユウト 陽太ヨウタ 海斗カイト 駿シュン 大地ダイチ 裕太ユウタ 雄太ユウタ 康平コウヘイ 智也トモヤ 恵介ケイスケ
和子カズコ 幸子サチコ 洋子ヨウコ 恵子ケイコ 京子キョウコ 節子セツコ 文子フミコ 久子ヒサコ 美代子ミヨコ 久美子クミコ 明美アケミ 順子ジュンコ 礼子レイコ
由美子ユミコ 真由美マユミ 智子トモコ 裕子ユウコ 陽子ヨウコ 直美ナオミ 悦子エツコ 花子ハナコ 弘子ヒロコ 静子シズコ 千代チヨ 千代子チヨコ 美智子ミチコ 良子ヨシコ
愛アイ 美咲ミサキ 彩アヤ 麻衣マイ 恵メグミ 恵美エミ 香織カオリ 千尋チヒロ 舞マイ 萌モエ 彩香アヤカ 優花ユウカ 七海ナナミ 美優ミユ 陽菜ヒナ 結衣ユイ 葵アオイ
凛リン 結菜ユイナ 陽葵ヒマリ 咲良サクラ 芽依メイ 紬ツムギ 莉子リコ 美月ミヅキ 優奈ユウナ 心春コハル 真央マオ 真理子マリコ 早紀サキ 友美トモミ 仁美ヒトミ 沙織サオリ
"""


def _is_kana(character: str) -> bool:
    return "ァ" <= character <= "ヺ"


def _split(pair: str) -> tuple[str, str]:
    start = next(place for place, one in enumerate(pair) if _is_kana(one))
    return pair[:start], pair[start:]


def _romans(readings: frozenset[str]) -> frozenset[str]:
    return frozenset(sound for one in readings if (sound := roman_of(one)))


SURNAMES = frozenset(_split(one)[0] for one in _SURNAMES.split())
READINGS = frozenset(_split(one)[1] for one in _SURNAMES.split())
ROMANS = _romans(READINGS)
"""The surnames' readings in one spelling of romaji (`same_sound`)."""
GIVEN = frozenset(_split(one)[0] for one in _GIVEN.split())
GIVEN_READINGS = frozenset(_split(one)[1] for one in _GIVEN.split())
GIVEN_ROMANS = _romans(GIVEN_READINGS)
