"""Check each signed statement that an entry names, as of the moment of that entry (spec/audit.md 3)."""

from collections.abc import Mapping

from sekisho.audit.auditor import Auditor, count_of, digest_in, text_of
from sekisho.deid.standard.written import read_judgement
from sekisho.errors import Malformed, Reason, SekishoError
from sekisho.instant import write_instant
from sekisho.journey import Case, Event, Zone
from sekisho.ledger.entry import Entry
from sekisho.release.dossier import SealedParcel, check_dossier
from sekisho.release.lost import check_lost
from sekisho.release.permit import PERMIT_TYPE, Permit, check_asked, check_permit, read_permit
from sekisho.statement import check_statement, read_envelope

ACKNOWLEDGEMENT_TYPE = "application/vnd.sekisho.acknowledgement.v1+json"

Past = Mapping[Event, Entry]
"""The latest entry of each kind that the same zone wrote of the same case."""


def check_statements(auditor: Auditor, zone: Zone, index: int, entry: Entry, case: Case, past: Past) -> None:
    """Note what does not hold of the statements that `entry` names; one that is not there is a finding too.

    `case` is what the zone's entries up to this one add up to.
    """
    try:
        _check(auditor, zone, entry, case, past)
    except SekishoError as error:
        auditor.find(error.reason, zone.value, index, entry.case)


def _check(auditor: Auditor, zone: Zone, entry: Entry, case: Case, past: Past) -> None:
    match (zone, Event(entry.event)):
        case (Zone.PROCESSING, Event.REQUESTED):
            _check_requested(auditor, entry, past)
        case (Zone.PROCESSING, Event.APPROVED):
            _check_approved(auditor, entry)
        case (Zone.PROCESSING, Event.HANDED_OVER):
            _check_handed_over(auditor, entry, case, past)
        case (Zone.PROCESSING, Event.DECLARED_LOST):
            _check_lost(auditor, entry)
        case (Zone.DELIVERY, Event.ADMITTED):
            parcel = SealedParcel(digest_in(entry, "parcel_sha256"), count_of(entry, "size_bytes"))
            permit = _check_permit(auditor, zone, entry, parcel)
            if str(permit.digest) != text_of(entry, "permit_sha256"):
                raise Malformed(Reason.STORY_BROKEN)
        case (Zone.DELIVERY, Event.ACKNOWLEDGED):
            _check_acknowledged(auditor, zone, entry, past.get(Event.ADMITTED))
        case (Zone.PROCESSING, Event.ACKNOWLEDGED):
            _check_acknowledged(auditor, zone, entry, past.get(Event.HANDED_OVER))
        case _:
            return


def _check_requested(auditor: Auditor, entry: Entry, past: Past) -> None:
    """Ask whether the dossier is the one that was asked with, and whether the judgement that it names met all five items."""
    raw = auditor.statement(Zone.PROCESSING, text_of(entry, "dossier_envelope_sha256"))
    dossier = check_dossier(raw, auditor.roster.processing.label_key)
    said = (str(dossier.digest), dossier.draft.case, dossier.draft.operator)
    if said != (text_of(entry, "dossier_sha256"), entry.case, text_of(entry, "operator")):
        raise Malformed(Reason.STORY_BROKEN)
    judged = past.get(Event.JUDGED)
    if judged is None or text_of(judged, "standard_sha256") != str(dossier.draft.standard):
        raise Malformed(Reason.STORY_BROKEN)
    judgement = read_judgement(auditor.statement(Zone.PROCESSING, text_of(judged, "standard_sha256")))
    if not judgement.passed:
        raise Malformed(Reason.STORY_UNLAWFUL)


def _check_approved(auditor: Auditor, entry: Entry) -> None:
    """Ask whether the person who is said to approve did sign; whether the two suffice is asked where it is used."""
    raw = auditor.statement(Zone.PROCESSING, text_of(entry, "permit_envelope_sha256"))
    draft, signers = read_permit(raw)
    credential = auditor.roster.person(text_of(entry, "person")).credential.id
    digest = str(read_envelope(raw, PERMIT_TYPE).digest)
    if draft.case != entry.case or credential not in signers or digest != text_of(entry, "permit_sha256"):
        raise Malformed(Reason.STORY_BROKEN)


def _check_handed_over(auditor: Auditor, entry: Entry, case: Case, past: Past) -> None:
    sealed, requested = past.get(Event.SEALED), past.get(Event.REQUESTED)
    if sealed is None or requested is None:
        raise Malformed(Reason.STORY_BROKEN)
    parcel = SealedParcel(digest_in(sealed, "parcel_sha256"), count_of(sealed, "size_bytes"))
    permit = _check_permit(auditor, Zone.PROCESSING, entry, parcel)
    raw = auditor.statement(Zone.PROCESSING, text_of(requested, "dossier_envelope_sha256"))
    check_asked(permit, check_dossier(raw, auditor.roster.processing.label_key), auditor.roster)
    if {(one.person, one.role.value) for one in permit.approvals} != set(case.approvals):
        raise Malformed(Reason.STORY_BROKEN)


def _check_permit(auditor: Auditor, zone: Zone, entry: Entry, parcel: SealedParcel) -> Permit:
    """Ask of a permit, at the moment it was used, all that delivery had to ask."""
    roster = auditor.roster
    raw = auditor.statement(zone, text_of(entry, "permit_envelope_sha256"))
    if not roster.draft.valid_from <= entry.at < roster.draft.valid_until:
        raise Malformed(Reason.ROSTER_EXPIRED, valid_until=write_instant(roster.draft.valid_until))
    recipient = roster.recipient(text_of(entry, "recipient")).addressee
    permit = check_permit(raw, roster, parcel, recipient, entry.at, trial=roster.trial)
    if permit.draft.case != entry.case:
        raise Malformed(Reason.STORY_BROKEN)
    return permit


def _check_lost(auditor: Auditor, entry: Entry) -> None:
    raw = auditor.statement(Zone.PROCESSING, text_of(entry, "statement_sha256"))
    sender, _, number = entry.case.rpartition("-")
    if not (number.isascii() and number.isdigit()):
        raise Malformed(Reason.STORY_BROKEN)
    check_lost(raw, auditor.roster, sender, int(number), trial=auditor.roster.trial)


def _check_acknowledged(auditor: Auditor, zone: Zone, entry: Entry, given: Entry | None) -> None:
    """Ask whether the recipient's own key says that it has this parcel under this permit.

    `given` is the entry with which the zone let the parcel go.
    """
    raw = auditor.statement(zone, text_of(entry, "acknowledgement_sha256"))
    if given is None:
        raise Malformed(Reason.STORY_BROKEN)
    recipient = auditor.roster.recipient(text_of(given, "recipient"))
    key = recipient.acknowledgement_key
    value = check_statement(raw, ACKNOWLEDGEMENT_TYPE, {key.key_id: key})
    if not isinstance(value, dict):
        raise Malformed(Reason.STORY_BROKEN)
    said = tuple(value.get(name) for name in ("sha256", "permit_sha256", "case", "recipient"))
    if said != (text_of(given, "parcel_sha256"), text_of(entry, "permit_sha256"), entry.case, recipient.id):
        raise Malformed(Reason.STORY_BROKEN)
