"""A trial site: every role on one host, keys of software, made in one go (design: conventions, keys).

Each role's folder holds its own private keys only. The CA's key signs the certificates and is forgotten.
"""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sekisho.digest import digest_of
from sekisho.parcel.key import RecipientPublicKey
from sekisho.parcel.private_key import make_recipient_key, write_private_key
from sekisho.release.endpoints import Endpoint
from sekisho.release.machines import (
    Delivery,
    LedgerKey,
    Municipality,
    Processing,
    Receiving,
    Site,
)
from sekisho.release.people import Credential, KeyKind, Person, Role, write_base64url
from sekisho.release.recipients import Contract, Recipient
from sekisho.release.roster import RosterDraft, write_roster
from sekisho.signing import Ed25519Signer, write_public_key
from sekisho.site.authority import Authority, issue, make_authority
from sekisho.site.role_settings import Doors, Ports, SiteHead, role_text
from sekisho.storage.files import make_folder, new_folder, write_durably
from sekisho.storage.keys import write_approver_key, write_private_file, write_signing_key

VALID_FOR = timedelta(days=365)
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Party:
    """A municipality or recipient of the trial: id and name."""

    id: str
    name: str


@dataclass(frozen=True)
class TrialPlan:
    """Who takes part in a trial. `endpoint`: where the recipient takes parcels, if not over HTTPS at its door."""

    site: Party
    municipalities: tuple[Party, ...]
    recipient: Party
    purpose: str
    people: tuple[tuple[Party, Role], ...]
    endpoint: Endpoint | None = None


PEOPLE: tuple[tuple[Party, Role], ...] = (
    (Party("kakou", "加工 一郎"), Role.OPERATOR),
    (Party("shinsa", "審査 二子"), Role.PRIVACY_REVIEWER),
    (Party("anzen", "安全 三郎"), Role.SAFETY_REVIEWER),
)


def make_trial(folder: Path, plan: TrialPlan, now: datetime, doors: Doors | None = None) -> Path:
    """Give back `folder` with a folder per role, all of them or nothing; refuses one that has anything in it.

    The roles listen at `doors`, or at free ports of this host.
    """
    with new_folder(folder) as room:
        _make_roles(room, plan, now, doors or _free_ports().doors)
    return folder


def _make_roles(folder: Path, plan: TrialPlan, now: datetime, doors: Doors) -> None:
    maker = _Maker(folder, plan, now, make_authority(plan.site.id, now, VALID_FOR), doors)
    founders = (maker.signing_key("founders", "first"), maker.signing_key("founders", "second"))
    roster = write_roster(_draft(maker), founders)
    keys = tuple(write_public_key(one.verifier) for one in founders)
    roles = {
        "receiving": "receiving",
        "processing": "processing",
        "delivery": "delivery",
        f"recipient-{plan.recipient.id}": "recipient",
        **{f"municipality-{one.id}": "municipality" for one in plan.municipalities},
    }
    for place, role in roles.items():
        identity = place.removeprefix(f"{role}-")
        text = role_text(role, identity, SiteHead(plan.site.id, True, keys), doors)
        write_durably(folder / place / "settings.toml", text.encode())
        write_durably(folder / place / "roster.json", roster)
        maker.certificate(place)
    maker.ssh_key("delivery")
    auditor = make_folder(folder / "auditor")
    write_durably(auditor / "roster.json", roster)
    write_durably(auditor / "founders.txt", "".join(f"{key}\n" for key in keys).encode())


