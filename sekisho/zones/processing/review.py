"""What the approvers are asked about, from the kept dossier and the ledger (spec/dossier.md); no value of a row."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sekisho.errors import Reason, Refused, Tampered
from sekisho.journey import Event, State
from sekisho.release.dossier import DossierDraft, check_dossier
from sekisho.release.permit import read_permit_draft
from sekisho.zones.processing.desk import Desk

_PAGES = ("standard.ja.html", "standard.ja.pdf", "ja.html", "standard.en.html", "standard.en.pdf", "en.html")


@dataclass(frozen=True)
class Asked:
    """One request for release. `pages` are the judgement's and the report's by language, `rows` are before and after."""

    dossier: DossierDraft
    state: State
    municipality: str
    recipient: str
    operator: str
    rows: tuple[int, int]
    k: int
    suppressed_share: float
    loss: float
    not_before: datetime
    not_after: datetime
    file: Path
    pages: tuple[Path, ...]


def asked_of(desk: Desk, case: str) -> Asked:
    """Give back what was asked last of a case; refuses one that was opened anew since, or never asked for."""
    known, requested = desk.case(case), desk.latest(case, Event.REQUESTED)
    raw = desk.statement(requested["dossier_envelope_sha256"])
    dossier = check_dossier(raw, desk.roster.processing.label_key)
    draft = dossier.draft
    if draft.version != known.version:
        raise Refused(Reason.MOVE_NOT_ALLOWED, event=Event.REQUESTED.value, state=known.state.value)
    permit = read_permit_draft(desk.statement(requested["permit_sha256"]))
    if permit.dossier != dossier.digest or draft.case != case:
        raise Tampered(Reason.PERMIT_OTHER_DOSSIER, case=case)
    applied, numbers = desk.latest(case, Event.APPLIED), dict(draft.measures)
    return Asked(
        dossier=draft,
        state=known.state,
        municipality=desk.roster.municipality(draft.source.sender).name,
        recipient=desk.roster.recipient(draft.recipient.id).name,
        operator=desk.roster.person(draft.operator).name,
        rows=(int(applied["rows_before"]), int(applied["rows_after"])),
        k=int(float(numbers["k"])),
        suppressed_share=float(numbers["suppressed_share"]),
        loss=float(numbers["loss"]),
        not_before=permit.not_before,
        not_after=permit.not_after,
        file=desk.statement_path(requested["dossier_envelope_sha256"]).absolute(),
        pages=tuple(desk.report(case, name).absolute() for name in _PAGES),
    )
