"""Replay every ledger of a site and say whether each story is whole and lawful (requirements B15, E02, F09).

Pure: takes the bytes that the zones exported, trusts nothing but the founders' two keys and the time it is given.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sekisho.digest import digest_of, read_digest
from sekisho.errors import Fact, Malformed, Reason, SekishoError
from sekisho.journey import Case, Event, State, Zone, find_move, new_case, read_event
from sekisho.ledger.checkpoint import Checkpoint
from sekisho.ledger.entry import Entry
from sekisho.ledger.replay import replay_ledger
from sekisho.release.dossier import SealedParcel, check_dossier
from sekisho.release.lost import LOST_TYPE, check_lost
from sekisho.release.machines import LedgerKey
from sekisho.release.permit import check_asked, check_permit
from sekisho.release.roster import Roster, check_roster
from sekisho.signing import Ed25519Verifier
from sekisho.statement import check_fields, check_statement, read_envelope

RECEIPT_TYPE = "application/vnd.sekisho.receipt.v1+json"
ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"


@dataclass(frozen=True)
class LedgerFiles:
    """A ledger's two files, as lines with their newlines."""

    entries: tuple[bytes, ...]
    checkpoints: tuple[bytes, ...]


@dataclass(frozen=True)
class Evidence:
    """What an auditor has in hand: roster, ledgers, signed statements by digest, receipts that municipalities kept."""

    roster: bytes
    founders: tuple[Ed25519Verifier, ...]
    ledgers: Mapping[Zone, LedgerFiles]
    statements: Mapping[str, bytes]
    receipts: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class AuditFinding:
    """One thing that does not hold: why, in which ledger at which entry, of which case. `index` is -1 for no entry."""

    reason: Reason
    zone: str
    index: int
    case: str


@dataclass(frozen=True)
class Story:
    """One case from end to end: where it stands, who approved it, and how many entries tell of it."""

    case: str
    state: State
    approvals: tuple[tuple[str, str], ...]
    entries: int


@dataclass(frozen=True)
class Audit:
    """What was found; without findings every story is lawful, whether it is at its end or on its way."""

    site: str
    trial: bool
    sizes: tuple[tuple[str, int], ...]
    statements: int
    stories: tuple[Story, ...]
    findings: tuple[AuditFinding, ...]


@dataclass
class _Auditor:
    """One audit on its way: collects findings instead of stopping at the first."""

    evidence: Evidence
    roster: Roster
    entries: dict[Zone, tuple[Entry, ...]] = field(default_factory=dict)
    findings: list[AuditFinding] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def find(self, reason: Reason, zone: str = "", index: int = -1, case: str = "") -> None:
        self.findings.append(AuditFinding(reason, zone, index, case))


def audit(evidence: Evidence, now: datetime) -> Audit:
    """Give back what holds and what does not; raises only if the roster itself is not the founders'."""
    roster = check_roster(evidence.roster, evidence.founders, now)
    auditor = _Auditor(evidence, roster)
    _read_ledgers(auditor)
    stories = [_tell(auditor, case) for case in _cases(auditor.entries.values())]
    _check_receipts(auditor)
    return Audit(
        site=roster.site.name,
        trial=roster.trial,
        sizes=tuple((zone.value, len(auditor.entries[zone])) for zone in Zone),
        statements=len(auditor.checked),
        stories=tuple(stories),
        findings=tuple(dict.fromkeys(auditor.findings)),
    )


def _read_ledgers(auditor: _Auditor) -> None:
    """Replay each ledger, with what the other zones saw of it: a ledger cut back is found by its neighbours."""
    lines = {zone: auditor.evidence.ledgers[zone] for zone in Zone}
    keys = {zone: _ledger_key(auditor.roster, zone) for zone in Zone}
    first = {
        zone: replay_ledger(lines[zone].entries, lines[zone].checkpoints, keys[zone].origin, keys[zone].key)
        for zone in Zone
    }
    for zone in Zone:
        seen = list(_seen(zone, keys[zone].origin, (entry for one in first.values() for entry in one.entries)))
        replay = replay_ledger(lines[zone].entries, lines[zone].checkpoints, keys[zone].origin, keys[zone].key, seen)
        for fault in replay.faults:
            auditor.find(fault.reason, zone.value, fault.index)
        auditor.entries[zone] = replay.entries


