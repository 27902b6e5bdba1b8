"""The recipient's door: takes the one delivery that is for it, acknowledges it in the same session (spec/line.md 3.3)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekisho.digest import read_digest
from sekisho.errors import BadParcel, BadSettings, Reason, Refused, Unavailable
from sekisho.instant import read_instant, write_instant
from sekisho.journey import PROCESSING_ID
from sekisho.lines.bundle import read_bundle
from sekisho.lines.listening import Address
from sekisho.lines.server import opened
from sekisho.lines.tls import Credentials
from sekisho.lines.upload import upload_routes
from sekisho.lines.voice import Tell, Voice, silent
from sekisho.lines.web import Application
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.reception import Reception, sweep
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import Permit, PermitDraft, check_permit, read_permit
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster
from sekisho.signing import Ed25519Signer
from sekisho.statement import check_statement, sign_statement
from sekisho.storage.files import PART, make_folder, publish, read_file, remove, write_durably
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster, read_roster
from sekisho.storage.settings import RecipientSettings, read_settings

ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"
LARGEST_ACKNOWLEDGEMENT_BYTES = 65_536


@dataclass(frozen=True)
class Claim:
    """A permitted parcel for this recipient, with the permit and the roster that it was checked against."""

    label: Label
    permit: Permit
    permit_raw: bytes
    roster_raw: bytes


@dataclass
class RecipientDoor:
    """What the recipient lets in."""

    settings: RecipientSettings
    roster: Roster
    acknowledgement_key: Ed25519Signer
    clock: Callable[[], datetime]
    tell: Tell = silent
    _usable: bool = True

    def __post_init__(self) -> None:
        inbox = make_folder(self.settings.folders.inbox)
        for path in sorted(inbox.glob(f"*/*{PART}")):  # what a cut left half written
            remove(path)
        parts = Parts(make_folder(self.settings.folders.parts))
        sweep(parts, lambda upload: parts.path(upload).is_file(), self.clock())

    @property
    def reception(self) -> Reception[Claim]:
        return Reception(self, self.settings.folders.parts)

    def folder(self, case: str) -> Path:
        return self.settings.folders.inbox / case

    def check(self, peer: str, opening: bytes) -> Claim:
        if peer != self.roster.delivery.tls_name:
            raise BadParcel(Reason.SENDER_NOT_ALLOWED)
        head, permit_raw, roster_raw = read_bundle(opening, "head", "permit", "roster")
        claimed, _ = read_permit(permit_raw)
        moment = self._moment(claimed, permit_raw)
        roster = read_roster(roster_raw, self.settings.site, moment)
        label = check_label(head, {_label_key(roster): _sender(roster)}, moment, _self(roster, self.settings.id))
        permit = check_permit(
            permit_raw,
            roster,
            claimed.parcel,
            _self(roster, self.settings.id),
            moment,
            trial=self.settings.site.trial,
        )
        if claimed.parcel.size_bytes != label.parcel_bytes:
            raise Refused(Reason.PERMIT_WRONG_PARCEL)
        return Claim(label, permit, permit_raw, roster_raw)

    def _moment(self, claimed: PermitDraft, permit_raw: bytes) -> datetime:
        """Give back when to judge a delivery: now, or when it was acknowledged, so that a lost answer can be had again."""
        folder = self.folder(claimed.case)
        if not (folder / "acknowledgement.json").is_file():
            return self.clock()
        if read_file(folder / "permit.json", LARGEST_ENVELOPE_BYTES) != permit_raw:
            return self.clock()
        raw = read_file(folder / "acknowledgement.json", LARGEST_ACKNOWLEDGEMENT_BYTES)
        own = self.acknowledgement_key.verifier
        value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {own.key_id: own})
        return read_instant(value["acknowledged_at"])

    def label_of(self, claim: Claim) -> Label:
        return claim.label

    def known(self, claim: Claim) -> bytes | None:
        self._check_usable()
        folder = self.folder(claim.permit.draft.case)
        if not (folder / "acknowledgement.json").is_file():
            return None
        if read_file(folder / "permit.json", LARGEST_ROSTER_BYTES) != claim.permit_raw:
            raise Refused(Reason.PERMIT_USED)
        return read_file(folder / "acknowledgement.json", LARGEST_ACKNOWLEDGEMENT_BYTES)

    def take_in(self, claim: Claim, part: Path, sha256: str) -> bytes:
        """Keep parcel, permit and roster; the acknowledgement is written last and so means that all of it is here.

        After a disk failed nothing is acknowledged before the next start: a later sync may only say that it wrote.
        """
        self._check_usable()
        try:
            return self._take_in(claim, part, sha256)
        except Unavailable as error:
            self._usable = error.reason is not Reason.DISK_FAILED
            raise

    def _check_usable(self) -> None:
        if not self._usable:
            raise Unavailable(Reason.DISK_FAILED)

    def _take_in(self, claim: Claim, part: Path, sha256: str) -> bytes:
        draft = claim.permit.draft
        if SealedParcel(read_digest(sha256), claim.label.parcel_bytes) != draft.parcel:
            raise Refused(Reason.PERMIT_WRONG_PARCEL)
        folder = make_folder(self.folder(draft.case))
        write_durably(folder / "permit.json", claim.permit_raw)
        write_durably(folder / "roster.json", claim.roster_raw)
        parcel = folder / f"{draft.case}.parcel"
        parcel.unlink(missing_ok=True)  # of a delivery that was cut before it was acknowledged
        publish(part, parcel)
        answer = sign_statement(
            ACKNOWLEDGEMENT_TYPE,
            {
                "acknowledged_at": write_instant(self.clock()),
                "case": draft.case,
                "permit_sha256": str(claim.permit.digest),
                "recipient": self.settings.id,
                "sha256": sha256,
                "size_bytes": claim.label.parcel_bytes,
            },
            [self.acknowledgement_key],
        )
        self._acknowledge(folder / "acknowledgement.json", answer)
        self.tell("taken_in", draft.case)
        return answer

    def _acknowledge(self, path: Path, answer: bytes) -> None:
        """Keep what was signed; what may not be on the disk, although it has its name, is taken back and never given out."""
        try:
            write_durably(path, answer)
        except Unavailable:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise

    def record(self, peer: str, claim: Claim | None, reason: Reason) -> None:
        """Keep a line for the recipient's own staff."""
        case = claim.permit.draft.case if claim is not None else "-"
        self.tell("turned_back", case, reason.value)
        line = f"{write_instant(self.clock())} {reason.value} {peer} {case}\n"
        path = self.settings.folders.inbox / "refused.log"
        with path.open("a", encoding="ascii") as log:
            log.write(line)


def serve_recipient(settings_file: Path, clock: Callable[[], datetime], voice: Voice) -> None:
    """Take deliveries in until told to stop."""
    settings = read_settings(settings_file, RecipientSettings)
    if settings.listen is None:
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=settings_file.name, key="listen", problem="missing")
    roster = open_roster(settings.site, clock())
    roster.recipient(settings.id)
    door = RecipientDoor(settings, roster, read_signing_key(settings.keys.acknowledgement), clock, voice.tell)
    credentials = Credentials(settings.tls.certificate, settings.tls.key, settings.tls.authority)
    listen = settings.listen.delivery
    with opened([Address("delivery", listen.host, listen.port)]) as ports:
        ports.serve([Application(upload_routes(door.reception))], credentials, voice)


def _label_key(roster: Roster) -> str:
    return roster.processing.label_key.key_id


def _sender(roster: Roster) -> Sender:
    return Sender(PROCESSING_ID, roster.processing.label_key)


def _self(roster: Roster, recipient: str) -> Addressee:
    return roster.recipient(recipient).addressee
