"""The deliverer: a process of its own that calls recipients and listens to nobody (requirements B04, B13).

It reads what the intake admitted, checks it once more, pushes it, and leaves what came of it as a file; the intake
writes the ledger. It has no ledger key and imports no server.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from sekisho.digest import read_digest
from sekisho.errors import BadSettings, Reason, SekishoError, SenderMustAct, StaffMustAct, Unavailable
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
from sekisho.release.endpoints import Sftp
from sekisho.release.permit import Permit, check_permit, read_permit
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.recipients import Recipient
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster
from sekisho.statement import check_fields, read_canonical, write_canonical
from sekisho.stopping.guard import heeding
from sekisho.stopping.mark import check_running
from sekisho.storage.files import PART, make_folder, open_existing, read_file, remove, write_durably
from sekisho.storage.hashing import Hashing
from sekisho.storage.keys import read_private_file
from sekisho.storage.rosters import read_roster
from sekisho.storage.settings import DeliverySettings, files_named, read_settings

if TYPE_CHECKING:
    from sekisho.lines.sftp.session import Sessions

LONGEST_PAUSE_SECONDS = 30.0
PUSHED = "pushed.json"  # whole at an SFTP server; nobody has said yet that it is as permitted
REACHED = "reached.json"
ATTEMPTS = 2  # at once; after that other deliveries have their turn
LARGEST_WRITTEN_BYTES = 1024 * 1024 * 1024  # acknowledgements and refusals; what it says may go to a file too
FINAL = ("acknowledgement.json", "refusal.json", PUSHED)


@dataclass(frozen=True)
class _Checked:
    """A delivery that was checked once more: what goes before it, whom it is for, and its bytes."""

    opening: bytes
    permit: Permit
    recipient: Recipient
    stream: BinaryIO
    size_bytes: int


@dataclass
class Deliverer:
    """Pushes each admitted parcel to its one recipient, until acknowledged, put or refused."""

    settings: DeliverySettings
    roster: Roster
    roster_raw: bytes
    clock: Callable[[], datetime]
    sessions: "Sessions | None" = None

    def sweep(self) -> None:
        """Remove what a deliverer that was cut off left half written."""
        for path in self.settings.folders.shelf.glob(f"*/*.json.*{PART}"):
            if path.name.startswith((*FINAL, REACHED)):
                remove(path)

    def waiting(self) -> list[Path]:
        """Give back the deliveries that are whole and not ended, by the names of their folders."""
        shelf = self.settings.folders.shelf
        ready = [path.parent for path in sorted(shelf.glob("*/parcel"))]
        return [one for one in ready if not any((one / name).exists() for name in FINAL)]

    def deliver(self, outgoing: Path) -> None:
        """Push one parcel and keep what came of it; a refusal that will not change is kept instead."""
        try:
            with open_existing(outgoing / "parcel") as stream:
                checked = self._check(outgoing, stream)
                sftp = checked.recipient.endpoint.sftp
                name, kept = self._upload(checked) if sftp is None else self._put(outgoing, checked, sftp)
        except (SenderMustAct, StaffMustAct) as error:
            if error.reason is Reason.LINE_OFFSET:  # the recipient still holds a line that was cut: ask again later
                raise Unavailable(Reason.LINE_UNREACHABLE) from error
            write_durably(outgoing / "refusal.json", write_canonical({"reason": error.reason.value}))
            return
        write_durably(outgoing / name, kept)

    def _check(self, outgoing: Path, stream: BinaryIO) -> _Checked:
        permit_raw = read_file(outgoing / "permit.json", LARGEST_ENVELOPE_BYTES)
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
        opening = write_bundle({"head": head, "permit": permit_raw, "roster": self.roster_raw})
        return _Checked(opening, permit, recipient, stream, hashing.size_bytes)

    def _upload(self, checked: _Checked) -> tuple[str, bytes]:
        """Push over HTTPS; give back the recipient's acknowledgement and the name of its file."""
        tls, endpoint = self.settings.tls, checked.recipient.endpoint
        credentials = Credentials(tls.certificate, tls.key, tls.authority)
        line = Line(endpoint.host, endpoint.port, checked.recipient.tls_name, credentials)
        try:
            answer = upload(line, checked.opening, checked.stream, checked.size_bytes, attempts=ATTEMPTS)
        finally:
            line.close()
        return "acknowledgement.json", answer

    def _put(self, outgoing: Path, checked: _Checked, sftp: Sftp) -> tuple[str, bytes]:
        """Push by SFTP, the parcel last, so that its name says that all is there; the recipient acknowledges by hand."""
        from sekisho.lines.sftp.putting import File

        assert self.sessions is not None  # run_deliverer made them, for a roster that names such a recipient
        name = f"{checked.permit.draft.case}.{checked.permit.digest.hex[:16]}"
        beside = PurePosixPath(sftp.folder) / name
        files = (
            File(f"{beside}.opening", BytesIO(checked.opening), len(checked.opening)),
            File(f"{beside}.parcel", checked.stream, checked.size_bytes),
        )

        def tell(offset: int) -> None:
            write_durably(outgoing / REACHED, write_canonical({"offset": offset}))

        self.sessions.put(checked.recipient.endpoint, sftp, files, _reached(outgoing), tell)
        return PUSHED, write_canonical({"name": f"{name}.parcel"})