def _seen(zone: Zone, origin: str, entries: Iterable[Entry]) -> Iterable[Checkpoint]:
    """Give the checkpoints of `zone` that its neighbours wrote into their own ledgers."""
    for entry in entries:
        size, root = entry.facts.get(f"{zone.value}_size"), entry.facts.get(f"{zone.value}_root")
        if isinstance(size, int) and root is not None:
            yield Checkpoint(origin, size, read_digest(root))


def _ledger_key(roster: Roster, zone: Zone) -> LedgerKey:
    match zone:
        case Zone.RECEIVING:
            return roster.receiving.ledger
        case Zone.PROCESSING:
            return roster.processing.ledger
        case Zone.DELIVERY:
            return roster.delivery.ledger


def _cases(ledgers: Iterable[Iterable[Entry]]) -> list[str]:
    return sorted({entry.case for entries in ledgers for entry in entries if entry.case})


def _tell(auditor: _Auditor, case: str) -> Story:
    """Give back the story of one case, and note where it is not lawful or does not fit between zones."""
    told: dict[Zone, Case] = {}
    facts: dict[tuple[Zone, Event], Mapping[str, Fact]] = {}
    count = 0
    for zone in Zone:
        for index, entry in enumerate(auditor.entries[zone]):
            if entry.case != case:
                continue
            count += 1
            try:
                event = read_event(entry.event)
                known = told.get(zone, new_case(case, zone))
                find_move(zone, known.state, event)
                told[zone] = known.after(event, dict(entry.facts))
            except SekishoError:
                auditor.find(Reason.STORY_UNLAWFUL, zone.value, index, case)
                continue
            if entry.zone != zone.value:
                auditor.find(Reason.STORY_UNLAWFUL, zone.value, index, case)
            facts[(zone, event)] = entry.facts
            _check_statements(auditor, zone, index, entry, event)
    _check_joins(auditor, case, facts)
    latest = next((told[zone] for zone in reversed(Zone) if zone in told), new_case(case, Zone.RECEIVING))
    processing = told.get(Zone.PROCESSING)
    return Story(case, latest.state, processing.approvals if processing else (), count)


def _check_joins(auditor: _Auditor, case: str, facts: Mapping[tuple[Zone, Event], Mapping[str, Fact]]) -> None:
    """Compare what one zone says it gave with what the next says it got."""
    received, fetched = (Zone.RECEIVING, Event.RECEIVED), (Zone.PROCESSING, Event.FETCHED)
    handed, admitted = (Zone.PROCESSING, Event.HANDED_OVER), (Zone.DELIVERY, Event.ADMITTED)
    acknowledged = (Zone.DELIVERY, Event.ACKNOWLEDGED)
    sealed, approved = (Zone.PROCESSING, Event.SEALED), (Zone.PROCESSING, Event.APPROVED)
    for later, earlier, names in (
        (fetched, received, ("sha256", "label_sha256", "sender", "number", "size_bytes")),
        (handed, sealed, ("parcel_sha256", "recipient")),
        (handed, approved, ("permit_envelope_sha256",)),
        (admitted, handed, ("parcel_sha256", "permit_envelope_sha256", "recipient")),
        (acknowledged, admitted, ("permit_sha256",)),
    ):
        if later not in facts:
            continue
        before = facts.get(earlier, {})
        if any(facts[later].get(name) != before.get(name) for name in names):
            auditor.find(Reason.STORY_BROKEN, later[0].value, -1, case)


