"""Ask of each stop whether nothing happened before the restart, and of each restart whether two people consented (spec/audit.md 3)."""

from sekisho.audit.auditor import Auditor, text_of
from sekisho.errors import Malformed, Reason, SekishoError
from sekisho.journey import Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.release.stop import check_restart, read_stop


def check_stops(auditor: Auditor) -> None:
    """Note every entry of a zone between its stop and its restart, and every restart that was not two people's."""
    for zone, entries in auditor.entries.items():
        stop = ""
        for index, entry in entries:
            try:
                stop = _after(auditor, zone, stop, entry)
            except SekishoError as error:
                auditor.find(error.reason, zone.value, index, entry.case)
                stop = _named(entry, stop)


def _named(entry: Entry, stop: str) -> str:
    """Give back by which mark the zone is stopped after an entry that does not hold, so that one fault is told once."""
    match entry.event:
        case Event.STOPPED.value:
            return str(entry.facts.get("stop_sha256", "")) or stop
        case Event.RESTARTED.value:
            return ""
    return stop


def _after(auditor: Auditor, zone: Zone, stop: str, entry: Entry) -> str:
    """Give back by which mark the zone is stopped after this entry, "" for none."""
    match entry.event:
        case Event.STOPPED.value:
            if stop:
                raise Malformed(Reason.STORY_UNLAWFUL)
            read_stop(auditor.statement(zone, text_of(entry, "stop_sha256")))
            return text_of(entry, "stop_sha256")
        case Event.RESTARTED.value:
            _check_restarted(auditor, zone, stop, entry)
            return ""
    if stop:
        raise Malformed(Reason.STORY_UNLAWFUL)
    return ""


def _check_restarted(auditor: Auditor, zone: Zone, stop: str, entry: Entry) -> None:
    if not stop:
        raise Malformed(Reason.STORY_UNLAWFUL)
    if text_of(entry, "stop_sha256") != stop:
        raise Malformed(Reason.STORY_BROKEN)
    consents = [auditor.statement(zone, one) for one in text_of(entry, "consents_sha256").split(",")]
    mark = auditor.statement(zone, stop)
    restart = check_restart(consents, auditor.roster, mark, trial=auditor.roster.trial)
    if {one.person for one in restart.approvals} != set(text_of(entry, "persons").split(",")):
        raise Malformed(Reason.STORY_BROKEN)
