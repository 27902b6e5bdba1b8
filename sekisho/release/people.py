"""Who works at a site, in which roles, with which key (spec/roster.md 4)."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.errors import Malformed, Reason, Refused
from sekisho.statement import check_fields, read_base64, write_base64

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")  # WebAuthn: at most 1023 bytes, in base64url
LONGEST_NAME = 200


class Role(Enum):
    """What a person may do; the value stands in rosters and ledgers."""

    OPERATOR = "operator"  # 加工担当
    PRIVACY_REVIEWER = "privacy-reviewer"  # 匿名化審査
    SAFETY_REVIEWER = "safety-reviewer"  # 安全管理
    AUDITOR = "auditor"  # 監査
    ADMINISTRATOR = "administrator"  # システム管理
    SECURITY_OFFICER = "security-officer"  # 情報セキュリティ責任者


REVIEWERS = frozenset({Role.PRIVACY_REVIEWER, Role.SAFETY_REVIEWER})

APART = frozenset(  # spec/roster.md 4
    {
        frozenset({Role.PRIVACY_REVIEWER, Role.SAFETY_REVIEWER}),
        frozenset({Role.OPERATOR, Role.PRIVACY_REVIEWER}),
        frozenset({Role.OPERATOR, Role.SAFETY_REVIEWER}),
        *(frozenset({Role.AUDITOR, role}) for role in Role if role is not Role.AUDITOR),
    }
)
"""Pairs of roles that no one person may hold."""


class KeyKind(Enum):
    """Where a person's private key lives; software keys are for trials."""

    SOFTWARE = "software"
    HARDWARE = "hardware"


@dataclass(frozen=True)
class Credential:
    """A person's WebAuthn credential: its id in base64url, and the P-256 public key as 65 bytes (SEC 1, 2.3.3)."""

    id: str
    kind: KeyKind
    point: bytes

    @property
    def key(self) -> EllipticCurvePublicKey:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.point)

    def check_holder(self, key: EllipticCurvePublicKey, person: str) -> None:
        """Refuse a key that is not the one of this credential; `person` is who is said to hold it."""
        if key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) != self.point:
            raise Refused(Reason.KEY_NOT_THEIRS, person=person)


@dataclass(frozen=True)
class Person:
    """A person of the roster."""

    id: str
    name: str
    roles: frozenset[Role]
    credential: Credential

    @property
    def reviewer_role(self) -> Role | None:
        """The one role in which this person reviews; a roster lets nobody hold both."""
        return next(iter(self.roles & REVIEWERS), None)


def read_person(value: Any) -> Person:
    """Give back the person, whose roles may stand together; refuses every other spelling."""
    fields = check_fields(value, id=str, name=str, roles=list, credential=dict)
    roles = tuple(_read_role(text) for text in fields["roles"])
    if not roles or [role.value for role in roles] != sorted({role.value for role in roles}):
        raise Malformed(Reason.ROSTER_MALFORMED, field="roles")
    if any(frozenset(pair) in APART for pair in combinations(roles, 2)):
        raise Malformed(Reason.ROSTER_ROLES_TOGETHER, roles=", ".join(role.value for role in roles))
    return Person(
        read_id(fields["id"]), read_name(fields["name"]), frozenset(roles), _read_credential(fields["credential"])
    )


def write_person(person: Person) -> dict[str, Any]:
    credential = person.credential
    return {
        "id": person.id,
        "name": person.name,
        "roles": sorted(role.value for role in person.roles),
        "credential": {
            "id": credential.id,
            "kind": credential.kind.value,
            "public_key": write_base64(credential.point),
        },
    }


def read_id(text: str) -> str:
    """Give back an id: lower-case ASCII letters, digits, dot, dash and underscore, at most 64."""
    if not _ID.fullmatch(text):
        raise Malformed(Reason.ROSTER_MALFORMED, field="id")
    return text


def read_name(text: str) -> str:
    """Give back a name that people read: one line, not blank."""
    if not text.strip() or len(text) > LONGEST_NAME or not text.isprintable():
        raise Malformed(Reason.ROSTER_MALFORMED, field="name")
    return text


def read_credential_id(text: str) -> str:
    """Give back a credential id in the one spelling of base64url without padding (RFC 4648 5)."""
    if not _CREDENTIAL_ID.fullmatch(text):
        raise Malformed(Reason.ROSTER_MALFORMED, field="credential")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise Malformed(Reason.ROSTER_MALFORMED, field="credential") from error
    if write_base64url(raw) != text:
        raise Malformed(Reason.ROSTER_MALFORMED, field="credential")
    return text


def write_base64url(raw: bytes) -> str:
    """Give back base64url without padding, as WebAuthn spells challenges and credential ids."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_role(text: object) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise Malformed(Reason.ROSTER_MALFORMED, field="role") from error


def _read_credential(value: Any) -> Credential:
    fields = check_fields(value, id=str, kind=str, public_key=str)
    point = read_base64(fields["public_key"])
    if len(point) != 65 or point[0] != 4:
        raise Malformed(Reason.ROSTER_MALFORMED, field="public key")
    try:
        kind = KeyKind(fields["kind"])
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError as error:
        raise Malformed(Reason.ROSTER_MALFORMED, field="credential") from error
    return Credential(read_credential_id(fields["id"]), kind, point)
