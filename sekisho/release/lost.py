"""A lost number: two people's word that a municipality's parcel will not come (spec/permit.md 6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sekisho.digest import Digest, read_digest
from sekisho.errors import Malformed, Reason, Refused, Tampered
from sekisho.release.people import read_id, read_name
from sekisho.release.quorum import Approval, check_place, check_two, read_signed, write_signed
from sekisho.release.roster import Roster
from sekisho.statement import Signature, check_fields, read_canonical, write_canonical

LOST_TYPE = "application/vnd.sekisho.lost.v1+json"


@dataclass(frozen=True)
class LostDraft:
    """What the two are asked to sign; `key_id` is processing's parcel key, because numbers count per key."""

    sender: str
    number: int
    key_id: str
    why: str
    site: str
    trial: bool
    roster_version: int

    @property
    def payload_type(self) -> str:
        return LOST_TYPE

    @property
    def payload(self) -> bytes:
        return write_canonical(_write_draft(self))


@dataclass(frozen=True)
class Lost:
    """A lost number that two people answer for; only `check_lost` makes one."""

    draft: LostDraft
    approvals: tuple[Approval, ...]
    digest: Digest


def draft_lost(roster: Roster, sender: str, number: int, why: str) -> LostDraft:
    """Give back what is to be signed; `why` is one line that people read, of at most 200 characters."""
    draft = LostDraft(
        sender=roster.municipality(sender).id,
        number=number,
        key_id=roster.processing.parcel_key.key_id,
        why=why,
        site=roster.site.id,
        trial=roster.trial,
        roster_version=roster.version,
    )
    return _read_draft(draft.payload)


def write_lost(draft: LostDraft, signatures: Iterable[Signature]) -> bytes:
    return write_signed(draft, signatures)


def check_lost(raw: bytes, roster: Roster, sender: str, number: int, *, trial: bool) -> Lost:
    """Give back the statement if two people in two reviewing roles declare that `number` of `sender` is lost."""
    try:
        envelope = read_signed(raw, LOST_TYPE)
        draft = _read_draft(envelope.payload)
    except Malformed as error:
        raise Tampered(Reason.LOST_MALFORMED, field=str(error.facts.get("field", ""))) from error
    if trial != roster.trial:
        raise Refused(Reason.PERMIT_WRONG_SITE)
    check_place(draft.site, draft.roster_version, roster, trial=draft.trial)
    approvals = check_two(envelope, roster, operator=None)
    known = roster.municipality(sender)
    if (draft.sender, draft.number, draft.key_id) != (known.id, number, roster.processing.parcel_key.key_id):
        raise Refused(Reason.LOST_WRONG_NUMBER, sender=known.id, number=number)
    return Lost(draft, approvals, envelope.digest)


def _read_draft(payload: bytes) -> LostDraft:
    fields = check_fields(
        read_canonical(payload),
        sender=str,
        number=int,
        key_id=str,
        why=str,
        site=str,
        trial=bool,
        roster_version=int,
    )
    if fields["number"] < 1:
        raise Malformed(Reason.LOST_MALFORMED, field="number")
    return LostDraft(
        sender=read_id(fields["sender"]),
        number=fields["number"],
        key_id=str(read_digest(fields["key_id"])),
        why=read_name(fields["why"]),
        site=fields["site"],
        trial=fields["trial"],
        roster_version=fields["roster_version"],
    )


def _write_draft(draft: LostDraft) -> dict[str, Any]:
    return {
        "sender": draft.sender,
        "number": draft.number,
        "key_id": draft.key_id,
        "why": draft.why,
        "site": draft.site,
        "trial": draft.trial,
        "roster_version": draft.roster_version,
    }
