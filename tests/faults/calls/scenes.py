"""The places where something is kept: what is done there, when it is done, and what must be so afterwards.

Each scene has a folder as it was before; every fault is given a copy of it of its own.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.cli.main import main
from sekisho.ends.recipient import RecipientDoor
from sekisho.errors import SekishoError
from sekisho.lines.bundle import write_bundle
from sekisho.lines.upload import Begun
from sekisho.parcel.label import Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.payload import check_payload
from sekisho.reception import Reception
from sekisho.storage.book import Book
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.storage.rosters import open_roster
from sekisho.storage.settings import DeliverySettings, ReceivingSettings, RecipientSettings, read_settings
from sekisho.zones.delivery.door import DeliveryDoor
from sekisho.zones.processing.desk import open_desk
from sekisho.zones.receiving.door import ReceivingDoor
from tests.journey.outgoing import ROLE, Outgoing
from tests.journey.processing_made import Town, make_site, unfinished
from tests.journey.trial_site import CASE, TOWN, TrialSite, said_here

PIECE_BYTES = 64 * 1024


@dataclass(frozen=True)
class Scene:
    """`act` works in a copy of `source`; `done` says whether its work is there, `wrong` what may not be so once it is."""

    name: str
    source: Path
    act: Callable[[Path], int]
    done: Callable[[Path], bool]
    wrong: Callable[[Path], list[str]]


@contextmanager
def scenes(folder: Path) -> Iterator[tuple[Scene, ...]]:
    """Give every scene, with receiving and delivery at work for those that call them."""
    before = make_site(folder / "before", TOWN, made=TrialSite)
    town = Town(before, TOWN)
    empty = _copy(before, folder / "empty")
    town.put()
    before.start("receiving")
    try:
        assert town.send().code == 0
        pulled = _copy(before, folder / "pulled")
        assert pulled.pull().code == 0
        worked = _copy(pulled, folder / "worked")
        assert worked.work().code == 0
        sealed = _copy(worked, folder / "sealed")
        for step in (sealed.seal_again, sealed.request):
            assert step().code == 0
        for person in ("shinsa", "anzen"):
            assert sealed.release("approve", person).code == 0
        before.start("delivery", ROLE)
        yield (
            _sealing(empty),
            _receiving(empty, town.parcel(1).read_bytes()),
            _command("fetch and open", before, "Disarmed", "processing", "pull"),
            _command("de-identify", pulled, "Judged", "processing", "run", CASE, "--operator", "kakou", "--policy", str(before.folder / "policy.toml")),
            _command("seal again", worked, "SecretsDestroyed", "processing", "seal", CASE, "--recipient", "riyou"),
            _command("hand over", sealed, "HandedOver", "processing", "push", CASE, "--wait", "0"),
            _admitting(empty),
            _accepting(empty),
        )  # fmt: skip
    finally:
        before.close()


def _copy(site: TrialSite, folder: Path) -> TrialSite:
    shutil.copytree(site.folder, folder)
    return TrialSite(folder)


def command(*arguments: str) -> int:
    try:
        main(["--lang", "en", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)


def _command(name: str, site: TrialSite, event: str, *arguments: str) -> Scene:
    """Give a command of processing, whose last event is `event`."""

    def events(home: Path) -> list[str]:
        with open_desk(home / "settings.toml", now) as desk:
            return [entry.event for entry in desk.book.entries() if entry.case == CASE and entry.event != "Denied"]

    def wrong(home: Path) -> list[str]:
        found = events(home)
        doubled = [one for one in ("Fetched", "Sealed", "SecretsDestroyed", "HandedOver") if found.count(one) > 1]
        left = [one for one in unfinished(home) if not one.startswith("work/")]
        return [
            *(f"twice: {one}" for one in doubled),
            *(f"left: {len(left)} half files" for _ in left[:1]),
            *_kept(home),
        ]

    return Scene(
        name,
        site.home("processing"),
        lambda home: command(*arguments, "--home", str(home)),
        lambda home: event in events(home),
        wrong,
    )


def _kept(home: Path) -> list[str]:
    """Give back each file that the ledger names by digest and that is another, or missing where it must lie."""
    found = []
    with open_desk(home / "settings.toml", now) as desk:
        for event, fact, folder in (("Fetched", "sha256", "fetched"), ("Sealed", "parcel_sha256", "sealed")):
            told = [entry.facts for entry in desk.book.entries() if entry.event == event]
            files = sorted((home / "shelf" / folder).glob("*")) if (home / "shelf" / folder).is_dir() else []
            digests = {_digest(path) for path in files}
            found += [f"{folder}: not the bytes that the ledger names" for one in told if one[fact] not in digests]
            found += [f"{folder}: a file that no entry names" for _ in files[len(told) :][:1]]
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream)


def _sealing(site: TrialSite) -> Scene:
    """Give a municipality's sealing. An export that is sealed again is another parcel: none may be half, none left out."""
    table, schema = site.folder / "table.csv", site.folder / "schema.toml"
    table.write_bytes(b"id,age,sex,income\n" + b"".join(b"p%d,30,F,3000000\n" % one for one in range(60)))
    sealing = (
        "municipality",
        "seal",
        str(table),
        "--schema",
        str(schema),
        "--basis",
        "entrustment",
        "--reference",
        "test contract 1",
    )

    def parcels(home: Path) -> list[Path]:
        return sorted((home / "outbox").glob("*.parcel"))

    def wrong(home: Path) -> list[str]:
        said_here(*sealing, "--home", home)  # its next start, which sweeps
        names = [path.name for path in parcels(home)]
        gaps = names != [f"{one:06d}.parcel" for one in range(1, len(names) + 1)]
        broken = [path.name for path in parcels(home) if not _is_whole(path, site)]
        left = unfinished(home)
        return [*(["numbers with a gap"] if gaps else []), *(["a half parcel"] if broken else []), *(["half files"] if left else [])]  # fmt: skip

    return Scene(
        "seal",
        site.municipality,
        lambda home: command(*sealing, "--home", str(home)),
        lambda home: bool(parcels(home)),
        wrong,
    )


