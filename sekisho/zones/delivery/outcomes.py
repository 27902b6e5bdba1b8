"""What came of each delivery, from the deliverer's files into the ledger (spec/line.md 3.3)."""

from dataclasses import dataclass
from pathlib import Path

from sekisho.digest import digest_of, read_digest
from sekisho.errors import Malformed, Reason, SekishoError, Tampered, Unavailable
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.release.endpoints import SFTP
from sekisho.statement import check_fields, check_statement, read_canonical
from sekisho.storage.files import read_file, remove
from sekisho.zones.delivery.door import DeliveryDoor

ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"
LARGEST_BYTES = 65_536


@dataclass
class Outcomes:
    """Watches the deliveries that were admitted and have not ended."""

    door: DeliveryDoor

    def __post_init__(self) -> None:
        self._open: dict[str, Entry] = {}
        self._delivered: set[str] = set()
        self._read_to = 0
        self._read_on()

    def collect(self) -> int:
        """Give back how many deliveries ended since the last call, each written into the ledger.

        One that makes trouble does not keep the others; the trouble is raised when they are done.
        """
        self._read_on()
        ended, trouble = 0, None
        for permit, entry in list(self._open.items()):
            try:
                ended += self._end(permit, entry)
            except SekishoError as error:
                trouble = error
        if trouble is not None:
            raise trouble
        return ended

    def _read_on(self) -> None:
        """Follow what was written since; counts what was read, because the intake may be appending meanwhile."""
        for entry in self.door.book.entries(self._read_to):
            self._follow(entry)
            self._read_to += 1

    def _follow(self, entry: Entry) -> None:
        permit = str(entry.facts.get("permit_sha256", ""))
        match entry.event:
            case Event.ADMITTED.value:
                self._open[permit] = entry
            case Event.DELIVERED.value if entry.facts.get("way") == SFTP:
                self._open.pop(permit, None)
                self._clear(permit)
            case Event.DELIVERED.value:
                self._delivered.add(permit)
            case Event.ACKNOWLEDGED.value | Event.REFUSED.value:
                self._open.pop(permit, None)
                self._clear(permit)

    def _end(self, permit: str, admitted: Entry) -> bool:
        outgoing = self.door.outgoing(read_digest(permit))
        if (outgoing / "acknowledgement.json").is_file():
            self._acknowledge(outgoing, permit, admitted)
        elif (outgoing / "refusal.json").is_file():
            self._record(admitted, Event.REFUSED, permit, reason=_read_refusal(outgoing / "refusal.json").value)
        elif (outgoing / "pushed.json").is_file():  # the recipient's word for it comes by hand, to processing
            self._record(admitted, Event.DELIVERED, permit, parcel_sha256=_parcel_of(admitted), way=SFTP)
        else:
            return False
        self._open.pop(permit, None)
        self._clear(permit)
        return True

    def _acknowledge(self, outgoing: Path, permit: str, admitted: Entry) -> None:
        """Write that it was delivered and acknowledged, or why what came back proves nothing."""
        try:
            raw = read_file(outgoing / "acknowledgement.json", LARGEST_BYTES)
            self._check(raw, permit, admitted)
        except Unavailable:  # this disk's trouble says nothing of the recipient
            raise
        except SekishoError as error:
            mismatch = error.reason is Reason.RECEIPT_MISMATCH
            reason = Reason.RECEIPT_MISMATCH if mismatch else Reason.RECEIPT_SIGNATURE
            self._record(admitted, Event.REFUSED, permit, reason=reason.value)
            return
        if permit not in self._delivered:
            self._record(admitted, Event.DELIVERED, permit, parcel_sha256=_parcel_of(admitted))
            self._delivered.add(permit)
        self._record(admitted, Event.ACKNOWLEDGED, permit, acknowledgement_sha256=str(digest_of(raw)))

    def _check(self, raw: bytes, permit: str, admitted: Entry) -> None:
        recipient = self.door.roster.recipient(str(admitted.facts["recipient"]))
        key = recipient.acknowledgement_key
        value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {key.key_id: key})
        if not isinstance(value, dict):
            raise Tampered(Reason.RECEIPT_MISMATCH)
        said = tuple(value.get(name) for name in ("case", "permit_sha256", "sha256", "size_bytes", "recipient"))
        facts = admitted.facts
        if said != (admitted.case, permit, facts["parcel_sha256"], facts["size_bytes"], recipient.id):
            raise Tampered(Reason.RECEIPT_MISMATCH)

    def _clear(self, permit: str) -> None:
        """Remove the parcel of a delivery that has ended: it is no longer needed here (platform:C8)."""
        parcel = self.door.outgoing(read_digest(permit)) / "parcel"
        if parcel.is_file():
            remove(parcel)

    def _record(self, admitted: Entry, event: Event, permit: str, **facts: str) -> None:
        entry = Entry(
            self.door.clock(), Zone.DELIVERY.value, admitted.case, event.value, {"permit_sha256": permit, **facts}
        )
        self.door.book.append(entry)
        if event is Event.ACKNOWLEDGED:
            self.door.tell("delivered", admitted.case)
        elif event is Event.REFUSED:
            self.door.tell("undelivered", admitted.case, facts["reason"])
        elif facts.get("way") == SFTP:
            self.door.tell("pushed", admitted.case)


def _parcel_of(admitted: Entry) -> str:
    return str(admitted.facts["parcel_sha256"])


def _read_refusal(path: Path) -> Reason:
    """Give back why the deliverer gave up."""
    try:
        value = check_fields(read_canonical(read_file(path, LARGEST_BYTES)), reason=str)
        return Reason(value["reason"])
    except (Malformed, ValueError) as error:
        raise Tampered(Reason.STATEMENT_MALFORMED, file=path.name) from error
