"""Uploads that are not whole yet: they grow, survive a cut, and have one writer at a time (spec/line.md 2.2)."""

import fcntl
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sekisho.errors import BadParcel, Reason
from sekisho.parcel.streams import write_all
from sekisho.storage.files import PART, make_folder, on_disk, open_existing, read_file, remove, write_durably

_NAME = re.compile(r"[0-9a-f]{64}")
LARGEST_OPENING_BYTES = 256 * 1024


@dataclass
class HeldPart:
    """A part in the hands of its one writer; `offset` is where the next byte goes."""

    stream: BinaryIO
    offset: int

    def write(self, raw: bytes) -> None:
        """Write all of `raw`, or refuse; a full disk may take a piece of it, which stays and counts."""
        with on_disk():
            write_all(self.stream, raw)
        self.offset += len(raw)

    def close(self) -> int:
        """Give back the size that is really there, and let go."""
        with on_disk():
            size = os.fstat(self.stream.fileno()).st_size
            self.stream.close()
        return size


@dataclass(frozen=True)
class Parts:
    """A folder of parts; each has the opening statement that it began with beside it."""

    folder: Path

    def begin(self, name: str, opening: bytes) -> int:
        """Give back the offset from which to go on; `opening` is kept, in place of an earlier one for the same bytes."""
        make_folder(self.folder)
        self._check(name)
        if not self._opening(name).is_file() or self.opening(name) != opening:
            write_durably(self._opening(name), opening)
        with on_disk():
            os.close(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        return self.size(name)

    def opening(self, name: str) -> bytes:
        """Give back the opening of a part that was begun; refuses one that was not."""
        self._check(name)
        if not self._opening(name).is_file():
            raise BadParcel(Reason.LINE_OFFSET)
        return read_file(self._opening(name), LARGEST_OPENING_BYTES)

    def size(self, name: str) -> int:
        path = self.path(name)
        with on_disk():
            return path.stat().st_size if path.is_file() else 0

    def hold(self, name: str, offset: int) -> HeldPart:
        """Give back the part for writing at `offset`, which must be its size; refuses while another writer has it.

        It makes no file: a part that was taken in meanwhile does not begin a second time.
        """
        path = self.path(name)
        if not path.is_file():
            raise BadParcel(Reason.LINE_OFFSET)
        with on_disk():
            flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            stream = os.fdopen(os.open(path, flags), "ab", buffering=0)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.close()
            raise BadParcel(Reason.LINE_OFFSET) from error
        size = os.fstat(stream.fileno()).st_size
        if size != offset:
            stream.close()
            raise BadParcel(Reason.LINE_OFFSET, offset=size)
        return HeldPart(stream, offset)

    def touched(self, name: str) -> datetime:
        """Give back when a begun upload last took a byte, by the clock of the disk."""
        with on_disk():
            times = [path.stat().st_mtime for path in (self.path(name), self._opening(name)) if path.is_file()]
        return datetime.fromtimestamp(max(times), UTC)

    def read(self, name: str) -> BinaryIO:
        return open_existing(self.path(name))

    def path(self, name: str) -> Path:
        return self.folder / f"{self._check(name)}{PART}"

    def forget(self, name: str) -> None:
        """Remove the part and its opening."""
        remove(self.path(name))
        remove(self._opening(name))

    def _opening(self, name: str) -> Path:
        return self.folder / f"{self._check(name)}.opening"

    def _check(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise BadParcel(Reason.LINE_OFFSET)
        return name
