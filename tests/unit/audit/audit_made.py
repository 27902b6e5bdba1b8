"""Evidence made by hand: ledgers signed with the made site's own keys, and nothing else."""

from dataclasses import replace

from sekisho.audit.audit import audit
from sekisho.audit.evidence import Evidence, LedgerFiles
from sekisho.digest import digest_of
from sekisho.journey import Zone
from sekisho.ledger.checkpoint import Checkpoint, sign_checkpoint
from sekisho.ledger.entry import Entry, write_entry
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.release.roster import write_roster
from sekisho.statement import sign_statement
from tests.unit.release.release_made import DRAFT, FOUNDERS, NOW, PINNED, ROSTER, signer

CASE = "132993-000001"
KEYS = {Zone.RECEIVING: "ledger rx", Zone.PROCESSING: "ledger core", Zone.DELIVERY: "ledger tx"}
RECEIVED = {
    "label_sha256": str(digest_of(b"label")), "number": 1, "sender": "132993",
    "sha256": str(digest_of(b"parcel")), "size_bytes": 6,
}  # fmt: skip


def entry(zone, event, case=CASE, **facts):
    return Entry(NOW, zone.value, case, event, facts)


def received(case=CASE, **changes):
    return entry(Zone.RECEIVING, "Received", case, **{**RECEIVED, **changes})


def fetched(**changes):
    return entry(Zone.PROCESSING, "Fetched", **{**RECEIVED, **changes})


def ledger(zone, *entries):
    origin = {
        Zone.RECEIVING: ROSTER.receiving, Zone.PROCESSING: ROSTER.processing, Zone.DELIVERY: ROSTER.delivery,
    }[zone].ledger.origin  # fmt: skip
    frontier, lines, notes = Frontier(), [], []
    for one in entries:
        line = write_entry(one)
        frontier = frontier.append(leaf_hash(line))
        lines.append(line + b"\n")
        note = sign_checkpoint(Checkpoint(origin, frontier.size, frontier.root), signer(KEYS[zone]))
        notes += note.splitlines(keepends=True)
    return LedgerFiles(tuple(lines), tuple(notes))


def root(*entries):
    frontier = Frontier()
    for one in entries:
        frontier = frontier.append(leaf_hash(write_entry(one)))
    return str(frontier.root)


def evidence(receiving=(), processing=(), delivery=(), **changes):
    ledgers = {
        Zone.RECEIVING: ledger(Zone.RECEIVING, *receiving),
        Zone.PROCESSING: ledger(Zone.PROCESSING, *processing),
        Zone.DELIVERY: ledger(Zone.DELIVERY, *delivery),
    }
    made = Evidence(write_roster(DRAFT, FOUNDERS), PINNED, ledgers, {}, {})
    return replace(made, **changes)


def receipt(index=0, **changes):
    value = {
        "case": CASE, "ledger": {"index": index, "origin": ROSTER.receiving.ledger.origin},
        "received_at": "2026-11-23T09:00:00Z", "site": ROSTER.site.id, **RECEIVED, **changes,
    }  # fmt: skip
    return sign_statement("application/vnd.sekisho.receipt.v1+json", value, [signer("receipts")])


def findings(made):
    return [(one.reason.value, one.zone, one.index) for one in audit(made, NOW).findings]
