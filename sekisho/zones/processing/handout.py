"""Stops 5 and 7: seal for the recipient, destroy what must not stay, hand over under a permit."""

import json
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.instant import write_instant
from sekisho.journey import PROCESSING_ID, Event, State
from sekisho.ledger.proof import check_proof
from sekisho.lines.bundle import write_bundle
from sekisho.lines.client import upload
from sekisho.parcel.draft import LabelDraft, LegalBasis, LegalBasisKind, Tool
from sekisho.parcel.key import Recipient as Addressed
from sekisho.parcel.layout import HEAD_BYTES
from sekisho.parcel.seal import FileToSeal, seal
from sekisho.parcel.streams import Progress
from sekisho.release.recipients import Recipient
from sekisho.storage.files import make_folder, open_existing, open_new, publish, sync_file, workroom, write_durably
from sekisho.storage.hashing import file_digest
from sekisho.storage.keys import read_signing_key
from sekisho.storage.rooms import discard
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.neighbour import Mirror

VALID_FOR = timedelta(days=365)
CLOCK_SLACK = timedelta(minutes=5)
ENDS = {Event.ACKNOWLEDGED.value: State.ACKNOWLEDGED, Event.REFUSED.value: State.REFUSED}


def seal_case(desk: Desk, case: str, recipient: str, entropy: Callable[[int], bytes]) -> Path:
    """Give back the parcel sealed to `recipient`; afterwards nothing of the case lies open here (design 5.4)."""
    if desk.case(case).state is not State.SEALED:
        with desk.denying(case, "seal"):
            desk.check(desk.case(case).id, Event.SEALED)
            known = desk.roster.recipient(recipient)
            known.contract.check_in_force(desk.clock())
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
        number = 1 + sum(
            1
            for (_, event), facts in desk.facts.items()
            if event is Event.SEALED and facts["recipient"] == recipient.id
        )
        facts = _seal_files(desk, case, recipient, number, files, temporary, entropy)
        final.unlink(missing_ok=True)
        desk.record(case, Event.SEALED, **facts)
        publish(temporary, final)


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
    try:
        to_seal = [
            FileToSeal(name, media_type, path.stat().st_size, streams[name])
            for name, (media_type, path) in files.items()
        ]
        signer = read_signing_key(desk.settings.keys.label)
        with open_new(out) as parcel:
            label = seal(to_seal, draft, [Addressed(recipient.id, recipient.parcel_key)], signer, parcel, entropy)
            sync_file(parcel)
    finally:
        for stream in streams.values():
            stream.close()
    with open_existing(out) as parcel:
        digest = file_digest(parcel)
    return {
        "label_sha256": str(label.digest),
        "number": number,
        "parcel_sha256": digest,
        "recipient": recipient.id,
        "rows": label.rows,
        "size_bytes": label.parcel_bytes,
    }


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
    again = desk.case(case).state is State.HANDED_OVER
    with desk.denying(case, "hand over"):
        if not again:
            desk.check(case, Event.HANDED_OVER)
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
            answer = upload(line, opening, stream, int(sealed["size_bytes"]), progress)
    finally:
        line.close()
    _check_admission(desk, answer, case, str(sealed["parcel_sha256"]))
    desk.keep(answer)
    return State.ADMITTED


def outcome(desk: Desk, case: str) -> State:
    """Give back what delivery's ledger says of the case now."""
    mirror = Mirror(desk.settings.folders.shelf / "neighbours" / "delivery", desk.roster.delivery.ledger)
    line = desk.line(desk.settings.peers.delivery)
    try:
        mirror.read_on(line, "/outcomes")
    finally:
        line.close()
    ended = [entry.event for entry in mirror.entries if entry.case == case and entry.event in ENDS]
    return ENDS[ended[-1]] if ended else State.ADMITTED


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
