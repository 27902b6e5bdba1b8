"""A table held against its schema where it was made, as processing will hold it, and searched for numbers of persons."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import Role, Schema, read_schema
from sekisho.errors import BadSettings, BadTable, Malformed, Reason
from sekisho.parcel.streams import Progress
from sekisho.storage.files import on_disk, open_existing, read_file

if TYPE_CHECKING:
    from sekisho.deid.numbers.columns import Sighting
    from sekisho.deid.numbers.watching import Watching

LARGEST_SCHEMA_BYTES = 1024 * 1024
EXTRA = "sekisho[municipality]"
_GUARDED = frozenset({Role.IDENTIFIER, Role.STRIPPED})  # their numbers are never part of what is released

Clerk = Callable[[object], None]
"""Takes the list of what does not fit, with the cells' texts, which stays with the clerk (`tables.error_list.ErrorList`)."""


@dataclass(frozen=True)
class Checked:
    """What was found in a table that fits.

    `rows` are those that will be sealed, `withheld` those that never leave. `named` are columns of which the name alone speaks of a number of persons, with its code; `dropped` lines passed over, by
    kind; `totals` records of totals left out; `size_bytes` is of the table as it will be sealed; `gaiji` for columns with private-use characters (外字) the cells in which 〓 will stand for them.
    """

    rows: int
    size_bytes: int
    withheld: int = 0
    named: tuple[tuple[str, str], ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()
    totals: int = 0
    gaiji: tuple[tuple[str, int], ...] = ()


def open_schema(path: Path) -> tuple[Schema, bytes]:
    """Give back the schema at `path` and its bytes; what is wrong in it is `BadSettings` with the file's name."""
    raw = read_file(path, LARGEST_SCHEMA_BYTES)
    try:
        return read_schema(raw), raw
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), file=path.name, **error.facts) from error


def open_searched_schema(path: Path) -> tuple[Schema, bytes]:
    """Give back the schema at `path` and its bytes, once the file itself was searched for My Numbers (spec/numbers.md 6).

    It travels with the table, so what may not leave in a cell may not leave in a comment either.
    """
    declared, raw = open_schema(path)
    try:
        from sekisho.deid.numbers.refusing import check_schema_numbers
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.TABLE_READER_MISSING, package=EXTRA) from error
    try:
        check_schema_numbers(raw, declared)
    except Malformed as error:
        raise BadSettings(error.reason, findings=(), file=path.name, **error.facts) from error
    return declared, raw


def check_table(table: Path, schema: Schema, progress: Progress | None = None, clerk: Clerk | None = None) -> Checked:
    """Give back what is to be said of a table that fits its schema (spec/disarm.md) and holds no number that may not come in.

    Refuses with `BadTable` what processing would refuse; `clerk` is then given what does not fit, cell by cell. Refuses with
    TABLE_READER_MISSING where Sekisho is installed without the extra that reads tables.
    """
    try:
        from sekisho.deid.numbers.watching import Watching
        from sekisho.tables.error_list import ErrorList
        from sekisho.tables.reading import Reading
        from sekisho.tables.rewriting import needs_rewriting, rewritten_by
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.TABLE_READER_MISSING, package=EXTRA) from error
    if all(one.role is Role.STRIPPED for one in schema.columns):
        raise BadSettings(Reason.SCHEMA_MALFORMED, key="column", rule="all-stripped")
    watching, errors = Watching(), ErrorList()
    reading = Reading(schema, watch=watching.feed, errors=errors)
    size_bytes = table.stat().st_size
    with on_disk(), open_existing(table) as stream:
        counted = cast("BinaryIO", _Counted(stream, size_bytes, progress))
        try:
            if needs_rewriting(schema):
                size_bytes = sum(map(len, rewritten_by(reading, counted, schema)))
            else:
                reading.look(counted)
        except BadTable:
            if clerk is not None and len(errors):
                clerk(errors)
            raise
    if reading.withheld == reading.rows:
        raise BadTable(Reason.TABLE_EMPTY)
    seen = _checked_numbers(watching, table, schema, clerk)
    return Checked(
        rows=reading.rows - reading.withheld,
        withheld=reading.withheld,
        size_bytes=size_bytes,
        named=tuple(
            (one.column, one.code.value)
            for one in seen
            if not one.is_certain and schema.column(one.column).role not in _GUARDED
        ),
        dropped=tuple(sorted(reading.tally.dropped.items())),
        totals=schema.layout.totals if isinstance(schema.layout, Csv) else 0,
        gaiji=tuple((one.name, one.hidden) for one in reading.columns if one.hidden),
    )


def _checked_numbers(watching: "Watching", table: Path, schema: Schema, clerk: Clerk | None) -> tuple["Sighting", ...]:
    """Give back the numbers that nothing is said against; a refusal names the first row of each, and lists them all."""
    from sekisho.deid.numbers.codes import Code
    from sekisho.deid.numbers.refusing import check_numbers
    from sekisho.tables.error_list import ErrorList
    from sekisho.tables.number_rows import list_numbers

    try:
        return check_numbers(watching.sightings(), schema)
    except BadTable as error:
        errors = ErrorList()
        first: dict[tuple[str, str], int] = {}
        with on_disk():
            for one in error.findings:
                with open_existing(table) as stream:
                    found = list_numbers(stream, schema, {one.column: Code(one.rule)}, errors)
                first |= {(one.column, one.rule): found.get(one.column, 0)}
        if clerk is not None and len(errors):
            clerk(errors)
        named = tuple(replace(one, first_row=first[one.column, one.rule]) for one in error.findings)
        raise BadTable(error.reason, findings=named) from error


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
