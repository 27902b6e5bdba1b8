"""Receiving's door with a made roster and made parcels; the ledger and the shelf are real files."""

import io
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from sekisho.errors import BadParcel, Reason, SekishoError, Tampered, Unavailable
from sekisho.ledger.entry import Entry
from sekisho.parcel.key import Recipient
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import seal
from sekisho.signing import Ed25519Signer
from sekisho.statement import check_statement
from sekisho.storage.book import Book
from sekisho.storage.parts import Parts
from sekisho.zones.receiving.door import RECEIPT_TYPE, ReceivingDoor
from tests.unit.parcel.parcels import draft, entropy, to_seal
from tests.unit.release.release_made import DRAFT, NOW, ROSTER, roster_of, signer

TOWN = "132993"
PEER = "town.example"
CASE = f"{TOWN}-000001"


@dataclass
class Disk:
    """Where one receiving keeps its files, and what time it is there."""

    folder: object
    now: datetime = NOW
    books: list = field(default_factory=list)

    def door(self, **changes) -> ReceivingDoor:
        """Give back receiving as it stands after a start."""
        self.close()
        ledger = self.folder / "ledger"
        self.books.append(Book.open(ledger, ROSTER.receiving.ledger.origin, signer("ledger rx")))
        given = {
            "shelf": self.folder / "shelf",
            "parts": Parts(self.folder / "parts"),
            "roster": ROSTER,
            "book": self.books[-1],
            "receipt_key": signer("receipts"),
            "clock": lambda: self.now,
            "largest_bytes": 1_000_000,
        }
        return ReceivingDoor(**(given | changes))

    def close(self):
        while self.books:
            self.books.pop().close()


@pytest.fixture
def disk(tmp_path):
    made = Disk(tmp_path)
    yield made
    made.close()


def parcel(number=1, *, by: Ed25519Signer | None = None, to: Recipient | None = None, filler=0, **changes) -> bytes:
    out = io.BytesIO()
    files = {"table.csv": b"a\n" + bytes(filler), "schema.toml": b'format = "sekisho-schema-v1"\n'}
    said = draft(number=number, **({"sender": TOWN, "valid_until": NOW.replace(year=2027)} | changes))
    recipient = to or Recipient("processing", ROSTER.processing.parcel_key)
    seal(to_seal(files), said, [recipient], by or signer("town"), out, entropy)
    return out.getvalue()


def send(door, raw, peer=PEER):
    reception = door.reception
    begun = reception.begin(peer, raw[:HEAD_BYTES])
    if hasattr(begun, "answer"):
        return begun.answer
    part = reception.resume(peer, begun.upload, begun.offset)
    part.write(raw[begun.offset :])
    part.close()
    return reception.finish(peer, begun.upload)


def why(act):
    with pytest.raises(SekishoError) as caught:
        act()
    return caught.value.reason


@pytest.mark.requirement("B03")
def test_the_receipt_names_the_parcel_and_its_place_in_the_ledger(disk):
    door, raw = disk.door(), parcel()
    key = ROSTER.receiving.receipt_key
    value = check_statement(send(door, raw), RECEIPT_TYPE, {key.key_id: key})
    (entry,) = door.book.entries()
    assert value == {
        "case": CASE,
        "label_sha256": entry.facts["label_sha256"],
        "ledger": {"index": 0, "origin": "sekisho.example/receiving"},
        "number": 1,
        "received_at": "2026-11-23T09:00:00Z",
        "sender": TOWN,
        "sha256": entry.facts["sha256"],
        "site": "sekisho.example",
        "size_bytes": len(raw),
    }
    assert door.parcel(CASE).read_bytes() == raw


@pytest.mark.requirement("F14")
def test_the_receipt_is_the_same_after_a_start(disk):
    raw = parcel()
    receipt = send(disk.door(), raw)
    disk.now = NOW.replace(hour=23)
    again = disk.door()
    assert send(again, raw) == receipt
    assert again.book.size == 1


