"""The ways on which something is promised: each does its work on a disk, and says what is wrong there afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from sekisho.cli.clock import now
from sekisho.digest import digest_of
from sekisho.ends.recipient import RecipientDoor
from sekisho.errors import Reason, SekishoError
from sekisho.ledger.entry import Entry, write_entry
from sekisho.ledger.proof import read_proof
from sekisho.ledger.replay import check_ledger
from sekisho.lines.bundle import write_bundle
from sekisho.lines.upload import Begun
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.reception import Reception
from sekisho.release.permit import PERMIT_TYPE
from sekisho.release.roster import Roster
from sekisho.signing import Ed25519Signer
from sekisho.statement import read_envelope
from sekisho.storage.book import CHECKPOINTS, ENTRIES, Book
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import DeliverySettings, ReceivingSettings, RecipientSettings, read_settings
from sekisho.zones.delivery.door import DeliveryDoor
from sekisho.zones.receiving.door import ReceivingDoor
from tests.faults.power.promises import Promises
from tests.journey.outgoing import ROLE, Outgoing
from tests.journey.processing_made import QuickSite, Town, make_site
from tests.journey.trial_site import TOWN

PIECE_BYTES = 16 * 1024
PARCELS = 3


class Way(Protocol):
    """One of them; `home` is the disk."""

    name: str

    def start(self, home: Path) -> None:
        """Start and stop: what a cut left is mended."""

    def work(self, home: Path, promises: Promises, tries: int = 1) -> None:
        """Start, and do all of the work; what is there already is answered again.

        With more than one try what is refused is asked for again, of the same process, and then left.
        """

    def broken(self, home: Path) -> list[str]:
        """Say what no moment may show, also one right after a cut."""

    def unkept(self, home: Path, kept: dict[int, bytes]) -> list[str]:
        """Say which promises the disk does not hold, once it was started again."""

    def unfinished(self, home: Path, before: dict[int, bytes], after: dict[int, bytes]) -> list[str]:
        """Say what is missing, doubled, unlike or left over, once all of the work was repeated."""


def made_ways(folder: Path) -> tuple[Way, ...]:
    """Give every way, with a site of its own for keys and parcels."""
    site = make_site(folder / "site-of-all", TOWN, made=QuickSite)
    return (_receiving(site), _ledger(site), _delivery(site), _recipient(site))


@dataclass(frozen=True)
class Brought:
    """One parcel as its bringer has it: who, the statement that opens, the bytes."""

    peer: str
    opening: bytes
    raw: bytes


@dataclass(frozen=True)
class DoorWay:
    """Taking parcels in; `opened` gives a door with its book, `final` where a parcel lies at last."""

    name: str
    brought: tuple[Brought, ...]
    opened: Callable[[Path], Any]
    final: Callable[[Path, int], Path]
    ledger: Callable[[Path], list[str]]
    is_same: Callable[[bytes, bytes], bool]

    def start(self, home: Path) -> None:
        with self.opened(home):
            return

    def work(self, home: Path, promises: Promises, tries: int = 1) -> None:
        with self.opened(home) as door:
            reception = door.reception
            for number, one in enumerate(self.brought):
                keep_asking(tries, lambda number=number, one=one: promises.keep(number, bring(reception, one)))

    def broken(self, home: Path) -> list[str]:
        return [
            f"{number}: a final name with other bytes"
            for number, one in enumerate(self.brought)
            if self.final(home, number).is_file() and self.final(home, number).read_bytes() != one.raw
        ]

    def unkept(self, home: Path, kept: dict[int, bytes]) -> list[str]:
        return [f"{number}: promised and not there" for number in kept if not self.final(home, number).is_file()]

    def unfinished(self, home: Path, before: dict[int, bytes], after: dict[int, bytes]) -> list[str]:
        everything = range(len(self.brought))
        return [
            *(f"{one}: not there" for one in everything if not self.final(home, one).is_file()),
            *(f"{one}: no answer" for one in everything if one not in after),
            *(f"{one}: another answer" for one in before if one in after and not self.is_same(before[one], after[one])),
            *(f"left: {path.suffix}" for path in home.rglob("*") if path.suffix in {".part", ".opening"}),
            *self.ledger(home),
        ]


def keep_asking(tries: int, ask: Callable[[], None]) -> None:
    """Ask until it is answered; a refusal is raised where there is one try only."""
    for _ in range(tries):
        try:
            ask()
        except SekishoError:
            if tries == 1:
                raise
        else:
            return


def bring(reception: Reception[Any], one: Brought) -> bytes:
    """Give back the answer for a parcel, asked once more where a line's caller would be told another offset."""
    try:
        return _bring(reception, one)
    except SekishoError as error:
        if error.reason is not Reason.LINE_OFFSET:
            raise
    return _bring(reception, one)


