"""What is found by its shape in a folded text: numbers, in words too, days, mail, vehicles, names in quotes or in Latin letters.

In a shape the group `it` is what is masked; without one, all of it is. A shape that is a number may be found by several;
the longest stays (masking.py).
"""

import re
from collections.abc import Iterator

from sekisho.freetext.spans import Kind, Span
from sekisho.freetext.words import ABBREVIATIONS

DIGIT = "[0-9〇○零一二三四五六七八九]"
"""One digit, in figures or in kanji."""
_SAID = r"(?:いち|に|さん|よん|し|ご|ろく|なな|しち|はち|きゅう|く|ぜろ|れい|まる|イチ|ニ|サン|ヨン|シ|ゴ|ロク|ナナ|シチ|ハチ|キュウ|ク|ゼロ|レイ|マル)"
SPELLED = rf"{_SAID}(?:[・、,\s-]{_SAID}){{4,}}"
"""Five spelled digits and more, each apart from the next by a sign: without one, it may be any word."""
_ERA = r"(?:明治|大正|昭和|平成|令和|[明大昭平令](?=[0-9元])|(?<![A-Za-z])[MTSHRmtshr]\.?(?=[0-9元])|[㍾㍽㍼㍻㋿])"
_KANJI = r"[〇零一二三四五六七八九十]{1,4}"
_YEAR = rf"(?:{_ERA}\s?(?:元|[0-9]{{1,2}}|{_KANJI})|(?<![0-9])(?:18|19|20)[0-9]{{2}}|西暦[0-9]{{4}})"
_PART = rf"(?:[0-9]{{1,2}}|{_KANJI})"
_DAY = rf"{_YEAR}\s?(?:年の?|[./・-])\s?{_PART}\s?(?:月の?|[./・-])\s?{_PART}(?![0-9])(?:\s?日)?"
_PART_OF_DAY = rf"(?:{_YEAR}\s?年?(?:\s?{_PART}\s?月)?(?:\s?{_PART}\s?日)?|{_PART}\s?月\s?{_PART}\s?日)"
_BORN = r"(?:生年月日|誕生日|生まれ|生れ|出生日?|生年)欄?[はがもの:)\s「『(]{0,3}"
_IS_BORN = r"(?=\s?年?(?:ごろ|頃)?の?(?:生まれ|生れ|うまれ|生(?![活徒涯命産前後死物理])|出生))"
_DIGITS = r"[0-9](?:[0-9]|[-・ ](?=[0-9])){6,}"
_CODE = r"(?:第\s?)?[A-Za-z]{0,3}-?[0-9](?:[0-9]|[-・/](?=[0-9])){2,}[A-Z]{0,2}(?:\s?号)?"
_NUMBERED = (
    r"(?:番号|記号|[Ii][Dd]|コード|N[oO]\.?|№|証|旅券|パスポート|マイナンバー|免許|カルテ|宛名|世帯|受給者|手帳|整理)"
    r"[^0-9A-Za-z。、\n]{0,8}?"
)
_NO_UNIT = r"(?![0-9]|\s?(?:円|万|千|百|億|人|件|歩|票|部|個|点|枚|回|単位|kg|mg|m[lL]|cm|mm|km|kcal|g|m|Hz|㎡|平米|%|ヘクタール))"
_DEPOSIT = (
    r"(?:普通|当座|貯蓄|定期|総合|普(?=[0-9\s(第])|当(?=[0-9(第]))(?:預金|貯金)?(?:口座)?(?:番号)?"
    r"[はが: (]{0,3}(?:第\s?)?[0-9]{5,8}(?:\s?号)?"
)
_EXCHANGE = r"(?:\+81[-\s]?\(?0?\)?[0-9]{1,4}|\(0[1-9][0-9]{0,3}\)|0[1-9][0-9]{0,3})"
_LATIN = r"[A-Z](?:[A-Z'.-]+|[a-z'-]+(?:[A-Z][a-z]+)*|\.)"
_COUNTED = r"(?:満|数え(?:年|で)?)?\s?"
_OFFICE = r"(?:[一-鿿々ヶァ-ヶー]{1,4}|いわき|とちぎ|つくば|なにわ|とかち|ひたちなか|むさし|あいづ|いずみ)"

