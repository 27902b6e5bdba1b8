"""A schema as the TOML file that a person would write of it (spec/schema.md 2)."""

from collections.abc import Iterator
from datetime import date

from sekisho.deid.declared.layout import Csv, Ends, Fixed, Layout, Uke
from sekisho.deid.schema import FORMAT, LONGEST_FREE_TEXT, WITH_LENGTH, ColumnSchema, Kind, Schema

_LONGEST = 200
_PLAIN = {"\\": "\\\\", '"': '\\"'}


def write_schema_toml(schema: Schema) -> bytes:
    """Give back the file that `read_schema` reads as this schema; keys that say what holds anyway are left out."""
    lines = [f'format = "{FORMAT}"', f"name = {_text(schema.name)}", f'encoding = "{schema.encoding.value}"']
    lines += _layout(schema.layout)
    for column in schema.columns:
        lines += ["", "[[column]]", *_column(column)]
    return ("\n".join(lines) + "\n").encode()


def _layout(layout: Layout) -> Iterator[str]:
    match layout:
        case Csv():
            yield from (f"delimiter = {_text(layout.delimiter)}",) if layout.delimiter != "," else ()
            yield from ("header = false",) if not layout.header else ()
            yield from (f"totals = {layout.totals}",) if layout.totals else ()
        case Fixed():
            yield from ("", "[fixed]", f"record_bytes = {layout.record_bytes}")
            yield from (f'ends = "{layout.ends.value}"',) if layout.ends is not Ends.CRLF else ()
            marks = {"header": layout.header, "data": layout.data_mark, "trailer": layout.trailer}
            yield from (f"{key} = {_text(mark)}" for key, mark in marks.items() if mark)
            if layout.count_bytes:
                yield from (f"count_at = {layout.count_at}", f"count_bytes = {layout.count_bytes}")
        case Uke():
            yield from ("", "[uke]", f"row = {_text(layout.row)}")


def _column(column: ColumnSchema) -> Iterator[str]:
    yield f"name = {_text(column.name)}"
    yield f'type = "{column.kind.value}"'
    yield f'role = "{column.role.value}"'
    yield from (f'holds = "{column.holds.value}"',) if column.holds is not None else ()
    yield from ("blank = true",) if column.blank else ()
    for key, bound in (("minimum", column.minimum), ("maximum", column.maximum)):
        yield from (f"{key} = {bound.isoformat() if isinstance(bound, date) else bound}",) if bound is not None else ()
    yield from (f"values = [{', '.join(map(_text, column.values))}]",) if column.values else ()
    yield from (f"pattern = {_text(column.pattern)}",) if column.pattern is not None else ()
    yield from (f"digits = {column.digits}",) if column.digits is not None else ()
    yield from (f"withhold = [{', '.join(map(_text, column.withhold))}]",) if column.withhold else ()
    usual = LONGEST_FREE_TEXT if column.kind is Kind.FREE_TEXT else _LONGEST
    yield from (f"longest = {column.longest}",) if column.kind in WITH_LENGTH and column.longest != usual else ()
    yield from (f"at = {column.at}", f"bytes = {column.width_bytes}") if column.at is not None else ()
    yield from (f"from = {_text(column.source)}",) if column.source is not None else ()


def _text(text: str) -> str:
    return (
        '"'
        + "".join(_PLAIN.get(one) or (one if one >= " " and one != "\x7f" else f"\\u{ord(one):04X}") for one in text)
        + '"'
    )
