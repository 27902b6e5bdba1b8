"""Receiving's two ports: municipalities put in at the outer one, processing alone reads at the inner one."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sekisho.errors import BadParcel, Reason, Unavailable
from sekisho.ledger.page import write_page
from sekisho.lines.upload import JSON, peer_of, read_count, refusing, upload_routes
from sekisho.storage.files import check_name, open_existing
from sekisho.zones.receiving.door import ReceivingDoor

READ_BYTES = 1024 * 1024


def outer_port(door: ReceivingDoor) -> Starlette:
    return Starlette(routes=upload_routes(door.reception))


def inner_port(door: ReceivingDoor) -> Starlette:
    """Give back the application that shows ledger and parcels to processing (spec/line.md 4)."""

    async def entries(request: Request) -> Response:
        _check_caller(door, request)
        after = read_count(request.query_params.get("after", "0"))
        page = await run_in_threadpool(write_page, after, door.book.entries(after), door.book.checkpoint)
        return Response(page, media_type=JSON)

    async def parcel(request: Request) -> Response:
        _check_caller(door, request)
        path = door.parcel(check_name(request.path_params["case"]))
        offset = _range(request)
        stream = await run_in_threadpool(_open_at, path, offset)
        return StreamingResponse(_chunks(stream), 206 if offset else 200, media_type="application/octet-stream")

    return Starlette(
        routes=[
            Route("/parcels", refusing(entries), methods=["GET"]),
            Route("/parcels/{case}", refusing(parcel), methods=["GET"]),
        ]
    )


def _check_caller(door: ReceivingDoor, request: Request) -> None:
    if peer_of(request) != door.roster.processing.tls_name:
        raise BadParcel(Reason.SENDER_NOT_ALLOWED)


def _range(request: Request) -> int:
    text = request.headers.get("range", "bytes=0-")
    if not (text.startswith("bytes=") and text.endswith("-")):
        raise BadParcel(Reason.LINE_OFFSET)
    return read_count(text[6:-1])


def _open_at(path: Path, offset: int) -> BinaryIO:
    if not path.is_file():
        raise Unavailable(Reason.CASE_UNKNOWN)
    stream = open_existing(path)
    stream.seek(offset)
    return stream


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(READ_BYTES):
            yield chunk
