"""Reading a municipality's table in a locked child process: what is taken over there, stays there (spec/locks.md 5).

This file is both ends: `disarm_alone` is called in processing, and run as a program it is the child.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.deid.numbers.refusing import check_numbers, check_schema_numbers
from sekisho.deid.numbers.watching import Watching
from sekisho.deid.schema import Role, Schema, read_schema
from sekisho.errors import BadParcel, BadSettings, BadTable, Malformed, Reason
from sekisho.locks.alone import Terms, run_alone
from sekisho.locks.child import FIRST_GIVEN, answer_alone
from sekisho.locks.lock import Layer
from sekisho.locks.privileges import Limits
from sekisho.storage.files import open_existing, open_new, read_file, sync_file
from sekisho.storage.settings import ProcessingSettings
from sekisho.tables.disarm import disarm_into

LARGEST_SCHEMA_BYTES = 1024 * 1024
MEMORY_BYTES = 4 * 1024**3  # of addresses: the libraries' own are about one
LEAST_SECONDS, SLOWEST_BYTES = 60, 1_000_000  # of its own time, and a second more for each so many bytes
LEAST_WRITTEN_BYTES, MOST_GROWTH = 64 * 1024 * 1024, 4
DESCRIPTORS = 64
_MODULE = "sekisho.zones.processing.parsing"


@dataclass(frozen=True)
class Read:
    """How many rows and columns a disarmed table has."""

    rows: int
    columns: int


def disarm_alone(room: Path, settings: ProcessingSettings, expected: int) -> Read:
    """Give back what was read of `room/table.csv`, once `room/table.parquet` holds its typed values.

    Refuses with `BadParcel` where these are not as many rows as the parcel says, with `BadTable` what the schema, the
    table or its numbers refuse, and PARSER_ENDED where the reader needed more than its limits.
    """
    try:
        request = read_file(room / "schema.toml", LARGEST_SCHEMA_BYTES)
    except (Malformed, BadSettings) as error:  # too large: it is the sender's file
        raise BadTable(Reason.SCHEMA_MALFORMED, findings=(), **error.facts) from error
    with open_existing(room / "table.csv") as table, open_new(room / "table.parquet") as typed:
        terms = _terms(os.fstat(table.fileno()).st_size, settings)
        answer = run_alone(_MODULE, request, (table.fileno(), typed.fileno()), terms)
        sync_file(typed)
    rows, columns = answer.get("rows"), answer.get("columns")
    if not (isinstance(rows, int) and isinstance(columns, int)):
        raise BadTable(Reason.PARSER_ENDED, limit="crash")
    if rows != expected:
        raise BadParcel(Reason.PARCEL_CONTENTS, field="rows", rows=rows, expected=expected)
    return Read(rows, columns)


def _terms(size_bytes: int, settings: ProcessingSettings) -> Terms:
    seconds = LEAST_SECONDS + size_bytes // SLOWEST_BYTES
    limits = Limits(
        memory_bytes=MEMORY_BYTES,
        cpu_seconds=seconds,
        file_bytes=LEAST_WRITTEN_BYTES + MOST_GROWTH * size_bytes,
        open_files=DESCRIPTORS,
    )
    without = frozenset(Layer(one) for one in settings.lock.without)
    return Terms(limits, 2.0 * seconds, settings.site.trial, without, settings.lock.user)


def _read(raw: bytes) -> dict[str, Any]:
    """Give back rows and columns of the table, read from the first descriptor and written to the second."""
    schema = _schema(raw)
    watching = Watching()
    with os.fdopen(FIRST_GIVEN, "rb") as table, os.fdopen(FIRST_GIVEN + 1, "wb") as typed:
        read = disarm_into(table, schema, typed, watch=watching.feed)
    check_numbers(watching.sightings(), schema)
    return {"rows": read.rows, "columns": len(read.respelled)}


def _schema(raw: bytes) -> Schema:
    try:
        schema = read_schema(raw)
        check_schema_numbers(raw, schema)
    except (Malformed, BadSettings) as error:
        raise BadTable(Reason.SCHEMA_MALFORMED, findings=(), **error.facts) from error
    stripped = schema.with_role(Role.STRIPPED)
    if stripped:
        raise BadTable(Reason.TABLE_STRIPPED_COLUMN, columns=len(stripped))
    return schema


if __name__ == "__main__":
    answer_alone(_read)
