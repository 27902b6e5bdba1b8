"""Receiving as a process: two ports, one ledger, no way out."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sekisho.lines.server import Port, serve
from sekisho.lines.tls import Credentials
from sekisho.lines.voice import Voice
from sekisho.storage.book import Book
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import ReceivingSettings, read_settings
from sekisho.zones.receiving.door import ReceivingDoor
from sekisho.zones.receiving.ports import inner_port, outer_port


def serve_receiving(settings_file: Path, clock: Callable[[], datetime], voice: Voice) -> None:
    """Take parcels in until told to stop."""
    settings = read_settings(settings_file, ReceivingSettings)
    roster = open_roster(settings.site, clock())
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
        senders, processing = settings.listen.senders, settings.listen.processing
        serve(
            [
                Port(senders.host, senders.port, outer_port(door), credentials),
                Port(processing.host, processing.port, inner_port(door), credentials),
            ],
            voice,
        )
