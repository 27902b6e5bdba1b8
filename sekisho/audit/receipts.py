"""Look up each receipt in receiving's ledger, and each parcel of a municipality among its receipts (spec/audit.md 3)."""

from sekisho.audit.auditor import Auditor
from sekisho.digest import digest_of
from sekisho.errors import Malformed, Reason, SekishoError
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.statement import check_fields, check_statement

RECEIPT_TYPE = "application/vnd.sekisho.receipt.v1+json"
_AGREE = ("label_sha256", "number", "sender", "sha256", "size_bytes")


def check_receipts(auditor: Auditor) -> None:
    """Note every receipt that receiving's ledger does not bear out, and every parcel whose sender has no receipt."""
    if Zone.RECEIVING not in auditor.entries:
        return
    entries = dict(auditor.entries[Zone.RECEIVING])
    held: set[str] = set()
    for sender, receipts in auditor.evidence.receipts.items():
        for raw in receipts:
            case = _check_receipt(auditor, raw, sender, entries)
            held.add(case)
    for index, entry in entries.items():
        sender = str(entry.facts.get("sender", ""))
        if entry.event == Event.RECEIVED.value and sender in auditor.evidence.receipts and entry.case not in held:
            auditor.find(
                Reason.EVIDENCE_MISSING, Zone.RECEIVING.value, index, entry.case, f"municipality-{sender}/receipts"
            )


def _check_receipt(auditor: Auditor, raw: bytes, sender: str, entries: dict[int, Entry]) -> str:
    """Give back the case that a receipt is of, "" where it cannot be read."""
    key = auditor.roster.receiving.receipt_key
    try:
        value = check_statement(raw, RECEIPT_TYPE, {key.key_id: key})
        fields = check_fields(
            value,
            case=str,
            label_sha256=str,
            ledger=dict,
            number=int,
            received_at=str,
            sender=str,
            sha256=str,
            site=str,
            size_bytes=int,
        )
        place = check_fields(fields["ledger"], index=int, origin=str)
    except SekishoError:
        auditor.find(Reason.RECEIPT_SIGNATURE, Zone.RECEIVING.value, name=f"municipality-{sender}/receipts")
        return ""
    auditor.checked.add(str(digest_of(raw)))
    case, index = str(fields["case"]), int(place["index"])
    try:
        _check_borne_out(auditor, fields, place["origin"], entries.get(index))
    except Malformed as error:
        auditor.find(error.reason, Zone.RECEIVING.value, index, case)
    return case


def _check_borne_out(auditor: Auditor, fields: dict[str, object], origin: str, entry: Entry | None) -> None:
    """Refuse a receipt that says something else than the entry which it names."""
    if entry is None or origin != auditor.roster.receiving.ledger.origin:
        raise Malformed(Reason.RECEIPT_MISMATCH)
    agree = all(fields[name] == entry.facts.get(name) for name in _AGREE)
    if entry.event != Event.RECEIVED.value or entry.case != fields["case"] or not agree:
        raise Malformed(Reason.RECEIPT_MISMATCH)