def _is_whole(path: Path, site: TrialSite) -> bool:
    key = read_signing_key(site.municipality / "keys" / "label.pem").verifier
    with path.open("rb") as stream:
        try:
            label = check_label(stream.read(HEAD_BYTES), {key.key_id: Sender(TOWN, key)}, now())
            stream.seek(0)
            check_payload(stream, label)
        except SekishoError:
            return False
    return True


def _take(reception: Reception, peer: str, opening: bytes, raw: bytes) -> int:
    """Bring a parcel in as the routes of a line do, resumed from what is here."""
    begun = reception.begin(peer, opening)
    if isinstance(begun, Begun):
        part = reception.resume(peer, begun.upload, begun.offset)
        try:
            stream = BytesIO(raw[begun.offset :])
            while piece := stream.read(PIECE_BYTES):
                part.write(piece)
        finally:
            part.close()
        reception.finish(peer, begun.upload)
    return 0


def _receiving(site: TrialSite, raw: bytes) -> Scene:
    peer = f"municipality-{TOWN}.trial.sekisho.example"

    @contextmanager
    def door(home: Path) -> Iterator[ReceivingDoor]:
        settings = read_settings(home / "settings.toml", ReceivingSettings)
        roster = open_roster(settings.site, now())
        ledger = roster.receiving.ledger
        with Book.open(settings.folders.ledger, ledger.origin, read_signing_key(settings.keys.ledger)) as book:
            yield ReceivingDoor(
                settings.folders.shelf, Parts(settings.folders.parts), roster, book,
                read_signing_key(settings.keys.receipt), now, settings.limits.largest_parcel_bytes,
            )  # fmt: skip

    def act(home: Path) -> int:
        with door(home) as opened:
            return _take(opened.reception, peer, raw[:HEAD_BYTES], raw)

    return _door("receive", site.home("receiving"), act, door, "Received", lambda home: home / "shelf" / f"{CASE}.parcel", raw)  # fmt: skip


def _admitting(site: TrialSite) -> Scene:
    outgoing = Outgoing(site)
    made = outgoing.parcel(1)
    permit = outgoing.permit(CASE, made)
    opening = outgoing.opening(CASE, made, permit)
    peer = outgoing.roster.processing.tls_name

    @contextmanager
    def door(home: Path) -> Iterator[DeliveryDoor]:
        settings = read_settings(home / "settings.toml", DeliverySettings)
        roster = open_roster(settings.site, now())
        ledger = roster.delivery.ledger
        with Book.open(settings.folders.ledger, ledger.origin, read_signing_key(settings.keys.ledger)) as book:
            yield DeliveryDoor(settings.folders.shelf, Parts(settings.folders.parts), roster, book, now, True)

    def act(home: Path) -> int:
        with door(home) as opened:
            return _take(opened.reception, peer, opening, made.raw)

    def final(home: Path) -> Path:
        return next(iter((home / "shelf").glob("*/parcel")), home / "shelf" / "parcel")

    return _door("admit", site.home("delivery"), act, door, "Admitted", final, made.raw)


def _accepting(site: TrialSite) -> Scene:
    outgoing = Outgoing(site)
    made = outgoing.parcel(2)
    roster = (site.home("delivery") / "roster.json").read_bytes()
    bundle = write_bundle({"head": made.head, "permit": outgoing.permit(CASE, made), "roster": roster})
    peer = outgoing.roster.delivery.tls_name

    def door(home: Path) -> RecipientDoor:
        settings = read_settings(home / "settings.toml", RecipientSettings)
        roster = open_roster(settings.site, now())
        return RecipientDoor(settings, roster, read_signing_key(settings.keys.acknowledgement), now)

    def act(home: Path) -> int:
        return _take(door(home).reception, peer, bundle, made.raw)

    def done(home: Path) -> bool:
        return (home / "inbox" / CASE / "acknowledgement.json").is_file()

    def wrong(home: Path) -> list[str]:
        door(home)  # its next start sweeps
        same = (home / "inbox" / CASE / f"{CASE}.parcel").read_bytes() == made.raw
        left = [*unfinished(home), *(home / "parts").iterdir()]
        return [*([] if same else ["acknowledged without its bytes"]), *(["half files"] if left else [])]

    return Scene("accept", site.home(ROLE), act, done, wrong)


def _door(name, source, act, door, event, final, raw) -> Scene:  # type: ignore[no-untyped-def]
    """Give a zone's taking in: an entry in its ledger, the bytes under their final name, and nothing else left."""

    def entries(home: Path) -> int:
        with door(home) as opened:  # its start settles and sweeps
            return sum(entry.event == event for entry in opened.book.entries())

    def wrong(home: Path) -> list[str]:
        count = entries(home)
        same = final(home).is_file() and final(home).read_bytes() == raw
        left = [*unfinished(home), *(home / "parts").iterdir()]
        return [
            *([] if count == 1 else [f"{count} entries"]),
            *([] if same else ["an entry without its bytes"]),
            *(["half files"] if left else []),
        ]

    return Scene(name, source, act, lambda home: entries(home) == 1, wrong)
