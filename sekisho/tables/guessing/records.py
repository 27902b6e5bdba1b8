"""The records of an unknown file, one by one, without rules (spec/inspect.md 3.1)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Encoding
from sekisho.tables.guessing.layout import CODECS

LONGEST_FIELD = 131_072  # characters: csv's own limit
END_MARK = "\x1a"


@dataclass
class Stopped:
    """Whether the reading ended before the file did, because a record could not be taken apart."""

    early: bool = False


def read_records(stream: BinaryIO, encoding: Encoding, layout: Csv, stopped: Stopped) -> Iterator[list[str]]:
    """Give back the records with a field or more; what cannot be decoded is U+FFFD. A broken record ends the reading."""
    text = io.TextIOWrapper(stream, CODECS[encoding], "replace", newline="")
    try:
        for record in csv.reader(text, delimiter=layout.delimiter):
            if record and record not in ([END_MARK], [""]):
                yield record
    except csv.Error:
        stopped.early = True
    finally:
        text.detach()


def read_lines(stream: BinaryIO, encoding: Encoding) -> Iterator[list[str]]:
    """Give back the lines of a claims file as their items: fields apart by commas, no quotes."""
    text = io.TextIOWrapper(stream, CODECS[encoding], "replace", newline="")
    try:
        for line in text:
            stripped = line.rstrip("\r\n" + END_MARK)
            if stripped:
                yield stripped.split(",")
    finally:
        text.detach()
