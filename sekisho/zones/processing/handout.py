"""Stops 5 and 7: seal for the recipient, destroy what must not stay, hand over under a permit."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, cast

from sekisho.digest import digest_of, read_digest
from sekisho.errors import BadParcel, Fact, Malformed, Reason, Refused, SekishoError, Tampered
from sekisho.instant import write_instant
from sekisho.journey import PROCESSING_ID, Event, State
from sekisho.ledger.checkpoint import Checkpoint
from sekisho.ledger.entry import Entry
from sekisho.ledger.proof import check_proof
from sekisho.lines.bundle import write_bundle
from sekisho.lines.client import upload
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient as Addressed
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.parcel.streams import Progress
from sekisho.release.dossier import SealedParcel
from sekisho.release.endpoints import SFTP
from sekisho.release.permit import check_permit
from sekisho.release.quorum import NEEDED
from sekisho.release.recipients import Recipient
from sekisho.statement import check_statement
from sekisho.storage.files import (
    make_folder,
    on_disk,
    open_existing,
    open_new,
    publish,
    remove,
    sync_file,
    workroom,
    write_durably,
)
from sekisho.storage.hashing import Hashing, file_digest
from sekisho.storage.keys import read_signing_key
from sekisho.storage.rooms import discard
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.neighbour import Mirror
from sekisho.zones.processing.workbench import fact_of_file

VALID_FOR = timedelta(days=365)
CLOCK_SLACK = timedelta(minutes=5)
_SEALED = {State.SEALED, State.SECRETS_DESTROYED}
_UNDER_REVIEW = {State.REQUESTED, State.HALF_APPROVED}
ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"
LARGEST_ACKNOWLEDGEMENT_BYTES = 65_536
ENDS = {Event.ACKNOWLEDGED.value: State.ACKNOWLEDGED, Event.REFUSED.value: State.REFUSED}


def seal_case(desk: Desk, case: str, recipient: str, entropy: Callable[[int], bytes]) -> Path:
    """Give back the parcel sealed to `recipient`; afterwards nothing of the case lies open here (design 5.4).

    Asked again for the same recipient, it finishes what a cut left, or gives back the same parcel.
    """
    with desk.denying(case, "seal"):
        known = desk.roster.recipient(recipient)
        state = desk.case(case).state
        if state not in _SEALED or desk.latest(case, Event.SEALED)["recipient"] != recipient:
            desk.case(case).after(Event.SEALED, {})
            known.contract.check_in_force(desk.clock())
    if state is State.SECRETS_DESTROYED:
        return desk.sealed(case)
    if state is not State.SEALED:
        with desk.denying(case, "seal"):
            _seal(desk, case, known, entropy)
    removed = discard(desk.work(case))
    desk.record(case, Event.SECRETS_DESTROYED, files=removed)
    return desk.sealed(case)


def _seal(desk: Desk, case: str, recipient: Recipient, entropy: Callable[[int], bytes]) -> None:
    final = desk.sealed(case)
    with workroom(make_folder(desk.settings.folders.work)) as room:
        write_durably(room / "terms.json", _terms(desk, case, recipient))
        files = {
            "table.csv": ("text/csv", desk.work(case) / "released.csv"),
            "schema.json": ("application/json", desk.work(case) / "released.schema.json"),
            "plan.json": ("application/json", desk.work(case) / "plan.json"),
            "report.json": ("application/json", desk.report(case, "json")),
            "report.ja.html": ("text/html", desk.report(case, "ja.html")),
            "report.en.html": ("text/html", desk.report(case, "en.html")),
            "terms.json": ("application/json", room / "terms.json"),
        }
        temporary = room / "parcel"
        facts = _seal_files(desk, case, recipient, _next_number(desk, recipient.id), files, temporary, entropy)
        remove(final)
        publish(temporary, final)  # before the entry: a cut in between leaves the case to be sealed again
        desk.record(case, Event.SEALED, **facts)


def _next_number(desk: Desk, recipient: str) -> int:
    """Give back one more than the highest number that a parcel to this recipient bears."""
    sealed = (facts for (_, event), facts in desk.facts.items() if event is Event.SEALED)
    return 1 + max((int(facts["number"]) for facts in sealed if facts["recipient"] == recipient), default=0)


def _seal_files(
    desk: Desk,
    case: str,
    recipient: Recipient,
    number: int,
    files: dict[str, tuple[str, Path]],
    out: Path,
    entropy: Callable[[int], bytes],
) -> dict[str, str | int]:
    now = desk.clock()
    with open_existing(files["schema.json"][1]) as stream:
        schema_digest = digest_of(stream.read())
    draft = LabelDraft(
        sender=PROCESSING_ID,
        number=number,
        made_at=now,
        valid_from=now - CLOCK_SLACK,
        valid_until=now + VALID_FOR,
        legal_basis=LegalBasis(LegalBasisKind.LAW, recipient.contract.legal_basis),
        schema_digest=schema_digest,
        rows=int(desk.latest(case, Event.APPLIED)["rows_after"]),
        tool=Tool("sekisho", version("sekisho")),
    )
    streams = {name: open_existing(path) for name, (_, path) in files.items()}
    read = {name: Hashing(stream) for name, stream in streams.items()}
    try:
        to_seal = [
            FileToSeal(name, media_type, path.stat().st_size, cast("BinaryIO", read[name]))
            for name, (media_type, path) in files.items()
        ]
        signer = read_signing_key(desk.settings.keys.label)
        with on_disk(), open_new(out) as parcel:  # closing writes too
            label = seal(to_seal, draft, [Addressed(recipient.id, recipient.parcel_key)], signer, parcel, entropy)
            sync_file(parcel)
    finally:
        for stream in streams.values():
            stream.close()
    table = _check_unchanged(desk, case, read)
    with open_existing(out) as parcel:
        digest = file_digest(parcel)
    return {
        "file_table_csv": table,
        "label_sha256": str(label.digest),
        "number": number,
        "parcel_sha256": digest,
        "recipient": recipient.id,
        "rows": label.rows,
        "size_bytes": label.parcel_bytes,
    }


def _check_unchanged(desk: Desk, case: str, read: Mapping[str, Hashing]) -> str:
    """Give back the table's digest if every file that was sealed is, to the bit, the one that was measured."""
    measured = desk.latest(case, Event.MEASURED)
    for name, hashing in read.items():
        if measured.get(fact_of_file(name), hashing.text) != hashing.text:
            raise Tampered(Reason.WORK_CHANGED, file=name)
    return read["table.csv"].text


