"""One process at a time in a folder."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sekisho.errors import Reason, Unavailable
from sekisho.storage.files import on_disk

LOCK = "lock"
_BETWEEN_SECONDS = 0.02


@contextmanager
def lock_folder(folder: Path, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the folder's lock; FOLDER_LOCKED if somebody else holds it for longer than `wait_seconds`.

    The lock is flock(2) on the file `lock`: it goes away with the process that holds it, however that ends.
    """
    with on_disk():
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        limit = time.monotonic() + wait_seconds
        while not _try_lock(held):
            if time.monotonic() >= limit:
                raise Unavailable(Reason.FOLDER_LOCKED, folder=folder.name)
            time.sleep(_BETWEEN_SECONDS)
        yield
    finally:
        os.close(held)


def _try_lock(held: int) -> bool:
    try:
        with on_disk():
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except Unavailable as error:
        if isinstance(error.__cause__, BlockingIOError):
            return False
        raise
    return True
