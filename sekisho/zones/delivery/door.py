"""Delivery's door: lets in only what two people permitted, checked here again with no database (spec/permit.md 5)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import BadParcel, Malformed, Reason, Refused, Tampered
from sekisho.journey import PROCESSING_ID, Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.ledger.proof import Proven, check_proof
from sekisho.lines.bundle import read_bundle
from sekisho.lines.voice import Tell, silent
from sekisho.parcel.key import Addressee
from sekisho.parcel.label import Label, Sender, check_label
from sekisho.reception import Reception, sweep
from sekisho.release.dossier import SealedParcel
from sekisho.release.permit import PERMIT_TYPE, Permit, PermitDraft, check_permit, read_permit
from sekisho.release.roster import Roster
from sekisho.statement import read_envelope
from sekisho.storage.book import Book
from sekisho.storage.files import PART, make_folder, publish, remove, write_durably
from sekisho.storage.parts import Parts


@dataclass(frozen=True)
class Claim:
    """A permit that holds, the label of what it lets out, and processing's proof that it said so."""

    label: Label
    permit: Permit
    permit_raw: bytes
    proven: Proven


@dataclass
class DeliveryDoor:
    """What delivery lets in, and then must deliver once."""

    shelf: Path
    parts: Parts
    roster: Roster
    book: Book
    clock: Callable[[], datetime]
    trial: bool
    tell: Tell = silent
    _admitted: dict[str, tuple[int, Entry]] = field(default_factory=dict)  # by permit: place in the ledger, and entry
    _parcels: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        make_folder(self.shelf)
        make_folder(self.parts.folder)
        for path in sorted(self.shelf.glob(f"*/permit.json.*{PART}")):  # a cut left it; the deliverer sweeps its own
            remove(path)
        here = set()
        for index, entry in enumerate(self.book.entries()):
            if entry.event == Event.ADMITTED.value:
                self._remember(index, entry)
                here.add(str(entry.facts["label_sha256"]).removeprefix("sha256:"))
                self._settle(entry)
        sweep(self.parts, lambda upload: upload not in here, self.clock())

    @property
    def reception(self) -> Reception[Claim]:
        return Reception(self, self.parts.folder)

    def outgoing(self, permit: Digest) -> Path:
        """Give back the folder of one delivery: `parcel`, `permit.json`, later `acknowledgement.json`."""
        return self.shelf / permit.hex

    def check(self, peer: str, opening: bytes) -> Claim:
        if peer != self.roster.processing.tls_name:
            raise BadParcel(Reason.SENDER_NOT_ALLOWED)
        self.roster.check_in_force(self.clock())
        head, permit_raw, proof = read_bundle(opening, "head", "permit", "proof")
        now = self._moment(permit_raw)
        key = self.roster.processing.label_key
        label = check_label(head, {key.key_id: Sender(PROCESSING_ID, key)}, now)
        claimed = self._claimed(permit_raw)
        if claimed.parcel.size_bytes != label.parcel_bytes:
            raise Refused(Reason.PERMIT_WRONG_PARCEL)
        permit = check_permit(permit_raw, self.roster, claimed.parcel, _destination(label), now, trial=self.trial)
        return Claim(label, permit, permit_raw, self._check_proof(proof, permit_raw, permit.draft))

    def label_of(self, claim: Claim) -> Label:
        return claim.label

    def known(self, claim: Claim) -> bytes | None:
        found = self._admitted.get(str(claim.permit.digest))
        if found is not None:
            index, entry = found
            if entry.facts["label_sha256"] != str(claim.label.digest):
                raise Refused(Reason.PERMIT_USED)
            return self.book.proof(index)
        if str(claim.permit.draft.parcel.digest) in self._parcels:
            raise Refused(Reason.PERMIT_USED)
        return None

    def take_in(self, claim: Claim, part: Path, sha256: str) -> bytes:
        draft = claim.permit.draft
        if SealedParcel(read_digest(sha256), claim.label.parcel_bytes) != draft.parcel:
            raise Refused(Reason.PERMIT_WRONG_PARCEL)
        outgoing = make_folder(self.outgoing(claim.permit.digest))
        write_durably(outgoing / "permit.json", claim.permit_raw)
        facts: dict[str, str | int] = {
            "label_sha256": str(claim.label.digest),
            "not_after": draft.not_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "parcel_sha256": sha256,
            "permit_envelope_sha256": str(digest_of(claim.permit_raw)),
            "permit_sha256": str(claim.permit.digest),
            "processing_index": claim.proven.index,
            "processing_root": str(claim.proven.checkpoint.root),
            "processing_size": claim.proven.checkpoint.size,
            "recipient": draft.recipient.id,
            "size_bytes": claim.label.parcel_bytes,
        }
        entry = Entry(self.clock(), Zone.DELIVERY.value, draft.case, Event.ADMITTED.value, facts)
        index = self.book.append(entry).index
        self._remember(index, entry)
        publish(part, outgoing / "parcel")
        self.tell("taken_in", draft.case)
        return self.book.proof(index)

    def record(self, peer: str, claim: Claim | None, reason: Reason) -> None:
        facts: dict[str, str | int] = {"peer": peer, "reason": reason.value}
        if claim is not None:
            facts["permit_sha256"] = str(claim.permit.digest)
        case = claim.permit.draft.case if claim is not None else ""
        self.tell("turned_back", case, reason.value)
        self.book.append(Entry(self.clock(), Zone.DELIVERY.value, case, Event.TURNED_BACK.value, facts))

    def _moment(self, permit_raw: bytes) -> datetime:
        """Give back when to judge a permit: now, or when it was admitted, so that a lost answer can be asked for again."""
        try:
            known = self._admitted.get(str(read_envelope(permit_raw, PERMIT_TYPE).digest))
        except Malformed:  # `check` says so, in its own order
            known = None
        return self.clock() if known is None else known[1].at

    def _claimed(self, permit_raw: bytes) -> PermitDraft:
        """Give back what the permit says of its parcel, unchecked: its digest is compared when the bytes are here."""
        return read_permit(permit_raw)[0]

    def _check_proof(self, raw: bytes, permit_raw: bytes, draft: PermitDraft) -> Proven:
        """Refuse unless processing's ledger proves that this permit's parcel was handed over (design, stop 7)."""
        ledger = self.roster.processing.ledger
        try:
            proven = check_proof(raw, ledger.origin, ledger.key)
        except (Tampered, Malformed) as error:
            raise Refused(Reason.PERMIT_NO_PROOF) from error
        said = (proven.entry.event, proven.entry.case, proven.entry.facts.get("permit_envelope_sha256"))
        if said != (Event.HANDED_OVER.value, draft.case, str(digest_of(permit_raw))):
            raise Refused(Reason.PERMIT_NO_PROOF)
        return proven

    def _settle(self, entry: Entry) -> None:
        """Give an admitted parcel its final name, if a cut came between ledger and name."""
        permit = read_digest(entry.facts["permit_sha256"])
        part = self.parts.path(str(entry.facts["label_sha256"]).removeprefix("sha256:"))
        final = self.outgoing(permit) / "parcel"
        if part.is_file() and not final.is_file():
            publish(part, final)

    def _remember(self, index: int, entry: Entry) -> None:
        self._admitted[str(entry.facts["permit_sha256"])] = (index, entry)
        self._parcels.add(str(entry.facts["parcel_sha256"]))


def _destination(label: Label) -> Addressee:
    if len(label.addressees) != 1:
        raise Refused(Reason.PERMIT_WRONG_RECIPIENT)
    return label.addressees[0]
