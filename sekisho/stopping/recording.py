"""A stop in the ledger of its zone (spec/stop.md 2.5)."""

from datetime import datetime
from pathlib import Path

from sekisho.digest import digest_of
from sekisho.errors import SekishoError
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.release.stop import read_stop
from sekisho.stopping.mark import keep_statement, read_mark
from sekisho.storage.book import Book


def record_stop(book: Book, shelf: Path, zone: Zone, now: datetime) -> None:
    """Write into the zone's ledger that it was stopped, once for each mark; one that cannot be read is written anew first."""
    try:
        raw = read_mark(shelf)
        mark = read_stop(raw)
    except SekishoError:
        return
    stop = str(digest_of(raw))
    if last_of(book) == (Event.STOPPED.value, stop):
        return
    keep_statement(shelf, raw)
    facts: dict[str, str | int] = {"cause": mark.cause.value, "origin": mark.zone.value, "stop_sha256": stop}
    book.append(Entry(now, zone.value, "", Event.STOPPED.value, facts))


def last_of(book: Book) -> tuple[str, str]:
    """Give back the last entry's event and which stop it names."""
    for last in book.entries(max(book.size - 1, 0)):
        return last.event, str(last.facts.get("stop_sha256", ""))
    return "", ""
