"""The called side of an upload, as a web application around a gate (spec/line.md 2)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sekisho.errors import BadParcel, Reason, SekishoError, Unavailable
from sekisho.lines.refusals import write_refusal
from sekisho.statement import write_canonical

LARGEST_OPENING_BYTES = 256 * 1024
LARGEST_PIECE_BYTES = 16 * 1024 * 1024
WRITE_BYTES = 1024 * 1024

JSON = "application/json"


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
    """What stands behind the four calls; every method may block and raises `SekishoError`."""

    def begin(self, peer: str, opening: bytes) -> Begun | Settled: ...
    def resume(self, peer: str, upload: str, offset: int) -> Part: ...
    def finish(self, peer: str, upload: str) -> bytes: ...


Endpoint = Callable[[Request], Awaitable[Response]]


def upload_routes(gate: Gate) -> list[Route]:
    """Give back the four calls around `gate`."""

    async def begin(request: Request) -> Response:
        opening = await read_body(request, LARGEST_OPENING_BYTES)
        match await run_in_threadpool(gate.begin, peer_of(request), opening):
            case Settled(answer):
                return Response(answer, media_type=JSON)
            case Begun(upload, offset):
                return Response(write_canonical({"upload": upload, "offset": offset}), 201, media_type=JSON)

    async def append(request: Request) -> Response:
        offset = _offset(request)
        if int(request.headers.get("content-length", LARGEST_PIECE_BYTES + 1)) > LARGEST_PIECE_BYTES:
            raise BadParcel(Reason.PARCEL_TOO_LARGE, piece_bytes=LARGEST_PIECE_BYTES)
        part = await run_in_threadpool(gate.resume, peer_of(request), request.path_params["upload"], offset)
        try:
            await _pour(request, part)
        finally:
            reached = await run_in_threadpool(part.close)
        return Response(status_code=204, headers={"Upload-Offset": str(reached)})

    async def finish(request: Request) -> Response:
        answer = await run_in_threadpool(gate.finish, peer_of(request), request.path_params["upload"])
        return Response(answer, media_type=JSON)

    return [
        Route("/uploads", refusing(begin), methods=["POST"]),
        Route("/uploads/{upload}", refusing(append), methods=["PATCH"]),
        Route("/uploads/{upload}/finish", refusing(finish), methods=["POST"]),
    ]


def refusing(endpoint: Endpoint) -> Endpoint:
    """Give back `endpoint` with its refusals written as answers."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SekishoError as error:
            status, body = write_refusal(error)
            return Response(body, status, media_type=JSON)

    return answer


def peer_of(request: Request) -> str:
    """Give back the DNS name in the caller's certificate."""
    return str(request.state.peer)


def read_count(text: str) -> int:
    """Give back a whole number from a header or query; refuses any other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadParcel(Reason.LINE_OFFSET)
    return int(text)


async def read_body(request: Request, largest_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest_bytes:
            raise BadParcel(Reason.PARCEL_TOO_LARGE, opening_bytes=largest_bytes)
    return bytes(body)


async def _pour(request: Request, part: Part) -> None:
    """Write the body in large strokes; after a failed write the rest is read and dropped, so that the answer arrives."""
    waiting = bytearray()
    failure: Unavailable | None = None
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > LARGEST_PIECE_BYTES:
            raise BadParcel(Reason.PARCEL_TOO_LARGE, piece_bytes=LARGEST_PIECE_BYTES)
        waiting += chunk
        if len(waiting) >= WRITE_BYTES:
            failure = failure or await _write(part, bytes(waiting))
            waiting.clear()
    failure = failure or await _write(part, bytes(waiting))
    if failure is not None:
        raise failure


async def _write(part: Part, raw: bytes) -> Unavailable | None:
    try:
        await run_in_threadpool(part.write, raw)
    except Unavailable as error:
        return error
    return None


def _offset(request: Request) -> int:
    return read_count(request.headers.get("upload-offset", ""))