def _bring(reception: Reception[Any], one: Brought) -> bytes:
    """Do as the routes of a line do: go on from what is here."""
    begun = reception.begin(one.peer, one.opening)
    if not isinstance(begun, Begun):
        return begun.answer
    part = reception.resume(one.peer, begun.upload, begun.offset)
    try:
        stream = BytesIO(one.raw[begun.offset :])
        while piece := stream.read(PIECE_BYTES):
            part.write(piece)
    finally:
        part.close()
    return reception.finish(one.peer, begun.upload)


def _entries_wrong(folder: Path, origin: str, signer: Ed25519Signer, event: str, count: int) -> list[str]:
    """Say what is wrong with a ledger: it must hold and have so many entries of one kind, each case once."""
    lines = tuple((folder / ENTRIES).read_bytes().splitlines(keepends=True))
    notes = (folder / CHECKPOINTS).read_bytes().splitlines(keepends=True)
    check_ledger(lines, notes, origin, signer.verifier)
    found = sum(f'"event":"{event}"'.encode() in line for line in lines)
    return [] if found == count else [f"{found} entries for {count} parcels"]


def _receiving(site: QuickSite) -> DoorWay:
    home_of = site.home("receiving")
    settings = read_settings(home_of / "settings.toml", ReceivingSettings)
    roster = open_roster(settings.site, now())
    ledger, signer = roster.receiving.ledger, read_signing_key(settings.keys.ledger)
    town = Town(site, TOWN)
    peer = next(one.tls_name for one in roster.municipalities)
    raw = [town.parcel(town.put(rows)).read_bytes() for rows in (60, 900, 60)]

    @contextmanager
    def opened(home: Path) -> Iterator[ReceivingDoor]:
        with Book.open(home / "ledger", ledger.origin, signer) as book:
            yield ReceivingDoor(
                home / "shelf", Parts(home / "parts"), roster, book, read_signing_key(settings.keys.receipt),
                now, settings.limits.largest_parcel_bytes,
            )  # fmt: skip

    return DoorWay(
        "receiving takes in",
        tuple(Brought(peer, one[:HEAD_BYTES], one) for one in raw),
        opened,
        lambda home, number: home / "shelf" / f"{town.case(number + 1)}.parcel",
        lambda home: _entries_wrong(home / "ledger", ledger.origin, signer, "Received", len(raw)),
        bytes.__eq__,
    )


def _released(site: QuickSite) -> tuple[Outgoing, list[tuple[str, bytes, bytes, bytes]]]:
    """Give back what processing hands over: case, head, permit, and whole parcel of each."""
    outgoing = Outgoing(site)
    found = []
    for number in range(1, PARCELS + 1):
        case = f"{TOWN}-{number:06d}"
        made = outgoing.parcel(number, b"a,b\n" + b"1,2\n" * (20_000 if number == PARCELS - 1 else 1))
        found.append((case, made.head, outgoing.permit(case, made), made.raw))
    return outgoing, found


def _delivery(site: QuickSite) -> DoorWay:
    settings = read_settings(site.home("delivery") / "settings.toml", DeliverySettings)
    roster = open_roster(settings.site, now())
    ledger, signer = roster.delivery.ledger, read_signing_key(settings.keys.ledger)
    outgoing, released = _released(site)
    brought = tuple(
        Brought(
            roster.processing.tls_name,
            write_bundle({"head": head, "permit": permit, "proof": outgoing.proof(case, permit)}),
            raw,
        )
        for case, head, permit, raw in released
    )
    folders = [_permit_hex(permit) for _, _, permit, _ in released]

    @contextmanager
    def opened(home: Path) -> Iterator[DeliveryDoor]:
        with Book.open(home / "ledger", ledger.origin, signer) as book:
            yield DeliveryDoor(home / "shelf", Parts(home / "parts"), roster, book, now, trial=True)

    def same(before: bytes, after: bytes) -> bool:
        """Compare two proofs: of the same entry, under a checkpoint that may have grown since."""
        one, other = read_proof(before), read_proof(after)
        return (one.line, one.index) == (other.line, other.index)

    return DoorWay(
        "delivery admits",
        brought,
        opened,
        lambda home, number: home / "shelf" / folders[number] / "parcel",
        lambda home: _entries_wrong(home / "ledger", ledger.origin, signer, "Admitted", len(brought)),
        same,
    )


