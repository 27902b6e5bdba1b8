"""The oracle: the same reading as `disarm`, letter by letter and whole in memory (spec/disarm.md).

Slow and plain on purpose. It shares the rules of single cells and the header check with `disarm`, nothing else: no
NumPy, no PyArrow, no blocks. Tests hold both together.
"""

from collections.abc import Iterator

from sekisho.deid.schema import Encoding, Schema
from sekisho.deid.table import Value
from sekisho.tables.records.header import check_header
from sekisho.tables.records.tally import WHOLE_FILE, Tally
from sekisho.tables.rules import REPLACED, Rule, cell_reader

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
    layout = schema.csv
    first_bytes = header_bytes if layout.header else record_bytes
    records = list(_told(_records(decode(raw, schema.encoding), layout.delimiter, first_bytes, record_bytes)))
    if layout.totals and not (records and isinstance(records[-1], _Stopped)):
        first_row = 1 if layout.header else 0
        records = records[: max(first_row, len(records) - layout.totals)]
    found: list[tuple[Value, ...]] = []
    number = -1 if layout.header else 0  # the header is record 0
    for one in records:
        number += 1
        if isinstance(one, _Stopped):
            tally.add(WHOLE_FILE, one.rule, 1, number)
            number -= 1
        elif number > 0:
            found.append(read_row(one, schema, tally, number))
        elif not check_header(one, schema, tally):
            break
    tally.check(max(0, number))
    return found


def _told(records: Iterator[list[str]]) -> Iterator[list[str] | _Stopped]:
    """Give the records, and as the last one why no more can be read, where that is so."""
    try:
        yield from records
    except _Stopped as stopped:
        yield stopped


def decode(raw: bytes, encoding: Encoding) -> str:
    """Give back the whole file as text, U+FFFD for what is none, without marks at its beginning and end."""
    match encoding:
        case Encoding.UTF_8:
            text = raw.decode("utf-8-sig", "replace")
        case Encoding.CP932:
            text = raw.decode("cp932", "replace")
        case Encoding.UTF_16 if not raw or raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            text = raw.decode("utf-16", "replace")
        case Encoding.UTF_16:
            text = REPLACED + raw.decode("utf-16-le", "replace")
    return text.removesuffix("\x1a")


def read_row(fields: list[str], schema: Schema, tally: Tally, number: int) -> tuple[Value, ...]:
    """Give back the values of one row; what breaks a rule goes into the tally."""
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
