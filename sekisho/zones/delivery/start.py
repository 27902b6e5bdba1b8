"""Delivery as two processes: an intake that only listens, and the deliverer that only calls."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sekisho.errors import BadParcel, Reason, SekishoError
from sekisho.journey import Zone
from sekisho.ledger.page import write_page
from sekisho.lines.listening import Address
from sekisho.lines.server import Ports, opened
from sekisho.lines.tls import Credentials
from sekisho.lines.upload import read_count, refusing, upload_routes
from sekisho.lines.voice import Voice
from sekisho.lines.web import Application, Request, Response, Route
from sekisho.locks.checking import lock_and_check
from sekisho.locks.lock import HEARING, Layer
from sekisho.locks.locking import Surroundings, files_of_python
from sekisho.locks.privileges import Limits
from sekisho.release.roster import Roster
from sekisho.stopping.mark import check_running
from sekisho.stopping.pulse import Pulse, heartbeat
from sekisho.storage.book import Book
from sekisho.storage.files import make_folder
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import DeliverySettings, files_named, read_settings
from sekisho.zones.delivery.door import DeliveryDoor
from sekisho.zones.delivery.outcomes import Outcomes

MORE_BYTES = 1024 * 1024 * 1024  # beyond the largest parcel: what the ledger may grow to


def serve_intake(settings_file: Path, clock: Callable[[], datetime], voice: Voice) -> None:
    """Take permitted parcels in and write down what came of them, until told to stop, locked from before the first byte."""
    settings = read_settings(settings_file, DeliverySettings)
    check_running(settings.folders.shelf)
    listen = settings.listen.processing
    with opened([Address("processing", listen.host, listen.port)]) as ports:
        roster = open_roster(settings.site, clock())
        missing = _lock(settings, settings_file.parent)
        if missing:
            voice.tell("unlocked", ", ".join(sorted(one.value for one in missing)))
        _serve(ports, settings, roster, clock, voice)


def _lock(settings: DeliverySettings, home: Path) -> frozenset[Layer]:
    around = Surroundings(
        readable=(*files_of_python(), home, *files_named(settings)),
        writable=tuple(make_folder(folder) for _, folder in settings.folders),
        limits=Limits(file_bytes=settings.limits.largest_parcel_bytes + MORE_BYTES),
        user=settings.lock.user,
    )
    without = frozenset(Layer(one) for one in settings.lock.without)
    return lock_and_check(HEARING, around, without, trial=settings.site.trial)


def _serve(
    ports: Ports, settings: DeliverySettings, roster: Roster, clock: Callable[[], datetime], voice: Voice
) -> None:
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
            tell=voice.tell,
        )
        pulse = Pulse(settings.folders.shelf, Zone.DELIVERY, settings.site.id, clock, settings.stop.dead_man_seconds)
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(Outcomes(door), stop, settings.limits.poll_seconds / 5))
        watcher.start()
        try:
            ports.serve([inner_port(door, pulse)], credentials, voice, pulse.over)
        finally:
            stop.set()
            watcher.join()
        pulse.settle(book)


def inner_port(door: DeliveryDoor, pulse: Pulse) -> Application:
    async def check_caller(request: Request) -> None:
        if request.peer != door.roster.processing.tls_name:
            await asyncio.to_thread(door.record, request.peer, None, Reason.SENDER_NOT_ALLOWED)
            raise BadParcel(Reason.SENDER_NOT_ALLOWED)

    async def entries(request: Request) -> Response:
        await check_caller(request)
        after = read_count(request.query("after", "0"))
        return Response(await asyncio.to_thread(lambda: write_page(after, *door.book.since(after))))

    outcomes = Route("GET", "/outcomes", refusing(entries))
    return Application([*upload_routes(door.reception), outcomes, heartbeat(pulse, check_caller)])


def _watch(outcomes: Outcomes, stop: threading.Event, pause_seconds: float) -> None:
    """Write down what came of deliveries; what cannot be written now is said once and tried again."""
    said: str | None = None
    while not stop.wait(pause_seconds):
        try:
            outcomes.collect()
            said = None
        except Exception as error:  # noqa: BLE001 - whatever it is, later deliveries still have to be written down
            told = error.reason.value if isinstance(error, SekishoError) else Reason.OUR_FAULT.value
            if told != said:
                outcomes.door.tell("unwritten", reason=told)
            said = told
