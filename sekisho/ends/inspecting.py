"""A table held against its schema where it was made, as processing will hold it; nothing is written."""

from pathlib import Path
from typing import BinaryIO, cast

from sekisho.deid.schema import Schema, read_schema
from sekisho.errors import BadSettings, Malformed, Reason
from sekisho.parcel.streams import Progress
from sekisho.storage.files import on_disk, open_existing, read_file

LARGEST_SCHEMA_BYTES = 1024 * 1024
EXTRA = "sekisho[deid]"


def open_schema(path: Path) -> tuple[Schema, bytes]:
    """Give back the schema at `path` and its bytes; what is wrong in it is `BadSettings` with the file's name."""
    raw = read_file(path, LARGEST_SCHEMA_BYTES)
    try:
        return read_schema(raw), raw
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), file=path.name, **error.facts) from error


def inspect_table(table: Path, schema: Path, progress: Progress | None = None) -> int:
    """Give back the table's rows if it fits its schema (spec/disarm.md).

    Refuses with `BadTable` what processing would refuse, and with TABLE_READER_MISSING where Sekisho is installed without
    the extra that reads tables.
    """
    declared, _ = open_schema(schema)
    try:
        from sekisho.tables.disarm import inspect_csv
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.TABLE_READER_MISSING, package=EXTRA) from error
    with on_disk(), open_existing(table) as stream:
        counted = _Counted(stream, table.stat().st_size, progress)
        return inspect_csv(cast("BinaryIO", counted), declared).rows


class _Counted:
    """A stream to read from that tells how much of it was read."""

    def __init__(self, stream: BinaryIO, size_bytes: int, progress: Progress | None) -> None:
        self._stream = stream
        self._size_bytes, self._progress = size_bytes, progress
        self._read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._read_bytes += len(piece)
        if self._progress is not None:
            self._progress(self._read_bytes, self._size_bytes)
        return piece
