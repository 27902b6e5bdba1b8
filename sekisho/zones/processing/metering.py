"""How long the work on a case took, by the ledger (spec/fee.md 3)."""

from sekisho.deid.proposal.fee import Job
from sekisho.errors import Reason, Refused
from sekisho.journey import Event
from sekisho.zones.processing.desk import Desk


def metered(desk: Desk, case: str) -> tuple[Job, ...]:
    """Give back each run of the work on a case, those that were done anew too, in the order of the ledger.

    Refuses with CASE_UNKNOWN, and with MOVE_NOT_ALLOWED a case that nobody has worked on yet.
    """
    known = desk.case(case)
    found = tuple(
        Job(entry.event, int(entry.facts["work_seconds"]))
        for entry in desk.book.entries()
        if entry.case == case and entry.event == Event.MEASURED.value and "work_seconds" in entry.facts
    )
    if not found:
        raise Refused(Reason.MOVE_NOT_ALLOWED, event=Event.MEASURED.value, state=known.state.value)
    return found
