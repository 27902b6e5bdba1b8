"""A made site for the tests of `release`: founders, machines, a town, a recipient, people. Keys are test keys."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sekisho.digest import digest_of
from sekisho.parcel.key import RecipientPublicKey
from sekisho.release.assertion import ORDER, SoftwareApprover
from sekisho.release.dossier import (
    Dossier,
    DossierDraft,
    SealedParcel,
    Source,
    check_dossier,
    write_dossier,
)
from sekisho.release.endpoints import Endpoint
from sekisho.release.machines import Delivery, LedgerKey, Municipality, Processing, Receiving, Site
from sekisho.release.people import Credential, KeyKind, Person, Role, write_base64url
from sekisho.release.permit import PermitDraft, draft_permit, write_permit
from sekisho.release.recipients import Contract, Recipient
from sekisho.release.roster import Roster, RosterDraft, check_roster, write_roster
from sekisho.signing import Ed25519Signer

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
SITE = Site("sekisho.example", "関所試験作成組織")
PARCEL = SealedParcel(digest_of(b"the sealed parcel"), 17)
NONCE = bytes(range(16))


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def p256(name: str) -> EllipticCurvePrivateKey:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest())
    return derive_private_key(seed % (ORDER - 1) + 1, SECP256R1())


def parcel_key(name: str) -> RecipientPublicKey:
    seed = hashlib.sha512(name.encode()).digest()
    mlkem = MLKEM1024PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()
    p384 = derive_private_key(int.from_bytes(seed[:40]), SECP384R1()).public_key()
    return RecipientPublicKey(mlkem + p384.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def point(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def credential_id(name: str) -> str:
    return write_base64url(hashlib.sha256(f"credential of {name}".encode()).digest()[:16])


def person(name: str, *roles: Role, kind: KeyKind = KeyKind.SOFTWARE) -> Person:
    return Person(name, f"{name} さん", frozenset(roles), Credential(credential_id(name), kind, point(p256(name))))


def approver(name: str) -> SoftwareApprover:
    return SoftwareApprover(p256(name), credential_id(name), SITE)


FOUNDERS = (signer("founder one"), signer("founder two"))
PINNED = tuple(one.verifier for one in FOUNDERS)
PEOPLE = (
    person("okada", Role.OPERATOR, Role.ADMINISTRATOR),
    person("ono", Role.OPERATOR),
    person("private-1", Role.PRIVACY_REVIEWER),
    person("private-2", Role.PRIVACY_REVIEWER),
    person("safe-1", Role.SAFETY_REVIEWER),
    person("safe-2", Role.SAFETY_REVIEWER, Role.SECURITY_OFFICER),
    person("audit", Role.AUDITOR),
)
CONTRACT = Contract(
    "contract-7",
    "健康施策の研究",
    "次世代医療基盤法 第二十五条",
    NOW - timedelta(days=30),
    NOW + timedelta(days=300),
    date(2026, 10, 1),
)
RECIPIENT = Recipient(
    "institute",
    "データ利活用研究所",
    parcel_key("institute"),
    signer("acknowledgements").verifier,
    Endpoint("recipient.example", 8446),
    "recipient.example",
    CONTRACT,
)
DRAFT = RosterDraft(
    site=SITE,
    trial=True,
    version=3,
    valid_from=NOW - timedelta(days=1),
    valid_until=NOW + timedelta(days=365),
    receiving=Receiving(
        "receiving.sekisho.example",
        signer("receipts").verifier,
        LedgerKey("sekisho.example/receiving", signer("ledger rx").verifier),
    ),
    processing=Processing(
        "processing.sekisho.example",
        signer("labels").verifier,
        LedgerKey("sekisho.example/processing", signer("ledger core").verifier),
        parcel_key("processing"),
    ),
    delivery=Delivery("delivery.sekisho.example", LedgerKey("sekisho.example/delivery", signer("ledger tx").verifier)),
    municipalities=(Municipality("132993", "関所市", signer("town").verifier, "town.example"),),
    recipients=(RECIPIENT,),
    people=PEOPLE,
)
ADDRESSEE = RECIPIENT.addressee


def roster_of(draft: RosterDraft = DRAFT, now: datetime = NOW) -> Roster:
    return check_roster(write_roster(draft, FOUNDERS), PINNED, now)


ROSTER = roster_of()
HARDWARE_PEOPLE = tuple(replace(one, credential=replace(one.credential, kind=KeyKind.HARDWARE)) for one in PEOPLE)
PRODUCTION = roster_of(replace(DRAFT, trial=False, people=HARDWARE_PEOPLE))

DOSSIER_DRAFT = DossierDraft(
    case="132993-000001",
    version=1,
    site=SITE.id,
    trial=True,
    operator="okada",
    source=Source("132993", 1, digest_of(b"source parcel"), digest_of(b"source label")),
    sealed=PARCEL,
    sealed_label=digest_of(b"sealed label"),
    recipient=ADDRESSEE,
    contract="contract-7",
    purpose="健康施策の研究",
    plan=digest_of(b"plan"),
    report=digest_of(b"report"),
    policy=digest_of(b"policy"),
    schema=digest_of(b"schema"),
    standard=digest_of(b"standard"),
    free_text_columns=1,
    measures=(("k", "5"), ("rows.out", "49321")),
)


def dossier_of(draft: DossierDraft = DOSSIER_DRAFT) -> Dossier:
    return check_dossier(write_dossier(draft, signer("labels")), signer("labels").verifier)


def permit_draft(**changes: object) -> PermitDraft:
    draft = draft_permit(dossier_of(), ROSTER, NOW, NOW + timedelta(days=1), NONCE)
    return replace(draft, **changes)


def permit_by(*names: str, **changes: object) -> bytes:
    draft = permit_draft(**changes)
    return write_permit(draft, [approver(name).sign(draft) for name in names])
