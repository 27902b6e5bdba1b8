"""The oracle for claims: line by line, whole in memory (spec/disarm.md 1.7)."""

from sekisho.deid.declared.layout import Uke
from sekisho.deid.declared.places import FILE_KINDS
from sekisho.deid.schema import Schema
from sekisho.deid.table import Value
from sekisho.tables.oracle.csv_rows import decode, read_row
from sekisho.tables.records.tally import WHOLE_FILE, Tally
from sekisho.tables.records.uke import CLAIM, CLAIM_LINES, END
from sekisho.tables.rules import Rule

Line = list[str]


def read_uke_rows(raw: bytes, schema: Schema, layout: Uke) -> list[tuple[Value, ...]]:
    """Give back the typed rows; refuses as `disarm` does. Lines and claims are as long as they please."""
    tally = Tally(schema)
    sources = [(one.source or "").split(".") for one in schema.columns]
    of_claims = CLAIM_LINES | {layout.row} | {kind for kind, _ in sources}
    claims: list[list[Line]] = []
    current: list[Line] | None = None
    whole: dict[str, Line] = {}
    around: list[dict[str, Line]] = []
    told: str | None = None
    faults: list[tuple[Rule, int]] = []
    for text in decode(raw, schema.encoding).split("\n"):
        line = text.removesuffix("\r").split(",")
        kind, claim = line[0], len(claims)
        if "\r" in text.removesuffix("\r"):
            faults.append((Rule.LINE_END, claim))
        if told is not None and line != [""]:
            faults.append((Rule.STRAY_LINE, claim))
        if kind == CLAIM:
            current = [line]
            claims.append(current)
            around.append(dict(whole))
        elif kind in FILE_KINDS:
            current = None
            whole[kind] = line
            if kind == END and told is None:
                told = line[1] if len(line) > 1 else ""
        elif current is not None:
            current.append(line)
        elif kind in of_claims and told is None:
            faults.append((Rule.STRAY_LINE, claim))
    found: list[tuple[Value, ...]] = []
    for lines, file_lines in zip(claims, around, strict=True):
        for place, line in enumerate(lines):
            if line[0] == layout.row:
                cells = [_cell(lines, place, file_lines, kind, int(item)) for kind, item in sources]
                found.append(read_row(cells, schema, tally, len(found) + 1))
    for rule, _ in faults:
        tally.add(WHOLE_FILE, rule, 1, 0)
    if told is not None and not (told.isascii() and told.isdigit() and int(told) == len(claims)):
        tally.add(WHOLE_FILE, Rule.CLAIM_COUNT, 1, len(found))
    tally.check(len(found))
    return found


def _cell(lines: list[Line], place: int, file_lines: dict[str, Line], kind: str, item: int) -> str:
    if kind in FILE_KINDS:
        return _item(file_lines.get(kind, []), item)
    before = [one for one in lines[: place + 1] if one[0] == kind]
    behind = [one for one in lines[place + 1 :] if one[0] == kind]
    return _item(before[-1] if before else behind[0] if behind else [], item)


def _item(line: Line, number: int) -> str:
    return line[number - 1] if len(line) >= number else ""
