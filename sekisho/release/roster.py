"""The roster: who and what exists at a site, signed by its two founders (spec/roster.md)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sekisho.digest import Digest
from sekisho.errors import BadSettings, Malformed, Reason, Refused, Tampered
from sekisho.instant import read_instant, write_instant
from sekisho.release.machines import (
    Delivery,
    Municipality,
    Processing,
    Receiving,
    Site,
    read_delivery,
    read_municipality,
    read_processing,
    read_receiving,
    read_site,
    write_delivery,
    write_municipality,
    write_processing,
    write_receiving,
)
from sekisho.release.people import REVIEWERS, Person, Role, read_person, write_person
from sekisho.release.recipients import Recipient, read_recipient, write_recipient
from sekisho.signing import Ed25519Signer, Ed25519Verifier
from sekisho.statement import check_fields, check_statement, read_envelope, sign_statement

ROSTER_TYPE = "application/vnd.sekisho.roster.v1+json"
FOUNDERS = 2
LARGEST_ROSTER_BYTES = 1_048_576
Part = TypeVar("Part")


@dataclass(frozen=True)
class RosterDraft:
    """What a roster says, signed by nobody yet."""

    site: Site
    trial: bool
    version: int
    valid_from: datetime
    valid_until: datetime
    receiving: Receiving
    processing: Processing
    delivery: Delivery
    municipalities: tuple[Municipality, ...]
    recipients: tuple[Recipient, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Roster:
    """A roster whose two signatures and dates hold; only `check_roster` makes one."""

    draft: RosterDraft
    digest: Digest

    @property
    def site(self) -> Site:
        return self.draft.site

    @property
    def trial(self) -> bool:
        return self.draft.trial

    @property
    def version(self) -> int:
        return self.draft.version

    @property
    def receiving(self) -> Receiving:
        return self.draft.receiving

    @property
    def processing(self) -> Processing:
        return self.draft.processing

    @property
    def delivery(self) -> Delivery:
        return self.draft.delivery

    @property
    def municipalities(self) -> tuple[Municipality, ...]:
        return self.draft.municipalities

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        return self.draft.recipients

    @property
    def people(self) -> tuple[Person, ...]:
        return self.draft.people

    def check_in_force(self, now: datetime) -> None:
        """Refuse outside the roster's days: a server that runs on asks again at every call."""
        if now < self.draft.valid_from:
            raise BadSettings(Reason.ROSTER_NOT_YET_VALID, valid_from=write_instant(self.draft.valid_from))
        if now >= self.draft.valid_until:
            raise BadSettings(Reason.ROSTER_EXPIRED, valid_until=write_instant(self.draft.valid_until))

    @property
    def vacant(self) -> frozenset[Role]:
        """The reviewer roles that nobody holds: while there is one, nothing can be released (requirement F01)."""
        return REVIEWERS - {role for person in self.people for role in person.roles}

    def municipality(self, municipality_id: str) -> Municipality:
        for one in self.municipalities:
            if one.id == municipality_id:
                return one
        raise Refused(Reason.SENDER_UNKNOWN)

    def recipient(self, recipient_id: str) -> Recipient:
        for one in self.recipients:
            if one.id == recipient_id:
                return one
        raise Refused(Reason.RECIPIENT_UNKNOWN)

    def person(self, person_id: str) -> Person:
        for one in self.people:
            if one.id == person_id:
                return one
        raise Refused(Reason.PERSON_UNKNOWN)

    def holder(self, credential_id: str) -> Person:
        """Give back the person whose key it is."""
        for one in self.people:
            if one.credential.id == credential_id:
                return one
        raise Refused(Reason.PERMIT_UNKNOWN_PERSON)


def check_roster(
    raw: bytes, founders: tuple[Ed25519Verifier, ...], now: datetime, *, not_older_than: int = 1
) -> Roster:
    """Give back the roster if both founders, and nobody else, signed it and it is in force at `now`.

    `not_older_than` is the highest version that the machine has seen. Refuses in the order of spec/roster.md 5.
    """
    keys = {founder.key_id: founder for founder in founders}
    if len(keys) != FOUNDERS or len(founders) != FOUNDERS:
        raise BadSettings(Reason.SETTINGS_MALFORMED, field="founders")
    try:
        _check_spelling(raw)
        value = check_statement(raw, ROSTER_TYPE, keys, at_least=FOUNDERS)
        draft = _read_draft(value)
    except Tampered as error:
        raise Tampered(Reason.ROSTER_SIGNATURE) from error
    except Malformed as error:
        raise _bad_roster(error) from error
    if draft.version < not_older_than:
        raise BadSettings(Reason.ROSTER_OLDER, version=draft.version, newest=not_older_than)
    roster = Roster(draft, read_envelope(raw, ROSTER_TYPE).digest)
    roster.check_in_force(now)
    return roster


