"""A small real disk whose power can be cut: ext4 in a file, shut down by EXT4_IOC_SHUTDOWN (Linux, fs/ext4/ioctl.c).

After the cut nothing more reaches the disk, what was not synced is gone, and mounting it again replays its journal.
"""

import fcntl
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Self

from sekisho.locks.kernel import unshare

_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
NO_FLUSH, LOG_FLUSH = 2, 1  # nothing more is written; the journal still is, the bytes of files are not
CLONE_NEWNS = 0x20000
DISK_BYTES = 16 * 1024 * 1024


class Disk:
    """One disk in `folder`; needs root and loop devices. `home` is where it is mounted; at its end it is not."""

    def __init__(self, folder: Path) -> None:
        self._image, self._fresh, self.home = folder / "disk", folder / "fresh", folder / "home"
        self._held = -1
        if not self._fresh.exists():
            with self._fresh.open("wb") as image:
                image.truncate(DISK_BYTES)
            subprocess.run(["mkfs.ext4", "-q", self._fresh], check=True, capture_output=True)
            self.home.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.unmount()

    def renew(self) -> None:
        """Mount an empty one."""
        shutil.copyfile(self._fresh, self._image)
        self.mount()

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", self._image, self.home], check=True, capture_output=True)
        self._held = os.open(self.home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def cut(self, how: int = NO_FLUSH) -> None:
        """Take the power away; whoever writes now gets EIO."""
        fcntl.ioctl(self._held, _SHUTDOWN, struct.pack("I", how))

    def unmount(self) -> None:
        if self._held < 0:
            return
        os.close(self._held)
        self._held = -1
        subprocess.run(["umount", self.home], check=True, capture_output=True)

    def come_back(self) -> None:
        """Mount again after a cut, as a machine that starts does."""
        self.unmount()
        self.mount()


def mounts_of_its_own() -> None:
    """Let nobody else see what this process mounts: a process of another mount namespace would keep a disk in use."""
    unshare(CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True, capture_output=True)


def why_not() -> str:
    """Say why no disk can be made here; "" where it can."""
    if os.geteuid() != 0:
        return "a power cut needs root"
    missing = [one for one in ("mkfs.ext4", "mount", "umount", "losetup") if shutil.which(one) is None]
    return f"a power cut needs {', '.join(missing)}" if missing else ""
