"""Putting one file through SFTP: a name of its own until it is whole, and on from where a cut left it (spec/line.md 7)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from sekisho.errors import BadParcel, Reason, Tampered, Unavailable
from sekisho.lines.sftp.packets import (
    LARGEST_ANSWER_BYTES,
    OK,
    RENAME_OVER,
    SYNC,
    Answer,
    Attributes,
    Greeting,
    Handle,
    Status,
    ask_close,
    ask_fstat,
    ask_open,
    ask_rename,
    ask_stat,
    ask_sync,
    ask_version,
    ask_write,
    read_answer,
)

UNFINISHED = ".part"
WRITE_BYTES = 32 * 1024  # what every server of version 3 takes in one message
UNDER_WAY = 64  # messages that may wait for their answer
PIECE_BYTES = 8 * 1024 * 1024  # after each, the server is asked to make it durable

Reached = Callable[[int], None]
"""Called with the offset up to which the server has the file for good, as far as it says."""


class Wire(Protocol):
    """Bytes to and from the server; both wait at most as long as their caller's patience."""

    async def send(self, raw: bytes) -> None: ...

    async def receive(self, count: int) -> bytes: ...


@dataclass(frozen=True)
class File:
    """What is put: its final path on the server, and its bytes."""

    path: str
    stream: BinaryIO
    size_bytes: int

    @property
    def unfinished(self) -> str:
        return self.path + UNFINISHED


@dataclass
class Putting:
    """One session with a server, which was greeted."""

    wire: Wire
    extensions: frozenset[bytes] = frozenset()
    _last: int = 0
    _waited_for: set[int] = field(default_factory=set)

    async def greet(self) -> None:
        await self.wire.send(ask_version())
        answer = await self._receive()
        if not isinstance(answer, Greeting):
            raise Tampered(Reason.LINE_ANSWER)
        self.extensions = answer.extensions

    async def put(self, file: File, reached: int, tell: Reached) -> None:
        """Put the file and give it its name; what was reached before stays, as far as the server still has it.

        A file that stands there whole under its final name is not put again: a cut took the last answer.
        """
        if await self._size_of(file.path) == file.size_bytes:
            return
        handle, offset = await self._open(file, reached)
        await self._write(file, handle, offset, tell)
        await self._do("close", ask_close(self._next(), handle))
        over = RENAME_OVER in self.extensions
        await self._do("rename", ask_rename(self._next(), file.unfinished, file.path, over=over))

    async def _size_of(self, path: str) -> int | None:
        """Give back how large a file is; None where there is none, or the server does not say."""
        answer = await self._ask(ask_stat(self._next(), path))
        return answer.size_bytes if isinstance(answer, Attributes) else None

    async def _open(self, file: File, reached: int) -> tuple[bytes, int]:
        """Give back the unfinished file and where to go on, which is never behind what was reached; else at its front."""
        if reached:
            handle = await self._opened(file, anew=False)
            answer = await self._ask(ask_fstat(self._next(), handle))
            size = answer.size_bytes if isinstance(answer, Attributes) else None
            if size is not None and size <= file.size_bytes:
                return handle, min(size, reached)
            await self._do("close", ask_close(self._next(), handle))
        return await self._opened(file, anew=True), 0

    async def _opened(self, file: File, *, anew: bool) -> bytes:
        answer = await self._ask(ask_open(self._next(), file.unfinished, anew=anew))
        if isinstance(answer, Handle):
            return answer.handle
        raise _not_put("open", answer)

    async def _write(self, file: File, handle: bytes, offset: int, tell: Reached) -> None:
        while offset < file.size_bytes:
            end = min(offset + PIECE_BYTES, file.size_bytes)
            await self._write_piece(file, handle, offset, end)
            if SYNC in self.extensions:
                await self._do("sync", ask_sync(self._next(), handle))
            offset = end
            tell(offset)

    async def _write_piece(self, file: File, handle: bytes, offset: int, end: int) -> None:
        """Write from `offset` to `end`, with many messages under way at once."""
        file.stream.seek(offset)
        while offset < end or self._waited_for:
            while offset < end and len(self._waited_for) < UNDER_WAY:
                raw = file.stream.read(min(WRITE_BYTES, end - offset))
                if not raw:
                    raise BadParcel(Reason.PARCEL_TRUNCATED, offset=offset)
                await self.wire.send(ask_write(self._next(), handle, offset, raw))
                offset += len(raw)
            answer = await self._answer()
            if not isinstance(answer, Status) or answer.code != OK:
                raise _not_put("write", answer)

    async def _do(self, step: str, message: bytes) -> None:
        answer = await self._ask(message)
        if not isinstance(answer, Status) or answer.code != OK:
            raise _not_put(step, answer)

    async def _ask(self, message: bytes) -> Answer:
        await self.wire.send(message)
        return await self._answer()

    def _next(self) -> int:
        """Give back the number of the next call, whose answer is waited for from now on."""
        self._last += 1
        self._waited_for.add(self._last)
        return self._last

    async def _answer(self) -> Handle | Status | Attributes:
        """Give back an answer to a call of ours that has none yet."""
        answer = await self._receive()
        if isinstance(answer, Greeting) or answer.call not in self._waited_for:
            raise Tampered(Reason.LINE_ANSWER)
        self._waited_for.discard(answer.call)
        return answer

    async def _receive(self) -> Answer:
        size = int.from_bytes(await self.wire.receive(4))
        if not 1 <= size <= LARGEST_ANSWER_BYTES:
            raise Tampered(Reason.LINE_ANSWER, largest_bytes=LARGEST_ANSWER_BYTES)
        return read_answer(await self.wire.receive(size))


def _not_put(step: str, answer: Answer) -> Unavailable | Tampered:
    """Give back the error of a step that the server did not do: its disk, its rules; or an answer that makes no sense."""
    if isinstance(answer, Status) and answer.code != OK:
        return Unavailable(Reason.LINE_PUT_REFUSED, step=step, status=answer.code)
    return Tampered(Reason.LINE_ANSWER)
