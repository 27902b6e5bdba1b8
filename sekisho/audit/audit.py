"""Replay every ledger of a site and say whether each story is whole and lawful (requirements B15, E02, F09).

Pure: takes the bytes that the zones exported, trusts nothing but the founders' two keys and the time it is given
(spec/audit.md).
"""

from datetime import datetime, timedelta

from sekisho.audit.auditor import Auditor
from sekisho.audit.evidence import Audit, Evidence
from sekisho.audit.ledgers import read_ledgers
from sekisho.audit.receipts import check_receipts
from sekisho.audit.stops import check_stops
from sekisho.audit.stories import count_stopped, tell_stories
from sekisho.errors import BadSettings, Reason
from sekisho.instant import read_instant
from sekisho.journey import Zone
from sekisho.release.roster import Roster, check_roster


def audit(evidence: Evidence, now: datetime) -> Audit:
    """Give back what holds and what does not; raises only if the roster itself is not the founders'."""
    auditor = Auditor(evidence, _roster(evidence, now))
    for zone, name in evidence.unlike:
        auditor.find(Reason.EVIDENCE_CHANGED, zone, name=name)
    read_ledgers(auditor)
    stories = tell_stories(auditor)
    check_stops(auditor)
    check_receipts(auditor)
    found = dict.fromkeys(auditor.findings)
    return Audit(
        site=auditor.roster.site.name,
        trial=auditor.roster.trial,
        sizes=tuple((zone.value, len(evidence.ledgers[zone].entries)) for zone in auditor.entries),
        left_out=tuple(zone.value for zone in Zone if zone not in evidence.asked),
        unstarted=tuple(zone.value for zone in auditor.unstarted),
        statements=len(auditor.checked),
        stories=stories,
        stopped=count_stopped(auditor),
        findings=tuple(found),
    )


def _roster(evidence: Evidence, now: datetime) -> Roster:
    """Give back the roster; one whose time is over still says who was who, and each use is held against its dates."""
    try:
        return check_roster(evidence.roster, evidence.founders, now)
    except BadSettings as error:
        if error.reason is not Reason.ROSTER_EXPIRED:
            raise
        last = read_instant(error.facts["valid_until"]) - timedelta(seconds=1)
    return check_roster(evidence.roster, evidence.founders, last)
