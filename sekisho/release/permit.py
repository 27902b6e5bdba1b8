"""The permit (手形): two people's word that this parcel may leave for this recipient (spec/permit.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sekisho.digest import Digest, read_digest
from sekisho.errors import Malformed, Reason, Refused, Tampered
from sekisho.instant import read_instant, write_instant
from sekisho.parcel.key import Addressee
from sekisho.release.dossier import (
    Dossier,
    SealedParcel,
    read_addressee,
    read_sealed,
    write_addressee,
    write_sealed,
)
from sekisho.release.people import Role, read_id
from sekisho.release.quorum import Approval, check_place, check_two, read_signed, write_signed
from sekisho.release.roster import Roster
from sekisho.statement import Signature, check_fields, read_base64, read_canonical, write_base64, write_canonical

PERMIT_TYPE = "application/vnd.sekisho.permit.v1+json"
NONCE_BYTES = 16
LONGEST = timedelta(days=7)  # spec/permit.md 1


@dataclass(frozen=True)
class PermitDraft:
    """What the approvers are asked to sign. In force at `not_before <= now < not_after`."""

    case: str
    dossier: Digest
    parcel: SealedParcel
    recipient: Addressee
    contract: str
    operator: str
    site: str
    trial: bool
    roster_version: int
    not_before: datetime
    not_after: datetime
    nonce: bytes

    @property
    def payload_type(self) -> str:
        return PERMIT_TYPE

    @property
    def payload(self) -> bytes:
        return write_canonical(_write_draft(self))


@dataclass(frozen=True)
class Permit:
    """A permit that holds; only `check_permit` makes one. `digest` (of the payload) is what may be used once."""

    draft: PermitDraft
    approvals: tuple[Approval, ...]
    digest: Digest


def draft_permit(
    dossier: Dossier, roster: Roster, not_before: datetime, not_after: datetime, nonce: bytes
) -> PermitDraft:
    """Give back the permit that `dossier` asks for; `nonce` is 16 fresh random bytes."""
    asked = dossier.draft
    draft = PermitDraft(
        case=asked.case,
        dossier=dossier.digest,
        parcel=asked.sealed,
        recipient=asked.recipient,
        contract=asked.contract,
        operator=asked.operator,
        site=asked.site,
        trial=asked.trial,
        roster_version=roster.version,
        not_before=not_before,
        not_after=not_after,
        nonce=nonce,
    )
    return _read_draft(draft.payload)


def write_permit(draft: PermitDraft, signatures: Iterable[Signature]) -> bytes:
    """Give back the permit's envelope; whether the signatures suffice is for `check_permit` to say."""
    return write_signed(draft, signatures)


def read_permit_draft(payload: bytes) -> PermitDraft:
    """Give back the draft that `PermitDraft.payload` spells: what is kept between the request and the two approvals."""
    try:
        return _read_draft(payload)
    except Malformed as error:
        raise _malformed(error) from error


def read_permit(raw: bytes) -> tuple[PermitDraft, tuple[str, ...]]:
    """Give back what a permit says and the ids of the keys that claim to have signed it; nothing is checked."""
    try:
        envelope = read_signed(raw, PERMIT_TYPE)
        draft = _read_draft(envelope.payload)
    except Malformed as error:
        raise _malformed(error) from error
    return draft, tuple(one.key_id for one in envelope.signatures)


def check_permit(
    raw: bytes, roster: Roster, parcel: SealedParcel, recipient: Addressee, now: datetime, *, trial: bool
) -> Permit:
    """Give back the permit if it lets `parcel` out to `recipient` at `now`.

    `parcel` is what was measured on the file in hand, `recipient` what its checked label says, `trial` what the
    machine's own settings say. Refuses in the order of spec/permit.md 5. Once-only and the ledger's proof of the
    approvals are the caller's to check.
    """
    try:
        envelope = read_signed(raw, PERMIT_TYPE)
        draft = _read_draft(envelope.payload)
    except Malformed as error:
        raise _malformed(error) from error
    if trial != roster.trial:
        raise Refused(Reason.PERMIT_WRONG_SITE)
    check_place(draft.site, draft.roster_version, roster, trial=draft.trial)
    approvals = check_two(envelope, roster, draft.operator)
    if Role.OPERATOR not in roster.person(draft.operator).roles:
        raise Refused(Reason.WRONG_ROLE)
    if now < draft.not_before:
        raise Refused(Reason.PERMIT_NOT_YET_VALID, not_before=write_instant(draft.not_before))
    if now >= draft.not_after:
        raise Refused(Reason.PERMIT_EXPIRED, not_after=write_instant(draft.not_after))
    if draft.parcel != parcel:
        raise Refused(Reason.PERMIT_WRONG_PARCEL)
    _check_recipient(draft, roster, recipient, now)
    return Permit(draft, approvals, envelope.digest)


def check_asked(permit: Permit, dossier: Dossier, roster: Roster) -> None:
    """Refuse unless `permit` grants exactly what `dossier` asks for; for processing and for audit."""
    draft = permit.draft
    if draft != draft_permit(dossier, roster, draft.not_before, draft.not_after, draft.nonce):
        raise Refused(Reason.PERMIT_OTHER_DOSSIER)


def _check_recipient(draft: PermitDraft, roster: Roster, recipient: Addressee, now: datetime) -> None:
    if draft.recipient != recipient:
        raise Refused(Reason.PERMIT_WRONG_RECIPIENT)
    known = roster.recipient(draft.recipient.id)
    if draft.recipient != known.addressee:
        raise Refused(Reason.PERMIT_WRONG_RECIPIENT, field="key")
    contract = known.contract
    if draft.contract != contract.id:
        raise Refused(Reason.PERMIT_WRONG_CONTRACT)
    contract.check_in_force(now)


def _malformed(error: Malformed) -> Tampered:
    return Tampered(Reason.PERMIT_MALFORMED, field=str(error.facts.get("field", "")))


def _read_draft(payload: bytes) -> PermitDraft:
    fields = check_fields(
        read_canonical(payload),
        case=str,
        dossier=str,
        parcel=dict,
        recipient=dict,
        contract=str,
        operator=str,
        site=str,
        trial=bool,
        roster_version=int,
        not_before=str,
        not_after=str,
        nonce=str,
    )
    nonce = read_base64(fields["nonce"])
    not_before, not_after = read_instant(fields["not_before"]), read_instant(fields["not_after"])
    if len(nonce) != NONCE_BYTES or not not_before < not_after <= not_before + LONGEST:
        raise Malformed(Reason.PERMIT_MALFORMED, field="nonce or dates")
    return PermitDraft(
        case=read_id(fields["case"]),
        dossier=read_digest(fields["dossier"]),
        parcel=read_sealed(fields["parcel"]),
        recipient=read_addressee(fields["recipient"]),
        contract=read_id(fields["contract"]),
        operator=read_id(fields["operator"]),
        site=fields["site"],
        trial=fields["trial"],
        roster_version=fields["roster_version"],
        not_before=not_before,
        not_after=not_after,
        nonce=nonce,
    )


def _write_draft(draft: PermitDraft) -> dict[str, Any]:
    return {
        "case": draft.case,
        "dossier": str(draft.dossier),
        "parcel": write_sealed(draft.parcel),
        "recipient": write_addressee(draft.recipient),
        "contract": draft.contract,
        "operator": draft.operator,
        "site": draft.site,
        "trial": draft.trial,
        "roster_version": draft.roster_version,
        "not_before": write_instant(draft.not_before),
        "not_after": write_instant(draft.not_after),
        "nonce": write_base64(draft.nonce),
    }
