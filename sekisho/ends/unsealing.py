"""What a recipient can prove and open, offline, with parcel, permit, roster and its own key (spec/permit.md 5)."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sekisho.digest import read_digest
from sekisho.errors import Malformed, Reason, Tampered, WrongUsage
from sekisho.instant import read_instant
from sekisho.journey import PROCESSING_ID
from sekisho.parcel.contents import Contents
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import read_private_key
from sekisho.parcel.streams import Progress
from sekisho.parcel.unseal import unseal
from sekisho.release.dossier import SealedParcel
from sekisho.release.people import read_id
from sekisho.release.permit import Permit, check_permit
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster, check_roster
from sekisho.statement import check_fields, check_statement, read_canonical, read_envelope
from sekisho.storage.files import PART, make_folder, open_existing, open_new, read_file, sync_file, workroom
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_private_file
from sekisho.storage.rooms import discard, settle
from sekisho.storage.settings import RecipientSettings, read_settings

ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"


@dataclass(frozen=True)
class Opened:
    """A delivery whose every check held, now open in `folder`."""

    case: str
    folder: Path
    label: Label
    permit: Permit
    contents: Contents
    roster: Roster


@dataclass(frozen=True)
class _Acknowledged:
    """What was in force when this recipient acknowledged the delivery."""

    roster: Roster
    permit: Permit


def waiting(settings_file: Path) -> list[str]:
    """Give back the acknowledged deliveries that are not open yet."""
    settings = read_settings(settings_file, RecipientSettings)
    here = sorted(path.parent.name for path in settings.folders.inbox.glob("*/acknowledgement.json"))
    return [case for case in here if not (settings.folders.opened / case).exists()]


def open_delivery(
    settings_file: Path, case: str, clock: Callable[[], datetime], progress: Progress | None = None
) -> Opened:
    """Give back the opened delivery; its files get their names only after the last check.

    Permit and roster are judged at the moment of our own signed acknowledgement, because a permit is for the way here
    and lasts for days only; the label, which says until when the parcel may be opened, is judged now.
    """
    settings = read_settings(settings_file, RecipientSettings)
    inbox = settings.folders.inbox / _check_case(case)
    if not (inbox / "acknowledgement.json").is_file():
        raise WrongUsage(Reason.CASE_UNKNOWN, case=case)
    final = settings.folders.opened / case
    if final.exists():
        raise WrongUsage(Reason.CASE_ALREADY_OPEN, case=case)
    key = read_private_key(read_private_file(settings.keys.parcel))
    with open_existing(inbox / f"{case}.parcel") as stream:
        digest = file_digest(stream)
        measured = SealedParcel(read_digest(digest), stream.tell())
        acknowledged = _check_acknowledged(inbox, case, settings, measured)
        roster, permit = acknowledged.roster, acknowledged.permit
        own, sender = roster.recipient(settings.id).addressee, roster.processing.label_key
        stream.seek(0)
        head = stream.read(HEAD_BYTES)
        label = check_label(head, {sender.key_id: Sender(PROCESSING_ID, sender)}, clock(), own)
        stream.seek(0)
        _sweep(make_folder(settings.folders.opened))
        with workroom(settings.folders.opened) as room:
            files = make_folder(room / "files")
            with ExitStack() as opened:
                streams: list[BinaryIO] = []

                def open_file(name: str, _size_bytes: int) -> BinaryIO:
                    streams.append(opened.enter_context(open_new(files / name)))
                    return streams[-1]

                contents = unseal(stream, label, key, open_file, progress)
                for one in streams:
                    sync_file(one)
            settle(files, final)
    return Opened(case, final, label, permit, contents, roster)


def _sweep(opened: Path) -> None:
    """Remove what an opening that was killed left lying open."""
    for room in sorted(opened.glob(f"*{PART}")):
        discard(room)


def _check_acknowledged(inbox: Path, case: str, settings: RecipientSettings, measured: SealedParcel) -> _Acknowledged:
    """Give back roster and permit as they held at the acknowledgement, which this recipient's own key must have signed."""
    raw = read_file(inbox / "acknowledgement.json", LARGEST_ENVELOPE_BYTES)
    moment = _claimed_moment(raw)
    roster = check_roster(read_file(inbox / "roster.json", LARGEST_ROSTER_BYTES), settings.site.founders, moment)
    recipient = roster.recipient(settings.id)
    key = recipient.acknowledgement_key
    try:
        value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {key.key_id: key})
    except (Tampered, Malformed) as error:
        raise Tampered(Reason.RECEIPT_SIGNATURE, file="acknowledgement.json") from error
    permit_raw = read_file(inbox / "permit.json", LARGEST_ENVELOPE_BYTES)
    permit = check_permit(permit_raw, roster, measured, recipient.addressee, moment, trial=settings.site.trial)
    said = tuple(value.get(name) for name in ("case", "permit_sha256", "recipient", "sha256", "size_bytes"))
    if said != (case, str(permit.digest), settings.id, str(measured.digest), measured.size_bytes):
        raise Tampered(Reason.RECEIPT_MISMATCH, file="acknowledgement.json")
    return _Acknowledged(roster, permit)


def _claimed_moment(raw: bytes) -> datetime:
    """Give back when the acknowledgement says it was made; its signature needs the roster, and the roster a moment."""
    try:
        value = read_canonical(read_envelope(raw, ACKNOWLEDGEMENT_TYPE).payload)
        fields = check_fields(
            value, acknowledged_at=str, case=str, permit_sha256=str, recipient=str, sha256=str, size_bytes=int
        )
        return read_instant(fields["acknowledged_at"])
    except Malformed as error:
        raise Tampered(Reason.RECEIPT_SIGNATURE, file="acknowledgement.json") from error


def _check_case(case: str) -> str:
    """Give back the name of a case; what is no name of one is unknown here."""
    try:
        return read_id(case)
    except Malformed as error:
        raise WrongUsage(Reason.CASE_UNKNOWN) from error
