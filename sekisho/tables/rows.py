"""The oracle: the same reading as `disarm`, letter by letter and whole in memory (spec/disarm.md).

Slow and plain on purpose. It shares the rules of single cells and the header check with `disarm`, nothing else: no
NumPy, no PyArrow, no blocks. Tests hold both together.
"""

from collections.abc import Iterator

from sekisho.deid.schema import Encoding, Schema
from sekisho.deid.table import Value
from sekisho.tables.header import check_header
from sekisho.tables.rules import Rule, cell_reader
from sekisho.tables.tally import WHOLE_FILE, Tally

HEADER_BYTES = 64 * 2**10
RECORD_BYTES = 2**20


class _Stopped(Exception):
    """Nothing after this place can be read."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.value)
        self.rule = rule


def read_rows(
    raw: bytes, schema: Schema, *, header_bytes: int = HEADER_BYTES, record_bytes: int = RECORD_BYTES
) -> list[tuple[Value, ...]]:
    """Give back the typed rows of a CSV; refuses as `disarm` does."""
    tally = Tally(schema)
    records = _records(_decode(raw, schema.encoding), schema.csv.delimiter, header_bytes, record_bytes)
    found: list[tuple[Value, ...]] = []
    number = -1  # the header is record 0
    try:
        for number, fields in enumerate(records):
            if number > 0:
                found.append(_read_row(fields, schema, tally, number))
            elif not check_header(fields, schema, tally):
                break
    except _Stopped as stopped:
        tally.add(WHOLE_FILE, stopped.rule, 1, number + 1)
    tally.check(max(0, number))
    return found


def _decode(raw: bytes, encoding: Encoding) -> str:
    raw = raw.removesuffix(b"\x1a")
    match encoding:
        case Encoding.UTF_8:
            return raw.decode("utf-8-sig", "replace")
        case Encoding.CP932:
            return raw.decode("cp932", "replace")
        case Encoding.UTF_16:
            return raw.decode("utf-16", "replace")


def _read_row(fields: list[str], schema: Schema, tally: Tally, number: int) -> tuple[Value, ...]:
    if len(fields) != len(schema.columns):
        tally.add(WHOLE_FILE, Rule.SHAPE, 1, number)
        return ()
    values = []
    for text, column in zip(fields, schema.columns, strict=True):
        value = cell_reader(column)(text)
        if isinstance(value, Rule):
            tally.add(column.name, value, 1, number)
            value = None
        values.append(value)
    return tuple(values)


def _records(text: str, delimiter: str, header_bytes: int, record_bytes: int) -> Iterator[list[str]]:
    place, limit = 0, header_bytes
    while place < len(text):
        fields, place = _record(text, place, delimiter, limit)
        limit = record_bytes
        yield fields


def _record(text: str, start: int, delimiter: str, limit: int) -> tuple[list[str], int]:
    """Give back the fields of the record at `start` and the place after it (spec/disarm.md 1.2, 1.3)."""
    fields, quoted, size = [""], False, 0
    for place in range(start, len(text)):
        one, after = text[place], text[place + 1 : place + 2]
        if one == "\n" and not quoted:
            return fields, place + 1
        size += len(one.encode())
        if size > limit:
            raise _Stopped(Rule.LINE_LENGTH)
        if one == '"':
            before = text[max(start, place - 1) : place]
            _check_quote(after if quoted else before, delimiter)
            fields[-1] += '"' if before == '"' and not quoted else ""
            quoted = not quoted
        elif one == delimiter and not quoted:
            fields.append("")
        elif one != "\r" or quoted:
            fields[-1] += one
        elif after != "\n":
            raise _Stopped(Rule.LINE_END)
    if quoted:
        raise _Stopped(Rule.QUOTES)
    return fields, len(text)


def _check_quote(beside: str, delimiter: str) -> None:
    """Refuse a quote with anything but an end of field or another quote on its outer side."""
    if beside not in {"", delimiter, "\r", "\n", '"'}:
        raise _Stopped(Rule.QUOTES)
