"""Takes in what delivery put by SFTP, through the same door as a session, so that it can be acknowledged (spec/line.md 7)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sekisho.ends.recipient import Claim, RecipientDoor
from sekisho.errors import BadParcel, Malformed, Reason, SekishoError
from sekisho.lines.bundle import read_bundle
from sekisho.lines.upload import LARGEST_OPENING_BYTES, Settled
from sekisho.reception import Reception
from sekisho.release.permit import read_permit
from sekisho.storage.files import open_existing
from sekisho.storage.keys import read_signing_key
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import RecipientSettings, read_settings

READ_BYTES = 1024 * 1024
_TRIES = 2  # the second, where a part that an earlier run left is asked for anew


@dataclass(frozen=True)
class Taken:
    """One parcel that lay in the folder: the file of its acknowledgement, or why it was not taken in."""

    file: str
    acknowledgement: Path | None = None
    error: SekishoError | None = None


def take_put(settings_file: Path, folder: Path, clock: Callable[[], datetime]) -> Iterator[Taken]:
    """Take in every whole parcel of `folder`, and give back what became of each, in the order of their names.

    What is acknowledged is removed from the folder, where this account may; it lies in the inbox then.
    """
    settings = read_settings(settings_file, RecipientSettings)
    roster = open_roster(settings.site, clock())
    roster.recipient(settings.id)
    door = RecipientDoor(settings, roster, read_signing_key(settings.keys.acknowledgement), clock)
    reception = door.reception
    for parcel in sorted(folder.glob("*.parcel")):
        try:
            yield Taken(parcel.name, _take(door, reception, parcel))
        except SekishoError as error:
            yield Taken(parcel.name, error=error)


def _take(door: RecipientDoor, reception: Reception[Claim], parcel: Path) -> Path:
    beside = parcel.with_suffix(".opening")
    opening = _read_opening(beside)
    peer = door.roster.delivery.tls_name
    try:
        case = read_permit(read_bundle(opening, "head", "permit", "roster")[1])[0].case
        _bring_whole(peer, reception, opening, parcel)
    except Malformed as error:
        raise BadParcel(Reason.PARCEL_MALFORMED) from error
    for one in (parcel, beside):
        with suppress(OSError):  # it may be another account's to remove
            one.unlink()
    return door.folder(case) / "acknowledgement.json"


def _read_opening(path: Path) -> bytes:
    with open_existing(path) as stream:
        raw = stream.read(LARGEST_OPENING_BYTES + 1)
    if len(raw) > LARGEST_OPENING_BYTES:
        raise BadParcel(Reason.PARCEL_TOO_LARGE)
    return raw


def _bring_whole(peer: str, reception: Reception[Claim], opening: bytes, parcel: Path) -> None:
    """Bring it, and a second time where a part that an earlier run left turns out to be of no use."""
    for _ in range(_TRIES):
        try:
            with open_existing(parcel) as stream:
                _bring(peer, reception, opening, stream)
        except BadParcel as error:
            if error.reason is not Reason.LINE_OFFSET:
                raise
        else:
            return
    raise BadParcel(Reason.PARCEL_TRUNCATED)


def _bring(peer: str, reception: Reception[Claim], opening: bytes, stream: BinaryIO) -> None:
    """Do what a session would: begin, go on from where it stands, finish."""
    begun = reception.begin(peer, opening)
    if isinstance(begun, Settled):
        return
    stream.seek(begun.offset)
    part = reception.resume(peer, begun.upload, begun.offset)
    try:
        while raw := stream.read(READ_BYTES):
            part.write(raw)
    finally:
        part.close()
    reception.finish(peer, begun.upload)
