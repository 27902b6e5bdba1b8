"""Replay each ledger, with what its neighbours saw of it (spec/audit.md 2)."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import assert_never

from sekisho.audit.auditor import Auditor
from sekisho.audit.evidence import LedgerFiles
from sekisho.digest import read_digest
from sekisho.errors import Malformed, Reason, SekishoError
from sekisho.journey import Event, Zone
from sekisho.ledger.checkpoint import Checkpoint
from sekisho.ledger.entry import Entry, read_entry
from sekisho.ledger.proof import check_proof
from sekisho.ledger.replay import Fault, replay_ledger
from sekisho.ledger.tree import Frontier, leaf_hash
from sekisho.release.machines import LedgerKey
from sekisho.release.roster import Roster

_SHOWS = {  # what shows that a zone was at work: events of other zones
    Zone.RECEIVING: frozenset({Event.FETCHED}),
    Zone.PROCESSING: frozenset({Event.ADMITTED, Event.DELIVERED, Event.ACKNOWLEDGED}),
    Zone.DELIVERY: frozenset({Event.HANDED_OVER, Event.CLOSED, Event.ACKNOWLEDGED}),
}


def read_ledgers(auditor: Auditor) -> None:
    """Read and replay the ledgers that are asked for.

    One that is not in hand is a finding, never an empty ledger; but a zone that never wrote one and of whose work
    nothing tells was not started yet.
    """
    evidence = auditor.evidence
    for zone in evidence.asked:
        if zone in evidence.ledgers:
            auditor.entries[zone] = tuple(_read_lines(evidence.ledgers[zone].entries))
    for zone in evidence.asked:
        if zone in evidence.unstarted and not _is_named(auditor, zone):
            auditor.unstarted.append(zone)
        elif zone not in evidence.ledgers:
            auditor.find(Reason.EVIDENCE_MISSING, zone.value, name=f"{zone.value}/ledger")
    for zone in auditor.entries:
        _replay(auditor, zone)


def _replay(auditor: Auditor, zone: Zone) -> None:
    files, ledger = auditor.evidence.ledgers[zone], ledger_key(auditor.roster, zone)
    seen = [*_seen_in_ledgers(auditor, zone, ledger), *_seen_in_proofs(auditor, zone, ledger)]
    held = (one for _, one in seen)
    replay = replay_ledger(files.entries, files.checkpoints, ledger.origin, ledger.key, held)
    for fault in replay.faults:
        auditor.find(fault.reason, zone.value, fault.index, seen_by=_witnesses(fault, files, seen))


def _witnesses(fault: Fault, files: LedgerFiles, seen: Sequence[tuple[Zone, Checkpoint]]) -> tuple[str, ...]:
    """Give back the zones that saw the ledger otherwise; none where the ledger itself shows the fault."""
    match fault.reason:
        case Reason.LEDGER_ROLLED_BACK:
            by = [zone for zone, one in seen if one.size > fault.index]
        case Reason.LEDGER_DIFFERS:
            frontier = Frontier()
            for line in files.entries[: fault.index + 1]:
                frontier = frontier.append(leaf_hash(line.removesuffix(b"\n")))
            by = [zone for zone, one in seen if one.size == frontier.size and one.root != frontier.root]
        case _:
            by = []
    return tuple(dict.fromkeys(zone.value for zone in by))


def _is_named(auditor: Auditor, zone: Zone) -> bool:
    """Say whether anything in hand shows that `zone` was at work: its own statements, receipts, another's ledger."""
    evidence = auditor.evidence
    if evidence.statements.get(zone) or (zone is Zone.RECEIVING and any(evidence.receipts.values())):
        return True
    told = {event.value for event in _SHOWS[zone]}
    return any(
        entry.event in told or f"{zone.value}_size" in entry.facts
        for other, entries in auditor.entries.items()
        for _, entry in entries
        if other is not zone
    )


def ledger_key(roster: Roster, zone: Zone) -> LedgerKey:
    match zone:
        case Zone.RECEIVING:
            return roster.receiving.ledger
        case Zone.PROCESSING:
            return roster.processing.ledger
        case Zone.DELIVERY:
            return roster.delivery.ledger
        case _:
            assert_never(zone)


def _read_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, Entry]]:
    """Give each entry that can be read, with its place; the replay says which of them are not what was signed."""
    for index, line in enumerate(lines):
        with suppress(Malformed):
            yield index, read_entry(line.removesuffix(b"\n"))


def _seen_in_ledgers(auditor: Auditor, zone: Zone, ledger: LedgerKey) -> Iterator[tuple[Zone, Checkpoint]]:
    """Give the checkpoints of `zone` that its neighbours wrote into their own ledgers, each with the neighbour."""
    for other, entries in auditor.entries.items():
        for _, entry in entries if other is not zone else ():
            size, root = entry.facts.get(f"{zone.value}_size"), entry.facts.get(f"{zone.value}_root")
            if isinstance(size, int) and size >= 0:
                with suppress(Malformed):
                    yield other, Checkpoint(ledger.origin, size, read_digest(root))


def _seen_in_proofs(auditor: Auditor, zone: Zone, ledger: LedgerKey) -> Iterator[tuple[Zone, Checkpoint]]:
    """Give the checkpoints that `zone` signed in answers that its neighbours kept, each with the neighbour."""
    for other, statements in auditor.evidence.statements.items():
        for raw in statements.values() if other is not zone and other in auditor.evidence.asked else ():
            try:
                yield other, check_proof(raw, ledger.origin, ledger.key).checkpoint
            except SekishoError:
                continue
