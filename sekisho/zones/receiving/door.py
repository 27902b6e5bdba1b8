"""Receiving's door: takes parcels of municipalities for processing, gives receipts (spec/line.md 3.1).

Receiving holds no key that opens a parcel. What it knows of a case is its ledger; the index here is rebuilt from it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sekisho.errors import BadParcel, Reason, SekishoError, Unavailable
from sekisho.instant import write_instant
from sekisho.journey import PROCESSING_ID, Event, Zone, case_id
from sekisho.ledger.entry import Entry
from sekisho.lines.voice import Tell, silent
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import PAYLOAD_TYPE as LABEL_TYPE
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.parcel.layout import read_head
from sekisho.reception import Reception, sweep
from sekisho.release.machines import Municipality
from sekisho.release.roster import Roster
from sekisho.signing import Ed25519Signer
from sekisho.statement import read_envelope, sign_statement
from sekisho.storage.book import Book
from sekisho.storage.files import make_folder, publish
from sekisho.storage.parts import Parts

RECEIPT_TYPE = "application/vnd.sekisho.receipt.v1+json"


@dataclass(frozen=True)
class Claim:
    """Who brings which parcel."""

    sender: Municipality
    label: Label


@dataclass
class ReceivingDoor:
    """What receiving lets in."""

    shelf: Path
    parts: Parts
    roster: Roster
    book: Book
    receipt_key: Ed25519Signer
    clock: Callable[[], datetime]
    largest_bytes: int
    tell: Tell = silent
    _received: dict[tuple[str, int], tuple[int, Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        make_folder(self.shelf)
        make_folder(self.parts.folder)
        for index, entry in enumerate(self.book.entries()):
            if entry.event == Event.RECEIVED.value:
                self._received[_key_of(entry)] = (index, entry)
                self._settle(entry)
        here = {str(entry.facts["label_sha256"]) for _, entry in self._received.values()}
        sweep(self.parts, lambda upload: f"sha256:{upload}" not in here, self.clock())

    @property
    def reception(self) -> Reception[Claim]:
        return Reception(self, self.parts.folder)

    def has(self, case: str) -> bool:
        """Give back whether a parcel of this case was received: only such a name leads to a file."""
        return any(entry.case == case for _, entry in list(self._received.values()))

    def parcel(self, case: str) -> Path:
        return self.shelf / f"{case}.parcel"

    def check(self, peer: str, opening: bytes) -> Claim:
        self.roster.check_in_force(self.clock())
        sender = self._sender(peer)
        senders = {sender.label_key.key_id: Sender(sender.id, sender.label_key)}
        label = check_label(
            opening, senders, self._moment(opening), Addressee(PROCESSING_ID, self.roster.processing.parcel_key.key_id)
        )
        if label.parcel_bytes > self.largest_bytes:
            raise BadParcel(Reason.PARCEL_TOO_LARGE, largest_bytes=self.largest_bytes)
        return Claim(sender, label)

    def _moment(self, head: bytes) -> datetime:
        """Give back when to judge a label: now, or when its parcel was received, so that a lost receipt can be had again."""
        try:
            digest = str(read_envelope(read_head(head), LABEL_TYPE).digest)
        except SekishoError:  # `check_label` says so, in its own order
            return self.clock()
        known = (entry.at for _, entry in list(self._received.values()) if entry.facts["label_sha256"] == digest)
        return next(known, None) or self.clock()

    def label_of(self, claim: Claim) -> Label:
        return claim.label

    def known(self, claim: Claim) -> bytes | None:
        found = self._received.get((claim.label.sender, claim.label.number))
        if found is None:
            return None
        index, entry = found
        if entry.facts["label_sha256"] != str(claim.label.digest):
            raise BadParcel(Reason.NUMBER_USED, number=claim.label.number)
        self._settle(entry)  # a receipt says that the parcel is here, also after a disk failed between ledger and name
        if not self.parcel(entry.case).is_file():
            raise Unavailable(Reason.FILE_MISSING, case=entry.case)
        return self._receipt(index, entry)

    def take_in(self, claim: Claim, part: Path, sha256: str) -> bytes:
        label = claim.label
        facts: dict[str, str | int] = {
            "label_sha256": str(label.digest),
            "number": label.number,
            "sender": label.sender,
            "sha256": sha256,
            "size_bytes": label.parcel_bytes,
        }
        case = case_id(label.sender, label.number)
        entry = Entry(self.clock(), Zone.RECEIVING.value, case, Event.RECEIVED.value, facts)
        index = self.book.append(entry).index
        self._received[_key_of(entry)] = (index, entry)
        publish(part, self.parcel(case))
        self.tell("taken_in", case)
        return self._receipt(index, entry)

    def record(self, peer: str, claim: Claim | None, reason: Reason) -> None:
        facts: dict[str, str | int] = {"peer": peer, "reason": reason.value}
        case = ""
        if claim is not None:
            label = claim.label
            facts |= {"sender": label.sender, "number": label.number, "label_sha256": str(label.digest)}
            case = case_id(label.sender, label.number)
        self.tell("turned_back", case, reason.value)
        self.book.append(Entry(self.clock(), Zone.RECEIVING.value, case, Event.TURNED_BACK.value, facts))

    def _settle(self, entry: Entry) -> None:
        """Give a parcel that the ledger knows its final name, if a cut came between the two.

        One that is nowhere stops nobody else: whoever asks for it is told that it is missing.
        """
        upload = str(entry.facts["label_sha256"]).removeprefix("sha256:")
        if not self.parcel(entry.case).is_file() and self.parts.path(upload).is_file():
            publish(self.parts.path(upload), self.parcel(entry.case))

    def _receipt(self, index: int, entry: Entry) -> bytes:
        facts = entry.facts
        value = {
            "case": entry.case,
            "label_sha256": facts["label_sha256"],
            "ledger": {"index": index, "origin": self.roster.receiving.ledger.origin},
            "number": facts["number"],
            "received_at": write_instant(entry.at),
            "sender": facts["sender"],
            "sha256": facts["sha256"],
            "site": self.roster.site.id,
            "size_bytes": facts["size_bytes"],
        }
        return sign_statement(RECEIPT_TYPE, value, [self.receipt_key])

    def _sender(self, peer: str) -> Municipality:
        for one in self.roster.municipalities:
            if one.tls_name == peer:
                return one
        raise BadParcel(Reason.SENDER_NOT_ALLOWED)


def _key_of(entry: Entry) -> tuple[str, int]:
    return str(entry.facts["sender"]), int(entry.facts["number"])
