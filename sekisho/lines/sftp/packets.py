"""The few messages of SFTP version 3 that a client needs who can only put (spec/line.md 7; draft-ietf-secsh-filexfer-02).

There is no message here that reads a file, lists a folder, removes or makes anything but the file that is put.
"""

from dataclasses import dataclass
from enum import IntEnum

from sekisho.errors import Reason, Tampered

VERSION = 3
LARGEST_ANSWER_BYTES = 4096
LONGEST_HANDLE = 256
_U32 = 4

RENAME_OVER = b"posix-rename@openssh.com"
SYNC = b"fsync@openssh.com"


class Ask(IntEnum):
    """What is asked."""

    INIT = 1
    OPEN = 3
    CLOSE = 4
    WRITE = 6
    FSTAT = 8
    STAT = 17
    RENAME = 18
    EXTENDED = 200


class Told(IntEnum):
    """What may be answered."""

    VERSION = 2
    STATUS = 101
    HANDLE = 102
    ATTRIBUTES = 105


class Flag(IntEnum):
    """How a file is opened; no flag that reads."""

    WRITE = 0x02
    CREATE = 0x08
    TRUNCATE = 0x10


OK = 0


@dataclass(frozen=True)
class Greeting:
    """What the server offers beyond version 3."""

    extensions: frozenset[bytes]


@dataclass(frozen=True)
class Status:
    """How a call ended: 0 is well, all else is a code of the draft's section 7."""

    call: int
    code: int


@dataclass(frozen=True)
class Handle:
    """The server's name of a file that is open."""

    call: int
    handle: bytes


@dataclass(frozen=True)
class Attributes:
    """What the server says of a file; `size_bytes` is None where it does not say how large it is."""

    call: int
    size_bytes: int | None


Answer = Greeting | Status | Handle | Attributes


def ask_version() -> bytes:
    return _framed(bytes([Ask.INIT]) + _u32(VERSION))


def ask_open(call: int, path: str, *, anew: bool) -> bytes:
    """Give back the message that opens a file to write; `anew` forgets what stands there."""
    flags = Flag.WRITE | Flag.CREATE | (Flag.TRUNCATE if anew else 0)
    return _asked(Ask.OPEN, call, _text(path.encode()) + _u32(flags) + _u32(0))


def ask_write(call: int, handle: bytes, offset: int, piece: bytes) -> bytes:
    return _asked(Ask.WRITE, call, _text(handle) + offset.to_bytes(8) + _text(piece))


def ask_fstat(call: int, handle: bytes) -> bytes:
    return _asked(Ask.FSTAT, call, _text(handle))


def ask_stat(call: int, path: str) -> bytes:
    return _asked(Ask.STAT, call, _text(path.encode()))


def ask_sync(call: int, handle: bytes) -> bytes:
    """Give back the message that makes what was written durable; only for a server that offers it."""
    return _asked(Ask.EXTENDED, call, _text(SYNC) + _text(handle))


def ask_close(call: int, handle: bytes) -> bytes:
    return _asked(Ask.CLOSE, call, _text(handle))


def ask_rename(call: int, path: str, final: str, *, over: bool) -> bytes:
    """Give back the message that gives a file its final name; `over` replaces what bears it, where the server offers that."""
    names = _text(path.encode()) + _text(final.encode())
    return _asked(Ask.EXTENDED, call, _text(RENAME_OVER) + names) if over else _asked(Ask.RENAME, call, names)


def read_answer(raw: bytes) -> Answer:
    """Give back what a message says, without its length before it; anything but the answers above is LINE_ANSWER.

    What people would read in it is passed over.
    """
    reader = _Reader(raw)
    kind = reader.take(1)[0]
    match kind:
        case Told.VERSION:
            return _read_greeting(reader)
        case Told.STATUS:
            return Status(reader.u32(), reader.u32())  # a sentence and its language may follow
        case Told.HANDLE:
            answer = Handle(reader.u32(), reader.text())
            if len(answer.handle) > LONGEST_HANDLE:
                raise _bad()
        case Told.ATTRIBUTES:
            call, flags = reader.u32(), reader.u32()
            return Attributes(call, int.from_bytes(reader.take(8)) if flags & 1 else None)  # others may follow
        case _:
            raise _bad()
    reader.end()
    return answer


def _read_greeting(reader: "_Reader") -> Greeting:
    if reader.u32() != VERSION:
        raise _bad()
    offered = set()
    while reader.left:
        offered.add(reader.text())
        reader.text()
    return Greeting(frozenset(offered))


@dataclass
class _Reader:
    """Takes a message apart from its front."""

    raw: bytes
    at: int = 0

    @property
    def left(self) -> int:
        return len(self.raw) - self.at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise _bad()
        self.at += count
        return self.raw[self.at - count : self.at]

    def u32(self) -> int:
        return int.from_bytes(self.take(_U32))

    def text(self) -> bytes:
        return self.take(self.u32())

    def end(self) -> None:
        if self.left:
            raise _bad()


def _asked(kind: Ask, call: int, rest: bytes) -> bytes:
    return _framed(bytes([kind]) + _u32(call) + rest)


def _framed(message: bytes) -> bytes:
    return _u32(len(message)) + message


def _text(raw: bytes) -> bytes:
    return _u32(len(raw)) + raw


def _u32(number: int) -> bytes:
    return number.to_bytes(_U32)


def _bad() -> Tampered:
    return Tampered(Reason.LINE_ANSWER)
