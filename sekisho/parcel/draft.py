"""What a sender says of a parcel before it is sealed (spec/parcel.md 2)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sekisho.digest import Digest
from sekisho.errors import BadParcel, Reason
from sekisho.statement import LARGEST_INTEGER

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")


class LegalBasisKind(Enum):
    """Under which rule the sender may hand the records over."""

    ENTRUSTMENT = "entrustment"  # 委託: 個情法 article 66(2), or 27(5)(i) where the sender is private
    LAW = "law"  # 法令
    NEXT_GENERATION_MEDICAL = "next-generation-medical"  # 次世代医療基盤法


class Classification(Enum):
    """How the contents are to be guarded; v1 knows the highest class only."""

    HIGHEST = "3B"


@dataclass(frozen=True)
class LegalBasis:
    """The kind, and the contract, article or decision that it rests on."""

    kind: LegalBasisKind
    reference: str


@dataclass(frozen=True)
class Tool:
    """What sealed the parcel."""

    name: str
    version: str


@dataclass(frozen=True)
class LabelDraft:
    """The sender's part of a label: times are UTC, `rows` counts data rows, `schema_digest` is of the schema's file."""

    sender: str
    number: int
    made_at: datetime
    valid_from: datetime
    valid_until: datetime
    legal_basis: LegalBasis
    schema_digest: Digest
    rows: int
    tool: Tool
    classification: Classification = Classification.HIGHEST


def check_id(text: str, field: str) -> str:
    """Give back an id of a sender or recipient: 1 to 64 lower-case letters, digits and `._-`."""
    if not ID.fullmatch(text):
        raise BadParcel(Reason.PARCEL_MALFORMED, field=field)
    return text


def check_draft(draft: LabelDraft) -> LabelDraft:
    """Give back the draft if each field is within what spec/parcel.md 2 allows."""
    check_id(draft.sender, "sender")
    for field, text in (
        ("legal_basis", draft.legal_basis.reference),
        ("tool", draft.tool.name),
        ("tool", draft.tool.version),
    ):
        if not _LINE.fullmatch(text):
            raise BadParcel(Reason.PARCEL_MALFORMED, field=field)
    if not 1 <= draft.number <= LARGEST_INTEGER:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="number")
    if not 0 <= draft.rows <= LARGEST_INTEGER:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="rows")
    if not draft.valid_from < draft.valid_until or not draft.made_at < draft.valid_until:
        raise BadParcel(Reason.PARCEL_MALFORMED, field="valid_until")
    return draft
