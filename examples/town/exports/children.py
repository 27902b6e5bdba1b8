"""The child allowance: UTF-8 with a byte order mark, as newer systems write it; one row for each child."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from examples.town.exports.numbers import my_number, postal_code
from examples.town.exports.sheet import Export, Sheet, csv_text
from examples.town.names import half_width_kana
from examples.town.residents import Person, Town

FILE = "jidoteate.csv"
COLUMNS = (
    "受給者宛名番号", "受給者個人番号", "認定番号", "受給者氏名", "受給者氏名カナ", "受給者生年月日", "受給者性別", "郵便番号",
    "児童宛名番号", "児童氏名", "児童生年月日", "児童性別", "児童続柄", "監護区分", "第何子", "支給月額", "支給開始年月", "支給終了年月",
    "受給者区分", "金融機関コード", "口座番号", "口座名義",
)  # fmt: skip
UNTIL_AGE = 18
_IVS = "辻\U000e0100"


def allowances(town: Town, seed: int) -> Export:
    chance = random.Random(f"{seed} children")
    sheet = Sheet(COLUMNS)
    homes: dict[str, list[Person]] = defaultdict(list)
    for person in town.people:
        homes[person.household].append(person)
    for home in homes.values():
        sheet.rows += _rows_of(home, chance)
    given = sheet.cell(1, "児童氏名").split("　")[1]
    sheet.plant("ivs", 1, "児童氏名", f"{_IVS}　{given}")
    sheet.plant("month-all-nines", 2, "支給終了年月", "999999", "0000-00")
    sheet.plant("date-form-kanji", 3, "児童生年月日", "令和元年五月一日", "2019-05-01")
    sheet.plant("spaces-full-width", 4, "監護区分", "同居\u3000", "同居")
    sheet.tell("byte-order-mark", 0, "", "U+FEFF")
    raw = csv_text([COLUMNS, *sheet.rows]).encode("utf-8-sig")
    return Export("child-allowance", FILE, raw, len(sheet.rows), tuple(sheet.truths))


def _rows_of(home: list[Person], chance: random.Random) -> Iterator[list[str]]:
    head = home[0]
    children = [one for one in home if one.member.age <= UNTIL_AGE and one.member.tie in {"子", "子の子"}]
    account = f"{chance.randrange(10_000_000):07d}"
    for place, child in enumerate(sorted(children, key=lambda one: one.born), 1):
        yen = 30_000 if place >= 3 else 15_000 if child.member.age < 3 else 10_000
        began = date(child.born.year + child.born.month // 12, child.born.month % 12 + 1, 1)
        yield [
            head.number, my_number(head.number), f"{int(head.household):09d}",
            f"{head.family.written}　{head.given.written}",
            half_width_kana(f"{head.family.kana} {head.given.kana}"),
            f"{head.born:%Y/%m/%d}", _sex(head), postal_code(head.place),
            child.number, f"{child.family.written}　{child.given.written}", f"{child.born:%Y/%m/%d}", _sex(child), child.member.tie,
            chance.choices(("同居", "別居監護", "施設入所"), (97, 2.5, 0.5))[0],
            str(place), str(yen), f"{began:%Y%m}", f"{child.born.year + 19}03",
            chance.choices(("一般", "父母指定者", "特例"), (99, 0.6, 0.4))[0],
            "9999", account, half_width_kana(f"{head.family.kana} {head.given.kana}"),
        ]  # fmt: skip


def _sex(person: Person) -> str:
    return "1" if person.member.sex == "男" else "2"
