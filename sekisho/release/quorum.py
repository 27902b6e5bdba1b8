"""The rule of two: two people in two reviewing roles, neither the operator (spec/permit.md 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sekisho.errors import Malformed, Reason, Refused
from sekisho.release.assertion import FIELDS, Signable, challenge_of, check_assertion
from sekisho.release.people import KeyKind, Person, Role
from sekisho.release.roster import Roster
from sekisho.statement import Envelope, Signature, read_envelope, write_envelope

NEEDED = 2
LARGEST_ENVELOPE_BYTES = 65_536


@dataclass(frozen=True)
class Approval:
    """Who said yes, in which role."""

    person: str
    role: Role


def write_signed(statement: Signable, signatures: Iterable[Signature]) -> bytes:
    """Give back the envelope, its entries in ascending order of key id, which is their one spelling."""
    entries = tuple(sorted(signatures, key=lambda one: one.key_id))
    return write_envelope(Envelope(statement.payload_type, statement.payload, entries))


def read_signed(raw: bytes, payload_type: str) -> Envelope:
    """Give back the envelope, no signature checked; refuses other fields, another order and more than 64 KiB."""
    if len(raw) > LARGEST_ENVELOPE_BYTES:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="size")
    envelope = read_envelope(raw, payload_type)
    ids = [one.key_id for one in envelope.signatures]
    if ids != sorted(ids) or any(set(one.fields) != FIELDS for one in envelope.signatures):
        raise Malformed(Reason.STATEMENT_MALFORMED, field="signatures")
    return envelope


def check_two(envelope: Envelope, roster: Roster, operator: str | None) -> tuple[Approval, ...]:
    """Give back who signed if the rule of two holds; `operator` is who may not be among them.

    Refuses in the order of spec/permit.md 4: whose key, which kind of key, signature, then the rule itself.
    """
    return check_rule_of_two(check_signers(envelope, roster), operator)


def check_signers(envelope: Envelope, roster: Roster) -> tuple[Person, ...]:
    """Give back the people whose signatures under the envelope hold; how many are needed is for the caller to ask."""
    people = tuple(roster.holder(one.key_id) for one in envelope.signatures)
    if not roster.trial and any(person.credential.kind is KeyKind.SOFTWARE for person in people):
        raise Refused(Reason.PERMIT_SOFTWARE_KEY)
    challenge = challenge_of(envelope)
    for one, person in zip(envelope.signatures, people, strict=True):
        check_assertion(one, person.credential, challenge, roster.site)
    return people


def check_rule_of_two(people: tuple[Person, ...], operator: str | None) -> tuple[Approval, ...]:
    """Give back `people` as approvals if they are two, in two reviewing roles, and not the operator."""
    if any(person.id == operator for person in people):
        raise Refused(Reason.PERMIT_OPERATOR)
    approvals = []
    for person in people:
        role = person.reviewer_role
        if role is None:
            raise Refused(Reason.WRONG_ROLE)
        approvals.append(Approval(person.id, role))
    if len({one.person for one in approvals}) != len(approvals):
        raise Refused(Reason.PERMIT_SAME_PERSON)
    if len({one.role for one in approvals}) != len(approvals):
        raise Refused(Reason.PERMIT_SAME_ROLE)
    if len(approvals) < NEEDED:
        raise Refused(Reason.PERMIT_TOO_FEW, signed=len(approvals), needed=NEEDED)
    return tuple(approvals)


def check_place(site: str, roster_version: int, roster: Roster, *, trial: bool) -> None:
    """Refuse a statement made for another site, for a trial where there is none, or under another roster."""
    if site != roster.site.id or trial != roster.trial:
        raise Refused(Reason.PERMIT_WRONG_SITE)
    if roster_version != roster.version:
        raise Refused(Reason.PERMIT_OTHER_ROSTER, named=roster_version, here=roster.version)
