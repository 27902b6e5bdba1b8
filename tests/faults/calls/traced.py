"""Runs something in a child of this warm process with strace at it: what it calls, or one call of it gone wrong.

Debian's strace attaches by pid to a child that stands still, so that importing is paid once and counts begin at the act.
"""

import importlib
import os
import re
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,mkdir,mkdirat,write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
    "unlink,unlinkat,rmdir,ftruncate,close,flock,chmod,fchmod,fchmodat,sendto,sendmsg"
)
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT")
ATTACHED = b"attached"
TRACER_SECONDS, CHILD_SECONDS = 20, 120
_CALL = re.compile(r"^(\w+)\((.*)$")


@dataclass(frozen=True)
class Fault:
    """What happens at the nth call of a name: `how` in the words of strace, as `error=EIO` or `signal=SIGKILL`."""

    call: str
    place: int
    how: str

    @property
    def text(self) -> str:
        return f"{self.how} at {self.call} {self.place}"


def run(act: Callable[[], int], said: Path, fault: Fault | None = None, log: Path | None = None) -> int:
    """Give back how `act` ended in a child: its exit code, or minus the signal that ended it."""
    child = os.fork()
    if not child:
        _become(act, said)
    os.waitpid(child, os.WUNTRACED)
    command = ["strace", "-p", str(child), "-o", str(log or "/dev/null"), "-e", f"trace={CALLS}"]
    if fault is not None:
        command += ["-e", f"inject={fault.call}:{fault.how}:when={fault.place}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        try:
            assert tracer.stderr is not None
            assert ATTACHED in tracer.stderr.readline(), "strace does not attach"
            os.kill(child, signal.SIGCONT)
            _, status = os.waitpid(child, 0)
        finally:
            tracer.terminate()
    return os.waitstatus_to_exitcode(status)


def _become(act: Callable[[], int], said: Path) -> None:
    """Be the child: say nothing where this process speaks, wait for the tracer, act, and end without tidying up."""
    code = 1
    try:
        place = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(place, 1)
        os.dup2(place, 2)
        os.kill(os.getpid(), signal.SIGSTOP)
        signal.alarm(CHILD_SECONDS)
        code = act()
        said.with_name("loaded").write_text("\n".join(sys.modules), encoding="utf-8")
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - told to whoever looks for it, never to the parent's own flow
        traceback.print_exc()
    finally:
        os._exit(code)


def load_what_was_loaded(said: Path) -> None:
    """Import here what a child imported, so that later children begin with it."""
    for name in said.with_name("loaded").read_text(encoding="utf-8").split():
        if name not in sys.modules:
            importlib.import_module(name)


def places(log: Path) -> list[tuple[str, int]]:
    """Give back each call of a log that makes, writes or names something, as name and place among its like.

    Of what is opened or closed, only what is written to: between two of these calls the disk stays as it is.
    """
    counts: Counter[str] = Counter()
    written: set[str] = set()
    found = []
    for line in log.read_text(errors="replace").splitlines():
        match = _CALL.match(line)
        if match is None:
            continue
        name, rest = match[1], match[2]
        counts[name] += 1
        if name.startswith("open"):
            if not WRITES.search(rest):
                continue
            written.add(rest.rpartition("= ")[2].strip())
        if name == "close":
            closed = rest.partition(")")[0]
            if closed not in written:
                continue
            written.discard(closed)
        found.append((name, counts[name]))
    return found
