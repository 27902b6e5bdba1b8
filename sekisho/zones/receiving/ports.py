"""Receiving's two ports: municipalities put in at the outer one, processing alone reads at the inner one."""

import asyncio
from collections.abc import Iterator
from typing import BinaryIO

from sekisho.errors import BadParcel, Reason, Unavailable
from sekisho.ledger.page import write_page
from sekisho.lines.upload import read_count, refusing, upload_routes
from sekisho.lines.web import BYTES, Application, Request, Response, Route
from sekisho.stopping.pulse import Pulse, heartbeat
from sekisho.storage.files import open_existing
from sekisho.zones.receiving.door import ReceivingDoor

READ_BYTES = 1024 * 1024


def outer_port(door: ReceivingDoor) -> Application:
    return Application(upload_routes(door.reception))


def inner_port(door: ReceivingDoor, pulse: Pulse) -> Application:
    """Give back the application that shows ledger and parcels to processing (spec/line.md 4)."""

    async def entries(request: Request) -> Response:
        await _check_caller(door, request)
        after = read_count(request.query("after", "0"))
        return Response(await asyncio.to_thread(lambda: write_page(after, *door.book.since(after))))

    async def parcel(request: Request) -> Response:
        await _check_caller(door, request)
        offset = _range(request)
        stream = await asyncio.to_thread(_open_at, door, request.names[0], offset)
        return Response(_chunks(stream), 206 if offset else 200, BYTES)

    async def check_caller(request: Request) -> None:
        await _check_caller(door, request)

    shown = [Route("GET", "/parcels", refusing(entries)), Route("GET", "/parcels/*", refusing(parcel))]
    return Application([*shown, heartbeat(pulse, check_caller)])


async def _check_caller(door: ReceivingDoor, request: Request) -> None:
    if request.peer != door.roster.processing.tls_name:
        await asyncio.to_thread(door.record, request.peer, None, Reason.SENDER_NOT_ALLOWED)
        raise BadParcel(Reason.SENDER_NOT_ALLOWED)


def _range(request: Request) -> int:
    text = request.header("range", "bytes=0-")
    if not (text.startswith("bytes=") and text.endswith("-")):
        raise BadParcel(Reason.LINE_OFFSET)
    return read_count(text[6:-1])


def _open_at(door: ReceivingDoor, case: str, offset: int) -> BinaryIO:
    if not door.has(case):
        raise Unavailable(Reason.CASE_UNKNOWN)
    stream = open_existing(door.parcel(case))
    stream.seek(offset)
    return stream


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(READ_BYTES):
            yield chunk
