"""A stretch of a ledger as a neighbour reads it, with the latest checkpoint (spec/line.md 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sekisho.errors import Malformed, Reason
from sekisho.ledger.entry import Entry, write_entry
from sekisho.statement import check_fields, read_canonical, write_canonical

LARGEST_PAGE_BYTES = 900_000


@dataclass(frozen=True)
class Page:
    """Entry lines from number `start` on, as many as fit, and a checkpoint that nobody has checked yet."""

    start: int
    lines: tuple[bytes, ...]
    checkpoint: bytes


def write_page(start: int, entries: Iterable[Entry], checkpoint: bytes) -> bytes:
    """Give back the page's canonical JSON with as many of `entries` as fit."""
    lines: list[str] = []
    size = 0
    for entry in entries:
        line = write_entry(entry).decode()
        size += len(line) * 2  # quotes inside a line are written with a backslash
        if size > LARGEST_PAGE_BYTES:
            break
        lines.append(line)
    return write_canonical({"checkpoint": checkpoint.decode(), "entries": lines, "start": start})


def read_page(raw: bytes) -> Page:
    value = check_fields(read_canonical(raw), checkpoint=str, entries=list, start=int)
    if not all(isinstance(line, str) for line in value["entries"]):
        raise Malformed(Reason.LEDGER_MALFORMED, field="entries")
    lines = tuple(line.encode() for line in value["entries"])
    return Page(value["start"], lines, value["checkpoint"].encode())