def test_each_refusal_of_a_label_has_its_reason_and_its_entry(disk):
    door = disk.door()
    other_key = Recipient("processing", ROSTER.recipients[0].parcel_key)
    for raw, peer, reason in (
        (parcel(), "delivery.sekisho.example", Reason.SENDER_NOT_ALLOWED),
        (parcel(by=signer("elsewhere")), PEER, Reason.SENDER_UNKNOWN),
        (parcel(sender="011002"), PEER, Reason.SENDER_UNKNOWN),
        (parcel(to=Recipient("institute", ROSTER.recipients[0].parcel_key)), PEER, Reason.PARCEL_WRONG_RECIPIENT),
        (parcel(to=other_key), PEER, Reason.PARCEL_WRONG_KEY),
        (parcel(valid_until=NOW), PEER, Reason.PARCEL_EXPIRED),
        (parcel(valid_from=NOW.replace(minute=1)), PEER, Reason.PARCEL_NOT_YET_VALID),
        (parcel(filler=1_000_000), PEER, Reason.PARCEL_TOO_LARGE),
    ):
        assert why(lambda raw=raw, peer=peer: send(door, raw, peer)) is reason
        last = list(door.book.entries())[-1]
        assert (last.event, last.facts["reason"], last.facts["peer"]) == ("TurnedBack", reason.value, peer)
    assert list(door.shelf.iterdir()) == list(door.parts.folder.iterdir()) == []


def test_a_used_number_is_turned_back_under_its_case(disk):
    door = disk.door()
    send(door, parcel())
    assert why(lambda: send(door, parcel(rows=2))) is Reason.NUMBER_USED
    last = list(door.book.entries())[-1]
    assert (last.case, last.facts["reason"], last.facts["number"]) == (CASE, "number.used", 1)


def test_a_town_that_left_the_roster_is_not_let_in(disk):
    door = disk.door(roster=roster_of(replace(DRAFT, municipalities=())))
    assert why(lambda: send(door, parcel())) is Reason.SENDER_NOT_ALLOWED


@pytest.mark.requirement("F14")
def test_a_disk_that_fails_between_ledger_and_name_is_healed_by_the_next_send(disk, monkeypatch):
    from sekisho.zones.receiving import door as module

    door, raw, honest = disk.door(), parcel(), module.publish
    monkeypatch.setattr(module, "publish", _fail)
    assert why(lambda: send(door, raw)) is Reason.DISK_FAILED
    assert list(door.shelf.iterdir()) == []
    assert why(lambda: send(door, raw)) is Reason.DISK_FAILED
    monkeypatch.setattr(module, "publish", honest)
    receipt = send(door, raw)
    assert door.parcel(CASE).read_bytes() == raw
    assert [one.event for one in door.book.entries()] == ["Received", "TurnedBack", "TurnedBack"]
    assert send(disk.door(), raw) == receipt


def _fail(_part, _final):
    raise Unavailable(Reason.DISK_FAILED, errno="EIO")


@pytest.mark.requirement("F14")
def test_a_cut_between_ledger_and_name_is_healed_at_the_start(disk):
    door, raw = disk.door(), parcel()
    send(door, raw)
    upload = str(next(iter(door.book.entries())).facts["label_sha256"]).removeprefix("sha256:")
    door.parcel(CASE).rename(door.parts.path(upload))
    again = disk.door()
    assert again.parcel(CASE).read_bytes() == raw
    assert list(again.parts.folder.iterdir()) == []


def test_a_parcel_that_is_nowhere_stops_nobody_but_who_asks_for_it(disk):
    raw = parcel()
    door = disk.door()
    send(door, raw)
    door.parcel(CASE).unlink()
    again = disk.door()
    assert why(lambda: send(again, raw)) is Reason.FILE_MISSING
    send(again, parcel(2))
    assert again.has(f"{TOWN}-000002")


def test_a_lost_receipt_can_be_had_again_after_the_label_has_run_out(disk):
    raw = parcel(valid_until=NOW + timedelta(days=1))
    door = disk.door()
    receipt = send(door, raw)
    door.clock = lambda: NOW + timedelta(days=2)
    assert send(door, raw) == receipt
    assert why(lambda: send(door, parcel(2, valid_until=NOW + timedelta(days=1)))) is Reason.PARCEL_EXPIRED


def test_only_a_received_case_has_a_file(disk):
    door = disk.door()
    send(door, parcel())
    assert door.has(CASE)
    assert not any(door.has(name) for name in ("", "..", f"{TOWN}-000002", f"../shelf/{CASE}", f"{CASE}.parcel"))


def test_refusals_name_no_case_where_the_label_did_not_hold(disk):
    door = disk.door()
    with pytest.raises((BadParcel, Tampered)):
        send(door, bytes(HEAD_BYTES))
    (entry,) = door.book.entries()
    assert isinstance(entry, Entry)
    assert (entry.case, set(entry.facts)) == ("", {"peer", "reason"})


def test_a_roster_that_runs_out_while_receiving_runs_lets_nobody_in(disk):
    door = disk.door()
    door.clock = lambda: DRAFT.valid_until
    assert why(lambda: send(door, parcel())) is Reason.ROSTER_EXPIRED