def write_roster(draft: RosterDraft, founders: tuple[Ed25519Signer, Ed25519Signer]) -> bytes:
    """Give back the signed roster; refuses a draft that `check_roster` would not read."""
    value = _write_draft(draft)
    try:
        _read_draft(value)
    except Malformed as error:
        raise _bad_roster(error) from error
    return sign_statement(ROSTER_TYPE, value, sorted(founders, key=lambda founder: founder.key_id))


def _bad_roster(error: Malformed) -> BadSettings:
    reason = error.reason if error.reason is Reason.ROSTER_ROLES_TOGETHER else Reason.ROSTER_MALFORMED
    return BadSettings(reason, findings=(), **error.facts)


def _check_spelling(raw: bytes) -> None:
    if len(raw) > LARGEST_ROSTER_BYTES:
        raise Malformed(Reason.ROSTER_MALFORMED, field="size")
    signers = [one.key_id for one in read_envelope(raw, ROSTER_TYPE).signatures]
    if signers != sorted(signers):
        raise Malformed(Reason.ROSTER_MALFORMED, field="signatures")


def _read_draft(value: Any) -> RosterDraft:
    fields = check_fields(
        value,
        site=dict,
        trial=bool,
        version=int,
        valid_from=str,
        valid_until=str,
        machines=dict,
        municipalities=list,
        recipients=list,
        people=list,
    )
    machines = check_fields(fields["machines"], receiving=dict, processing=dict, delivery=dict)
    draft = RosterDraft(
        site=read_site(fields["site"]),
        trial=fields["trial"],
        version=fields["version"],
        valid_from=read_instant(fields["valid_from"]),
        valid_until=read_instant(fields["valid_until"]),
        receiving=read_receiving(machines["receiving"]),
        processing=read_processing(machines["processing"]),
        delivery=read_delivery(machines["delivery"]),
        municipalities=_read_each(fields["municipalities"], read_municipality),
        recipients=_read_each(fields["recipients"], read_recipient),
        people=_read_each(fields["people"], read_person),
    )
    _check_whole(draft)
    return draft


def _read_each(values: list[Any], read: Callable[[Any], Part]) -> tuple[Part, ...]:
    return tuple(read(value) for value in values)


def _check_whole(draft: RosterDraft) -> None:
    if draft.version < 1 or draft.valid_from >= draft.valid_until:
        raise Malformed(Reason.ROSTER_MALFORMED, field="version or dates")
    machines = (draft.receiving, draft.processing, draft.delivery)
    towns, takers, people = draft.municipalities, draft.recipients, draft.people
    _check_apart("id", (*(one.id for one in towns), *(one.id for one in takers)))
    _check_apart("contract", (one.contract.id for one in takers))
    _check_apart("person", (one.id for one in people))
    _check_apart("credential", (one.credential.id for one in people))
    _check_apart("public key", (one.credential.point for one in people))
    _check_apart("tls name", _tls_names(draft))
    _check_apart("origin", (one.ledger.origin for one in machines))
    _check_apart("ledger key", (one.ledger.key.raw for one in machines))
    _check_apart(
        "label key",
        (draft.processing.label_key.raw, draft.receiving.receipt_key.raw, *(t.label_key.raw for t in towns)),
    )
    _check_apart("parcel key", (draft.processing.parcel_key.raw, *(one.parcel_key.raw for one in takers)))


def _tls_names(draft: RosterDraft) -> tuple[str, ...]:
    machines = (draft.receiving.tls_name, draft.processing.tls_name, draft.delivery.tls_name)
    others = (*(one.tls_name for one in draft.municipalities), *(one.tls_name for one in draft.recipients))
    return (*machines, *others)


def _check_apart(field: str, values: Iterable[str | bytes]) -> None:
    seen = tuple(values)
    if len(set(seen)) != len(seen):
        raise Malformed(Reason.ROSTER_MALFORMED, field=field, wrong="twice")


def _write_draft(draft: RosterDraft) -> dict[str, Any]:
    return {
        "site": {"id": draft.site.id, "name": draft.site.name},
        "trial": draft.trial,
        "version": draft.version,
        "valid_from": write_instant(draft.valid_from),
        "valid_until": write_instant(draft.valid_until),
        "machines": {
            "receiving": write_receiving(draft.receiving),
            "processing": write_processing(draft.processing),
            "delivery": write_delivery(draft.delivery),
        },
        "municipalities": [write_municipality(one) for one in draft.municipalities],
        "recipients": [write_recipient(one) for one in draft.recipients],
        "people": [write_person(one) for one in draft.people],
    }
