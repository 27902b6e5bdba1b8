"""Write the vectors in `tests/vectors/permit/`: `python -m tests.vectors.make_permit`. All keys are test keys.

Every file is lines of `name: value`. Permits and rosters are envelopes, as they travel. Signatures are deterministic
(RFC 8032, RFC 6979), so the same files come out every time; a test compares them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from sekisho.digest import digest_of
from sekisho.instant import write_instant
from sekisho.parcel.key import Addressee
from sekisho.release.assertion import ORDER
from sekisho.release.dossier import SealedParcel
from sekisho.release.machines import Site
from sekisho.release.permit import PermitDraft, write_permit
from sekisho.release.roster import RosterDraft, write_roster
from sekisho.signing import write_public_key
from sekisho.statement import Envelope, Signature, read_envelope, write_envelope
from tests.unit.release.release_made import (
    ADDRESSEE,
    CONTRACT,
    DRAFT,
    FOUNDERS,
    HARDWARE_PEOPLE,
    NOW,
    PARCEL,
    PINNED,
    RECIPIENT,
    approver,
    permit_by,
    permit_draft,
)

FOLDER = Path(__file__).parent / "permit"
TWO = ("private-1", "safe-1")
OTHER = digest_of(b"another")
ROSTERS: dict[str, RosterDraft] = {
    "trial": DRAFT,
    "production": replace(DRAFT, trial=False, people=HARDWARE_PEOPLE),
    "production-with-software-keys": replace(DRAFT, trial=False),
    "contract-over": replace(
        DRAFT, recipients=(replace(RECIPIENT, contract=replace(CONTRACT, valid_until=NOW - timedelta(days=1))),)
    ),
    "ban-not-signed": replace(
        DRAFT,
        recipients=(replace(RECIPIENT, contract=replace(CONTRACT, identification_ban_signed_on=None)),),
    ),
}


@dataclass(frozen=True)
class Vector:
    """One permit, and all that stands around it when it is checked."""

    name: str
    expect: str
    raw: bytes
    roster: str = "trial"
    trial: str = "true"
    parcel: SealedParcel = PARCEL
    recipient: Addressee = ADDRESSEE
    now: datetime = NOW

    @property
    def text(self) -> str:
        return (
            f"expect: {self.expect}\n"
            "source: spec/permit.md; written by tests/vectors/make_permit.py\n"
            f"roster: roster-{self.roster}.txt\n"
            f"machine_trial: {self.trial}\n"
            f"now: {write_instant(self.now)}\n"
            f"parcel: {self.parcel.digest} {self.parcel.size_bytes}\n"
            f"recipient: {self.recipient.id} {self.recipient.key_id}\n"
            f"permit: {self.raw.decode()}\n"
        )


def changed(draft: PermitDraft, field: str, value: bytes) -> bytes:
    """Give back a permit in whose first signature one field is another."""
    first, second = sorted((approver(name).sign(draft) for name in TWO), key=lambda one: one.key_id)
    return write_permit(draft, (Signature(first.key_id, {**first.fields, field: value}), second))


def first_fields(draft: PermitDraft) -> dict[str, bytes]:
    entries = sorted((approver(name).sign(draft) for name in TWO), key=lambda one: one.key_id)
    return dict(entries[0].fields)


def from_hardware(draft: PermitDraft, site: Site) -> bytes:
    return write_permit(draft, [replace(approver(name), site=site).sign(draft) for name in TWO])


def vectors() -> Iterator[Vector]:
    yield from who_signed()
    yield from what_is_permitted()
    yield from how_it_is_signed()


def who_signed() -> Iterator[Vector]:
    yield Vector("accepted-trial", "accepted", permit_by(*TWO))
    yield Vector("accepted-hardware", "accepted", permit_by(*TWO, trial=False), "production", "false")
    yield Vector("one-signature", "permit.too-few", permit_by("private-1"))
    yield Vector("two-signatures-one-person", "permit.same-person", permit_by("private-1", "private-1"))
    yield Vector("two-people-one-role", "permit.same-role", permit_by("private-1", "private-2"))
    yield Vector("three-people-two-roles", "permit.same-role", permit_by("private-1", "safe-1", "safe-2"))
    yield Vector("approver-is-operator", "permit.operator", permit_by("okada", "safe-1"))
    yield Vector("approver-is-another-operator", "release.wrong-role", permit_by("ono", "safe-1"))
    yield Vector("approver-is-auditor", "release.wrong-role", permit_by("audit", "safe-1"))
    yield Vector("approver-is-a-stranger", "permit.unknown-person", permit_by("private-1", "stranger"))
    yield Vector("operator-is-a-stranger", "release.person-unknown", permit_by(*TWO, operator="stranger"))
    yield Vector("operator-is-auditor", "release.wrong-role", permit_by(*TWO, operator="audit"))
    yield Vector(
        "software-keys-in-production",
        "permit.software-key",
        permit_by(*TWO, trial=False),
        "production-with-software-keys",
        "false",
    )


def what_is_permitted() -> Iterator[Vector]:
    good = permit_by(*TWO)
    yield Vector("trial-permit-in-production", "permit.wrong-site", good, "production", "false")
    yield Vector("trial-roster-on-production-machine", "permit.wrong-site", good, trial="false")
    yield Vector("another-site", "permit.wrong-site", permit_by(*TWO, site="other.example"))
    yield Vector("another-roster", "permit.other-roster", permit_by(*TWO, roster_version=2))
    yield Vector("one-second-early", "permit.not-yet-valid", good, now=NOW - timedelta(seconds=1))
    yield Vector("last-second", "accepted", good, now=NOW + timedelta(hours=23, minutes=59, seconds=59))
    yield Vector("expired", "permit.expired", good, now=NOW + timedelta(days=1))
    yield Vector("eight-days", "permit.malformed", permit_by(*TWO, not_after=NOW + timedelta(days=8)))
    yield Vector("another-parcel", "permit.wrong-parcel", good, parcel=replace(PARCEL, digest=OTHER))
    yield Vector("another-size", "permit.wrong-parcel", good, parcel=replace(PARCEL, size_bytes=18))
    yield Vector("another-recipient", "permit.wrong-recipient", good, recipient=replace(ADDRESSEE, id="somebody-else"))
    other_key = replace(ADDRESSEE, key_id=str(OTHER))
    yield Vector("another-key-on-the-label", "permit.wrong-recipient", good, recipient=other_key)
    yield Vector(
        "key-not-in-the-roster", "permit.wrong-recipient", permit_by(*TWO, recipient=other_key), recipient=other_key
    )
    nobody = replace(ADDRESSEE, id="nobody")
    yield Vector("unknown-recipient", "release.recipient-unknown", permit_by(*TWO, recipient=nobody), recipient=nobody)
    yield Vector("another-contract", "permit.wrong-contract", permit_by(*TWO, contract="contract-8"))
    yield Vector("contract-over", "release.contract-not-in-force", good, "contract-over")
    yield Vector("ban-on-identification-not-signed", "release.contract-not-in-force", good, "ban-not-signed")


def how_it_is_signed() -> Iterator[Vector]:
    draft = permit_draft()
    fields = first_fields(draft)
    r, s = decode_dss_signature(fields["sig"])
    data, client = fields["authenticatorData"], fields["clientDataJSON"]
    envelope = read_envelope(permit_by(*TWO), draft.payload_type)
    turned = Envelope(envelope.payload_type, envelope.payload, envelope.signatures[::-1])
    extended = client.removesuffix(b"}") + b',"other_keys_can_be_added_here":"x"}'
    yield Vector("upper-half-s", "permit.signature", changed(draft, "sig", encode_dss_signature(r, ORDER - s)))
    yield Vector("loose-der", "permit.signature", changed(draft, "sig", fields["sig"] + b"\0"))
    yield Vector("not-verified", "permit.signature", changed(draft, "authenticatorData", data[:32] + b"\1" + data[33:]))
    yield Vector("not-present", "permit.signature", changed(draft, "authenticatorData", data[:32] + b"\4" + data[33:]))
    yield Vector(
        "backup-eligible", "permit.signature", changed(draft, "authenticatorData", data[:32] + b"\x0d" + data[33:])
    )
    yield Vector("counter-changed", "permit.signature", changed(draft, "authenticatorData", data[:36] + b"\1"))
    yield Vector("long-authenticator-data", "permit.signature", changed(draft, "authenticatorData", data + b"\0"))
    yield Vector("members-added-to-software-key", "permit.signature", changed(draft, "clientDataJSON", extended))
    yield Vector("another-origin", "permit.signature", from_hardware(draft, Site("evil.example", "x")))
    yield Vector(
        "signature-of-another-permit",
        "permit.signature",
        write_permit(draft, [approver(name).sign(permit_draft(nonce=bytes(16))) for name in TWO]),
    )
    yield Vector("entries-in-the-other-order", "permit.malformed", write_envelope(turned))
    yield Vector("a-space-more", "permit.malformed", permit_by(*TWO) + b" ")
    yield Vector("a-field-more", "permit.malformed", changed(draft, "userHandle", b"x"))


def files() -> dict[str, str]:
    """Give back every file's text by its name."""
    made = {f"permit-{one.name}.txt": one.text for one in vectors()}
    for name, draft in ROSTERS.items():
        made[f"roster-{name}.txt"] = (
            "expect: accepted\n"
            "source: spec/roster.md; written by tests/vectors/make_permit.py\n"
            f"founders: {' '.join(write_public_key(one) for one in PINNED)}\n"
            f"now: {write_instant(NOW)}\n"
            f"roster: {write_roster(draft, FOUNDERS).decode()}\n"
        )
    return made


if __name__ == "__main__":
    for file_name, text in files().items():
        (FOLDER / file_name).write_text(text, encoding="utf-8")
