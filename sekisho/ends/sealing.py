"""What goes into a parcel: the table as it stands where it may, written anew where something stays behind (spec/schema.md 5)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import BinaryIO, cast

from sekisho.deid.schema import Schema
from sekisho.ends.inspecting import EXTRA, Checked, Clerk, check_table, open_schema, open_searched_schema
from sekisho.errors import BadSettings, Reason
from sekisho.parcel.draft import LegalBasis, LegalBasisKind
from sekisho.parcel.streams import Progress
from sekisho.storage.files import open_existing
from sekisho.tables.row_count import count_rows


@dataclass(frozen=True)
class Content:
    """A table to be sealed: its bytes as they will travel, their number, the rows in them, and the schema beside them.

    `checked` is what the check found; None where the file goes as it stands, unlooked at. `left_out` are the columns that do
    not travel.
    """

    open_table: Callable[[], AbstractContextManager[BinaryIO]]
    size_bytes: int
    rows: int
    schema_raw: bytes
    checked: Checked | None = None
    left_out: tuple[str, ...] = ()


def as_it_stands(table: Path, schema: Path) -> Content:
    """Give back the file's own bytes, unlooked at: processing refuses what does not fit. For tests and peers of ours."""
    _, schema_raw = open_schema(schema)
    with open_existing(table) as counted:
        rows = count_rows(counted)
    return Content(partial(open_existing, table), table.stat().st_size, rows, schema_raw)


def prepare(table: Path, schema: Path, progress: Progress | None = None, clerk: Clerk | None = None) -> Content:
    """Give back what will be sealed, once all of it was read, held against its schema and searched for numbers of persons.

    Refuses what `open_searched_schema` and `check_table` refuse.
    """
    declared, schema_raw = open_searched_schema(schema)
    checked = check_table(table, declared, progress, clerk)
    from sekisho.deid.declared.toml import write_schema_toml
    from sekisho.tables.rewriting import needs_rewriting, sealed_schema

    if not needs_rewriting(declared):
        return Content(partial(open_existing, table), checked.size_bytes, checked.rows, schema_raw, checked)
    sealed = sealed_schema(declared)
    return Content(
        partial(_rewritten, table, declared),
        checked.size_bytes,
        checked.rows,
        write_schema_toml(sealed),
        checked,
        tuple(one.name for one in declared.columns if one.name not in sealed.names),
    )


def basis_of(kind: str, reference: str) -> LegalBasis:
    """Give back the legal basis as it will stand on the label; refuses with PARCEL_FORBIDDEN_NUMBER (spec/numbers.md 6)."""
    try:
        from sekisho.tables.label_texts import check_basis
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.TABLE_READER_MISSING, package=EXTRA) from error
    return check_basis(LegalBasis(LegalBasisKind(kind), reference))


@contextmanager
def _rewritten(table: Path, schema: Schema) -> Iterator[BinaryIO]:
    from sekisho.tables.rewriting import rewritten

    with open_existing(table) as stream:
        yield cast("BinaryIO", _Pieces(rewritten(stream, schema)[1]))


class _Pieces(RawIOBase):
    """A stream to read from, of pieces of bytes as they come."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = BytesIO()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not (piece := self._held.read(len(buffer))):
            following = next(self._pieces, None)
            if following is None:
                return 0
            self._held = BytesIO(following)
        buffer[: len(piece)] = piece
        return len(piece)