def _terms(desk: Desk, case: str, recipient: Recipient) -> bytes:
    """Give back what the recipient may do with it, for people and programs."""
    contract = recipient.contract
    value = {
        "case": case,
        "contract": contract.id,
        "identification": "個人情報の保護に関する法律 第45条・第123条: 本人を識別するために他の情報と照合してはならない。",
        "legal_basis": contract.legal_basis,
        "purpose": contract.purpose,
        "recipient": recipient.id,
        "site": desk.roster.site.id,
        "trial": desk.roster.trial,
        "valid_from": write_instant(contract.valid_from),
        "valid_until": write_instant(contract.valid_until),
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def push(desk: Desk, case: str, progress: Progress | None = None) -> State:
    """Give back where the case stands at delivery, after the sealed parcel and its permit were handed over."""
    with desk.denying(case, "hand over"):
        known = desk.case(case)
        again = known.state is State.HANDED_OVER
        if known.state in _UNDER_REVIEW:
            raise Refused(Reason.PERMIT_TOO_FEW, signed=len(known.approvals), needed=NEEDED)
        if not again:
            known.after(Event.HANDED_OVER, {})
            _check_still_permitted(desk, case)
    permit_raw = desk.statement(desk.latest(case, Event.APPROVED)["permit_envelope_sha256"])
    sealed = desk.latest(case, Event.SEALED)
    if not again:
        desk.record(
            case,
            Event.HANDED_OVER,
            parcel_sha256=str(sealed["parcel_sha256"]),
            permit_envelope_sha256=str(digest_of(permit_raw)),
            recipient=str(sealed["recipient"]),
        )
    proof = desk.book.proof(desk.places[(case, Event.HANDED_OVER)])
    line = desk.line(desk.settings.peers.delivery)
    try:
        with open_existing(desk.sealed(case)) as stream:
            opening = write_bundle({"head": stream.read(HEAD_BYTES), "permit": permit_raw, "proof": proof})
            answer = upload(line, opening, stream, int(sealed["size_bytes"]), _heeding(desk, case, progress))
    except (Refused, BadParcel) as error:
        _give_up(desk, case, error)
        raise
    finally:
        line.close()
    with desk.denying(case, "hand over"):
        _check_admission(desk, answer, case, str(sealed["parcel_sha256"]))
    desk.keep(answer)
    return State.ADMITTED


def _heeding(desk: Desk, case: str, progress: Progress | None) -> Progress:
    """Give back `progress` that stops the transfer, piece by piece, once somebody holds the case."""

    def heed(done: int, total: int) -> None:
        desk.heed_hold(case)
        if progress is not None:
            progress(done, total)

    return heed


def _give_up(desk: Desk, case: str, error: SekishoError) -> None:
    """Send the case back if delivery refuses it and never admitted it: a permit that ran out would refuse for ever."""
    outcome(desk, case)  # what delivery says of an earlier try comes first
    if desk.case(case).state is State.HANDED_OVER and not _admitted(_mirror(desk), desk, case):
        desk.record(case, Event.REFUSED, reason=error.reason.value)


def _check_still_permitted(desk: Desk, case: str) -> None:
    """Ask of the permit now what delivery will ask of it, so that an expired one is said here, where it can be renewed."""
    raw = desk.statement(desk.latest(case, Event.APPROVED)["permit_envelope_sha256"])
    facts = desk.latest(case, Event.SEALED)
    sealed = SealedParcel(read_digest(facts["parcel_sha256"]), int(facts["size_bytes"]))
    recipient = desk.roster.recipient(str(facts["recipient"])).addressee
    check_permit(raw, desk.roster, sealed, recipient, desk.clock(), trial=desk.settings.site.trial)


def outcome(desk: Desk, case: str) -> State:
    """Give back what delivery's ledger says of the case now; its end is written down here, with what was seen of it.

    A delivery that was refused sends the case back: it can be opened and worked on anew.
    """
    mirror = _read_on(desk, case)
    admitted = _admitted(mirror, desk, case)
    for entry in mirror.entries:
        if entry.event in ENDS and entry.facts.get("permit_sha256") in admitted:
            _conclude(desk, case, entry, mirror)
            return ENDS[entry.event]
    return State.ADMITTED if _put(mirror, desk, case) is None else State.DELIVERED


def _read_on(desk: Desk, case: str) -> Mirror:
    """Give back delivery's ledger as it is now."""
    line = desk.line(desk.settings.peers.delivery)
    try:
        with desk.denying(case, "hand over"):
            mirror = _mirror(desk)
            mirror.read_on(line, "/outcomes")
    finally:
        line.close()
    return mirror


def acknowledge(desk: Desk, case: str, raw: bytes) -> None:
    """Close a case that was put by SFTP, with the acknowledgement that its recipient signed and somebody brought.

    Of a case that is closed so already it is checked again, and nothing is written.
    """
    closed = (case, Event.ACKNOWLEDGED) in desk.facts and desk.case(case).state is State.CLOSED
    with desk.denying(case, "acknowledge"):
        if not closed:
            desk.case(case).after(Event.ACKNOWLEDGED, {})
    mirror = _mirror(desk) if closed else _read_on(desk, case)
    with desk.denying(case, "acknowledge"):
        put = _put(mirror, desk, case)
        if put is None:
            raise Refused(Reason.NOT_DELIVERED, case=case)
        permit = str(put.facts["permit_sha256"])
        _check_acknowledgement(desk, case, raw, permit)
    if not closed and mirror.checkpoint is not None:
        facts: dict[str, Fact] = {
            "acknowledgement_sha256": str(desk.keep(raw)),
            "parcel_sha256": str(desk.latest(case, Event.SEALED)["parcel_sha256"]),
            "permit_sha256": permit,
        }
        desk.record(case, Event.ACKNOWLEDGED, **facts, **_seen(mirror.checkpoint))


def read_acknowledgement(file: Path) -> bytes:
    """Give back what somebody brought; no acknowledgement is longer than what is read of it."""
    with on_disk(), open_existing(file) as stream:
        return stream.read(LARGEST_ACKNOWLEDGEMENT_BYTES)


def _put(mirror: Mirror, desk: Desk, case: str) -> Entry | None:
    """Give back delivery's entry that it put the case's parcel to an SFTP server, where nobody acknowledges in the session."""
    admitted = _admitted(mirror, desk, case)
    for entry in mirror.entries:
        put = entry.event == Event.DELIVERED.value and entry.facts.get("way") == SFTP
        if put and entry.facts.get("permit_sha256") in admitted:
            return entry
    return None


def _check_acknowledgement(desk: Desk, case: str, raw: bytes, permit: str) -> None:
    """Refuse what the recipient's own key did not sign, and what is of another parcel, permit, case or recipient."""
    sealed = desk.latest(case, Event.SEALED)
    recipient = desk.roster.recipient(str(sealed["recipient"]))
    key = recipient.acknowledgement_key
    try:
        value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {key.key_id: key})
    except (Tampered, Malformed) as error:
        raise Refused(Reason.ACKNOWLEDGEMENT_SIGNATURE, case=case) from error
    expected = {
        "case": case,
        "permit_sha256": permit,
        "recipient": recipient.id,
        "sha256": sealed["parcel_sha256"],
        "size_bytes": sealed["size_bytes"],
    }
    said = value if isinstance(value, dict) else {}
    wrong = [name for name, one in expected.items() if said.get(name) != one]
    if wrong:
        raise Refused(Reason.ACKNOWLEDGEMENT_MISMATCH, case=case, field=wrong[0])


