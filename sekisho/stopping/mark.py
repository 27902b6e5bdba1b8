"""The stop mark on disk: while a file of its name lies in the zone's shelf, whatever is in it, the zone is stopped."""

import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sekisho.digest import Digest, digest_of
from sekisho.errors import Reason, SekishoError, Unavailable
from sekisho.instant import write_instant
from sekisho.journey import Zone
from sekisho.release.stop import LARGEST_MARK_BYTES, NONCE_BYTES, Cause, StopMark, read_stop, write_stop
from sekisho.storage.files import make_folder, on_disk, open_new, publish, read_file, sync_folder, write_durably

MARK, STATEMENTS = "stop.json", "stops"
RULE = "rule"
UNREADABLE = b"{}"
_WHY = {
    Cause.SILENCE: "nothing was heard of a neighbour for too long",
    Cause.NEIGHBOUR: "a neighbour has stopped",
    Cause.PERSON: "a person said so",
}


def is_stopped(shelf: Path) -> bool:
    """Say whether the zone is stopped; a disk that cannot say so is taken for a stop."""
    try:
        os.lstat(shelf / MARK)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True


def check_running(shelf: Path) -> None:
    """Refuse with SITE_STOPPED while the zone is stopped; asked before any key is read."""
    if not is_stopped(shelf):
        return
    try:
        mark = read_stop(read_mark(shelf))
    except SekishoError as error:
        raise Unavailable(Reason.SITE_STOPPED) from error
    raise Unavailable(Reason.SITE_STOPPED, since=write_instant(mark.at), zone=mark.zone.value)


def read_mark(shelf: Path) -> bytes:
    """Give back the mark as it lies there."""
    return read_file(shelf / MARK, LARGEST_MARK_BYTES)


def new_mark(at: datetime, site: str, zone: Zone, cause: Cause, who: str, why: str) -> StopMark:
    return StopMark(at, site, zone, cause, who, why, secrets.token_bytes(NONCE_BYTES))


def put_mark(shelf: Path, mark: StopMark) -> bytes:
    """Give back the mark that stops the zone from now on: this one, or the one that was there first.

    A mark that cannot be read is replaced by this one. Where the disk is full a name without bytes has to do: it stops
    the zone, and takes another call, once there is room, before the zone can be started again.
    """
    make_folder(shelf)
    raw = write_stop(mark)
    if is_stopped(shelf):
        with suppress(SekishoError):
            kept = read_mark(shelf)
            read_stop(kept)
            return kept
        write_durably(shelf / MARK, raw)
        _give_to_owner(shelf / MARK, shelf)
        return raw
    return _put(shelf, raw)


def _give_to_owner(path: Path, shelf: Path) -> None:
    """Let the zone read what an administrator put there."""
    if os.geteuid() == 0:
        with on_disk():
            status = shelf.stat()
            os.chown(path, status.st_uid, status.st_gid)


def _put(shelf: Path, raw: bytes) -> bytes:
    temporary = shelf / f"{MARK}.{digest_of(raw).hex[:16]}.part"
    try:
        write_durably(temporary, raw)
        _give_to_owner(temporary, shelf)
        publish(temporary, shelf / MARK)
    except Unavailable as error:
        if error.reason is Reason.FILE_EXISTS:  # somebody else was first
            temporary.unlink(missing_ok=True)
            return read_mark(shelf)
        with on_disk():
            open_new(shelf / MARK).close()
        sync_folder(shelf)
    return raw


def stop_by_rule(shelf: Path, now: datetime, site: str, zone: Zone, cause: Cause) -> None:
    """Stop this zone by a rule; where it is stopped already, nothing happens."""
    put_mark(shelf, new_mark(now, site, zone, cause, RULE, _WHY[cause]))


def take_mark(shelf: Path, raw: bytes, now: datetime, site: str, zone: Zone) -> None:
    """Stop this zone by the mark of a neighbour, to the bit; one that cannot be read is a stop too."""
    try:
        put_mark(shelf, read_stop(raw))
    except SekishoError:
        stop_by_rule(shelf, now, site, zone, Cause.NEIGHBOUR)


def told_mark(shelf: Path) -> bytes:
    """Give back what a neighbour is told: nothing, or the mark; of one that cannot be read, that there is one."""
    if not is_stopped(shelf):
        return b""
    try:
        return read_mark(shelf) or UNREADABLE
    except SekishoError:
        return UNREADABLE


def keep_statement(shelf: Path, raw: bytes) -> Digest:
    """Keep the mark or a consent under its digest, for the auditor."""
    digest = digest_of(raw)
    write_durably(make_folder(shelf / STATEMENTS) / f"{digest.hex}.json", raw)
    return digest


def remove_mark(shelf: Path) -> None:
    with on_disk():
        (shelf / MARK).unlink(missing_ok=True)
    sync_folder(shelf)
