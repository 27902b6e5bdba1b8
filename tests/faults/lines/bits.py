"""F8 and F9: every single bit turned, and a break at every byte, in everything that travels or is kept (docs/faults.md 3)."""

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sekisho.cli.clock import now
from sekisho.errors import SekishoError
from sekisho.journey import PROCESSING_ID
from sekisho.ledger.checkpoint import check_checkpoint
from sekisho.ledger.proof import check_proof
from sekisho.ledger.replay import check_ledger
from sekisho.lines.upload import Begun
from sekisho.parcel.label import Sender, check_label
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.payload import check_payload
from sekisho.release.permit import check_permit
from sekisho.release.roster import check_roster
from sekisho.statement import check_statement
from sekisho.storage.book import Book
from sekisho.storage.keys import read_signing_key
from sekisho.storage.parts import Parts
from sekisho.zones.receiving.door import RECEIPT_TYPE, ReceivingDoor
from tests.faults.row import Row
from tests.journey.outgoing import Outgoing
from tests.journey.raw_line import make_parcel, roster_of
from tests.journey.trial_site import CASE, TOWN, TrialSite

QUICK_STEP = 97  # a prime, so that each bit of a byte has its turn


@dataclass(frozen=True)
class Thing:
    """Something that must be refused as soon as one bit of it is another; `check` refuses or gives back."""

    name: str
    raw: bytes
    check: Callable[[bytes], object]


def rows(*, quick: bool = False) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for thing in _things(Path(folder)):
            thing.check(thing.raw)  # as it is, it holds
            yield _row("F8", "one bit turned", thing, _turned(thing.raw, QUICK_STEP if quick else 1))
            yield _row("F9", "broken off at a byte", thing, _broken(thing.raw, QUICK_STEP if quick else 1))


def _row(number: str, name: str, thing: Thing, changed: Iterator[tuple[str, bytes]]) -> Row:
    began, tried, wrong = time.monotonic(), 0, []
    for what, raw in changed:
        tried += 1
        try:
            thing.check(raw)
        except SekishoError:
            continue
        except Exception as error:  # noqa: BLE001 - whatever else it is, it is no refusal
            wrong.append(f"{what}: {type(error).__name__}")
            continue
        wrong.append(f"{what}: accepted")
    return Row(number, name, thing.name, tried, 0, 0, time.monotonic() - began, tuple(wrong))


def _turned(raw: bytes, step: int) -> Iterator[tuple[str, bytes]]:
    for place in range(0, 8 * len(raw), step):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        yield f"bit {place}", bytes(changed)


def _broken(raw: bytes, step: int) -> Iterator[tuple[str, bytes]]:
    for size in range(0, len(raw), step):
        yield f"{size} bytes", raw[:size]


def _things(folder: Path) -> Iterator[Thing]:
    """Give one of each, made with the keys of a trial site."""
    site = TrialSite(folder).init()
    roster, moment = roster_of(site), now()
    founders = tuple(read_signing_key(site.home("founders") / "keys" / f"{one}.pem").verifier for one in ("first", "second"))  # fmt: skip
    town = roster.municipality(TOWN).label_key
    parcel = make_parcel(site, 1).raw
    yield Thing("parcel", parcel, lambda raw: _check_parcel(raw, {town.key_id: Sender(TOWN, town)}))
    outgoing = Outgoing(site)
    made = outgoing.parcel(1)
    permit = outgoing.permit(CASE, made)
    recipient = roster.recipient("riyou").addressee
    yield Thing("permit", permit, lambda raw: check_permit(raw, roster, made.sealed, recipient, moment, trial=True))
    yield Thing("roster", (site.home("receiving") / "roster.json").read_bytes(), lambda raw: check_roster(raw, founders, moment))  # fmt: skip
    ledger = roster.processing.ledger
    proof = outgoing.proof(CASE, permit)
    yield Thing("proof of an entry", proof, lambda raw: check_proof(raw, ledger.origin, ledger.key))
    yield from _ledger(site)
    yield _receipt(site, parcel)


def _check_parcel(raw: bytes, senders: dict[str, Sender]) -> None:
    label = check_label(raw[:HEAD_BYTES], senders, now())
    check_payload(io.BytesIO(raw), label)
    assert label.addressees[0].id == PROCESSING_ID


def _ledger(site: TrialSite) -> Iterator[Thing]:
    ledger = roster_of(site).processing.ledger
    folder = site.home("processing") / "ledger"
    lines = (folder / "entries").read_bytes()
    notes = (folder / "checkpoints").read_bytes()
    note = notes.splitlines(keepends=True)
    yield Thing(
        "entries of a ledger",
        lines,
        lambda raw: check_ledger(tuple(raw.splitlines(keepends=True)), note, ledger.origin, ledger.key),
    )
    yield Thing("checkpoint", notes, lambda raw: check_checkpoint(raw, ledger.origin, ledger.key))


def _receipt(site: TrialSite, parcel: bytes) -> Thing:
    roster = roster_of(site)
    ledger, home = roster.receiving.ledger, site.home("receiving")
    key = read_signing_key(home / "keys" / "receipt.pem")
    with Book.open(home / "ledger", ledger.origin, read_signing_key(home / "keys" / "ledger.pem")) as book:
        door = ReceivingDoor(home / "shelf", Parts(home / "parts"), roster, book, key, now, 2**36)
        peer = roster.municipality(TOWN).tls_name
        begun = door.reception.begin(peer, parcel[:HEAD_BYTES])
        assert isinstance(begun, Begun)
        part = door.reception.resume(peer, begun.upload, 0)
        part.write(parcel)
        part.close()
        receipt = door.reception.finish(peer, begun.upload)
    own = key.verifier
    return Thing("receipt", receipt, lambda raw: check_statement(raw, RECEIPT_TYPE, {own.key_id: own}))
