"""What is inside a parcel: a head record, the files one after the other, a tail record (spec/parcel.md 3.2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sekisho.digest import Digest, read_digest
from sekisho.errors import BadParcel, Malformed, Reason
from sekisho.statement import LARGEST_INTEGER, check_fields, read_canonical, write_canonical

FORMAT = "sekisho/contents/v1"
MOST_FILES = 16
LARGEST_RECORD_BYTES = 65_536
SCHEMA_NAMES = frozenset({"schema.toml", "schema.json"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}(\.[a-z0-9]{1,16}){1,2}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)\..*")  # names that Windows keeps for itself
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,64}/[a-z0-9.+-]{1,64}(; charset=[a-z0-9_-]{1,32})?")


@dataclass(frozen=True)
class DeclaredFile:
    """A file as the head record announces it."""

    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class SealedFile:
    """A file as it went in or came out."""

    name: str
    media_type: str
    size_bytes: int
    digest: Digest


@dataclass(frozen=True)
class Contents:
    """What came out of a parcel, after every check held."""

    files: tuple[SealedFile, ...]
    rows: int


def check_declared(files: Sequence[DeclaredFile]) -> tuple[DeclaredFile, ...]:
    """Give back 1 to 16 files with safe, different names; no name has a path or capital letters."""
    if not 1 <= len(files) <= MOST_FILES or len({one.name for one in files}) != len(files):
        raise BadParcel(Reason.PARCEL_CONTENTS, field="files", count=len(files))
    for position, one in enumerate(files, 1):
        if not _NAME.fullmatch(one.name) or _DEVICE.fullmatch(one.name):
            raise BadParcel(Reason.PARCEL_CONTENTS, field="name", file=position)
        if not _MEDIA_TYPE.fullmatch(one.media_type):
            raise BadParcel(Reason.PARCEL_CONTENTS, field="media_type", file=position)
        if not 0 <= one.size_bytes <= LARGEST_INTEGER:
            raise BadParcel(Reason.PARCEL_CONTENTS, field="size_bytes", file=position)
    return tuple(files)


def write_head_record(files: Sequence[DeclaredFile]) -> bytes:
    listed = [{"media_type": one.media_type, "name": one.name, "size_bytes": one.size_bytes} for one in files]
    return _with_length({"files": listed, "format": FORMAT})


def read_head_record(raw: bytes) -> tuple[DeclaredFile, ...]:
    """Give back the files that the record (without its length) announces."""
    try:
        fields = check_fields(read_canonical(raw), files=list, format=str)
        entries = [check_fields(one, media_type=str, name=str, size_bytes=int) for one in fields["files"]]
    except Malformed as error:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="head record") from error
    if fields["format"] != FORMAT:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="head record")
    return check_declared([DeclaredFile(one["name"], one["media_type"], one["size_bytes"]) for one in entries])


def write_tail_record(files: Sequence[SealedFile], rows: int) -> bytes:
    listed = [{"name": one.name, "sha256": str(one.digest), "size_bytes": one.size_bytes} for one in files]
    return _with_length({"files": listed, "rows": rows})


def check_tail_record(raw: bytes, contents: Contents) -> Contents:
    """Give back `contents`, which was read, if the record (without its length) says exactly the same."""
    try:
        fields = check_fields(read_canonical(raw), files=list, rows=int)
        entries = [check_fields(one, name=str, sha256=str, size_bytes=int) for one in fields["files"]]
        said = [(one["name"], read_digest(one["sha256"]), one["size_bytes"]) for one in entries]
    except Malformed as error:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="tail record") from error
    if said != [(one.name, one.digest, one.size_bytes) for one in contents.files]:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="tail record", field="files")
    if fields["rows"] != contents.rows:
        raise BadParcel(Reason.PARCEL_CONTENTS, part="tail record", field="rows")
    return contents


def check_schema(files: Sequence[SealedFile], schema: Digest, otherwise: Reason) -> None:
    """Raise `otherwise` unless each schema file among `files` is the one that the label names."""
    if any(one.digest != schema for one in files if one.name in SCHEMA_NAMES):
        raise BadParcel(otherwise, field="schema")


def _with_length(value: Any) -> bytes:
    record = write_canonical(value)
    return len(record).to_bytes(4, "big") + record
