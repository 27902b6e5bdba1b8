"""A delivery door in a folder: a made site, its clock in the test's hands."""

from dataclasses import dataclass
from types import SimpleNamespace

from sekisho.digest import digest_of
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.statement import sign_statement
from sekisho.storage.book import Book
from sekisho.storage.files import make_folder
from sekisho.storage.parts import Parts
from sekisho.zones.delivery.door import DeliveryDoor
from tests.unit.release.release_made import NOW, PARCEL, ROSTER, signer

TYPE = "application/vnd.sekisho.acknowledgement.v1+json"
CASE = "132993-000001"
PERMIT = digest_of(b"permit")


@dataclass
class Clock:
    now = NOW

    def __call__(self):
        return self.now


def book_in(folder):
    return Book.open(folder / "ledger", ROSTER.delivery.ledger.origin, signer("ledger tx"))


def door_in(folder, book, roster=ROSTER, *, trial=True):
    return DeliveryDoor(folder / "shelf", Parts(folder / "parts"), roster, book, Clock(), trial)


def admit(door, permit=PERMIT, case=CASE, recipient="institute"):
    """Write an admission and lay its parcel on the shelf."""
    facts = {
        "label_sha256": str(digest_of(b"label")), "not_after": "2026-11-24T09:00:00Z",
        "parcel_sha256": str(PARCEL.digest), "permit_envelope_sha256": str(digest_of(b"envelope")),
        "permit_sha256": str(permit), "recipient": recipient, "size_bytes": PARCEL.size_bytes,
    }  # fmt: skip
    door.book.append(Entry(NOW, Zone.DELIVERY.value, case, Event.ADMITTED.value, facts))
    outgoing = make_folder(door.outgoing(permit))
    (outgoing / "parcel").write_bytes(b"the sealed parcel")
    return outgoing


def acknowledgement(key="acknowledgements", permit=PERMIT, **changes):
    value = {
        "acknowledged_at": "2026-11-23T09:00:00Z", "case": CASE, "permit_sha256": str(permit),
        "recipient": "institute", "sha256": str(PARCEL.digest), "size_bytes": PARCEL.size_bytes, **changes,
    }  # fmt: skip
    return sign_statement(TYPE, value, [signer(key)])


def told(door):
    return [SimpleNamespace(event=one.event, **one.facts) for one in door.book.entries()]