@dataclass(frozen=True)
class _Maker:
    """Makes keys into the folders of those who own them, and gives back the public halves."""

    folder: Path
    plan: TrialPlan
    now: datetime
    authority: Authority
    doors: Doors

    def name(self, place: str) -> str:
        return f"{place}.{self.plan.site.id}"

    def keys(self, place: str) -> Path:
        return make_folder(self.folder / place / "keys")

    def signing_key(self, place: str, name: str) -> Ed25519Signer:
        signer = Ed25519Signer(Ed25519PrivateKey.generate())
        write_signing_key(self.keys(place) / f"{name}.pem", signer)
        return signer

    def parcel_key(self, place: str) -> RecipientPublicKey:
        key = make_recipient_key()
        write_private_file(self.keys(place) / "parcel.pem", write_private_key(key))
        return key.public_key

    def approver_key(self, person: str) -> EllipticCurvePrivateKey:
        key = generate_private_key(SECP256R1())
        write_approver_key(make_folder(self.folder / "people" / person) / "approver.pem", key)
        return key

    def ssh_key(self, place: str) -> None:
        """Make the key that SFTP servers know this place by; `key.pub` is for their administrators."""
        key = generate_private_key(SECP384R1())
        ssh = make_folder(self.folder / place / "ssh")
        write_private_file(ssh / "key.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        write_durably(ssh / "key.pub", public + f" {self.name(place)}\n".encode())

    def certificate(self, place: str) -> None:
        made = issue(self.authority, self.name(place), self.now, VALID_FOR)
        tls = make_folder(self.folder / place / "tls")
        write_durably(tls / "certificate.pem", made.certificate)
        write_private_file(tls / "key.pem", made.key)
        write_durably(tls / "authority.pem", self.authority.pem)


def _draft(maker: _Maker) -> RosterDraft:
    plan, now = maker.plan, maker.now
    return RosterDraft(
        site=Site(plan.site.id, plan.site.name),
        trial=True,
        version=1,
        valid_from=now - timedelta(minutes=5),
        valid_until=now + VALID_FOR,
        receiving=Receiving(
            maker.name("receiving"),
            maker.signing_key("receiving", "receipt").verifier,
            _ledger_key(maker, "receiving"),
        ),
        processing=Processing(
            maker.name("processing"),
            maker.signing_key("processing", "label").verifier,
            _ledger_key(maker, "processing"),
            maker.parcel_key("processing"),
        ),
        delivery=Delivery(maker.name("delivery"), _ledger_key(maker, "delivery")),
        municipalities=tuple(_municipality(maker, one) for one in plan.municipalities),
        recipients=(_recipient(maker),),
        people=tuple(_person(maker, party, role) for party, role in plan.people),
    )


def _ledger_key(maker: _Maker, zone: str) -> LedgerKey:
    return LedgerKey(f"{maker.plan.site.id}/{zone}", maker.signing_key(zone, "ledger").verifier)


def _municipality(maker: _Maker, one: Party) -> Municipality:
    place = f"municipality-{one.id}"
    return Municipality(one.id, one.name, maker.signing_key(place, "label").verifier, maker.name(place))


def _recipient(maker: _Maker) -> Recipient:
    one = maker.plan.recipient
    place = f"recipient-{one.id}"
    contract = Contract(
        id=f"{one.id}-contract-1",
        purpose=maker.plan.purpose,
        legal_basis="個人情報の保護に関する法律 第115条",
        valid_from=maker.now - timedelta(days=1),
        valid_until=maker.now + VALID_FOR,
        identification_ban_signed_on=(maker.now - timedelta(days=1)).date(),
    )
    return Recipient(
        id=one.id,
        name=one.name,
        parcel_key=maker.parcel_key(place),
        acknowledgement_key=maker.signing_key(place, "acknowledgement").verifier,
        endpoint=maker.plan.endpoint or Endpoint(*maker.doors.recipient),
        tls_name=maker.name(place),
        contract=contract,
    )


def _person(maker: _Maker, party: Party, role: Role) -> Person:
    key = maker.approver_key(party.id).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    credential_id = write_base64url(digest_of(point).raw)
    return Person(party.id, party.name, frozenset({role}), Credential(credential_id, KeyKind.SOFTWARE, point))


def _free_ports() -> Ports:
    """Give back ports of this host that nobody listens on now."""
    held = [socket.socket() for _ in range(4)]
    try:
        for one in held:
            one.bind((HOST, 0))
        return Ports(HOST, *(int(one.getsockname()[1]) for one in held))
    finally:
        for one in held:
            one.close()
