"""Receiving as a process: two ports, one ledger, no way out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sekisho.journey import Zone
from sekisho.lines.listening import Address
from sekisho.lines.server import Ports, opened
from sekisho.lines.tls import Credentials
from sekisho.lines.voice import Voice
from sekisho.locks.checking import lock_and_check
from sekisho.locks.lock import HEARING, Layer
from sekisho.locks.locking import Surroundings, files_of_python
from sekisho.locks.privileges import Limits
from sekisho.release.roster import Roster
from sekisho.stopping.mark import check_running
from sekisho.stopping.pulse import Pulse
from sekisho.storage.book import Book
from sekisho.storage.files import make_folder
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import ReceivingSettings, files_named, read_settings
from sekisho.zones.receiving.door import ReceivingDoor
from sekisho.zones.receiving.ports import inner_port, outer_port

MORE_BYTES = 1024 * 1024 * 1024  # beyond the largest parcel: what the ledger may grow to


def serve_receiving(settings_file: Path, clock: Callable[[], datetime], voice: Voice) -> None:
    """Take parcels in until told to stop, locked from before the first byte is read (spec/locks.md)."""
    settings = read_settings(settings_file, ReceivingSettings)
    check_running(settings.folders.shelf)
    senders, processing = settings.listen.senders, settings.listen.processing
    addresses = [
        Address("senders", senders.host, senders.port),
        Address("processing", processing.host, processing.port),
    ]
    with opened(addresses) as ports:
        roster = open_roster(settings.site, clock())
        missing = _lock(settings, settings_file.parent)
        if missing:
            voice.tell("unlocked", ", ".join(sorted(one.value for one in missing)))
        _serve(ports, settings, roster, clock, voice)


def _lock(settings: ReceivingSettings, home: Path) -> frozenset[Layer]:
    around = Surroundings(
        readable=(*files_of_python(), home, *files_named(settings)),
        writable=tuple(make_folder(folder) for _, folder in settings.folders),
        limits=Limits(file_bytes=settings.limits.largest_parcel_bytes + MORE_BYTES),
        user=settings.lock.user,
    )
    without = frozenset(Layer(one) for one in settings.lock.without)
    return lock_and_check(HEARING, around, without, trial=settings.site.trial)


def _serve(
    ports: Ports, settings: ReceivingSettings, roster: Roster, clock: Callable[[], datetime], voice: Voice
) -> None:
    credentials = Credentials(settings.tls.certificate, settings.tls.key, settings.tls.authority)
    ledger = roster.receiving.ledger
    with Book.open(settings.folders.ledger, ledger.origin, read_signing_key(settings.keys.ledger)) as book:
        door = ReceivingDoor(
            shelf=settings.folders.shelf,
            parts=Parts(settings.folders.parts),
            roster=roster,
            book=book,
            receipt_key=read_signing_key(settings.keys.receipt),
            clock=clock,
            largest_bytes=settings.limits.largest_parcel_bytes,
            tell=voice.tell,
        )
        pulse = Pulse(settings.folders.shelf, Zone.RECEIVING, settings.site.id, clock, settings.stop.dead_man_seconds)
        ports.serve([outer_port(door), inner_port(door, pulse)], credentials, voice, pulse.over)
        pulse.settle(book)