def _check_statements(auditor: _Auditor, zone: Zone, index: int, entry: Entry, event: Event) -> None:
    """Check each signed statement that an entry names; one that is not there is a finding too."""
    try:
        match event:
            case Event.REQUESTED:
                raw = _statement(auditor, entry.facts["dossier_envelope_sha256"])
                dossier = check_dossier(raw, auditor.roster.processing.label_key)
                if str(dossier.digest) != entry.facts["dossier_sha256"]:
                    auditor.find(Reason.STORY_BROKEN, zone.value, index, entry.case)
            case Event.ADMITTED:
                _check_admitted(auditor, entry)
            case Event.ACKNOWLEDGED:
                raw = _statement(auditor, entry.facts["acknowledgement_sha256"])
                _check_acknowledgement(auditor, raw, entry)
            case Event.DECLARED_LOST:
                raw = _statement(auditor, entry.facts["statement_sha256"])
                sender, _, number = entry.case.rpartition("-")
                read_envelope(raw, LOST_TYPE)
                check_lost(raw, auditor.roster, sender, int(number), trial=auditor.roster.trial)
            case _:
                return
    except SekishoError as error:
        auditor.find(error.reason, zone.value, index, entry.case)
    except KeyError:
        auditor.find(Reason.STORY_BROKEN, zone.value, index, entry.case)


def _check_admitted(auditor: _Auditor, entry: Entry) -> None:
    """Ask of a permit, at the moment it was used, all that delivery had to ask; and that it is what was requested."""
    raw = _statement(auditor, entry.facts["permit_envelope_sha256"])
    parcel = SealedParcel(read_digest(entry.facts["parcel_sha256"]), int(entry.facts["size_bytes"]))
    recipient = auditor.roster.recipient(str(entry.facts["recipient"])).addressee
    permit = check_permit(raw, auditor.roster, parcel, recipient, entry.at, trial=auditor.roster.trial)
    requested = [
        one for one in auditor.entries[Zone.PROCESSING] if one.case == entry.case and one.event == Event.REQUESTED.value
    ]
    dossier_raw = _statement(auditor, requested[-1].facts["dossier_envelope_sha256"]) if requested else b""
    check_asked(permit, check_dossier(dossier_raw, auditor.roster.processing.label_key), auditor.roster)


def _check_acknowledgement(auditor: _Auditor, raw: bytes, entry: Entry) -> None:
    admitted = [
        one
        for one in auditor.entries[Zone.DELIVERY]
        if one.event == Event.ADMITTED.value and one.facts["permit_sha256"] == entry.facts["permit_sha256"]
    ]
    if not admitted:
        raise Malformed(Reason.STORY_BROKEN)
    key = auditor.roster.recipient(str(admitted[0].facts["recipient"])).acknowledgement_key
    value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {key.key_id: key})
    said = (value.get("sha256"), value.get("permit_sha256"), value.get("case"))
    if said != (admitted[0].facts["parcel_sha256"], entry.facts["permit_sha256"], entry.case):
        raise Malformed(Reason.STORY_BROKEN)


def _check_receipts(auditor: _Auditor) -> None:
    """Look up each receipt that a municipality kept in receiving's ledger, where it says it stands."""
    key = auditor.roster.receiving.receipt_key
    entries = auditor.entries[Zone.RECEIVING]
    for raw in auditor.evidence.receipts:
        case = ""
        try:
            value = check_statement(raw, RECEIPT_TYPE, {key.key_id: key})
            case = str(value["case"])
            index = check_fields(value["ledger"], index=int, origin=str)["index"]
            auditor.checked.add(str(digest_of(raw)))
            said = entries[index].facts["sha256"] if index < len(entries) else ""
            if said != value["sha256"] or entries[index].case != case:
                auditor.find(Reason.RECEIPT_MISMATCH, Zone.RECEIVING.value, index, case)
        except (SekishoError, KeyError):
            auditor.find(Reason.RECEIPT_SIGNATURE, Zone.RECEIVING.value, -1, case)


def _statement(auditor: _Auditor, digest: Fact) -> bytes:
    """Give back a statement whose bytes have the digest that the ledger names."""
    raw = auditor.evidence.statements.get(str(digest))
    if raw is None or str(digest_of(raw)) != digest:
        raise Malformed(Reason.STATEMENT_MISSING)
    auditor.checked.add(str(digest))
    return raw
