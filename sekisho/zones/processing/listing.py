"""The cases as staff want to see them: whose, for whom, where each stands and why; no value of a row."""

from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.errors import Reason, Refused
from sekisho.journey import Event, State
from sekisho.zones.processing.desk import Desk


@dataclass(frozen=True)
class Listed:
    """One case. `reason` is the code of why it was refused, returned or held; `missing` the number it waits for, or 0.

    `municipality` and `recipient` are name and id, "" where they are not known; a case has a recipient once it is sealed.
    """

    case: str
    state: State
    municipality: str
    recipient: str
    reason: str
    missing: int

    @property
    def step(self) -> str:
        """Give back what the next command hangs on: the state, or the gap that holds the case."""
        gap = self.state is State.HELD and self.reason == Reason.NUMBER_GAP.value
        return "number_gap" if gap else self.state.name.lower()


def list_cases(desk: Desk) -> Iterator[Listed]:
    """Give back every case, in the order of their names."""
    for case, known in sorted(desk.cases.items()):
        why = _why(desk, case, known.state)
        missing = why.get("missing", 0)
        yield Listed(
            case,
            known.state,
            _municipality(desk, case),
            _recipient(desk, case),
            str(why.get("reason", "")),
            int(missing),
        )


def _why(desk: Desk, case: str, state: State) -> dict[str, int | str]:
    """Give back the facts of the entry that stopped the case, none where nothing did."""
    match state:
        case State.HELD:
            return desk.latest(case, Event.HELD)
        case State.REFUSED | State.RETURNED:
            return desk.latest(case, Event.REFUSED)
        case _:
            return {}


def _municipality(desk: Desk, case: str) -> str:
    sender = case.rpartition("-")[0]
    try:
        return f"{desk.roster.municipality(sender).name} ({sender})"
    except Refused:  # a roster of today may not know who sent long ago
        return sender


def _recipient(desk: Desk, case: str) -> str:
    """Give back for whom this version of the case is sealed."""
    sealed = desk.places.get((case, Event.SEALED), -1)
    if sealed < desk.places.get((case, Event.OPENED), 0):
        return ""
    recipient = str(desk.latest(case, Event.SEALED)["recipient"])
    try:
        return f"{desk.roster.recipient(recipient).name} ({recipient})"
    except Refused:
        return recipient
