"""A desk in a folder of its own, with no line to anywhere, for unit tests of processing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sekisho.release.roster import write_roster
from sekisho.signing import write_public_key
from sekisho.site.role_settings import Ports, SiteHead, role_text
from sekisho.storage.keys import write_signing_key
from sekisho.zones.processing.desk import Desk, open_desk
from tests.unit.release.release_made import DRAFT, FOUNDERS, NOW, PINNED, signer

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PORTS = Ports("127.0.0.1", 1, 2, 3, 4)


def clock() -> datetime:
    return NOW


def make_room(folder: Path) -> Path:
    """Give back the settings file of a processing zone whose folders are empty."""
    home = folder / "processing"
    (home / "keys").mkdir(parents=True, mode=0o700)
    keys = tuple(write_public_key(one) for one in PINNED)
    text = role_text("processing", "processing", SiteHead(DRAFT.site.id, True, keys), PORTS.doors)
    (home / "settings.toml").write_text(text, encoding="utf-8")
    (home / "roster.json").write_bytes(write_roster(DRAFT, FOUNDERS))
    write_signing_key(home / "keys" / "ledger.pem", signer("ledger core"))
    write_signing_key(home / "keys" / "label.pem", signer("labels"))
    return home / "settings.toml"


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    settings = folder / "processing" / "settings.toml"
    with open_desk(settings if settings.exists() else make_room(folder), clock) as desk:
        yield desk
