"""A neighbour's ledger, mirrored: processing reads it forward, and so becomes its witness (spec/line.md 4)."""

from dataclasses import dataclass, field
from pathlib import Path

from sekisho.errors import Reason, Tampered
from sekisho.ledger.checkpoint import Checkpoint, check_checkpoint
from sekisho.ledger.entry import Entry, read_entry
from sekisho.ledger.page import read_page
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.lines.client import Line
from sekisho.release.machines import LedgerKey
from sekisho.storage.files import make_folder, on_disk, sync_file

MOST_PAGES = 10_000


@dataclass
class Mirror:
    """What the neighbour has said so far; it may add, never take back."""

    path: Path
    ledger: LedgerKey
    entries: list[Entry] = field(default_factory=list)
    checkpoint: Checkpoint | None = None
    _frontier: Frontier = field(default_factory=Frontier)

    def __post_init__(self) -> None:
        make_folder(self.path.parent)
        if self.path.is_file():
            with on_disk():
                lines = self.path.read_bytes().split(b"\n")
            for line in lines[:-1]:  # what follows the last newline was cut off while it was written
                self._take(line)

    def read_on(self, line: Line, path: str) -> None:
        """Ask for what is new until the neighbour's checkpoint is reached; refuses one that does not continue ours."""
        for _ in range(MOST_PAGES):
            _, raw, _ = line.call("GET", f"{path}?after={len(self.entries)}")
            page = read_page(raw)
            checkpoint = check_checkpoint(page.checkpoint, self.ledger.origin, self.ledger.key)
            if page.start != len(self.entries) or checkpoint.size < len(self.entries) + len(page.lines):
                raise Tampered(Reason.LEDGER_PROOF, origin=self.ledger.origin)
            for one in page.lines:
                self._take(one)
            if checkpoint.size == len(self.entries):
                self._confirm(checkpoint, page.lines)
                return
            if not page.lines:
                break
            self._write(page.lines)
        raise Tampered(Reason.LEDGER_PROOF, origin=self.ledger.origin)

    def _confirm(self, checkpoint: Checkpoint, lines: tuple[bytes, ...]) -> None:
        if checkpoint.root != self._frontier.root:
            raise Tampered(Reason.LEDGER_PROOF, origin=self.ledger.origin)
        self._write(lines)
        self.checkpoint = checkpoint

    def _take(self, line: bytes) -> None:
        self.entries.append(read_entry(line))
        self._frontier = self._frontier.append(leaf_hash(line))

    def _write(self, lines: tuple[bytes, ...]) -> None:
        with on_disk(), self.path.open("ab") as stream:
            stream.write(b"".join(line + b"\n" for line in lines))
            sync_file(stream)
