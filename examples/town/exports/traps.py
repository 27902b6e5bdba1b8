"""Bad variants of the exports: each a small file with exactly one planted error, and what must be found in it."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from examples.town.exports import care, children, claims, health, register, tax
from examples.town.exports.numbers import my_number
from examples.town.exports.sheet import Export, csv_text
from examples.town.residents import make_town

RESIDENTS = 400
AT = "＠".encode("cp932")  # stands in no other cell
ROW = 7  # where the error is planted, unless the file itself is bad


@dataclass(frozen=True)
class Trap:
    """A file, the dataset that it should be, and the one finding: rule, row and column (or none).

    Row 0 is the header or the file; where what stands behind the rows is bad, it is the last row.
    """

    file: str
    dataset: str
    raw: bytes
    rule: str
    row: int
    column: str


def traps(seed: int) -> tuple[Trap, ...]:
    """Give back all of them, the same for the same seed; every file but for its error fits its schema."""
    town = make_town(RESIDENTS, seed)
    made: list[Trap] = []
    makers: tuple[tuple[Callable[..., Export], Callable[[Export], list[Trap]]], ...] = (
        (register.register, _register_traps),
        (care.benefits, _care_traps),
        (claims.claims, _claim_traps),
        (tax.tax_roll, _tax_traps),
        (children.allowances, _child_traps),
        (health.health_records, _health_traps),
    )
    for make, spoil in makers:
        made += spoil(make(town, seed))
    return tuple(made)


def _register_traps(export: Export) -> list[Trap]:
    rows = _records(export.raw.rstrip(b"\x1a").decode("cp932"))

    def cell(name: str, rule: str, column: str, written: str) -> Trap:
        return _trap(
            name, export, rule, column, _table(_with(rows, ROW, register.COLUMNS.index(column), written), "cp932")
        )

    numbered = [rows[0], *([row[0], my_number(row[1]), *row[2:]] for row in rows[1:])]
    wider = [[*rows[0], "予備"], *([*one, ""] for one in rows[1:])]
    longer = [*rows[:ROW], [*rows[ROW], ""], *rows[ROW + 1 :]]
    place = register.COLUMNS.index("町丁目")
    marked = _table(_with(rows, ROW, place, "表町＠丁目"), "cp932")
    return [
        cell("date-after-its-era", "type", "生年月日", "昭和64年1月8日"),
        cell("code-wrong-check-digit", "type", "転入前市区町村コード", "131017"),
        cell("postal-code-of-letters", "type", "転入前郵便番号", "ABC-0001"),
        cell("value-not-in-the-list", "values", "性別", "他"),
        cell("name-missing", "blank", "氏名", "\u3000"),
        cell("tie-too-long", "longest", "続柄", "子の" * 20),
        cell("formula", "formula", "町丁目", "=HYPERLINK(1)"),
        cell("control-character", "control", "続柄", "子\x07"),
        _trap("my-number-as-link", export, "my-number", "宛名番号", _table(numbered, "cp932"), 0),
        _trap("comma-at-the-end", export, "shape", "", _table(longer, "cp932")),
        _trap("column-too-many", export, "columns", "", _table(wider, "cp932"), 0),
        _trap("encoding-other", export, "columns", register.COLUMNS[0], csv_text(rows).encode(), 0),
        _trap("byte-of-no-character", export, "encoding", "町丁目", marked.replace(AT, b"\x85\xff")),
        _trap("quote-inside", export, "quotes", "", marked.replace(AT, b'"')),
        _trap("carriage-return-alone", export, "line-end", "", marked.replace(AT, b"\r")),
    ]  # fmt: skip


def _care_traps(export: Export) -> list[Trap]:
    records = export.raw.split(b"\r\n")[:-1]
    head, rows, tail = records[0], records[1:-1], records[-1]
    at = next(at for name, at, _ in care.LAYOUT if name == "被保険者氏名カナ") - 1

    def whole(records: list[bytes]) -> bytes:
        return b"".join(one + b"\r\n" for one in records)

    def changed(row: bytes) -> bytes:
        return whole([head, *rows[: ROW - 1], row, *rows[ROW:], tail])

    cut = rows[ROW - 1][: at - 1] + "表".encode("cp932") + rows[ROW - 1][at + 1 :]
    wrong = b"3" + f"{len(rows) + 1:08d}".encode() + tail[9:]
    return [
        _trap("record-too-short", export, "record-length", "", changed(rows[ROW - 1][:-1])),
        _trap("record-of-no-kind", export, "record-mark", "", changed(b"8" + rows[ROW - 1][1:])),
        _trap("character-cut-in-two", export, "encoding", "被保険者氏名", changed(cut)),
        _trap("trailer-counts-wrong", export, "trailer-count", "", whole([head, *rows, wrong]), len(rows)),
        _trap("trailer-missing", export, "trailer-missing", "", whole([head, *rows]), len(rows)),
        _trap("header-missing", export, "header-missing", "", whole([*rows, tail]), 0),
    ]


def _claim_traps(export: Export) -> list[Trap]:
    lines = export.raw.decode("cp932").split("\r\n")[:-1]
    first = next(number for number, one in enumerate(lines) if one.startswith("RE,"))
    items = lines[first].split(",")
    items[3] = "62408"
    month = [*lines[:first], ",".join(items), *lines[first + 1 :]]
    total = lines[-1].split(",")
    total[1] = str(int(total[1]) + 1)
    stray = [*lines[:first], "SY,4019014,20240801,1,,,01,", *lines[first:]]

    def whole(lines: list[str]) -> bytes:
        return "".join(f"{one}\r\n" for one in lines).encode("cp932")

    return [
        _trap("month-of-no-era", export, "type", "診療年月", whole(month), 1),
        _trap("claims-counted-wrong", export, "claim-count", "", whole([*lines[:-1], ",".join(total)]), export.rows),
        _trap("line-outside-of-claims", export, "stray-line", "", whole(stray), 1),
    ]


def _tax_traps(export: Export) -> list[Trap]:
    rows = _records(export.raw[2:].decode("utf-16-le"))

    def cell(name: str, rule: str, column: str, written: str) -> Trap:
        text = csv_text(_with(rows, ROW - 1, tax.COLUMNS.index(column), written))
        return _trap(name, export, rule, column, b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass"))

    return [
        cell("number-with-commas", "type", "給与収入額", "1,234,000"),
        cell("tax-below-zero", "minimum", "市町村民税額", "-100"),
        cell("half-of-a-pair", "encoding", "氏名", "\ud842野　家"),
    ]


def _child_traps(export: Export) -> list[Trap]:
    rows = _records(export.raw.decode("utf-8-sig"))
    bad = _with(rows, ROW, children.COLUMNS.index("第何子"), "21")
    return [_trap("child-21", export, "maximum", "第何子", csv_text(bad).encode("utf-8-sig"))]


def _health_traps(export: Export) -> list[Trap]:
    rows = _records(export.raw.rstrip(b"\x1a").decode("cp932"))
    note = f"本人のマイナンバーは{my_number('00000001')}とのこと"
    bad = _with(rows, ROW, health.COLUMNS.index("備考"), note)
    return [_trap("my-number-in-a-note", export, "my-number", "備考", _table(bad, "cp932"))]


def _trap(name: str, export: Export, rule: str, column: str, raw: bytes, row: int = ROW) -> Trap:
    return Trap(f"{name}.{export.file.rpartition('.')[2]}", export.dataset, raw, rule, row, column)


def _records(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def _with(rows: list[list[str]], number: int, place: int, written: str) -> list[list[str]]:
    """Give back the records with one cell changed; `number` counts from 0, the header among them where there is one."""
    changed = list(rows[number])
    changed[place] = written
    return [*rows[:number], changed, *rows[number + 1 :]]


def _table(rows: list[list[str]], encoding: str) -> bytes:
    return csv_text(rows).encode(encoding)
