"""Delivery as two processes: an intake that only listens, and the deliverer that only calls."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sekisho.errors import BadParcel, Reason
from sekisho.ledger.page import write_page
from sekisho.lines.server import Port, serve
from sekisho.lines.tls import Credentials
from sekisho.lines.upload import JSON, peer_of, read_count, refusing, upload_routes
from sekisho.storage.book import Book
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import DeliverySettings, read_settings
from sekisho.zones.delivery.door import DeliveryDoor
from sekisho.zones.delivery.outcomes import Outcomes


def serve_intake(settings_file: Path, clock: Callable[[], datetime], ready: str) -> None:
    """Take permitted parcels in and write down what came of them, until told to stop."""
    settings = read_settings(settings_file, DeliverySettings)
    roster = open_roster(settings.site, clock())
    credentials = Credentials(settings.tls.certificate, settings.tls.key, settings.tls.authority)
    ledger = roster.delivery.ledger
    with Book.open(settings.folders.ledger, ledger.origin, read_signing_key(settings.keys.ledger)) as book:
        door = DeliveryDoor(
            shelf=settings.folders.shelf,
            parts=Parts(settings.folders.parts),
            roster=roster,
            book=book,
            clock=clock,
            trial=settings.site.trial,
        )
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(Outcomes(door), stop, settings.limits.poll_seconds / 5))
        watcher.start()
        try:
            listen = settings.listen.processing
            serve([Port(listen.host, listen.port, inner_port(door), credentials)], ready=ready)
        finally:
            stop.set()
            watcher.join()


def inner_port(door: DeliveryDoor) -> Starlette:
    async def entries(request: Request) -> Response:
        if peer_of(request) != door.roster.processing.tls_name:
            raise BadParcel(Reason.SENDER_NOT_ALLOWED)
        after = read_count(request.query_params.get("after", "0"))
        page = await run_in_threadpool(write_page, after, door.book.entries(after), door.book.checkpoint)
        return Response(page, media_type=JSON)

    outcomes = Route("/outcomes", refusing(entries), methods=["GET"])
    return Starlette(routes=[*upload_routes(door.reception), outcomes])


def _watch(outcomes: Outcomes, stop: threading.Event, pause_seconds: float) -> None:
    while not stop.wait(pause_seconds):
        outcomes.collect()
