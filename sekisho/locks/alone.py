"""Work done in a locked child process: it is handed descriptors and a request, and gives back one typed answer (spec/locks.md 5).

What the child says is believed by its form alone: whoever took it over can answer what it likes, and nothing more.
"""

import errno
import fcntl
import json
import os
import select
import signal
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from sekisho.errors import (
    BadParcel,
    BadSettings,
    BadTable,
    Finding,
    Malformed,
    Reason,
    SekishoError,
    Tampered,
)
from sekisho.locks.child import ANSWER, FIRST_GIVEN
from sekisho.locks.lock import Layer
from sekisho.locks.privileges import Limits

LARGEST_ANSWER_BYTES = 1024 * 1024
READ_BYTES = 65_536
_ABOVE = 200  # descriptors are first moved up here, so that none is covered by another's new number
_KINDS: dict[str, type[SekishoError]] = {
    one.__name__: one for one in (BadParcel, BadSettings, BadTable, Malformed, SekishoError, Tampered)
}
_LIMIT_OF = {signal.SIGXCPU: "cpu", signal.SIGKILL: "memory"}
"""Nobody but the kernel, short of memory, kills a child; its parent is known to."""


@dataclass(frozen=True)
class Terms:
    """Under which a child works: its limits, how long it is waited for, and which layers of its lock may be missing."""

    limits: Limits
    patience_seconds: float
    trial: bool
    without: frozenset[Layer] = frozenset()
    user: str | None = None

    def written(self) -> str:
        without = sorted(one.value for one in self.without)
        return json.dumps({"limits": asdict(self.limits), "trial": self.trial, "without": without, "user": self.user})


def run_alone(module: str, request: bytes, descriptors: tuple[int, ...], terms: Terms) -> dict[str, Any]:
    """Give back what `module`, run as a program that calls `answer_alone`, answers to `request`.

    It has `descriptors` from number 3 on, in their order. Refuses with the child's own error; with `BadTable`
    PARSER_ENDED and which limit where the child broke one: `memory`, `cpu`, `size`, `time`, or `crash`; an error of the
    disk is raised as the `OSError` that it was.
    """
    ask, hear = os.pipe(), os.pipe()
    try:
        child = _start(module, (ask[0], hear[1]), descriptors, terms)
    except BaseException:
        _close(*ask, *hear)
        raise
    _close(ask[0], hear[1])
    raw = None
    try:
        _ask(ask[1], request)
        raw = _hear(hear[0], time.monotonic() + terms.patience_seconds)
    finally:
        _close(hear[0])
        if raw is None:
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if raw is None:
        raise BadTable(Reason.PARSER_ENDED, limit="time")
    if status < 0:
        raise BadTable(Reason.PARSER_ENDED, limit=_LIMIT_OF.get(signal.Signals(-status), "crash"))
    return _read(raw)


def _start(module: str, pipes: tuple[int, int], descriptors: tuple[int, ...], terms: Terms) -> int:
    moved = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for one in (*pipes, *descriptors)]
    places = (0, ANSWER, *range(FIRST_GIVEN, FIRST_GIVEN + len(descriptors)))
    actions = [(os.POSIX_SPAWN_DUP2, held, place) for held, place in zip(moved, places, strict=True)]
    silence = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)  # a message of the interpreter may quote a cell
    surroundings = {name: text for name, text in os.environ.items() if name.startswith(("PYTHON", "LANG", "LC_"))}
    command = [sys.executable, "-P", "-m", module, terms.written()]
    try:
        return os.posix_spawn(sys.executable, command, surroundings, file_actions=[*actions, silence])
    finally:
        _close(*moved)


def _ask(pipe: int, request: bytes) -> None:
    """Write the whole request; a child that ended meanwhile tells by how it ended."""
    try:
        rest = memoryview(request)
        while rest:
            rest = rest[os.write(pipe, rest) :]
    except BrokenPipeError:
        return
    finally:
        _close(pipe)


def _hear(pipe: int, until: float) -> bytes | None:
    """Give back all that the child says, or None where it says too much or is not done in time."""
    told = b""
    while len(told) <= LARGEST_ANSWER_BYTES:
        ready = select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]
        if not ready:
            return None
        chunk = os.read(pipe, READ_BYTES)
        if not chunk:
            return told
        told += chunk
    return None


def _read(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
        ((kind, value),) = answer.items()
    except (ValueError, AttributeError, RecursionError) as error:
        raise BadTable(Reason.PARSER_ENDED, limit="crash") from error
    match kind, value:
        case "done", dict():
            return value
        case "refused", dict():
            raise _refusal(value)
        case "errno", errno.EFBIG:
            raise BadTable(Reason.PARSER_ENDED, limit="size")
        case "errno", int():
            raise OSError(value, os.strerror(value))
        case "limit", "memory":
            raise BadTable(Reason.PARSER_ENDED, limit="memory")
        case "fault", str() if value.isidentifier():
            raise SekishoError(Reason.OUR_FAULT, kind=value)
    raise BadTable(Reason.PARSER_ENDED, limit="crash")


def _refusal(told: dict[str, Any]) -> SekishoError:
    try:
        findings = tuple(Finding(str(one[0]), str(one[1]), int(one[2]), int(one[3])) for one in told["findings"])
        facts = {str(name): fact for name, fact in told["facts"].items() if isinstance(fact, int | str)}
        return _KINDS[told["kind"]](Reason(told["reason"]), findings=findings, **facts)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return BadTable(Reason.PARSER_ENDED, limit="crash")


def _close(*descriptors: int) -> None:
    for one in descriptors:
        os.close(one)