def _reached(outgoing: Path) -> int:
    """Give back how far an earlier try came; 0 where there was none, or where nothing of it can be read."""
    try:
        value = check_fields(read_canonical(read_file(outgoing / REACHED, LARGEST_ENVELOPE_BYTES)), offset=int)
    except SekishoError:
        return 0
    return max(0, int(value["offset"]))


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
    check_running(settings.folders.shelf)
    roster_raw = read_file(settings.site.roster, LARGEST_ROSTER_BYTES)
    roster = read_roster(roster_raw, settings.site, clock())
    sessions = _sessions(settings, roster)
    missing = _lock(settings, settings_file.parent, roster)
    if sessions is not None and settings.ssh is not None:
        sessions.take_key(read_private_file(settings.ssh.key), settings.ssh.key.name)
    begin()
    if missing:
        tell("unlocked", ", ".join(sorted(one.value for one in missing)))
    deliverer = Deliverer(settings, roster, roster_raw, clock, sessions)
    deliverer.sweep()
    with heeding(settings.folders.shelf):
        _deliver_on(deliverer, keep_on, tell)


def _deliver_on(deliverer: Deliverer, keep_on: Callable[[], bool], tell: Tell) -> None:
    """Deliver what waits, again and again; once the site is stopped, SITE_STOPPED is raised."""
    limits = deliverer.settings.limits
    pauses: dict[Path, tuple[float, float]] = {}  # when to try again, and how long to wait after that
    while keep_on():
        check_running(deliverer.settings.folders.shelf)
        for outgoing in deliverer.waiting():
            due, pause = pauses.get(outgoing, (0.0, limits.poll_seconds))
            if time.monotonic() < due:
                continue
            try:
                deliverer.deliver(outgoing)
            except SekishoError as error:
                check_running(deliverer.settings.folders.shelf)
                if outgoing not in pauses:
                    tell("trying", _case_of(outgoing), error.reason.value)
                pauses[outgoing] = (time.monotonic() + pause, min(2 * pause, LONGEST_PAUSE_SECONDS))
        time.sleep(limits.poll_seconds / 5)


def _sessions(settings: DeliverySettings, roster: Roster) -> "Sessions | None":
    """Give back what puts by SFTP, where the roster names a recipient that takes parcels so; its key is read when locked."""
    if all(one.endpoint.sftp is None for one in roster.recipients):
        return None
    if settings.ssh is None:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file="settings.toml", key="ssh", problem="missing")
    from sekisho.lines.sftp.session import Sessions

    return Sessions()


def _lock(settings: DeliverySettings, home: Path, roster: Roster) -> frozenset[Layer]:
    around = Surroundings(
        readable=(*files_of_python(), home, *files_named(settings), *((settings.ssh.key,) if settings.ssh else ())),
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
