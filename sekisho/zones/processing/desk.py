"""Processing's table of cases: asks the plan, writes one event, then acts (design 5.1).

Everything known of a case is rebuilt from the ledger when the desk is opened; the files beside it are named by cases.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sekisho.digest import Digest, digest_of
from sekisho.errors import (
    Fact,
    Finding,
    Held,
    Reason,
    Refused,
    SekishoError,
    SenderMustAct,
    StaffMustAct,
    Tampered,
    Unavailable,
)
from sekisho.journey import Case, Event, State, Zone, new_case, read_event
from sekisho.ledger.entry import Entry
from sekisho.lines.client import Line
from sekisho.lines.tls import Credentials
from sekisho.release.roster import Roster
from sekisho.stopping.guard import heeding
from sekisho.stopping.mark import check_running
from sekisho.stopping.recording import record_stop
from sekisho.storage.book import Book, Position
from sekisho.storage.files import PART, make_folder, read_file, remove, write_durably
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rooms import discard
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import Peer, ProcessingSettings, read_settings
from sekisho.zones.processing.stops import asked_to_hold, note_of, notes_of

LOCK_SECONDS = 30.0
LARGEST_STATEMENT_BYTES = 1024 * 1024
PARTS = "parts"
Clock = Callable[[], datetime]


@dataclass
class Desk:
    """One process at a time has it; commands open it, act and close."""

    settings: ProcessingSettings
    roster: Roster
    book: Book
    clock: Clock
    cases: dict[str, Case] = field(default_factory=dict)
    facts: dict[tuple[str, Event], dict[str, Fact]] = field(default_factory=dict)
    places: dict[tuple[str, Event], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, entry in enumerate(self.book.entries()):
            if entry.case:
                self._follow(index, entry)

    def check_running(self) -> None:
        """Refuse once the site is stopped (spec/stop.md): asked before each event and each case."""
        check_running(self.settings.folders.shelf)

    def case(self, case: str) -> Case:
        if case not in self.cases:
            raise Refused(Reason.CASE_UNKNOWN)
        return self.cases[case]

    def latest(self, case: str, event: Event) -> dict[str, Fact]:
        """Give back the facts of the case's latest event of this kind."""
        found = self.facts.get((case, event))
        if found is None:
            raise Refused(Reason.MOVE_NOT_ALLOWED, event=event.value, state=self.case(case).state.value)
        return found

    def facts_of(self, case: str, event: str) -> dict[str, Fact]:
        return self.latest(case, read_event(event))

    def check(self, case: str, event: Event) -> Case:
        """Give back the case if `event` may follow now; asked before long work is begun."""
        known = self.cases.get(case, new_case(case, Zone.PROCESSING))
        known.after(event, {})
        return known

    def record(self, case: str, event: Event, **facts: Fact) -> Position:
        """Write one event that may follow, durably, and give back its place in the ledger.

        If somebody asked to hold the case meanwhile, the hold is written instead and raised.
        """
        self.heed_hold(case)
        return self._append(case, event, facts)

    def heed_hold(self, case: str) -> None:
        """Hold the case if a note asks for it; a note for a case that can no longer be held is denied and goes."""
        person = asked_to_hold(self.settings.folders, case) if case in self.cases else ""
        if not person:
            return
        facts: dict[str, Fact] = {"person": person, "reason": Reason.HELD_BY_PERSON.value}
        try:
            with self.denying(case, "hold", person):
                self._append(case, Event.HELD, facts)
        finally:
            remove(note_of(self.settings.folders, case))
        raise Held(Reason.HELD_BY_PERSON, case=case, person=person)

    def _append(self, case: str, event: Event, facts: dict[str, Fact]) -> Position:
        self.check_running()
        self.check(case, event)
        entry = Entry(self.clock(), Zone.PROCESSING.value, case, event.value, facts)
        position = self.book.append(entry)
        self._follow(position.index, entry)
        return position

    @contextmanager
    def denying(self, case: str, move: str, *people: str, **more: Fact) -> Iterator[None]:
        """Write down what was refused inside: who wanted which move, and the reason (requirement E04).

        Faults of this machine or of the line are no refusals and leave no entry.
        """
        try:
            yield
        except (StaffMustAct, SenderMustAct, Tampered) as error:
            facts: dict[str, Fact] = {"move": move.replace(" ", "-"), "reason": error.reason.value, **more}
            known = {one.id for one in self.roster.people}
            named = [one for one in people if one in known]
            if named:
                facts["persons"] = ",".join(named)
            told = case if case in self.cases else ""
            self.check_running()
            entry = Entry(self.clock(), Zone.PROCESSING.value, told, Event.DENIED.value, facts)
            position = self.book.append(entry)
            if told:
                self._follow(position.index, entry)
            raise

    def line(self, peer: Peer) -> Line:
        self.check_running()
        tls = self.settings.tls
        return Line(peer.host, peer.port, peer.name, Credentials(tls.certificate, tls.key, tls.authority))

    # Files: what was fetched and sealed stands on the shelf, what is open in a case's own work folder.

    def fetched(self, case: str) -> Path:
        return make_folder(self.settings.folders.shelf / "fetched") / f"{case}.parcel"

    @property
    def parts(self) -> Parts:
        return Parts(self.settings.folders.shelf / PARTS)

    def sealed(self, case: str) -> Path:
        version = self.case(case).version
        return make_folder(self.settings.folders.shelf / "sealed") / f"{case}.v{version}.parcel"

    def report(self, case: str, ending: str) -> Path:
        version = self.case(case).version
        return make_folder(self.settings.folders.shelf / "reports") / f"{case}.v{version}.{ending}"

    def work(self, case: str) -> Path:
        return self.settings.folders.work / case

    def keep(self, raw: bytes) -> Digest:
        """Keep a statement under its digest."""
        digest = digest_of(raw)
        path = make_folder(self.settings.folders.shelf / "statements") / f"{digest.hex}.json"
        if not path.is_file():
            write_durably(path, raw)
        return digest

    def statement(self, digest: Fact) -> bytes:
        """Give back a kept statement."""
        path = self.statement_path(digest)
        raw = read_file(path, LARGEST_STATEMENT_BYTES)
        if digest_of(raw).hex != path.stem:
            raise Unavailable(Reason.DISK_FAILED)
        return raw

    def statement_path(self, digest: Fact) -> Path:
        name = str(digest).removeprefix("sha256:")
        return self.settings.folders.shelf / "statements" / f"{name}.json"

    def keep_findings(self, case: str, findings: tuple[Finding, ...]) -> Path:
        """Keep what does not fit, for whoever tells the municipality: columns, rules and counts, never a value."""
        path = make_folder(self.settings.folders.shelf / "findings") / f"{case}.json"
        rows = [
            {"column": one.column, "rule": one.rule, "count": one.count, "first_row": one.first_row} for one in findings
        ]
        write_durably(path, json.dumps(rows, ensure_ascii=False, indent=1).encode())
        return path

    def _follow(self, index: int, entry: Entry) -> None:
        event = read_event(entry.event)
        known = self.cases.get(entry.case, new_case(entry.case, Zone.PROCESSING))
        self.cases[entry.case] = known.after(event, dict(entry.facts))
        self.facts[(entry.case, event)] = dict(entry.facts)
        self.places[(entry.case, event)] = index

    def waiting(self, *states: State) -> Iterator[str]:
        """Give back the cases in one of `states`, in the order of their names."""
        for case in sorted(self.cases):
            if self.cases[case].state in states:
                yield case


