"""A stopped site: the mark that stops it, and two people's word that it may start again (spec/stop.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Malformed, Reason, Refused, Tampered
from sekisho.instant import read_instant, write_instant
from sekisho.journey import Zone
from sekisho.release.people import Person, read_name
from sekisho.release.quorum import Approval, check_place, check_rule_of_two, check_signers, read_signed, write_signed
from sekisho.release.roster import Roster
from sekisho.statement import Signature, check_fields, read_base64, read_canonical, write_base64, write_canonical

CONSENT_TYPE = "application/vnd.sekisho.restart.v1+json"
LARGEST_MARK_BYTES = 4_096
NONCE_BYTES = 16


class Cause(Enum):
    """What stopped a site: a person, or one of the rules."""

    PERSON = "person"
    SILENCE = "silence"  # nothing was heard of a neighbour for too long
    NEIGHBOUR = "neighbour"  # a neighbour said that it has stopped, and its mark could not be read


@dataclass(frozen=True)
class StopMark:
    """Who or what stopped a site, when, in which zone and why; `nonce` makes each mark another."""

    at: datetime
    site: str
    zone: Zone
    cause: Cause
    who: str
    why: str
    nonce: bytes


@dataclass(frozen=True)
class ConsentDraft:
    """What one of the two is asked to sign: that the site which this mark stopped may start again, and why."""

    stop: Digest
    why: str
    site: str
    trial: bool
    roster_version: int

    @property
    def payload_type(self) -> str:
        return CONSENT_TYPE

    @property
    def payload(self) -> bytes:
        return write_canonical(_write_draft(self))


@dataclass(frozen=True)
class Restart:
    """A stopped site that two people let start again; only `check_restart` makes one."""

    stop: Digest
    approvals: tuple[Approval, ...]
    consents: tuple[bytes, ...]


def write_stop(mark: StopMark) -> bytes:
    """Give back the mark's one spelling; refuses what `read_stop` would refuse."""
    raw = write_canonical(
        {
            "at": write_instant(mark.at),
            "cause": mark.cause.value,
            "nonce": write_base64(mark.nonce),
            "site": mark.site,
            "who": mark.who,
            "why": mark.why,
            "zone": mark.zone.value,
        }
    )
    read_stop(raw)
    return raw


def read_stop(raw: bytes) -> StopMark:
    """Give back the mark; one that cannot be read stops a site all the same, but nobody can let it start again."""
    try:
        return _read_mark(raw)
    except (Malformed, ValueError) as error:
        facts = error.facts if isinstance(error, Malformed) else {}
        raise Tampered(Reason.STOP_MALFORMED, field=str(facts.get("field", ""))) from error


def _read_mark(raw: bytes) -> StopMark:
    if len(raw) > LARGEST_MARK_BYTES:
        raise Malformed(Reason.STOP_MALFORMED, field="size")
    value = read_canonical(raw)
    fields = check_fields(value, at=str, cause=str, nonce=str, site=str, who=str, why=str, zone=str)
    nonce = read_base64(fields["nonce"])
    if len(nonce) != NONCE_BYTES:
        raise Malformed(Reason.STOP_MALFORMED, field="nonce")
    return StopMark(
        read_instant(fields["at"]),
        fields["site"],
        Zone(fields["zone"]),
        Cause(fields["cause"]),
        read_name(fields["who"]),
        read_name(fields["why"]),
        nonce,
    )


def draft_consent(roster: Roster, mark: bytes, why: str) -> ConsentDraft:
    """Give back what is to be signed; `why` is one line that people read, of at most 200 characters."""
    read_stop(mark)
    try:
        why = read_name(why)
    except Malformed as error:
        raise Refused(Reason.RESTART_MALFORMED, field="why") from error
    return ConsentDraft(digest_of(mark), why, roster.site.id, roster.trial, roster.version)


def write_consent(draft: ConsentDraft, signature: Signature) -> bytes:
    return write_signed(draft, [signature])


def check_restart(consents: Sequence[bytes], roster: Roster, mark: bytes, *, trial: bool) -> Restart:
    """Give back the restart if two people in two reviewing roles consent to it, each in a statement of their own.

    Refuses in the order of spec/stop.md 4.
    """
    read_stop(mark)
    stop = digest_of(mark)
    people = tuple(person for raw in consents for person in _check_consent(raw, roster, stop, trial=trial))
    return Restart(stop, check_rule_of_two(people, operator=None), tuple(consents))


def _check_consent(raw: bytes, roster: Roster, stop: Digest, *, trial: bool) -> tuple[Person, ...]:
    try:
        envelope = read_signed(raw, CONSENT_TYPE)
        draft = _read_draft(envelope.payload)
    except Malformed as error:
        raise Tampered(Reason.RESTART_MALFORMED, field=str(error.facts.get("field", ""))) from error
    if trial != roster.trial:
        raise Refused(Reason.PERMIT_WRONG_SITE)
    check_place(draft.site, draft.roster_version, roster, trial=draft.trial)
    if draft.stop != stop:
        raise Refused(Reason.RESTART_OTHER_STOP)
    return check_signers(envelope, roster)


def _read_draft(payload: bytes) -> ConsentDraft:
    fields = check_fields(read_canonical(payload), stop_sha256=str, why=str, site=str, trial=bool, roster_version=int)
    return ConsentDraft(
        stop=read_digest(fields["stop_sha256"]),
        why=read_name(fields["why"]),
        site=fields["site"],
        trial=fields["trial"],
        roster_version=fields["roster_version"],
    )


def _write_draft(draft: ConsentDraft) -> dict[str, Any]:
    return {
        "stop_sha256": str(draft.stop),
        "why": draft.why,
        "site": draft.site,
        "trial": draft.trial,
        "roster_version": draft.roster_version,
    }
