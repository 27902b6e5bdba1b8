"""The deliverer: a process of its own that calls recipients and listens to nobody (requirements B04, B13).

It reads what the intake admitted, checks it once more, pushes it, and leaves what came of it as a file; the intake
writes the ledger. It has no ledger key and imports no server.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekisho.digest import read_digest
from sekisho.errors import Reason, SekishoError, SenderMustAct, StaffMustAct, Unavailable
from sekisho.journey import PROCESSING_ID
from sekisho.lines.bundle import write_bundle
from sekisho.lines.client import Line, upload
from sekisho.lines.tls import Credentials
from sekisho.lines.voice import Tell, silent
from sekisho.locks.checking import lock_and_check
from sekisho.locks.lock import CALLING, Layer
from sekisho.locks.locking import Surroundings, files_of_python
from sekisho.locks.privileges import Limits
from sekisho.parcel.label import Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import check_permit, read_permit
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster
from sekisho.statement import write_canonical
from sekisho.storage.files import PART, make_folder, open_existing, read_file, remove, write_durably
from sekisho.storage.hashing import Hashing
from sekisho.storage.rosters import read_roster
from sekisho.storage.settings import DeliverySettings, files_named, read_settings

LONGEST_PAUSE_SECONDS = 30.0
ATTEMPTS = 2  # at once; after that other deliveries have their turn
LARGEST_WRITTEN_BYTES = 1024 * 1024 * 1024  # acknowledgements and refusals; what it says may go to a file too
FINAL = ("acknowledgement.json", "refusal.json")


@dataclass
class Deliverer:
    """Pushes each admitted parcel to its one recipient, until acknowledged or refused."""

    settings: DeliverySettings
    roster: Roster
    roster_raw: bytes
    clock: Callable[[], datetime]

    def sweep(self) -> None:
        """Remove what a deliverer that was cut off left half written."""
        for path in self.settings.folders.shelf.glob(f"*/*.json.*{PART}"):
            if path.name.startswith(FINAL):
                remove(path)

    def waiting(self) -> list[Path]:
        """Give back the deliveries that are whole and not ended, by the names of their folders."""
        shelf = self.settings.folders.shelf
        ready = [path.parent for path in sorted(shelf.glob("*/parcel"))]
        return [one for one in ready if not any((one / name).exists() for name in FINAL)]

    def deliver(self, outgoing: Path) -> None:
        """Push one parcel and keep the recipient's acknowledgement; a refusal that will not change is kept instead."""
        try:
            acknowledgement = self._push(outgoing)
        except (SenderMustAct, StaffMustAct) as error:
            if error.reason is Reason.LINE_OFFSET:  # the recipient still holds a line that was cut: ask again later
                raise Unavailable(Reason.LINE_UNREACHABLE) from error
            write_durably(outgoing / "refusal.json", write_canonical({"reason": error.reason.value}))
            return
        write_durably(outgoing / "acknowledgement.json", acknowledgement)

    def _push(self, outgoing: Path) -> bytes:
        permit_raw = read_file(outgoing / "permit.json", LARGEST_ENVELOPE_BYTES)
        with open_existing(outgoing / "parcel") as stream:
            hashing = Hashing(stream)
            head = hashing.read(HEAD_BYTES)
            key = self.roster.processing.label_key
            label = check_label(head, {key.key_id: Sender(PROCESSING_ID, key)}, self.clock())
            while hashing.read(1024 * 1024):
                pass
            permit = check_permit(
                permit_raw,
                self.roster,
                SealedParcel(read_digest(hashing.text), hashing.size_bytes),
                label.addressees[0],
                self.clock(),
                trial=self.settings.site.trial,
            )
            recipient = self.roster.recipient(permit.draft.recipient.id)
            tls = self.settings.tls
            line = Line(
                recipient.endpoint.host,
                recipient.endpoint.port,
                recipient.tls_name,
                Credentials(tls.certificate, tls.key, tls.authority),
            )
            opening = write_bundle({"head": head, "permit": permit_raw, "roster": self.roster_raw})
            try:
                return upload(line, opening, stream, hashing.size_bytes, attempts=ATTEMPTS)
            finally:
                line.close()


def run_deliverer(
    settings_file: Path,
    clock: Callable[[], datetime],
    keep_on: Callable[[], bool],
    tell: Tell = silent,
    begin: Callable[[], None] = lambda: None,
) -> None:
    """Deliver what is admitted, as long as `keep_on` says so; a recipient that does not answer is asked again later.

    This process locks itself once it knows whom it may call (spec/locks.md); `begin` is called then, and may start threads.
    """
    settings = read_settings(settings_file, DeliverySettings)
    roster_raw = read_file(settings.site.roster, LARGEST_ROSTER_BYTES)
    roster = read_roster(roster_raw, settings.site, clock())
    missing = _lock(settings, settings_file.parent, roster)
    begin()
    if missing:
        tell("unlocked", ", ".join(sorted(one.value for one in missing)))
    deliverer = Deliverer(settings, roster, roster_raw, clock)
    deliverer.sweep()
    pauses: dict[Path, tuple[float, float]] = {}  # when to try again, and how long to wait after that
    while keep_on():
        for outgoing in deliverer.waiting():
            due, pause = pauses.get(outgoing, (0.0, settings.limits.poll_seconds))
            if time.monotonic() < due:
                continue
            try:
                deliverer.deliver(outgoing)
            except SekishoError as error:
                if outgoing not in pauses:
                    tell("trying", _case_of(outgoing), error.reason.value)
                pauses[outgoing] = (time.monotonic() + pause, min(2 * pause, LONGEST_PAUSE_SECONDS))
        time.sleep(settings.limits.poll_seconds / 5)


def _lock(settings: DeliverySettings, home: Path, roster: Roster) -> frozenset[Layer]:
    around = Surroundings(
        readable=(*files_of_python(), home, *files_named(settings)),
        writable=(make_folder(settings.folders.shelf),),
        ports=tuple(sorted({one.endpoint.port for one in roster.recipients})),
        limits=Limits(file_bytes=LARGEST_WRITTEN_BYTES),
        user=settings.lock.user,
    )
    without = frozenset(Layer(one) for one in settings.lock.without)
    return lock_and_check(CALLING, around, without, trial=settings.site.trial)


def _case_of(outgoing: Path) -> str:
    """Give back of which case a delivery is, as its permit says; "" where it cannot be read."""
    try:
        return read_permit(read_file(outgoing / "permit.json", LARGEST_ENVELOPE_BYTES))[0].case
    except SekishoError:
        return ""
