"""What a recipient can prove and open, offline, with parcel, permit, roster and its own key (spec/permit.md 5)."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sekisho.digest import read_digest
from sekisho.errors import BadSettings, Reason, Unavailable
from sekisho.journey import PROCESSING_ID
from sekisho.parcel.contents import Contents
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.private_key import read_private_key
from sekisho.parcel.streams import Progress
from sekisho.parcel.unseal import unseal
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import Permit, check_permit
from sekisho.release.quorum import LARGEST_ENVELOPE_BYTES
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster, check_roster
from sekisho.storage.files import make_folder, open_existing, open_new, read_file, sync_file, workroom
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_private_file
from sekisho.storage.rooms import settle
from sekisho.storage.settings import RecipientSettings, read_settings


@dataclass(frozen=True)
class Opened:
    """A delivery whose every check held, now open in `folder`."""

    case: str
    folder: Path
    label: Label
    permit: Permit
    contents: Contents
    roster: Roster


def waiting(settings_file: Path) -> list[str]:
    """Give back the acknowledged deliveries that are not open yet."""
    settings = read_settings(settings_file, RecipientSettings)
    here = sorted(path.parent.name for path in settings.folders.inbox.glob("*/acknowledgement.json"))
    return [case for case in here if not (settings.folders.opened / case).exists()]


def open_delivery(
    settings_file: Path, case: str, clock: Callable[[], datetime], progress: Progress | None = None
) -> Opened:
    """Give back the opened delivery; its files get their names only after the last check."""
    settings = read_settings(settings_file, RecipientSettings)
    inbox = settings.folders.inbox / case
    if not (inbox / "acknowledgement.json").is_file():
        raise Unavailable(Reason.CASE_UNKNOWN)
    final = settings.folders.opened / case
    if final.exists():
        raise BadSettings(Reason.FOLDER_NOT_EMPTY, folder=case)
    roster = check_roster(read_file(inbox / "roster.json", LARGEST_ROSTER_BYTES), settings.site.founders, clock())
    own = roster.recipient(settings.id).addressee
    sender = roster.processing.label_key
    key = read_private_key(read_private_file(settings.keys.parcel))
    with open_existing(inbox / f"{case}.parcel") as stream:
        digest = file_digest(stream)
        measured = SealedParcel(read_digest(digest), stream.tell())
        permit_raw = read_file(inbox / "permit.json", LARGEST_ENVELOPE_BYTES)
        permit = check_permit(permit_raw, roster, measured, own, clock(), trial=settings.site.trial)
        stream.seek(0)
        head = stream.read(HEAD_BYTES)
        label = check_label(head, {sender.key_id: Sender(PROCESSING_ID, sender)}, clock(), own)
        stream.seek(0)
        with workroom(make_folder(settings.folders.opened)) as room:
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
