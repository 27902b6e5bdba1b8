"""What a site's roster says of the site, its three machines and the municipalities (spec/roster.md 2)."""

import re
from dataclasses import dataclass
from typing import Any

from sekisho.errors import Malformed, Reason
from sekisho.parcel.key import RecipientPublicKey, check_recipient_key, recipient_key_value
from sekisho.release.people import read_name
from sekisho.signing import Ed25519Verifier, read_public_key, write_public_key
from sekisho.statement import check_fields

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_MUNICIPALITY = re.compile(r"[0-9]{6}")
_ORIGIN = re.compile(r"[^\s+]{1,255}")  # c2sp.org/signed-note: no white space, no plus


@dataclass(frozen=True)
class Site:
    """The creation organisation; its id is a DNS name and thereby the WebAuthn relying party's (spec/permit.md 3)."""

    id: str
    name: str

    @property
    def origin(self) -> str:
        return f"https://{self.id}"


@dataclass(frozen=True)
class LedgerKey:
    """The key of a zone's checkpoints, and the origin line that they begin with (c2sp.org/tlog-checkpoint)."""

    origin: str
    key: Ed25519Verifier


@dataclass(frozen=True)
class Receiving:
    tls_name: str
    receipt_key: Ed25519Verifier
    ledger: LedgerKey


@dataclass(frozen=True)
class Processing:
    tls_name: str
    label_key: Ed25519Verifier
    ledger: LedgerKey
    parcel_key: RecipientPublicKey


@dataclass(frozen=True)
class Delivery:
    tls_name: str
    ledger: LedgerKey


@dataclass(frozen=True)
class Municipality:
    """A local government that sends; its id is the six-digit 団体コード."""

    id: str
    name: str
    label_key: Ed25519Verifier
    tls_name: str


def read_site(value: Any) -> Site:
    fields = check_fields(value, id=str, name=str)
    return Site(read_host(fields["id"]), read_name(fields["name"]))


def read_receiving(value: Any) -> Receiving:
    fields = check_fields(value, tls_name=str, receipt_key=str, ledger=dict)
    return Receiving(
        read_host(fields["tls_name"]), read_public_key(fields["receipt_key"]), _read_ledger(fields["ledger"])
    )


def write_receiving(one: Receiving) -> dict[str, Any]:
    return {
        "tls_name": one.tls_name,
        "receipt_key": write_public_key(one.receipt_key),
        "ledger": _write_ledger(one.ledger),
    }


def read_processing(value: Any) -> Processing:
    fields = check_fields(value, tls_name=str, label_key=str, ledger=dict, parcel_key=dict)
    return Processing(
        read_host(fields["tls_name"]),
        read_public_key(fields["label_key"]),
        _read_ledger(fields["ledger"]),
        check_recipient_key(fields["parcel_key"]),
    )


def write_processing(one: Processing) -> dict[str, Any]:
    return {
        "tls_name": one.tls_name,
        "label_key": write_public_key(one.label_key),
        "ledger": _write_ledger(one.ledger),
        "parcel_key": recipient_key_value(one.parcel_key),
    }


def read_delivery(value: Any) -> Delivery:
    fields = check_fields(value, tls_name=str, ledger=dict)
    return Delivery(read_host(fields["tls_name"]), _read_ledger(fields["ledger"]))


def write_delivery(one: Delivery) -> dict[str, Any]:
    return {"tls_name": one.tls_name, "ledger": _write_ledger(one.ledger)}


def read_municipality(value: Any) -> Municipality:
    fields = check_fields(value, id=str, name=str, label_key=str, tls_name=str)
    if not _MUNICIPALITY.fullmatch(fields["id"]):
        raise Malformed(Reason.ROSTER_MALFORMED, field="municipality")
    return Municipality(
        fields["id"], read_name(fields["name"]), read_public_key(fields["label_key"]), read_host(fields["tls_name"])
    )


def write_municipality(one: Municipality) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "label_key": write_public_key(one.label_key), "tls_name": one.tls_name}


def read_host(text: str) -> str:
    """Give back a lower-case DNS name or an IPv4 address."""
    if not _HOST.fullmatch(text):
        raise Malformed(Reason.ROSTER_MALFORMED, field="host")
    return text


def _read_ledger(value: Any) -> LedgerKey:
    fields = check_fields(value, origin=str, key=str)
    if not _ORIGIN.fullmatch(fields["origin"]):
        raise Malformed(Reason.ROSTER_MALFORMED, field="origin")
    return LedgerKey(fields["origin"], read_public_key(fields["key"]))


def _write_ledger(one: LedgerKey) -> dict[str, Any]:
    return {"origin": one.origin, "key": write_public_key(one.key)}
