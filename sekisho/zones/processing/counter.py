"""Stop 6: request, approve, return, hold, resume; two people let it out, one can stop it (requirements E06, B15)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from sekisho.digest import Digest, digest_of, read_digest
from sekisho.errors import Fact, Held, Malformed, Reason, Refused
from sekisho.journey import Event, State, Zone, case_id, new_case
from sekisho.release.assertion import SoftwareApprover, challenge_of, check_assertion
from sekisho.release.dossier import DossierDraft, SealedParcel, Source, check_dossier, write_dossier
from sekisho.release.lost import LostDraft, check_lost, draft_lost, write_lost
from sekisho.release.people import Person
from sekisho.release.permit import (
    NONCE_BYTES,
    PERMIT_TYPE,
    PermitDraft,
    check_permit,
    draft_permit,
    read_permit_draft,
    write_permit,
)
from sekisho.release.rules import StaffMove, check_move, check_together
from sekisho.statement import Signature, read_envelope
from sekisho.storage.keys import read_approver_key, read_signing_key
from sekisho.zones.processing.desk import Desk
from sekisho.zones.processing.stops import check_key

PERMIT_DAYS = 3
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True)
class Present:
    """A person of the roster who has shown the key that the roster names."""

    person: Person
    key: EllipticCurvePrivateKey


def identify(desk: Desk, case: str, move: StaffMove, person_id: str, key_file: Path) -> Present:
    """Give back the person if the key is theirs (a trial's software key; the console asks the hardware key)."""
    key = read_approver_key(key_file)
    with desk.denying(case, move.value, person_id):
        return Present(check_key(desk.roster, person_id, key), key)


def request(desk: Desk, case: str, operator: str, entropy: Callable[[int], bytes]) -> Digest:
    """Give back the digest of the dossier that the two approvers will be asked about."""
    with desk.denying(case, StaffMove.REQUEST.value, operator):
        check_move(desk.roster.person(operator), StaffMove.REQUEST, desk.case(case), vacant=desk.roster.vacant)
        if desk.latest(case, Event.PROFILED)["operator"] != operator:  # who did the work answers for it, and only they
            raise Refused(Reason.WRONG_ROLE, move=StaffMove.REQUEST.value)
    signer = read_signing_key(desk.settings.keys.label)
    raw = write_dossier(_dossier(desk, case, operator), signer)
    dossier = check_dossier(raw, desk.roster.processing.label_key)
    now = desk.clock()
    draft = draft_permit(
        dossier, desk.roster, now - CLOCK_SLACK, now + timedelta(days=PERMIT_DAYS), entropy(NONCE_BYTES)
    )
    kept = desk.keep(raw)
    desk.keep(draft.payload)
    desk.record(
        case,
        Event.REQUESTED,
        dossier_envelope_sha256=str(kept),
        dossier_sha256=str(dossier.digest),
        operator=operator,
        permit_sha256=str(digest_of(draft.payload)),
    )
    return dossier.digest


def approve(desk: Desk, case: str, present: Present) -> State:
    """Give back where the case stands after this person signed the permit with their own key."""
    with desk.denying(case, StaffMove.APPROVE.value, present.person.id):
        check_move(present.person, StaffMove.APPROVE, desk.case(case))
        raw, draft = _sign(desk, case, present)
    facts: dict[str, Fact] = {
        "permit_envelope_sha256": str(desk.keep(raw)),
        "permit_sha256": str(digest_of(draft.payload)),
    }
    role = present.person.reviewer_role
    if role is None:
        raise Refused(Reason.WRONG_ROLE)
    desk.record(case, Event.APPROVED, person=present.person.id, role=role.value, **facts)
    return desk.case(case).state


def _sign(desk: Desk, case: str, present: Present) -> tuple[bytes, PermitDraft]:
    """Give back the permit with this person's signature beside those it has; the second makes it whole."""
    draft = read_permit_draft(desk.statement(desk.latest(case, Event.REQUESTED)["permit_sha256"]))
    approver = SoftwareApprover(present.key, present.person.credential.id, desk.roster.site)
    signature = approver.sign(draft)
    check_assertion(signature, present.person.credential, challenge_of(draft), desk.roster.site)
    signatures = [*_given(desk, case), signature]
    raw = write_permit(draft, signatures)
    if len(signatures) > 1:
        _check_whole(desk, case, raw, draft)
    return raw, draft


def send_back(desk: Desk, case: str, present: Present) -> State:
    """Give back where the case stands after a reviewer refused it; its approvals are void."""
    with desk.denying(case, StaffMove.RETURN.value, present.person.id):
        check_move(present.person, StaffMove.RETURN, desk.case(case))
    desk.record(case, Event.REFUSED, person=present.person.id, reason=Reason.REFUSED_BY_REVIEWER.value)
    return desk.case(case).state


def hold(desk: Desk, case: str, present: Present) -> State:
    """Give back where the case stands after one person stopped it."""
    with desk.denying(case, StaffMove.HOLD.value, present.person.id):
        check_move(present.person, StaffMove.HOLD, desk.case(case))
    desk.record(case, Event.HELD, person=present.person.id, reason=Reason.HELD_BY_PERSON.value)
    return desk.case(case).state


def resume(desk: Desk, case: str, present: Sequence[Present]) -> State:
    """Give back where the case stands after two people let it go on."""
    people = tuple(one.person for one in present)
    with desk.denying(case, StaffMove.RESUME.value, *(one.id for one in people)):
        two = check_together(people, StaffMove.RESUME, desk.case(case))
        if desk.latest(case, Event.HELD).get("reason") == Reason.NUMBER_GAP.value:
            raise Held(Reason.NUMBER_GAP, missing=desk.latest(case, Event.HELD)["missing"])
    desk.record(case, Event.RESUMED, persons=",".join(one.person for one in two))
    return desk.case(case).state


def declare_lost(desk: Desk, sender: str, number: int, why: str, present: Sequence[Present]) -> str:
    """Give back the name of the case that will not come, declared so by two people under their keys (design 8)."""
    case = case_id(sender, number)
    known = desk.cases.get(case, new_case(case, Zone.PROCESSING))
    people = tuple(one.person for one in present)
    with desk.denying(case, StaffMove.DECLARE_LOST.value, *(one.id for one in people)):
        check_together(people, StaffMove.DECLARE_LOST, known)
        draft = _draft_lost(desk, sender, number, why)
        if not _is_missed(desk, sender, number):
            raise Refused(Reason.LOST_WRONG_NUMBER, sender=sender, number=number)
    site = desk.roster.site
    signatures = [SoftwareApprover(one.key, one.person.credential.id, site).sign(draft) for one in present]
    raw = write_lost(draft, signatures)
    lost = check_lost(raw, desk.roster, sender, number, trial=desk.settings.site.trial)
    persons = ",".join(one.person for one in lost.approvals)
    desk.record(case, Event.DECLARED_LOST, persons=persons, statement_sha256=str(desk.keep(raw)))
    return case


def _draft_lost(desk: Desk, sender: str, number: int, why: str) -> LostDraft:
    try:
        return draft_lost(desk.roster, sender, number, why)
    except Malformed as error:
        raise Refused(Reason.LOST_MALFORMED, findings=(), **error.facts) from error


def _is_missed(desk: Desk, sender: str, number: int) -> bool:
    """Say whether a later parcel of the sender is here and this one is not."""
    known = {int(one.rpartition("-")[2]) for one in desk.cases if one.rpartition("-")[0] == sender}
    return number not in known and number < max(known, default=0)


def _given(desk: Desk, case: str) -> list[Signature]:
    """Give back the signatures that this version of the case already has."""
    if not desk.case(case).approvals:
        return []
    raw = desk.statement(desk.latest(case, Event.APPROVED)["permit_envelope_sha256"])
    return list(read_envelope(raw, PERMIT_TYPE).signatures)


def _check_whole(desk: Desk, case: str, raw: bytes, draft: PermitDraft) -> None:
    """Ask of the permit here what delivery will ask of it."""
    sealed = _sealed(desk, case)
    recipient = desk.roster.recipient(draft.recipient.id).addressee
    check_permit(raw, desk.roster, sealed, recipient, desk.clock(), trial=desk.settings.site.trial)


def _sealed(desk: Desk, case: str) -> SealedParcel:
    facts = desk.latest(case, Event.SEALED)
    return SealedParcel(read_digest(facts["parcel_sha256"]), int(facts["size_bytes"]))


def _dossier(desk: Desk, case: str, operator: str) -> DossierDraft:
    fetched, sealed, measured = (desk.latest(case, event) for event in (Event.FETCHED, Event.SEALED, Event.MEASURED))
    planned, judged = desk.latest(case, Event.PLANNED), desk.latest(case, Event.JUDGED)
    recipient = desk.roster.recipient(str(sealed["recipient"]))
    skip = {"free_text_columns", "report_sha256", "schema_sha256", "standard_sha256", "work_seconds"}
    return DossierDraft(
        case=case,
        version=desk.case(case).version,
        site=desk.roster.site.id,
        trial=desk.roster.trial,
        operator=operator,
        source=Source(
            str(fetched["sender"]),
            int(fetched["number"]),
            read_digest(fetched["sha256"]),
            read_digest(fetched["label_sha256"]),
        ),
        sealed=_sealed(desk, case),
        sealed_label=read_digest(sealed["label_sha256"]),
        recipient=recipient.addressee,
        contract=recipient.contract.id,
        purpose=recipient.contract.purpose,
        plan=read_digest(planned["plan_sha256"]),
        report=read_digest(measured["report_sha256"]),
        policy=read_digest(planned["policy_sha256"]),
        schema=read_digest(measured["schema_sha256"]),
        standard=read_digest(judged["standard_sha256"]),
        free_text_columns=int(judged["free_text_columns"]),
        measures=tuple(
            (name, str(fact))
            for name, fact in sorted(measured.items())
            if name not in skip and not name.startswith("file_")
        ),
    )
