"""A neighbour's ledger, mirrored: processing reads it forward, and so becomes its witness (spec/line.md 4)."""

from dataclasses import dataclass, field
from pathlib import Path

from sekisho.errors import Malformed, Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, check_checkpoint
from sekisho.ledger.entry import Entry, read_entry
from sekisho.ledger.page import Page, read_page
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.lines.client import Line
from sekisho.parcel.streams import write_all
from sekisho.release.machines import LedgerKey
from sekisho.storage.files import make_folder, on_disk, open_to_append, sync_file, write_durably

MOST_PAGES = 100  # at most 100 MiB, or some 200,000 entries, in one call


@dataclass
class Mirror:
    """What the neighbour has said so far; it may add, never take back. After a refusal the object is of no more use."""

    path: Path
    ledger: LedgerKey
    entries: list[Entry] = field(default_factory=list)
    checkpoint: Checkpoint | None = None
    _frontier: Frontier = field(default_factory=Frontier)
    _kept_bytes: int = 0

    def __post_init__(self) -> None:
        make_folder(self.path.parent)
        if not self.path.is_file():
            write_durably(self.path, b"")
        with on_disk():
            lines = self.path.read_bytes().split(b"\n")
        try:
            for line in lines[:-1]:  # what follows the last newline was cut off while it was written
                self._take(line)
                self._kept_bytes += len(line) + 1
        except Malformed as error:
            raise Tampered(Reason.LEDGER_MALFORMED, index=len(self.entries), origin=self.ledger.origin) from error

    def read_on(self, line: Line, path: str) -> None:
        """Ask for what is new until the neighbour's checkpoint is reached; refuses one that does not continue ours.

        Nothing of an answer is kept before a checkpoint confirms it.
        """
        new: list[bytes] = []
        for _ in range(MOST_PAGES):
            _, raw, _ = line.call("GET", f"{path}?after={len(self.entries)}")
            page = self._read_page(raw)
            checkpoint = check_checkpoint(page.checkpoint, self.ledger.origin, self.ledger.key)
            if page.start != len(self.entries) or checkpoint.size < len(self.entries) + len(page.lines):
                raise self._broken()
            self._take_all(page.lines)
            new += page.lines
            if checkpoint.size == len(self.entries):
                self._confirm(checkpoint, new)
                return
            if not page.lines:
                break
        raise self._broken()

    def _read_page(self, raw: bytes) -> Page:
        try:
            return read_page(raw)
        except Malformed as error:
            raise Tampered(Reason.LINE_ANSWER) from error

    def _take_all(self, lines: tuple[bytes, ...]) -> None:
        try:
            for one in lines:
                self._take(one)
        except Malformed as error:
            raise self._broken() from error

    def _confirm(self, checkpoint: Checkpoint, lines: list[bytes]) -> None:
        if checkpoint.root != self._frontier.root:
            raise self._broken()
        self._write(lines)
        self.checkpoint = checkpoint

    def _take(self, line: bytes) -> None:
        self.entries.append(read_entry(line))
        self._frontier = self._frontier.append(leaf_hash(line))

    def _write(self, lines: list[bytes]) -> None:
        """Write after the last whole line, over what a cut may have left of another."""
        raw = b"".join(line + b"\n" for line in lines)
        with open_to_append(self.path) as stream, on_disk():
            stream.truncate(self._kept_bytes)
            stream.seek(self._kept_bytes)
            write_all(stream, raw)
            sync_file(stream)
        self._kept_bytes += len(raw)

    def _broken(self) -> Tampered:
        return Tampered(Reason.LEDGER_PROOF, origin=self.ledger.origin)
