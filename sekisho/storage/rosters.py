"""The roster on disk: checked when it is read, and never one older than what this machine has seen."""

from datetime import datetime
from pathlib import Path

from sekisho.errors import BadSettings, Reason
from sekisho.release.roster import LARGEST_ROSTER_BYTES, Roster, check_roster
from sekisho.storage.files import read_file, write_durably
from sekisho.storage.settings import Site

NEWEST = ".newest"  # beside the roster: the highest version seen here
LARGEST_VERSION_BYTES = 32


def open_roster(site: Site, now: datetime) -> Roster:
    """Give back the site's roster; refuses what `check_roster` refuses, a version older than the newest seen here too."""
    return read_roster(read_file(site.roster, LARGEST_ROSTER_BYTES), site, now)


def read_roster(raw: bytes, site: Site, now: datetime) -> Roster:
    """Give back a roster that came from elsewhere, such as with a delivery, judged the same way."""
    seen = site.roster.with_name(site.roster.name + NEWEST)
    newest = _read_version(seen)
    roster = check_roster(raw, site.founders, now, not_older_than=newest)
    if roster.version > newest:
        write_durably(seen, f"{roster.version}\n".encode())
    return roster


def _read_version(path: Path) -> int:
    if not path.exists():
        return 1
    raw = read_file(path, LARGEST_VERSION_BYTES).strip()
    if not raw.isdigit():
        raise BadSettings(Reason.SETTINGS_MALFORMED, file=path.name)
    return max(1, int(raw))
