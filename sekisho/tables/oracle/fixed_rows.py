"""The oracle for records of fixed length: record by record, whole in memory (spec/disarm.md 1.6)."""

from sekisho.deid.declared.layout import Fixed
from sekisho.deid.schema import Schema
from sekisho.deid.table import Value
from sekisho.tables.oracle.csv_rows import read_row
from sekisho.tables.records.decoding import codec_of, skip_mark
from sekisho.tables.records.tally import WHOLE_FILE, Tally
from sekisho.tables.rules import Rule


def read_fixed_rows(raw: bytes, schema: Schema, layout: Fixed) -> list[tuple[Value, ...]]:  # noqa: C901 - plain on purpose
    """Give back the typed rows; refuses as `disarm` does."""
    codec, tally = codec_of(schema.encoding, raw), Tally(schema)
    records, cut = _records(skip_mark(raw, schema.encoding), layout, codec)
    header, data, trailer = (one.encode(codec) for one in (layout.header, layout.data_mark, layout.trailer))
    found, number, seen_trailer = [], 0, None
    for place, record in enumerate(records):
        if place == 0 and header:
            if record.startswith(header):
                continue
            tally.add(WHOLE_FILE, Rule.HEADER_MISSING, 1, 0)
        if seen_trailer is not None:
            tally.add(WHOLE_FILE, Rule.RECORD_MARK, 1, number + 1)
        elif trailer and record.startswith(trailer):
            seen_trailer = record
        else:
            number += 1
            if record.startswith(data):
                found.append(read_row(_fields(record, schema, codec), schema, tally, number))
            else:
                tally.add(WHOLE_FILE, Rule.RECORD_MARK, 1, number)
    if cut:
        tally.add(WHOLE_FILE, Rule.RECORD_LENGTH, 1, number + 1)
    elif trailer and records and seen_trailer is None:
        tally.add(WHOLE_FILE, Rule.TRAILER_MISSING, 1, number)
    elif layout.count_bytes and seen_trailer is not None:
        told = seen_trailer[layout.count_at - 1 : layout.count_at - 1 + layout.count_bytes].decode(codec, "replace")
        if not (told.strip().isascii() and told.strip().isdigit() and int(told) == number):
            tally.add(WHOLE_FILE, Rule.TRAILER_COUNT, 1, number)
    tally.check(number)
    return found


def _records(raw: bytes, layout: Fixed, codec: str) -> tuple[list[bytes], bool]:
    """Give back the records without their ends, and whether the file goes on with something that is none."""
    ends, mark = layout.ends.octets.decode().encode(codec), "\x1a".encode(codec)
    records: list[bytes] = []
    while raw and raw != mark:
        record, rest = raw[: layout.record_bytes], raw[layout.record_bytes :]
        is_last = rest in {b"", mark}
        if len(record) < layout.record_bytes or not (rest.startswith(ends) or is_last):
            return records, True
        records.append(record)
        raw = rest.removeprefix(ends)
    return records, False


def _fields(record: bytes, schema: Schema, codec: str) -> list[str]:
    places = [(one.at or 0, one.width_bytes or 0) for one in schema.columns]
    return [record[at - 1 : at - 1 + width].decode(codec, "replace") for at, width in places]