@contextmanager
def open_desk(settings_file: Path, clock: Clock, wait_seconds: float = LOCK_SECONDS) -> Iterator[Desk]:
    """Give the desk of the processing zone whose settings these are; FOLDER_LOCKED if another command has it longer.

    SITE_STOPPED while the site is stopped, before a key is read, and in the middle of the work when it is stopped then.
    """
    settings = read_settings(settings_file, ProcessingSettings)
    with heeding(settings.folders.shelf):
        roster = open_roster(settings.site, clock())
        signer = read_signing_key(settings.keys.ledger)
        origin = roster.processing.ledger.origin
        with Book.open(settings.folders.ledger, origin, signer, wait_seconds=wait_seconds) as book:
            desk = Desk(settings, roster, book, clock)
            with _stopping(desk):
                _sweep(desk)
                for note in notes_of(settings.folders):
                    with suppress(Held, Refused):
                        desk.heed_hold(note.name)
                yield desk


@contextmanager
def _stopping(desk: Desk) -> Iterator[None]:
    """Write down that the site was stopped, if the work inside ended with it; what cannot be written is, at the restart."""
    try:
        yield
    except Unavailable as error:
        if error.reason is Reason.SITE_STOPPED:
            with suppress(SekishoError):
                record_stop(desk.book, desk.settings.folders.shelf, Zone.PROCESSING, desk.clock())
        raise


def _sweep(desk: Desk) -> None:
    """Remove what a cut left unfinished; whoever holds the ledger's lock is alone here (requirement A07).

    Half-fetched parcels stay, because fetching goes on from them.
    """
    folders = desk.settings.folders
    for room in sorted(folders.work.glob(f"*{PART}")):
        discard(room)
    fetched = {facts["label_sha256"] for (_, event), facts in desk.facts.items() if event is Event.FETCHED}
    for path in sorted(folders.shelf.glob(f"{PARTS}/*")):
        name, _, ending = path.name.partition(".")
        if f"sha256:{name}" in fetched or ending not in {"opening", PART.removeprefix(".")}:
            remove(path)
    for path in sorted(folders.shelf.glob(f"*/*{PART}")):
        if path.parent.name != PARTS:
            remove(path)
