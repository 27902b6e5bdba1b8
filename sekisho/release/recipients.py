"""Who receives: a business, its keys, where it listens, and the contract that binds it (spec/roster.md 3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sekisho.errors import Malformed, Reason, Refused
from sekisho.instant import read_instant, write_instant
from sekisho.parcel.key import Addressee, RecipientPublicKey, check_recipient_key, recipient_key_value
from sekisho.release.endpoints import Endpoint, read_endpoint, write_endpoint
from sekisho.release.machines import read_host
from sekisho.release.people import read_id, read_name
from sekisho.signing import Ed25519Verifier, read_public_key, write_public_key
from sekisho.statement import check_fields

JAPAN = timezone(timedelta(hours=9))  # contracts name days of Japan, which has no summer time


@dataclass(frozen=True)
class Contract:
    """The contract with a recipient; no day for the ban on identification means that it has not been signed."""

    id: str
    purpose: str
    legal_basis: str
    valid_from: datetime
    valid_until: datetime
    identification_ban_signed_on: date | None

    def check_in_force(self, now: datetime) -> None:
        """Refuse outside its days, and before the ban on identification has been signed (requirements A14, B13)."""
        if not self.valid_from <= now < self.valid_until:
            raise Refused(Reason.CONTRACT_NOT_IN_FORCE, contract=self.id, missing="day")
        signed_on = self.identification_ban_signed_on
        if signed_on is None or signed_on > now.astimezone(JAPAN).date():
            raise Refused(Reason.CONTRACT_NOT_IN_FORCE, contract=self.id, missing="ban on identification")


@dataclass(frozen=True)
class Recipient:
    """A private business that may use what leaves."""

    id: str
    name: str
    parcel_key: RecipientPublicKey
    acknowledgement_key: Ed25519Verifier
    endpoint: Endpoint
    tls_name: str
    contract: Contract

    @property
    def addressee(self) -> Addressee:
        """For whom a parcel to this recipient is sealed, as its label says it."""
        return Addressee(self.id, self.parcel_key.key_id)


def read_recipient(value: Any) -> Recipient:
    fields = check_fields(
        value,
        id=str,
        name=str,
        parcel_key=dict,
        acknowledgement_key=str,
        endpoint=dict,
        tls_name=str,
        contract=dict,
    )
    return Recipient(
        read_id(fields["id"]),
        read_name(fields["name"]),
        check_recipient_key(fields["parcel_key"]),
        read_public_key(fields["acknowledgement_key"]),
        read_endpoint(fields["endpoint"]),
        read_host(fields["tls_name"]),
        _read_contract(fields["contract"]),
    )


def write_recipient(one: Recipient) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "parcel_key": recipient_key_value(one.parcel_key),
        "acknowledgement_key": write_public_key(one.acknowledgement_key),
        "endpoint": write_endpoint(one.endpoint),
        "tls_name": one.tls_name,
        "contract": _write_contract(one.contract),
    }


def _read_contract(value: Any) -> Contract:
    fields = check_fields(
        value,
        id=str,
        purpose=str,
        legal_basis=str,
        valid_from=str,
        valid_until=str,
        identification_ban_signed_on=(str, type(None)),
    )
    valid_from, valid_until = read_instant(fields["valid_from"]), read_instant(fields["valid_until"])
    if valid_from >= valid_until:
        raise Malformed(Reason.ROSTER_MALFORMED, field="contract")
    return Contract(
        read_id(fields["id"]),
        read_name(fields["purpose"]),
        read_name(fields["legal_basis"]),
        valid_from,
        valid_until,
        _read_day(fields["identification_ban_signed_on"]),
    )


def _read_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Malformed(Reason.ROSTER_MALFORMED, field="day") from error
    if day.isoformat() != text:
        raise Malformed(Reason.ROSTER_MALFORMED, field="day")
    return day


def _write_contract(one: Contract) -> dict[str, Any]:
    signed_on = one.identification_ban_signed_on
    return {
        "id": one.id,
        "purpose": one.purpose,
        "legal_basis": one.legal_basis,
        "valid_from": write_instant(one.valid_from),
        "valid_until": write_instant(one.valid_until),
        "identification_ban_signed_on": signed_on.isoformat() if signed_on else None,
    }
