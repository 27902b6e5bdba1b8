"""Tell each case's story from the entries of all zones, and note where it is not lawful (spec/audit.md 3)."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from sekisho.audit.auditor import Auditor, same
from sekisho.audit.evidence import Stopped, Story
from sekisho.audit.statements import check_statements
from sekisho.errors import Malformed, Reason, Refused
from sekisho.journey import MOVES, Case, Event, State, Zone, new_case, read_event
from sekisho.ledger.entry import Entry

_JOINS = (  # what one zone says it got, what the other says it gave, and the facts in which they must agree
    ((Zone.PROCESSING, Event.FETCHED), (Zone.RECEIVING, Event.RECEIVED),
     ("sha256", "label_sha256", "sender", "number", "size_bytes")),
    ((Zone.PROCESSING, Event.SEALED), (Zone.PROCESSING, Event.MEASURED), ("file_table_csv",)),
    ((Zone.PROCESSING, Event.HANDED_OVER), (Zone.PROCESSING, Event.SEALED), ("parcel_sha256", "recipient")),
    ((Zone.PROCESSING, Event.HANDED_OVER), (Zone.PROCESSING, Event.APPROVED), ("permit_envelope_sha256",)),
    ((Zone.DELIVERY, Event.ADMITTED), (Zone.PROCESSING, Event.HANDED_OVER),
     ("parcel_sha256", "permit_envelope_sha256", "recipient")),
    ((Zone.DELIVERY, Event.DELIVERED), (Zone.DELIVERY, Event.ADMITTED), ("permit_sha256", "parcel_sha256")),
    ((Zone.DELIVERY, Event.ACKNOWLEDGED), (Zone.DELIVERY, Event.ADMITTED), ("permit_sha256",)),
    ((Zone.PROCESSING, Event.CLOSED), (Zone.DELIVERY, Event.ACKNOWLEDGED), ()),
    ((Zone.PROCESSING, Event.ACKNOWLEDGED), (Zone.DELIVERY, Event.DELIVERED), ("permit_sha256", "parcel_sha256")),
)  # fmt: skip
_REASONED = frozenset({State.REFUSED, State.RETURNED, State.HELD})
_STOPPED = frozenset({Event.TURNED_BACK.value, Event.DENIED.value})


@dataclass
class _Told:
    """What one zone tells of one case so far."""

    case: Case
    latest: dict[Event, Entry] = field(default_factory=dict)
    places: dict[Event, int] = field(default_factory=dict)
    entries: int = 0
    reason: str = ""


def tell_stories(auditor: Auditor) -> tuple[Story, ...]:
    """Give back every case's story, in the order of their names."""
    told: dict[str, dict[Zone, _Told]] = defaultdict(dict)
    for zone, entries in auditor.entries.items():
        for index, entry in entries:
            event = _event(auditor, zone, index, entry)
            if event is None or not entry.case:
                continue
            known = told[entry.case].setdefault(zone, _Told(new_case(entry.case, zone)))
            _follow(auditor, zone, index, entry, event, known)
    for case, zones in told.items():
        _check_joins(auditor, case, zones)
    stories = (_story(case, told[case]) for case in sorted(told))
    return tuple(one for one in stories if one.state is not State.NEW)  # what was only turned back has no story


def count_stopped(auditor: Auditor) -> tuple[Stopped, ...]:
    """Give back how often each zone turned somebody back or denied a move, by reason."""
    counted: dict[tuple[str, str, str], int] = defaultdict(int)
    for zone, entries in auditor.entries.items():
        for _, entry in entries:
            if entry.event in _STOPPED:
                counted[(zone.value, entry.event, str(entry.facts.get("reason", "")))] += 1
    return tuple(Stopped(*key, count) for key, count in counted.items())


def _event(auditor: Auditor, zone: Zone, index: int, entry: Entry) -> Event | None:
    """Give back the entry's event; one that is no event, or of another zone, is a finding."""
    try:
        event = read_event(entry.event)
    except Malformed:
        event = None
    if event is None or entry.zone != zone.value:
        auditor.find(Reason.STORY_UNLAWFUL, zone.value, index, entry.case)
    return event


def _follow(auditor: Auditor, zone: Zone, index: int, entry: Entry, event: Event, told: _Told) -> None:
    told.entries += 1
    try:
        told.case = told.case.after(event, dict(entry.facts))
    except Refused:
        auditor.find(Reason.STORY_UNLAWFUL, zone.value, index, entry.case)
        told.case = _after_all(told.case, event)
    if event.value in _STOPPED:
        return
    told.reason = str(entry.facts.get("reason", "")) if told.case.state in _REASONED else ""
    check_statements(auditor, zone, index, entry, told.case, told.latest)
    told.latest[event] = entry
    told.places[event] = index


def _after_all(case: Case, event: Event) -> Case:
    """Give back the case as if the event had been allowed, so that one broken rule is told once."""
    goal = next((one.goal for one in MOVES if one.zone is case.zone and one.event is event and one.goal), case.state)
    return replace(case, state=goal)


def _check_joins(auditor: Auditor, case: str, zones: dict[Zone, _Told]) -> None:
    """Compare what one zone says it gave with what the next says it got; only where both ledgers are in hand."""
    for (zone, event), (from_zone, from_event), names in _JOINS:
        got = zones[zone].latest.get(event) if zone in zones else None
        if got is None or from_zone not in auditor.entries:
            continue
        gave = zones[from_zone].latest.get(from_event) if from_zone in zones else None
        if not same(got, gave, names):
            auditor.find(Reason.STORY_BROKEN, zone.value, zones[zone].places[event], case)


def _story(case: str, zones: dict[Zone, _Told]) -> Story:
    told = _furthest(zones)
    processing = zones.get(Zone.PROCESSING)
    approvals = processing.case.approvals if processing else ()
    return Story(case, told.case.state, told.reason, approvals, sum(one.entries for one in zones.values()))


def _furthest(zones: dict[Zone, _Told]) -> _Told:
    """Give back the zone's word that says where the case stands: the last that has it in hand.

    What delivery put by SFTP, processing hears of by hand and closes.
    """
    processing, delivery = zones.get(Zone.PROCESSING), zones.get(Zone.DELIVERY)
    if processing and Event.ACKNOWLEDGED in processing.latest and processing.case.state is State.CLOSED:
        return processing
    if delivery and (processing is None or processing.case.state in {State.HANDED_OVER, State.CLOSED}):
        return delivery
    return processing or zones[Zone.RECEIVING]
