"""The dossier: what is asked to be let out, for whom, and what was measured on it (spec/dossier.md)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sekisho.digest import Digest, read_digest
from sekisho.errors import Malformed, Reason, Tampered
from sekisho.parcel.key import Addressee
from sekisho.release.people import read_id, read_name
from sekisho.signing import Ed25519Signer, Ed25519Verifier
from sekisho.statement import check_fields, check_statement, read_envelope, sign_statement

DOSSIER_TYPE = "application/vnd.sekisho.dossier.v1+json"
LARGEST_DOSSIER_BYTES = 262_144
_MEASURE = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Source:
    """The municipality's parcel that it was made from."""

    sender: str
    number: int
    parcel: Digest
    label: Digest


@dataclass(frozen=True)
class SealedParcel:
    """The file that would leave: SHA-256 of all its bytes, and how many they are."""

    digest: Digest
    size_bytes: int


@dataclass(frozen=True)
class DossierDraft:
    """What is asked for. `measures` are numbers as text, by name; `version` counts how often the case was opened.

    `standard` is of the judgement by the five items of the law, `free_text_columns` counts the columns of
    free text that would leave, masked.
    """

    case: str
    version: int
    site: str
    trial: bool
    operator: str
    source: Source
    sealed: SealedParcel
    sealed_label: Digest
    recipient: Addressee
    contract: str
    purpose: str
    plan: Digest
    report: Digest
    policy: Digest
    schema: Digest
    standard: Digest
    free_text_columns: int
    measures: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dossier:
    """A dossier that processing signed; `digest` is what a permit names."""

    draft: DossierDraft
    digest: Digest


def write_dossier(draft: DossierDraft, signer: Ed25519Signer) -> bytes:
    """Give back the dossier under processing's label key; refuses a draft that could not be read again."""
    value = _write_draft(draft)
    try:
        _read_draft(value)
    except Malformed as error:
        raise Malformed(Reason.DOSSIER_MALFORMED, field=_field(error)) from error
    return sign_statement(DOSSIER_TYPE, value, (signer,))


def check_dossier(raw: bytes, label_key: Ed25519Verifier) -> Dossier:
    """Give back the dossier if processing's label key signed it."""
    if len(raw) > LARGEST_DOSSIER_BYTES:
        raise Tampered(Reason.DOSSIER_MALFORMED, field="size")
    try:
        draft = _read_draft(check_statement(raw, DOSSIER_TYPE, {label_key.key_id: label_key}))
    except Malformed as error:
        raise Tampered(Reason.DOSSIER_MALFORMED, field=_field(error)) from error
    except Tampered as error:
        raise Tampered(Reason.DOSSIER_SIGNATURE) from error
    return Dossier(draft, read_envelope(raw, DOSSIER_TYPE).digest)


def read_sealed(value: Any) -> SealedParcel:
    fields = check_fields(value, sha256=str, size_bytes=int)
    if fields["size_bytes"] < 1:
        raise Malformed(Reason.STATEMENT_MALFORMED, field="size_bytes")
    return SealedParcel(read_digest(fields["sha256"]), fields["size_bytes"])


def write_sealed(one: SealedParcel) -> dict[str, Any]:
    return {"sha256": str(one.digest), "size_bytes": one.size_bytes}


def read_addressee(value: Any) -> Addressee:
    fields = check_fields(value, id=str, key_id=str)
    return Addressee(read_id(fields["id"]), str(read_digest(fields["key_id"])))


def write_addressee(one: Addressee) -> dict[str, Any]:
    return {"id": one.id, "key_id": one.key_id}


def _field(error: Malformed) -> str:
    return str(error.facts.get("field", ""))


_FIELDS: dict[str, type] = {
    "case": str,
    "version": int,
    "site": str,
    "trial": bool,
    "operator": str,
    "source": dict,
    "sealed": dict,
    "sealed_label": str,
    "recipient": dict,
    "contract": str,
    "purpose": str,
    "plan": str,
    "report": str,
    "policy": str,
    "schema": str,
    "standard": str,
    "free_text_columns": int,
    "measures": dict,
}


def _read_draft(value: Any) -> DossierDraft:
    fields = check_fields(value, **_FIELDS)
    for field, least in (("version", 1), ("free_text_columns", 0)):
        if fields[field] < least:
            raise Malformed(Reason.DOSSIER_MALFORMED, field=field)
    return DossierDraft(
        case=read_id(fields["case"]),
        version=fields["version"],
        site=fields["site"],
        trial=fields["trial"],
        operator=read_id(fields["operator"]),
        source=_read_source(fields["source"]),
        sealed=read_sealed(fields["sealed"]),
        sealed_label=read_digest(fields["sealed_label"]),
        recipient=read_addressee(fields["recipient"]),
        contract=read_id(fields["contract"]),
        purpose=read_name(fields["purpose"]),
        plan=read_digest(fields["plan"]),
        report=read_digest(fields["report"]),
        policy=read_digest(fields["policy"]),
        schema=read_digest(fields["schema"]),
        standard=read_digest(fields["standard"]),
        free_text_columns=fields["free_text_columns"],
        measures=_read_measures(fields["measures"]),
    )


def _read_source(value: Any) -> Source:
    fields = check_fields(value, sender=str, number=int, parcel=str, label=str)
    if fields["number"] < 1:
        raise Malformed(Reason.DOSSIER_MALFORMED, field="number")
    return Source(
        read_id(fields["sender"]), fields["number"], read_digest(fields["parcel"]), read_digest(fields["label"])
    )


def _read_measures(value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    for name, text in value.items():
        if not _MEASURE.fullmatch(name) or not isinstance(text, str) or not text.isprintable() or len(text) > 200:
            raise Malformed(Reason.DOSSIER_MALFORMED, field="measures")
    return tuple(sorted(value.items()))


def _write_draft(draft: DossierDraft) -> dict[str, Any]:
    return {
        "case": draft.case,
        "version": draft.version,
        "site": draft.site,
        "trial": draft.trial,
        "operator": draft.operator,
        "source": {
            "sender": draft.source.sender,
            "number": draft.source.number,
            "parcel": str(draft.source.parcel),
            "label": str(draft.source.label),
        },
        "sealed": write_sealed(draft.sealed),
        "sealed_label": str(draft.sealed_label),
        "recipient": write_addressee(draft.recipient),
        "contract": draft.contract,
        "purpose": draft.purpose,
        "plan": str(draft.plan),
        "report": str(draft.report),
        "policy": str(draft.policy),
        "schema": str(draft.schema),
        "standard": str(draft.standard),
        "free_text_columns": draft.free_text_columns,
        "measures": dict(draft.measures),
    }
