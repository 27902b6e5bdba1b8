"""Folders that hold open data for a while and then nothing."""

import os
import shutil
from pathlib import Path

from sekisho.storage.files import on_disk, sync_folder


def discard(folder: Path) -> int:
    """Give back how many files were removed with the folder; nothing happens if it is not there."""
    if not folder.is_dir():
        return 0
    with on_disk():
        count = sum(1 for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder)
    sync_folder(folder.parent)
    return count


def settle(room: Path, final: Path) -> None:
    """Give a finished folder its final name, in place of what stood there before."""
    discard(final)
    for path in sorted(room.iterdir()):
        with on_disk(), path.open("rb") as stream:
            os.fsync(stream.fileno())
    with on_disk():
        room.rename(final)
    sync_folder(final.parent)
