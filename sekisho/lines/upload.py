"""The called side of an upload, as a web application around a gate (spec/line.md 2)."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from sekisho.errors import BadParcel, Reason, SekishoError
from sekisho.lines.refusals import write_refusal
from sekisho.lines.web import Endpoint, Request, Response, Route
from sekisho.statement import write_canonical

LARGEST_OPENING_BYTES = 256 * 1024
LARGEST_PIECE_BYTES = 16 * 1024 * 1024
WRITE_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Begun:
    """The upload may go on from `offset`."""

    upload: str
    offset: int


@dataclass(frozen=True)
class Settled:
    """The parcel is here already; `answer` is the signed statement that says so."""

    answer: bytes


class Part(Protocol):
    """An upload held by one writer."""

    def write(self, raw: bytes) -> None: ...
    def close(self) -> int:
        """Give back the offset reached, and let go."""


class Gate(Protocol):
    """What stands behind the three calls; every method may block and raises `SekishoError`."""

    def begin(self, peer: str, opening: bytes) -> Begun | Settled: ...
    def resume(self, peer: str, upload: str, offset: int) -> Part: ...
    def finish(self, peer: str, upload: str) -> bytes: ...
    def record(self, peer: str, reason: Reason) -> None:
        """Write down a refusal that came before anything could be read."""


def upload_routes(gate: Gate) -> list[Route]:
    """Give back the three calls around `gate`."""

    async def begin(request: Request) -> Response:
        opening = await _read_opening(request, gate)
        match await asyncio.to_thread(gate.begin, request.peer, opening):
            case Settled(answer):
                return Response(answer)
            case Begun(upload, offset):
                return Response(write_canonical({"upload": upload, "offset": offset}), 201)

    async def append(request: Request) -> Response:
        offset = read_count(request.header("upload-offset"))
        if read_count(request.header("content-length", str(LARGEST_PIECE_BYTES + 1))) > LARGEST_PIECE_BYTES:
            await asyncio.to_thread(gate.record, request.peer, Reason.PARCEL_TOO_LARGE)
            raise BadParcel(Reason.PARCEL_TOO_LARGE, piece_bytes=LARGEST_PIECE_BYTES)
        part = await asyncio.to_thread(gate.resume, request.peer, request.names[0], offset)
        try:
            await _pour(request, part)
        finally:
            reached = await asyncio.to_thread(part.close)
        return Response(b"", 204, headers={"upload-offset": str(reached)})

    async def finish(request: Request) -> Response:
        return Response(await asyncio.to_thread(gate.finish, request.peer, request.names[0]))

    return [
        Route("POST", "/uploads", refusing(begin)),
        Route("PATCH", "/uploads/*", refusing(append)),
        Route("POST", "/uploads/*/finish", refusing(finish)),
    ]


def refusing(endpoint: Endpoint) -> Endpoint:
    """Give back `endpoint` with its refusals written as answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SekishoError as error:
            status, body = write_refusal(error)
            return Response(body, status)

    return answer


def read_count(text: str) -> int:
    """Give back a whole number from a header or query; refuses any other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadParcel(Reason.LINE_OFFSET)
    return int(text)


async def _read_opening(request: Request, gate: Gate) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_OPENING_BYTES:
            await asyncio.to_thread(gate.record, request.peer, Reason.PARCEL_TOO_LARGE)
            raise BadParcel(Reason.PARCEL_TOO_LARGE, opening_bytes=LARGEST_OPENING_BYTES)
    return bytes(body)


async def _pour(request: Request, part: Part) -> None:
    """Write the body in large strokes; what arrived before a cut is kept (spec/line.md 2.2).

    After a failed write the rest is read and dropped, so that the answer arrives.
    """
    waiting = bytearray()
    failure: SekishoError | None = None
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= WRITE_BYTES:
                failure = failure or await _write(part, bytes(waiting))
                waiting.clear()
    finally:
        failure = failure or await _write(part, bytes(waiting))
    if failure is not None:
        raise failure


async def _write(part: Part, raw: bytes) -> SekishoError | None:
    try:
        await asyncio.to_thread(part.write, raw)
    except SekishoError as error:
        return error
    return None
