"""Asking for a hold while somebody else has the desk: a note that every later step of the case heeds (design 2).

One person may always hold. The ledger has one writer at a time, and a long transfer may be that writer; so who comes
meanwhile leaves a note, and the next step of the case becomes the hold instead.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from sekisho.release.people import Person
from sekisho.release.roster import Roster
from sekisho.storage.files import check_name, make_folder, read_file, write_durably
from sekisho.storage.keys import read_approver_key
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import ProcessingFolders, ProcessingSettings, read_settings

HOLDS = "holds"
LARGEST_NOTE_BYTES = 200


def ask_hold(settings_file: Path, case: str, person: str, key_file: Path, clock: Callable[[], datetime]) -> None:
    """Leave the note that this person holds the case; refuses a person or key that the roster does not know."""
    settings = read_settings(settings_file, ProcessingSettings)
    roster = open_roster(settings.site, clock())
    known = check_key(roster, person, read_approver_key(key_file))
    write_durably(_holds(settings.folders) / check_name(case), known.id.encode())


def asked_to_hold(folders: ProcessingFolders, case: str) -> str:
    """Give back who asked for a hold of the case, "" if nobody did."""
    note = _holds(folders) / case
    return read_file(note, LARGEST_NOTE_BYTES).decode() if note.is_file() else ""


def notes_of(folders: ProcessingFolders) -> list[Path]:
    return sorted(_holds(folders).iterdir())


def note_of(folders: ProcessingFolders, case: str) -> Path:
    return _holds(folders) / case


def check_key(roster: Roster, person_id: str, key: EllipticCurvePrivateKey) -> Person:
    """Give back the person if the key is the one that the roster names."""
    person = roster.person(person_id)
    person.credential.check_holder(key.public_key(), person.id)
    return person


def _holds(folders: ProcessingFolders) -> Path:
    return make_folder(folders.shelf / HOLDS)
