"""A schema proposed for a file that nobody described, where the file is; nothing is written (spec/inspect.md)."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from sekisho.deid.declared.layout import Fixed
from sekisho.deid.workshop.proposing.loosen import loosened
from sekisho.deid.workshop.proposing.proposal import Proposal, Tried, propose_columns, propose_record
from sekisho.ends.inspecting import EXTRA
from sekisho.errors import BadSettings, BadTable, Reason
from sekisho.parcel.streams import Progress
from sekisho.storage.files import on_disk, open_existing

MOST_TRIES = 4
PASSES = 3  # over the file: its bytes, its records, and the schema tried


def propose(path: Path, progress: Progress | None = None) -> Proposal:
    """Give back what the file at `path` is and the schema that is proposed for it, tried on the whole file.

    `progress` is told (bytes read, bytes to read) over PASSES readings. Refuses with TABLE_READER_MISSING where Sekisho is
    installed without the extra that reads tables; a file that is no table is no error: the proposal says what it is.
    """
    try:
        from sekisho.tables.guessing.guess import guess
    except ModuleNotFoundError as error:
        raise BadSettings(Reason.TABLE_READER_MISSING, package=EXTRA) from error
    with on_disk():
        size_bytes = path.stat().st_size
        passes = iter(range(PASSES + MOST_TRIES))

        def open_file() -> AbstractContextManager[BinaryIO]:
            return _open(path, size_bytes, min(next(passes), PASSES - 1), progress)

        guessed = guess(open_file)
        if isinstance(guessed.found.layout.layout, Fixed):
            return _tried(propose_record(guessed.found), open_file)
        return _tried(propose_columns(guessed.found, guessed.facts, guessed.codes or {}), open_file)


def _tried(proposal: Proposal, open_file: Callable[[], AbstractContextManager[BinaryIO]]) -> Proposal:
    """Give back the proposal held against the whole file, made wider where what was not in the sample is refused."""
    from sekisho.tables.disarm import inspect

    for _ in range(MOST_TRIES):
        schema = proposal.schema
        if schema is None:
            return proposal
        try:
            with open_file() as stream:
                rows = inspect(stream, schema).rows
        except BadTable as refused:
            proposal = replace(proposal, tried=Tried(findings=refused.findings))
            wider = loosened(proposal, refused.findings)
            if wider.columns == proposal.columns:
                return proposal
            proposal = wider
        else:
            return replace(proposal, tried=Tried(rows=rows))
    return proposal


class _Counted(io.RawIOBase):
    """A file to read from that tells how much of all passes was read."""

    def __init__(self, stream: BinaryIO, before: int, whole: int, progress: Progress | None) -> None:
        super().__init__()
        self._stream, self._before, self._whole, self._progress = stream, before, whole, progress

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def readinto(self, buffer: object) -> int:
        read = cast("io.BufferedReader", self._stream).readinto(buffer)  # type: ignore[arg-type]  # any buffer
        if self._progress is not None:
            self._progress(min(self._before + self._stream.tell(), self._whole), self._whole)
        return read


@contextmanager
def _open(path: Path, size_bytes: int, place: int, progress: Progress | None) -> Iterator[BinaryIO]:
    with open_existing(path) as stream:
        counted = _Counted(stream, place * size_bytes, PASSES * size_bytes, progress)
        yield cast("BinaryIO", io.BufferedReader(counted, 1024 * 1024))
