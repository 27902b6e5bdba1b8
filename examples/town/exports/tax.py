"""The roll of the resident tax: UTF-16, no header, a row of totals, names in characters that need a selector."""

import random

from examples.town.exports.numbers import my_number, postal_code
from examples.town.exports.sheet import Export, Sheet, csv_text
from examples.town.places import CITY
from examples.town.residents import Person, Town
from examples.town.wareki import long_form

FILE = "juminzei_r08.csv"
COLUMNS = (
    "課税年度", "宛名番号", "個人番号", "氏名", "氏名カナ", "生年月日", "性別", "郵便番号", "住所", "特別徴収義務者名",
    "特別徴収義務者指定番号", "徴収区分", "給与収入額", "公的年金等収入額", "総所得金額等", "所得控除合計額", "課税標準額", "扶養人数",
    "障害者控除区分", "寡婦・ひとり親区分", "非課税区分", "市町村民税額", "道府県民税額", "還付口座番号",
)  # fmt: skip
SUMMED = tuple(
    COLUMNS.index(one)
    for one in (
        "給与収入額",
        "公的年金等収入額",
        "総所得金額等",
        "所得控除合計額",
        "課税標準額",
        "市町村民税額",
        "道府県民税額",
    )
)
IVS = ("葛\U000e0100城", "辻\U000e0101", "渡邉\U000e0101", "祗\U000e0100園")
STANDARD = "\U0010de92\U0010de93"  # 行政事務標準文字 outside of Unicode's own, in plane 16


def tax_roll(town: Town, seed: int) -> Export:
    """Give back the file: everybody of 18 and more; the last record has the sums."""
    chance = random.Random(f"{seed} tax")
    sheet = Sheet(COLUMNS)
    for person in town.people:
        if person.member.age >= 18:
            sheet.rows.append(_row(person, chance))
    for number, name in enumerate(IVS, 1):
        sheet.plant("ivs", number, "氏名", f"{name}　{sheet.cell(number, '氏名').split('　')[1]}")
    row = len(IVS) + 1
    sheet.plant("gaiji-plane-16", row, "氏名", f"{STANDARD}　{sheet.cell(row, '氏名').split('　')[1]}")
    sheet.plant("digits-full-width", row, "扶養人数", "２", "2")
    sheet.plant("negative", row, "総所得金額等", "-120000", "-120000")
    sheet.plant("date-unknown", row, "生年月日", "昭和12年頃", "1937-00-00")
    sheet.tell("header-none", 0, "", "")
    sheet.tell("totals-row", len(sheet.rows) + 1, "", "合計")
    text = csv_text([*sheet.rows, _totals(sheet)])
    return Export("resident-tax", FILE, b"\xff\xfe" + text.encode("utf-16-le"), len(sheet.rows), tuple(sheet.truths))


def _row(person: Person, chance: random.Random) -> list[str]:
    income = person.income_yen
    pension = person.member.age >= 65
    gross = income * 10 // 7
    deducted = min(income, 430_000 + chance.randrange(0, 900_000, 10_000)) if income else 0
    taxed = max(0, income - deducted) // 1000 * 1000
    free = "0" if taxed else "1" if income > 450_000 else "2"
    employer = chance.randrange(300)
    employed = income > 0 and not pension
    kind = "非課税" if free == "2" else "年金特徴" if pension else "給与特徴" if chance.random() < 0.8 else "普通徴収"
    return [
        "2026", person.number, my_number(person.number),
        f"{person.family.written}　{person.given.written}",
        f"{person.family.kana}　{person.given.kana}",
        long_form(person.born),
        "1" if person.member.sex == "男" else "2",
        postal_code(person.place),
        f"{CITY}{person.place.block}{chance.randint(1, 40)}番{chance.randint(1, 30)}号",
        f"株式会社関所{employer}製作所" if employed else "",
        f"{900_000 + employer}" if employed else "",
        kind,
        str(gross if employed else 0), str(gross if pension else 0), str(income), str(deducted), str(taxed),
        str(min(chance.choices((0, 1, 2, 3), (70, 16, 10, 4))[0], person.household_size)),
        chance.choices(("", "1", "2", "3"), (96, 2, 1.5, 0.5))[0],
        chance.choices(("", "1", "2"), (97, 1, 2))[0],
        free,
        str(taxed * 6 // 100 // 100 * 100 + (0 if free == "2" else 3_000)),
        str(taxed * 4 // 100 // 100 * 100 + (0 if free == "2" else 1_000)),
        f"{chance.randrange(10_000_000):07d}" if chance.random() < 0.2 else "",
    ]  # fmt: skip


def _totals(sheet: Sheet) -> list[str]:
    row = [""] * len(COLUMNS)
    row[0] = "合計"
    for place in SUMMED:
        row[place] = str(sum(int(one[place]) for one in sheet.rows))
    return row