def _permit_hex(permit: bytes) -> str:
    return read_envelope(permit, PERMIT_TYPE).digest.hex


def _recipient(site: QuickSite) -> DoorWay:
    settings = read_settings(site.home(ROLE) / "settings.toml", RecipientSettings)
    roster: Roster = open_roster(settings.site, now())
    roster_raw = (site.home("delivery") / "roster.json").read_bytes()
    _, released = _released(site)
    brought = tuple(
        Brought(roster.delivery.tls_name, write_bundle({"head": head, "permit": permit, "roster": roster_raw}), raw)
        for _, head, permit, raw in released
    )
    key = read_signing_key(settings.keys.acknowledgement)

    @contextmanager
    def opened(home: Path) -> Iterator[RecipientDoor]:
        folders = {name: home / name for name in ("inbox", "opened", "parts")}
        changed = settings.model_copy(update={"folders": settings.folders.model_copy(update=folders)})
        yield RecipientDoor(changed, roster, key, now)

    def ledger(home: Path) -> list[str]:
        """The recipient keeps no ledger: its acknowledgement is what it promises."""
        missing = [case for case, *_ in released if not (home / "inbox" / case / "acknowledgement.json").is_file()]
        return ["no acknowledgement" for _ in missing]

    return DoorWay(
        "the recipient takes in",
        brought,
        opened,
        lambda home, number: home / "inbox" / released[number][0] / f"{released[number][0]}.parcel",
        ledger,
        bytes.__eq__,
    )


@dataclass(frozen=True)
class LedgerWay:
    """Appending entries one after another; each checkpoint is a promise."""

    name: str
    origin: str
    signer: Ed25519Signer
    entries: tuple[Entry, ...]

    def start(self, home: Path) -> None:
        Book.open(home / "ledger", self.origin, self.signer).close()

    def work(self, home: Path, promises: Promises, tries: int = 1) -> None:
        with Book.open(home / "ledger", self.origin, self.signer) as book:
            for number in range(book.size):
                promises.keep(number, b"here")
            for number, entry in enumerate(self.entries[book.size :], book.size):
                keep_asking(
                    tries, lambda number=number, entry=entry: promises.keep(number, book.append(entry).checkpoint)
                )

    def broken(self, home: Path) -> list[str]:  # noqa: ARG002 - every way answers to it
        return []

    def unkept(self, home: Path, kept: dict[int, bytes]) -> list[str]:
        """Compare with what the disk holds: each promised checkpoint stands there as it was given."""
        notes = (home / "ledger" / CHECKPOINTS).read_bytes()
        return [
            f"{number}: promised and not there" for number, one in kept.items() if one != b"here" and one not in notes
        ]

    def unfinished(self, home: Path, before: dict[int, bytes], after: dict[int, bytes]) -> list[str]:  # noqa: ARG002 - every way answers to it
        raw = (home / "ledger" / ENTRIES).read_bytes()
        lines = raw.splitlines(keepends=True)
        notes = (home / "ledger" / CHECKPOINTS).read_bytes().splitlines(keepends=True)
        check_ledger(tuple(lines), notes, self.origin, self.signer.verifier)
        same = raw == b"".join(write_entry(one) + b"\n" for one in self.entries)
        return [] if same and len(after) == len(self.entries) else ["not the entries that were appended, each once"]


def _ledger(site: QuickSite) -> LedgerWay:
    settings = read_settings(site.home("receiving") / "settings.toml", ReceivingSettings)
    origin = open_roster(settings.site, now()).receiving.ledger.origin
    begin = datetime(2026, 4, 1, 9, 0, 0, tzinfo=UTC)
    entries = tuple(
        Entry(begin + timedelta(seconds=one), "receiving", "", "TurnedBack", {"peer": "p" * (1 + 97 * one % 900), "reason": str(digest_of(b"%d" % one))})
        for one in range(16)
    )  # fmt: skip
    return LedgerWay("the ledger appends", origin, read_signing_key(settings.keys.ledger), entries)
