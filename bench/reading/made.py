"""Made files in the layouts that municipalities have; seeded, nobody's."""

import random
from collections.abc import Iterator
from pathlib import Path

from sekisho.deid.declared.layout import Csv, Fixed, Layout, Uke
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema

FAMILY = ("髙橋", "佐藤", "山田", "﨑山", "渡邉", "伊藤", "鈴木", "表", "能登", "斎藤")
GIVEN = ("太郎", "花子", "一郎", "美咲", "健一", "さくら", "翔太", "陽菜")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
COLUMNS = {
    "宛名番号": Kind.CODE, "世帯番号": Kind.CODE, "氏名": Kind.TEXT, "カナ": Kind.TEXT, "生年月日": Kind.DATE,
    "性別": Kind.CODE, "続柄": Kind.CODE, "郵便番号": Kind.POSTAL_CODE, "住所": Kind.TEXT, "番地": Kind.TEXT,
    "転入日": Kind.DATE, "異動事由": Kind.CODE, "所得": Kind.INTEGER, "税額": Kind.INTEGER, "備考": Kind.TEXT,
}  # fmt: skip
WIDTHS = {"宛名番号": 10, "生年月日": 7, "性別": 1, "市": 6, "所得": 9}
AT_ONCE = 10_000


def schema_of(layout: str) -> Schema:
    columns: tuple[ColumnSchema, ...]
    declared: Layout
    match layout:
        case "csv":
            declared = Csv()
            columns = tuple(ColumnSchema(name, kind, Role.PLAIN, blank=True) for name, kind in COLUMNS.items())
        case "fixed":
            declared = Fixed(sum(WIDTHS.values()))
            kinds = (Kind.CODE, Kind.DATE, Kind.CODE, Kind.MUNICIPALITY, Kind.INTEGER)
            places = [1, 11, 18, 19, 25]
            columns = tuple(
                ColumnSchema(name, kind, Role.PLAIN, blank=True, at=at, width_bytes=WIDTHS[name])
                for name, kind, at in zip(WIDTHS, kinds, places, strict=True)
            )
        case _:
            declared = Uke("SY")
            sources = {
                "月": ("RE.4", Kind.MONTH),
                "生年月日": ("RE.7", Kind.DATE),
                "保険者": ("HO.2", Kind.CODE),
                "傷病": ("SY.2", Kind.CODE),
            }
            columns = tuple(
                ColumnSchema(name, kind, Role.PLAIN, blank=True, source=source)
                for name, (source, kind) in sources.items()
            )
    return Schema("made", Encoding.CP932, declared, columns)


def write(path: Path, layout: str, rows: int, least_bytes: int = 0) -> None:
    """Write a file of `rows` rows, for claims as many lines of sickness; its rows again and again up to `least_bytes`."""
    made = {"csv": _csv_rows, "fixed": _fixed_rows, "uke": _claims}[layout]
    head = (",".join(COLUMNS) + "\r\n" if layout == "csv" else "").encode("cp932")
    with path.open("wb") as sink:
        sink.write(head)
        for part in made(random.Random(1), rows):
            sink.write(part.encode("cp932"))
    body = path.stat().st_size - len(head)
    if least_bytes > body:
        with path.open("rb") as source, path.open("ab") as sink:
            for _ in range(least_bytes // body):
                source.seek(len(head))
                left = body
                while left:
                    piece = source.read(min(left, 2**22))
                    sink.write(piece)
                    left -= len(piece)


def _day(chance: random.Random) -> str:
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    match chance.randrange(4):
        case 0:
            return f"S{chance.randint(2, 63)}.{month}.{day}"
        case 1:
            return f"H{chance.randint(2, 30)}.{month}.{day}"
        case 2:
            return f"昭和{chance.randint(2, 63)}年{month}月{day}日"
        case _:
            return f"{chance.randint(1930, 2020)}-{month:02}-{day:02}"


def _csv_rows(chance: random.Random, rows: int) -> Iterator[str]:
    for start in range(0, rows, AT_ONCE):
        yield "".join(_csv_row(chance, number, rows) for number in range(start, min(rows, start + AT_ONCE)))


def _csv_row(chance: random.Random, number: int, rows: int) -> str:
    cells = (
        f"{number + 1:010}",
        f"{chance.randint(1, rows // 2):010}",
        chance.choice(FAMILY) + "　" + chance.choice(GIVEN) + str(chance.randint(0, 9_999)).translate(WIDE),
        "ﾔﾏﾀﾞ ﾀﾛｳ",
        _day(chance),
        chance.choice("12"),
        chance.choice(("本人", "妻", "夫", "長男", "長女", "同居人")),
        f"{chance.randint(100, 129)}-{chance.randint(0, 9):04}",
        f"関所市{chance.choice('東西南北')}町{chance.randint(1, 9)}丁目",
        f"{chance.randint(1, 50)}番地{chance.randint(1, 30)}".translate(WIDE),
        _day(chance),
        chance.choice(("出生", "転入", "転居", "婚姻", "")),
        str(chance.randint(0, 9_999) * 1_000),
        str(chance.randint(0, 9_999) * 100),
        chance.choice(("", "", "", "①要確認", "（株）関所")),
    )
    return ",".join(cells) + "\r\n"


def _fixed_rows(chance: random.Random, rows: int) -> Iterator[str]:
    for start in range(0, rows, AT_ONCE):
        yield "".join(
            f"{number:010}{chance.choice('34')}{chance.randint(10, 30)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
            f"{chance.choice('12')}131016{chance.randint(0, 9_999) * 1_000:9}\r\n"
            for number in range(start, min(rows, start + AT_ONCE))
        )


def _claims(chance: random.Random, rows: int) -> Iterator[str]:
    yield "IR,1,13,1,1312345,,関所病院,202201,00,00-0000-0000\r\n"
    for number in range(rows // 3):
        birth = f"3{chance.randint(10, 63)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
        sick = "".join(f"SY,{chance.randint(1, 20_000):07},20210101,1,,,\r\n" for _ in range(3))
        done = "".join(f"SI,11,1,{chance.randint(1, 5_000) + 111_000_000},,100,1\r\n" for _ in range(8))
        yield f"RE,{number},1112,202201,{chance.choice(FAMILY)},1,{birth}\r\nHO,33120015,1,{number}\r\n{sick}{done}CO,11,1,1,診療のため\r\n"
    yield f"GO,{rows // 3},1,99\r\n"
