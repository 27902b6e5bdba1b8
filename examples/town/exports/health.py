"""Vaccinations and check-ups: CP932 with line ends of two systems, and a column in which staff wrote what they liked."""

import random
from collections.abc import Iterator
from datetime import timedelta

from examples.town.exports.numbers import postal_code
from examples.town.exports.register import GAIJI
from examples.town.exports.sheet import Export, Sheet, csv_text
from examples.town.names import half_width_kana
from examples.town.residents import AS_OF, Person, Town
from examples.town.wareki import long_form, short_form

FILE = "kenko_kiroku.csv"
COLUMNS = (
    "宛名番号", "氏名", "氏名カナ", "生年月日", "性別", "郵便番号", "事業区分", "種別", "回数", "実施年月日", "実施機関名", "ロット番号",
    "腹囲", "収縮期血圧", "拡張期血圧", "空腹時血糖", "判定", "備考",
)  # fmt: skip
_VACCINES = ("ＢＣＧ", "五種混合", "麻しん風しん混合", "水痘", "日本脳炎", "Ｂ型肝炎")
_FOR_THE_OLD = ("インフルエンザ", "新型コロナ", "高齢者肺炎球菌", "帯状疱疹")
_PLACES = ("関所市民病院", "表町能勢内科クリニック", "桜台こどもクリニック", "保健センター（集団）")
_RESULTS = ("異常なし", "要観察", "要指導", "要精密検査", "要医療")


def health_records(town: Town, seed: int) -> Export:
    """Give back the file: the first half of its lines ends in CRLF, the second in LF, as where two systems were joined."""
    chance = random.Random(f"{seed} health")
    sheet = Sheet(COLUMNS)
    for person in town.people:
        sheet.rows += _rows_of(person, chance)
    _plant(sheet)
    half = len(sheet.rows) // 2
    text = csv_text([COLUMNS, *sheet.rows[:half]]) + csv_text(sheet.rows[half:], "\n")
    sheet.tell("line-ends-mixed", half + 1, "", "LF")
    sheet.tell("end-of-file-mark", 0, "", "0x1A")
    return Export("health-checks", FILE, text.encode("cp932") + b"\x1a", len(sheet.rows), tuple(sheet.truths))


def _rows_of(person: Person, chance: random.Random) -> Iterator[list[str]]:
    age = person.member.age
    if age < 8:
        for kind in chance.sample(_VACCINES, 2):
            yield _vaccination(person, kind, chance)
    elif age >= 65 and chance.random() < 0.5:
        yield _vaccination(person, chance.choice(_FOR_THE_OLD), chance)
    if 40 <= age < 75 and chance.random() < 0.25:
        yield _check(person, chance)


def _vaccination(person: Person, kind: str, chance: random.Random) -> list[str]:
    day = AS_OF - timedelta(days=chance.randrange(1, max(2, min(700, (AS_OF - person.born).days))))
    lot = f"{chance.choice('ABCDE')}{chance.randrange(1000):03d}"
    what = ["予防接種", kind, str(chance.randint(1, 3)), short_form(day), chance.choice(_PLACES), lot]
    return [*_who(person), *what, "", "", "", "", "", _note(person, chance)]


def _check(person: Person, chance: random.Random) -> list[str]:
    day = AS_OF - timedelta(days=chance.randrange(1, 360))
    upper = int(chance.gauss(118 + person.member.age / 4, 14))
    figures = [int(chance.gauss(84, 9)), upper, int(upper * 0.62), int(chance.gauss(102, 18))]
    result = _RESULTS[min(4, max(0, (upper - 110) // 15))]
    return [
        *_who(person), "健診", "特定健診", "", long_form(day), chance.choice(_PLACES), "",
        *(str(one) for one in figures), result, _note(person, chance),
    ]  # fmt: skip


def _who(person: Person) -> list[str]:
    return [
        person.number,
        f"{person.family.written}　{person.given.written}",
        half_width_kana(f"{person.family.kana} {person.given.kana}"),
        long_form(person.born),
        "1" if person.member.sex == "男" else "2",
        postal_code(person.place),
    ]


def _note(person: Person, chance: random.Random) -> str:
    """Give back what staff noted of one in ten: names, ties, telephone numbers, places."""
    if chance.random() >= 0.1:
        return ""
    name = person.family.written
    return chance.choice(
        (
            "特になし",
            f"{name}さんの長女より電話あり。折り返し{person.telephone or '不要'}まで",
            f"{person.place.block}の自宅を訪問。母の{name}様が同席",
            "前回は接種後に発熱\n今回は変わりなし",
            'メール連絡を希望 "test@example.jp"',
        )
    )


def _plant(sheet: Sheet) -> None:
    sheet.tell_first("newline-in-quotes", "備考", lambda cell: "\n" in cell)
    sheet.tell_first("name-in-free-text", "備考", lambda cell: "さんの長女" in cell)
    row = sheet.first("実施機関名", _PLACES[1])
    sheet.plant("gaiji", row, "実施機関名", f"{GAIJI[2]}内科", "〓内科")
    row = sheet.first("事業区分", "健診")
    sheet.plant("digits-full-width", row, "腹囲", "８５", "85")