def _mirror(desk: Desk) -> Mirror:
    return Mirror(desk.settings.folders.shelf / "neighbours" / "delivery", desk.roster.delivery.ledger)


def _admitted(mirror: Mirror, desk: Desk, case: str) -> set[Fact | None]:
    """Give back under which permit delivery says that it admitted what was handed over, as far as the mirror goes."""
    handed = str(desk.latest(case, Event.HANDED_OVER)["permit_envelope_sha256"])
    return {
        entry.facts.get("permit_sha256")
        for entry in mirror.entries
        if entry.event == Event.ADMITTED.value and entry.facts.get("permit_envelope_sha256") == handed
    }


def _conclude(desk: Desk, case: str, entry: Entry, mirror: Mirror) -> None:
    """Write the end of a delivery into our ledger, and so witness delivery's."""
    if desk.case(case).state is not State.HANDED_OVER or mirror.checkpoint is None:
        return
    seen = _seen(mirror.checkpoint)
    if entry.event == Event.REFUSED.value:
        told = str(entry.facts.get("reason", ""))
        known = told in {one.value for one in Reason}
        desk.record(case, Event.REFUSED, reason=told if known else Reason.LINE_ANSWER.value, **seen)
    else:
        desk.record(case, Event.CLOSED, **seen)


def _seen(checkpoint: Checkpoint) -> dict[str, Fact]:
    """Give back what an entry says of delivery's ledger, and so bears witness of it."""
    return {"delivery_root": str(checkpoint.root), "delivery_size": checkpoint.size}


def _check_admission(desk: Desk, raw: bytes, case: str, parcel_sha256: str) -> None:
    """Refuse an answer that does not prove that delivery wrote the admission down."""
    ledger = desk.roster.delivery.ledger
    try:
        entry = check_proof(raw, ledger.origin, ledger.key).entry
    except (Tampered, Malformed) as error:
        raise Tampered(Reason.RECEIPT_SIGNATURE) from error
    said = (entry.event, entry.case, entry.facts.get("parcel_sha256"))
    if said != (Event.ADMITTED.value, case, parcel_sha256):
        raise Tampered(Reason.RECEIPT_MISMATCH)
