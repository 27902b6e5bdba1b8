"""Files that are still there, and whole, after a power cut: written, synced, then named."""

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sekisho.errors import BadSettings, Reason, Unavailable

PART = ".part"  # what is not finished yet carries this ending
_FULL = {errno.ENOSPC, errno.EDQUOT}
_UNWRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EEXIST}
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def is_full(error: OSError) -> bool:
    return error.errno in _FULL


def why_failed(error: OSError) -> Unavailable:
    """Give back our error for one of the disk.

    DISK_FULL; FOLDER_UNWRITABLE with the path, where the place is wrong and not the disk; else DISK_FAILED with the
    name of the errno and no path.
    """
    if is_full(error):
        return Unavailable(Reason.DISK_FULL)
    name = errno.errorcode.get(error.errno or 0, "unknown")
    path = error.filename2 or error.filename
    if error.errno in _UNWRITABLE and isinstance(path, str | os.PathLike):
        return Unavailable(Reason.FOLDER_UNWRITABLE, path=str(Path(path).absolute()), errno=name)
    return Unavailable(Reason.DISK_FAILED, errno=name)


@contextmanager
def on_disk() -> Iterator[None]:
    """Turn every OSError inside into `Unavailable`."""
    try:
        yield
    except OSError as error:
        raise why_failed(error) from error


def check_name(name: str) -> str:
    """Give back `name` if it can name a file anywhere: ASCII letters, digits, `.`, `_`, `-`; no path, not hidden."""
    if not _SAFE.fullmatch(name) or name.endswith(PART):
        raise BadSettings(Reason.SETTINGS_MALFORMED, field="file name")
    return name


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    with on_disk():
        found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(found)
        finally:
            os.close(found)


def sync_file(stream: BinaryIO) -> None:
    """Make the bytes of `stream` durable."""
    with on_disk():
        stream.flush()
        os.fsync(stream.fileno())


def make_folder(folder: Path) -> Path:
    """Give back `folder`, made durably with mode 0700 where it is missing, and its parents too."""
    if folder.is_dir():
        return folder
    make_folder(folder.parent)
    with on_disk():
        folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)
    return folder


def open_new(path: Path) -> BinaryIO:
    """Give back a new file (mode 0600), open for reading and writing; FILE_EXISTS if the name is taken by anything."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.fdopen(os.open(path, flags, 0o600), "w+b")
    except FileExistsError as error:
        raise Unavailable(Reason.FILE_EXISTS, file=path.name) from error
    except OSError as error:
        raise why_failed(error) from error


def open_to_append(path: Path) -> BinaryIO:
    """Give back the existing file at `path`, unbuffered, open for reading and writing; no symbolic link."""
    with on_disk():
        return os.fdopen(os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC), "r+b", buffering=0)


def open_existing(path: Path) -> BinaryIO:
    """Give back the regular file at `path`, open for reading; a symbolic link is refused (FILE_MISSING).

    A file that is there and may not be read is FILE_UNREADABLE: nobody may take it for one that is gone.
    """
    try:
        stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise Unavailable(Reason.FILE_MISSING, file=path.name) from error
    except PermissionError as error:
        raise Unavailable(Reason.FILE_UNREADABLE, path=str(path.absolute())) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unavailable(Reason.FILE_MISSING, file=path.name) from error
        raise why_failed(error) from error
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise Unavailable(Reason.FILE_MISSING, file=path.name)
    return stream


def read_file(path: Path, largest_bytes: int) -> bytes:
    """Give back the whole file; one larger than `largest_bytes` is refused without being read."""
    with on_disk(), open_existing(path) as stream:
        raw = stream.read(largest_bytes + 1)
    if len(raw) > largest_bytes:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name, largest_bytes=largest_bytes)
    return raw


def write_durably(path: Path, raw: bytes) -> None:
    """Put `raw` at `path` (mode 0600), whole or not at all; what stood there before is replaced."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PART}")
    try:
        with on_disk(), open_new(temporary) as stream:  # closing writes too, so it stands inside
            stream.write(raw)
            sync_file(stream)
        with on_disk():
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def publish(temporary: Path, final: Path) -> None:
    """Give the finished file `temporary` the name `final`, durably; FILE_EXISTS if that name is taken.

    A cut between the two names leaves both, on the same bytes; whoever cleans up removes what ends in `.part`.
    Both must lie on one file system.
    """
    with on_disk(), open_existing(temporary) as stream:
        os.fsync(stream.fileno())
    try:
        os.link(temporary, final, follow_symlinks=False)
    except FileExistsError as error:
        raise Unavailable(Reason.FILE_EXISTS, file=final.name) from error
    except OSError as error:
        raise why_failed(error) from error
    sync_folder(final.parent)
    remove(temporary)


def remove(path: Path) -> None:
    """Take the name away, durably; nothing happens if it is not there."""
    with on_disk():
        path.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def workroom(parent: Path) -> Iterator[Path]:
    """Give a new empty folder (mode 0700) in `parent`, removed with all that is in it at the end."""
    folder = parent / f"{secrets.token_hex(8)}{PART}"
    with on_disk():
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        with on_disk():
            shutil.rmtree(folder)


def check_new(folder: Path) -> Path:
    """Give back `folder` if it is not there or empty; FOLDER_NOT_EMPTY, or FOLDER_UNWRITABLE if it is no folder."""
    with on_disk():
        if os.path.lexists(folder) and any(folder.iterdir()):
            raise BadSettings(Reason.FOLDER_NOT_EMPTY, folder=folder.name or str(folder))
    return folder


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Give a new folder to fill; all of it stands in `final` at the end, and nothing if anything goes wrong.

    Refuses what `check_new` refuses. A folder that was there and empty stays itself: it may be a mounted one.
    """
    final = check_new(final).absolute()
    there = final.is_dir()
    parent = final if there else make_folder(final.parent)
    room = parent / f"{secrets.token_hex(8)}{PART}"
    try:
        room.mkdir(mode=0o700)
    except OSError as error:  # people know the folder that they named
        raise why_failed(OSError(error.errno, error.strerror, str(final))) from error
    try:
        yield room
        with on_disk():
            if there:
                for one in sorted(room.iterdir()):
                    one.rename(final / one.name)
                room.rmdir()
            else:
                room.rename(final)
        sync_folder(parent)
    except BaseException:
        shutil.rmtree(room, ignore_errors=True)
        raise