_SHAPES = tuple(
    (kind, re.compile(shape))
    for kind, shape in (
        (Kind.MAIL, r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
        (Kind.ADDRESS_OF_SITE, r"(?:https?://|www\.)[!-'*-~]+"),
        (Kind.PLATE, rf"{_OFFICE}\s?[0-9]{{1,3}}[A-Z]?\s?[ぁ-ん]\s?(?:[0-9]{{1,2}}\s?-\s?[0-9]{{1,2}}|[・.]{{1,3}}\s?[0-9]{{1,3}})(?![0-9])"),
        (Kind.DATE, _DAY),
        (Kind.DATE, rf"{_PART_OF_DAY}{_IS_BORN}"),
        (Kind.DATE, rf"{_BORN}(?P<it>{_PART_OF_DAY})"),
        (Kind.DATE, r"(?<![0-9])(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"),
        (Kind.ACCOUNT, _DEPOSIT),
        (Kind.ACCOUNT, r"口座番号[^0-9。\n]{0,6}(?P<it>[0-9]{6,8})"),
        (Kind.TELEPHONE, rf"(?<![0-9A-Za-z-]){_EXCHANGE}\s?[-(\s]?\s?[0-9]{{1,4}}\s?[-)\s]?\s?[0-9]{{3,4}}(?![0-9]|-[0-9])"),
        (Kind.TELEPHONE, r"(?:電話|TEL|Tel|tel|℡|携帯|FAX|ファクス)[^0-9。、\n]{0,6}(?P<it>[0-9]{2,4}[-) ][0-9]{4})(?![0-9])"),
        (Kind.PLACE, r"(?:〒\s?)?(?<![0-9-])[0-9]{3}-[0-9]{4}(?![0-9-])"),
        (Kind.NUMBER, rf"(?<![0-9A-Za-z,.-]){_DIGITS}{_NO_UNIT}"),
        (Kind.NUMBER, rf"{_NUMBERED}(?P<it>{_CODE}){_NO_UNIT}"),
        (Kind.NUMBER, r"(?<![A-Za-z0-9])[A-Z]{1,2}-?[0-9]{6,8}(?:[A-Z]{2})?(?![A-Za-z0-9])"),
        (Kind.NUMBER, r"第\s?[0-9][0-9-]{3,}\s?号"),
        (Kind.AGE, rf"{_COUNTED}(?<![0-9.])(?:9[0-9]|1[0-2][0-9])\s?(?:歳|才)代?"),
        (Kind.AGE, rf"{_COUNTED}(?:九十|百)[〇一二三四五六七八九十]{{0,3}}\s?(?:歳|才)代?"),
        (Kind.AGE, r"年齢[はが: ]{0,2}(?P<it>(?:9[0-9]|1[0-2][0-9]))(?![0-9])"),
        (Kind.NAME, r"(?:氏名|名前|名義人?|署名|サイン|名字|苗字|姓|印影|表札|読み|通称|旧姓|フリガナ|ふりがな|改名)[^「」。\n]{0,8}「(?P<it>[^「」。、\n]{1,16})」"),
        (Kind.NAME, r"「(?P<it>[^「」。、\n]{1,16})」と(?:名乗|呼|改)"),
        (Kind.NAME, r"(?:氏名|名義人?|フリガナ|ふりがな|カナ氏名|旧姓|通称)\s?[:はが]?\s?(?P<it>[ァ-ヶー]{2,}(?:[ ・][ァ-ヶー]{2,})*)"),
    )
)  # fmt: skip
_IN_WORDS = (
    (
        Kind.TELEPHONE,
        re.compile(rf"(?<!{DIGIT})[0〇○零]{DIGIT}{{1,4}}[の(-]{DIGIT}{{1,4}}[の)-]{DIGIT}{{4}}(?!{DIGIT})"),
    ),
    (Kind.NUMBER, re.compile(r"[〇○零一二三四五六七八九]{7,}")),
    (Kind.NUMBER, re.compile(SPELLED)),
)
_HALF_KANA = re.compile(r"(?<![ｦ-ﾟ])[ｦ-ﾟ]{2,}(?:[ 　][ｦ-ﾟ]{2,})+")
_LATIN_NAME = re.compile(rf"(?<![A-Za-z@./_-]){_LATIN}(?:[ ,]\s?{_LATIN})+(?![A-Za-z@/_])")
_SPLIT = re.compile(r"[ ,]+")


def find_shapes(folded: str) -> Iterator[Span]:
    """Give every span of a folded text that its shape tells; they may lie across one another."""
    for kind, shape in _SHAPES:
        for found in shape.finditer(folded):
            start, end = found.span("it" if "it" in shape.groupindex else 0)
            text = folded[start:end]
            kept = len(text) - len(text.lstrip())
            if kind is not Kind.TELEPHONE or 10 <= sum(map(str.isdigit, text)) <= 13 or shape.groupindex:
                yield Span(start + kept, end, kind)
    for found in _LATIN_NAME.finditer(folded):
        if not all(word.upper().strip(".,") in ABBREVIATIONS for word in _SPLIT.split(found.group())):
            yield Span(*found.span(), Kind.NAME)


def find_said(folded: str) -> Iterator[Span]:
    """Give the telephone numbers and the rows of seven digits and more that are in kanji or spelled."""
    for kind, shape in _IN_WORDS:
        for found in shape.finditer(folded):
            if any(sign not in "○〇" for sign in found.group()):  # 〇〇〇〇〇〇〇 stands for what is left out
                yield Span(*found.span(), kind)


def find_half_kana(original: str) -> Iterator[Span]:
    """Give the words in half-width kana with a space between: so do banks and registers write a person's name."""
    for found in _HALF_KANA.finditer(original):
        yield Span(*found.span(), Kind.NAME)
