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
Claim = tuple[list[Line], dict[str, Line]]


def read_uke_rows(raw: bytes, schema: Schema, layout: Uke) -> list[tuple[Value, ...]]:
    """Give back the typed rows; refuses as `disarm` does. Lines and claims are as long as they please."""
    tally = Tally(schema)
    sources = [(one.source or "").split(".") for one in schema.columns]
    text = decode(raw, schema.encoding)
    claims, told = _claims(text, CLAIM_LINES | {layout.row} | {kind for kind, _ in sources}, tally)
    found: list[tuple[Value, ...]] = []
    for lines, whole in claims:
        for place, line in enumerate(lines):
            if line[0] == layout.row:
                cells = [_cell(lines, place, whole, kind, int(item)) for kind, item in sources]
                found.append(read_row(cells, schema, tally, len(found) + 1))
    if told is not None and not (told.isascii() and told.isdigit() and int(told) == len(claims)):
        tally.add(WHOLE_FILE, Rule.CLAIM_COUNT, 1, len(found))
    tally.check(len(found))
    return found


def _claims(text: str, of_claims: frozenset[str], tally: Tally) -> tuple[list[Claim], str | None]:
    """Give back each claim's lines with the latest lines outside before it, and how many claims there should be."""
    claims: list[Claim] = []
    current: list[Line] | None = None
    whole: dict[str, Line] = {}
    told: str | None = None
    for one in text.split("\n"):
        line = one.removesuffix("\r").split(",")
        kind = line[0]
        if "\r" in one.removesuffix("\r"):
            tally.add(WHOLE_FILE, Rule.LINE_END, 1, 0)
        if told is not None and line != [""]:
            tally.add(WHOLE_FILE, Rule.STRAY_LINE, 1, 0)
        if kind == CLAIM:
            current = [line]
            claims.append((current, dict(whole)))
        elif kind in FILE_KINDS:
            current = None
            whole[kind] = line
            told = (line[1] if len(line) > 1 else "") if kind == END and told is None else told
        elif current is not None:
            current.append(line)
        elif kind in of_claims and told is None:
            tally.add(WHOLE_FILE, Rule.STRAY_LINE, 1, 0)
    return claims, told


def _cell(lines: list[Line], place: int, file_lines: dict[str, Line], kind: str, item: int) -> str:
    if kind in FILE_KINDS:
        return _item(file_lines.get(kind, []), item)
    before = [one for one in lines[: place + 1] if one[0] == kind]
    behind = [one for one in lines[place + 1 :] if one[0] == kind]
    return _item(before[-1] if before else behind[0] if behind else [], item)


def _item(line: Line, number: int) -> str:
    return line[number - 1] if len(line) >= number else ""
