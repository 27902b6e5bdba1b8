"""Care certification and benefits in fixed length: CP932, 220 bytes and CRLF, numbers of rows at both ends."""

import random
from collections.abc import Iterator
from datetime import date

from examples.town.exports.numbers import care_number, postal_code
from examples.town.exports.register import GAIJI
from examples.town.exports.sheet import Export, Sheet
from examples.town.lives import NO_CARE
from examples.town.names import half_width_kana
from examples.town.places import CITY_CODE
from examples.town.residents import Person, Town
from examples.town.wareki import coded_form

FILE = "KYUFU.DAT"
RECORD_BYTES = 220
# Column, its first byte (from 1), its bytes: what sekisho/datasets/care/schema.toml declares.
LAYOUT = (
    ("交換情報識別番号", 10, 4), ("宛名番号", 14, 10), ("証記載保険者番号", 24, 6), ("被保険者番号", 30, 10), ("被保険者氏名", 40, 40),
    ("被保険者氏名カナ", 80, 25), ("生年月日", 105, 8), ("性別", 113, 1), ("郵便番号", 114, 7), ("サービス提供年月", 121, 6),
    ("要介護状態区分", 127, 2), ("認定有効期間開始年月日", 129, 8), ("認定有効期間終了年月日", 137, 8),
    ("認知症高齢者の日常生活自立度", 145, 1), ("事業所番号", 146, 10), ("サービス種類コード", 156, 2), ("サービス実日数", 158, 2),
    ("サービス単位数", 160, 8), ("保険給付率", 168, 3), ("保険請求額", 171, 9), ("利用者負担額", 180, 8), ("公費負担者番号", 188, 8),
)  # fmt: skip
_LEVELS = {
    "要支援1": "12",
    "要支援2": "13",
    "要介護1": "21",
    "要介護2": "22",
    "要介護3": "23",
    "要介護4": "24",
    "要介護5": "25",
}
_SERVICES = (("11", 245), ("15", 655), ("13", 574), ("17", 850), ("21", 700), ("51", 820), ("43", 1276))
_MONTHS = (("50105", date(2019, 5, 1)), ("202408", date(2024, 8, 1)), ("202608", date(2026, 8, 1)))
_COUNT_BYTES = 8


def benefits(town: Town, seed: int) -> Export:
    """Give back the file: one row for each person, month and service."""
    chance = random.Random(f"{seed} care")
    sheet = Sheet(tuple(name for name, _, _ in LAYOUT))
    for person in town.people:
        if person.care != NO_CARE:
            sheet.rows += _rows_of(person, chance)
    _plant(sheet)
    count = f"{len(sheet.rows):0{_COUNT_BYTES}d}"
    records = [
        _record("1", count, ["1111", "", CITY_CODE]),
        *(_record("2", f"{number:0{_COUNT_BYTES}d}", row) for number, row in enumerate(sheet.rows, 1)),
        _record("3", count, []),
    ]
    return Export("care", FILE, b"".join(records), len(sheet.rows), tuple(sheet.truths))


def _rows_of(person: Person, chance: random.Random) -> Iterator[list[str]]:
    began = date(2025, chance.randint(1, 12), 1)
    dementia = chance.choices("123456789", (30, 15, 10, 14, 10, 6, 6, 2, 7))[0]
    share = chance.choices((90, 80, 70), (88, 7, 5))[0]
    for written, month in _MONTHS:
        for service, units in chance.sample(_SERVICES, chance.randint(0, 2)):
            days = chance.randint(1, 24)
            yen = days * units * 10
            paid = yen * share // 100
            old = month < date(2020, 1, 1)
            yield [
                "1111", person.number, CITY_CODE, care_number(person.number),
                f"{person.family.written}　{person.given.written}",
                half_width_kana(f"{person.family.kana} {person.given.kana}"),
                coded_form(person.born) if old else f"{person.born:%Y%m%d}",
                "1" if person.member.sex == "男" else "2",
                postal_code(person.place), written, _LEVELS[person.care], f"{began:%Y%m%d}", f"{began.year + 2}{began:%m}01",
                dementia, f"13999{chance.randint(0, 40):05d}", service, f"{days:02d}", f"{days * units:08d}", f"{share:03d}",
                f"{paid:09d}", f"{yen - paid:08d}", "12139992" if chance.random() < 0.02 else "",
            ]  # fmt: skip


def _plant(sheet: Sheet) -> None:
    given = sheet.cell(1, "被保険者氏名").split("　")[1]
    sheet.plant("gaiji", 1, "被保険者氏名", f"{GAIJI[1]}田　{given}")
    sheet.plant(
        "trail-byte-5c", 2, "被保険者氏名", "表十能ソ予申構禄圭蚕欺暴表十能ソ予申構禄"
    )  # 40 bytes, the last a 0x5C
    sheet.plant("date-all-nines", 3, "認定有効期間終了年月日", "99999999", "0000-00-00")
    sheet.plant("date-all-zeros", 4, "認定有効期間開始年月日", "00000000", "0000-00-00")
    sheet.plant("date-day-00", 5, "生年月日", "3220300", "1947-03-00")
    if row := sheet.first("サービス提供年月", "50105"):
        sheet.tell("month-era", row, "サービス提供年月", "50105", "2019-05")
    sheet.tell("record-count", 0, "", f"{len(sheet.rows):0{_COUNT_BYTES}d}")


def _record(mark: str, number: str, cells: list[str]) -> bytes:
    """Give back one record: bytes, not characters, are what is counted."""
    raw = bytearray(b" " * RECORD_BYTES)
    raw[: 1 + _COUNT_BYTES] = (mark + number).encode("ascii")
    for cell, (_, at, width) in zip(cells, LAYOUT, strict=False):
        written = cell.encode("cp932")
        if len(written) > width:
            raise ValueError("a cell is longer than its place")
        raw[at - 1 : at - 1 + len(written)] = written
    return bytes(raw) + b"\r\n"
