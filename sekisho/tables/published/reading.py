"""A published list of changed codes, whoever published it (spec/policy.md 4.4)."""

import csv
import io

from sekisho.errors import BadTable, Reason
from sekisho.tables.published.estat import read_estat
from sekisho.tables.published.found import Published
from sekisho.tables.published.ministry import read_ministry

LARGEST_LIST_BYTES = 64 * 1024 * 1024  # e-Stat's whole list has less than one
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_published(raw: bytes) -> Published:
    """Give back what the list says; LADDER_CODES_LAYOUT where it is of no layout that is known."""
    text = _decode(raw)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        raise BadTable(Reason.LADDER_CODES_LAYOUT, rule="codes-quotes") from error
    found = read_estat(records) or read_ministry(records)
    if found is None:
        raise BadTable(Reason.LADDER_CODES_LAYOUT)
    return found


def _decode(raw: bytes) -> str:
    """Give back the text: UTF-16 by its mark, else UTF-8, else what a spreadsheet in Japanese writes."""
    codecs = ("utf-16",) if raw.startswith(_UTF_16) else ("utf-8-sig", "cp932")
    for codec in codecs:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    raise BadTable(Reason.LADDER_CODES_LAYOUT, rule="codes-encoding")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return "\t" if first.count("\t") > first.count(",") else ","
