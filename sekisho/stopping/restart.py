"""Stopping a zone from its own machine, and starting it again by two people (spec/stop.md 1, 4)."""

import os
import pwd
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sekisho.errors import BadSettings, Malformed, Reason, Refused
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.release.assertion import SoftwareApprover
from sekisho.release.machines import LedgerKey
from sekisho.release.people import LONGEST_NAME, read_name
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.roster import Roster
from sekisho.release.stop import Cause, Restart, StopMark, check_restart, draft_consent, read_stop, write_consent
from sekisho.stopping.mark import (
    is_stopped,
    keep_statement,
    new_mark,
    put_mark,
    read_mark,
    remove_mark,
)
from sekisho.stopping.recording import last_of, record_stop
from sekisho.storage.book import Book
from sekisho.storage.files import read_file
from sekisho.storage.keys import read_approver_key, read_signing_key
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import DeliverySettings, ProcessingSettings, ReceivingSettings, read_settings

ZoneSettings = ReceivingSettings | ProcessingSettings | DeliverySettings
LOCK_SECONDS = 30.0
_KINDS: tuple[tuple[Zone, type[ReceivingSettings] | type[ProcessingSettings] | type[DeliverySettings]], ...] = (
    (Zone.RECEIVING, ReceivingSettings),
    (Zone.DELIVERY, DeliverySettings),
    (Zone.PROCESSING, ProcessingSettings),
)


def zone_of(settings_file: Path) -> tuple[Zone, ZoneSettings]:
    """Give back which zone's settings these are, and the settings; refuses those of the two ends."""
    refused: BadSettings | None = None
    for zone, kind in _KINDS:
        try:
            return zone, read_settings(settings_file, kind)
        except BadSettings as error:
            if error.reason is not Reason.SETTINGS_OTHER_ROLE:
                raise
            refused = error
    assert refused is not None
    raise refused


def stop_site(settings_file: Path, why: str, now: datetime) -> StopMark:
    """Give back the mark that stops this zone, durably: this one, or the one that has stopped it before.

    Asks for no signature and reads no key and no roster: whoever may write into the zone's shelf may stop it.
    """
    zone, settings = zone_of(settings_file)
    try:
        mark = new_mark(now, settings.site.id, zone, Cause.PERSON, _who(), read_name(why))
    except Malformed as error:
        raise Refused(Reason.STOP_MALFORMED, longest=LONGEST_NAME) from error
    return read_stop(put_mark(settings.folders.shelf, mark))


def _who() -> str:
    """Give back the account that acts, behind `sudo` the person's own; a name that cannot be had stops nobody from stopping."""
    try:
        return read_name(os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name)
    except (KeyError, Malformed):
        return f"uid {os.getuid()}"


def consent(settings_file: Path, why: str, person: str, key_file: Path, now: datetime) -> tuple[StopMark, bytes]:
    """Give back what stopped this zone, and one person's signed word that it may start again (a trial's software key)."""
    _, settings = zone_of(settings_file)
    mark = _mark(settings)
    roster = open_roster(settings.site, now)
    known = roster.person(person)
    draft = draft_consent(roster, mark, why)
    key = read_approver_key(key_file)
    known.credential.check_holder(key.public_key(), known.id)
    signature = SoftwareApprover(key, known.credential.id, roster.site).sign(draft)
    return read_stop(mark), write_consent(draft, signature)


def restart_site(settings_file: Path, consents: Sequence[Path], clock: Callable[[], datetime]) -> Restart:
    """Give back the restart that two people consented to; from then on the zone may be started.

    Nothing is changed, and no key of the zone is read, before both consents are checked. Cut off at any place, it can be
    asked for again.
    """
    zone, settings = zone_of(settings_file)
    mark = _mark(settings)
    roster = open_roster(settings.site, clock())
    raws = [read_file(one, LARGEST_ENVELOPE_BYTES) for one in consents]
    restart = check_restart(raws, roster, mark, trial=settings.site.trial)
    shelf, ledger = settings.folders.shelf, _ledger(roster, zone)
    signer = read_signing_key(settings.keys.ledger)
    with Book.open(settings.folders.ledger, ledger.origin, signer, wait_seconds=LOCK_SECONDS) as book:
        if last_of(book) != (Event.RESTARTED.value, str(restart.stop)):
            record_stop(book, shelf, zone, clock())
            _record(book, shelf, zone, restart, clock())
        remove_mark(shelf)
    return restart


def _record(book: Book, shelf: Path, zone: Zone, restart: Restart, now: datetime) -> None:
    kept = [str(keep_statement(shelf, raw)) for raw in restart.consents]
    facts: dict[str, str | int] = {
        "consents_sha256": ",".join(sorted(kept)),
        "persons": ",".join(one.person for one in restart.approvals),
        "stop_sha256": str(restart.stop),
    }
    book.append(Entry(now, zone.value, "", Event.RESTARTED.value, facts))


def _mark(settings: ZoneSettings) -> bytes:
    shelf = settings.folders.shelf
    if not is_stopped(shelf):
        raise Refused(Reason.SITE_RUNNING)
    return read_mark(shelf)


def _ledger(roster: Roster, zone: Zone) -> LedgerKey:
    match zone:
        case Zone.RECEIVING:
            return roster.receiving.ledger
        case Zone.DELIVERY:
            return roster.delivery.ledger
        case Zone.PROCESSING:
            return roster.processing.ledger
