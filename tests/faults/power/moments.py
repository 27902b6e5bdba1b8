"""Stops in the middle: after the nth step towards the disk, or where a sync fails once and lies from then on."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STEPS = ("fsync", "link", "replace", "rename", "unlink", "pwrite", "ftruncate", "mkdir")
"""By name in `os`: each changes what a cut leaves. Bytes that go to a file in other ways count with their sync."""


@contextmanager
def counted(after: Callable[[int], None]) -> Iterator[None]:
    """Call `after` with 1, 2, 3 … when that step was done."""
    done = 0

    def counting(step: Callable[..., Any]) -> Callable[..., Any]:
        def counted_step(*given: Any, **named: Any) -> Any:
            nonlocal done
            found = step(*given, **named)
            done += 1
            after(done)
            return found

        return counted_step

    with _patched({name: counting(getattr(os, name)) for name in STEPS}):
        yield


@contextmanager
def lying(at: int, told: Callable[[], None]) -> Iterator[None]:
    """Let sync number `at` fail with EIO; later ones of the same file say that all is well and do nothing. `told` is called then.

    So a kernel behaves that marks pages clean although they could not be written (Rebello et al., "Can Applications
    Recover from fsync Failures?", USENIX ATC 2020).
    """
    count, liars = 0, set[int]()
    fsync, unlink = os.fsync, os.unlink

    def lying_fsync(place: int) -> None:
        nonlocal count
        count += 1
        inode = os.fstat(place).st_ino
        if count == at:
            liars.add(inode)
            told()
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if inode not in liars:
            fsync(place)

    def forgetting_unlink(path: Any, *given: Any, **named: Any) -> None:
        with _suppressed():
            found = os.lstat(path)
            if found.st_nlink == 1:
                liars.discard(found.st_ino)  # its number may be given to another file
        unlink(path, *given, **named)

    with _patched({"fsync": lying_fsync, "unlink": forgetting_unlink}):
        yield


@contextmanager
def _suppressed() -> Iterator[None]:
    try:
        yield
    except OSError:
        return


@contextmanager
def _patched(by_name: dict[str, Callable[..., Any]]) -> Iterator[None]:
    before = {name: getattr(os, name) for name in by_name}
    for name, one in by_name.items():
        setattr(os, name, one)
    try:
        yield
    finally:
        for name, one in before.items():
            setattr(os, name, one)
