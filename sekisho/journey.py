"""The data's way: its stops, moves and events, and what a case's events add up to.

This file is the plan. `spec/journey.md` is generated from it; ledgers, command line, audit and the test of the whole
way follow it. A case is one parcel of one municipality, named `<municipality>-<number>`, on its way to one recipient.
"""

from dataclasses import dataclass, replace
from enum import Enum

from sekisho.errors import Fact, Malformed, Reason, Refused

PROCESSING_ID = "processing"
"""How labels name the processing zone, as sender and as recipient."""


class Zone(Enum):
    """The three machines that keep a ledger."""

    RECEIVING = "receiving"
    PROCESSING = "processing"
    DELIVERY = "delivery"


class Stop(Enum):
    """The ten stops (design: the way)."""

    SEAL = 1
    RECEIVE = 2
    FETCH = 3
    DEIDENTIFY = 4
    SEAL_AGAIN = 5
    RELEASE = 6
    DELIVER = 7
    UNSEAL = 8
    AUDIT = 9
    END = 10


class Actor(Enum):
    """Who acts."""

    MACHINE = "machine"
    OPERATOR = "operator"
    REVIEWER = "reviewer"
    ANYONE = "any person of the roster"
    TWO = "two persons in two roles"


class Event(Enum):
    """What a ledger remembers."""

    RECEIVED = "Received"
    TURNED_BACK = "TurnedBack"
    FETCHED = "Fetched"
    OPENED = "Opened"
    DISARMED = "Disarmed"
    REFUSED = "Refused"
    DECLARED_LOST = "DeclaredLost"
    PROFILED = "Profiled"
    PLANNED = "Planned"
    APPLIED = "Applied"
    MEASURED = "Measured"
    JUDGED = "Judged"
    SEALED = "Sealed"
    SECRETS_DESTROYED = "SecretsDestroyed"
    REQUESTED = "Requested"
    APPROVED = "Approved"
    DENIED = "Denied"
    HELD = "Held"
    RESUMED = "Resumed"
    HANDED_OVER = "HandedOver"
    CLOSED = "Closed"
    ADMITTED = "Admitted"
    DELIVERED = "Delivered"
    ACKNOWLEDGED = "Acknowledged"
    STOPPED = "Stopped"
    RESTARTED = "Restarted"


class State(Enum):
    """Where a case stands."""

    NEW = "new"
    RECEIVED = "received"
    FETCHED = "fetched"
    OPENED = "opened"
    DISARMED = "disarmed"
    REFUSED = "refused"
    LOST = "lost"
    PROFILED = "profiled"
    PLANNED = "planned"
    APPLIED = "applied"
    MEASURED = "measured"
    JUDGED = "judged"
    SEALED = "sealed"
    SECRETS_DESTROYED = "secrets destroyed"
    REQUESTED = "requested"
    HALF_APPROVED = "half approved"
    APPROVED = "approved"
    RETURNED = "returned"
    HELD = "held"
    HANDED_OVER = "handed over"
    CLOSED = "closed"
    ADMITTED = "admitted"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True)
class Move:
    """One row of the plan: who, at which stop, in which zone, moves a case from where to where, with which event.

    `goal` is None where the case stays or goes back to where it was.
    """

    name: str
    stop: Stop
    actor: Actor
    zone: Zone
    event: Event
    origins: frozenset[State]
    goal: State | None


def _move(
    name: str, stop: Stop, actor: Actor, zone: Zone, event: Event, origins: set[State], goal: State | None
) -> Move:
    return Move(name, stop, actor, zone, event, frozenset(origins), goal)


_RX, _PROC, _TX = Zone.RECEIVING, Zone.PROCESSING, Zone.DELIVERY
_WORK = {
    State.OPENED,
    State.DISARMED,
    State.PROFILED,
    State.PLANNED,
    State.APPLIED,
    State.MEASURED,
    State.JUDGED,
}
_HOLDABLE = {
    State.FETCHED,
    *_WORK,
    State.SEALED,
    State.SECRETS_DESTROYED,
    State.REQUESTED,
    State.HALF_APPROVED,
    State.APPROVED,
    State.HANDED_OVER,
}
_ALL = set(State)
_OUT = {State.HANDED_OVER, State.ADMITTED, State.DELIVERED, State.ACKNOWLEDGED, State.REFUSED}

MOVES: tuple[Move, ...] = (
    _move("receive", Stop.RECEIVE, Actor.MACHINE, _RX, Event.RECEIVED, {State.NEW}, State.RECEIVED),
    _move("turn back", Stop.RECEIVE, Actor.MACHINE, _RX, Event.TURNED_BACK, {State.NEW, State.RECEIVED}, None),
    _move("fetch", Stop.FETCH, Actor.MACHINE, _PROC, Event.FETCHED, {State.RECEIVED}, State.FETCHED),
    _move(
        "open", Stop.FETCH, Actor.MACHINE, _PROC, Event.OPENED, {State.FETCHED, State.RETURNED, *_WORK}, State.OPENED
    ),
    _move("disarm", Stop.FETCH, Actor.MACHINE, _PROC, Event.DISARMED, {State.OPENED}, State.DISARMED),
    _move(
        "refuse",
        Stop.FETCH,
        Actor.MACHINE,
        _PROC,
        Event.REFUSED,
        {State.FETCHED, State.OPENED, State.LOST},
        State.REFUSED,
    ),
    _move("declare lost", Stop.FETCH, Actor.TWO, _PROC, Event.DECLARED_LOST, {State.RECEIVED}, State.LOST),
    _move("profile", Stop.DEIDENTIFY, Actor.OPERATOR, _PROC, Event.PROFILED, _WORK - {State.OPENED}, State.PROFILED),
    _move("plan", Stop.DEIDENTIFY, Actor.OPERATOR, _PROC, Event.PLANNED, {State.PROFILED}, State.PLANNED),
    _move("apply", Stop.DEIDENTIFY, Actor.OPERATOR, _PROC, Event.APPLIED, {State.PLANNED}, State.APPLIED),
    _move("measure", Stop.DEIDENTIFY, Actor.OPERATOR, _PROC, Event.MEASURED, {State.APPLIED}, State.MEASURED),
    _move("judge", Stop.DEIDENTIFY, Actor.OPERATOR, _PROC, Event.JUDGED, {State.MEASURED}, State.JUDGED),
    _move("seal", Stop.SEAL_AGAIN, Actor.MACHINE, _PROC, Event.SEALED, {State.JUDGED}, State.SEALED),
    _move(
        "destroy secrets",
        Stop.SEAL_AGAIN,
        Actor.MACHINE,
        _PROC,
        Event.SECRETS_DESTROYED,
        {State.SEALED},
        State.SECRETS_DESTROYED,
    ),
    _move("request", Stop.RELEASE, Actor.OPERATOR, _PROC, Event.REQUESTED, {State.SECRETS_DESTROYED}, State.REQUESTED),
    _move("approve", Stop.RELEASE, Actor.REVIEWER, _PROC, Event.APPROVED, {State.REQUESTED}, State.HALF_APPROVED),
    _move("approve", Stop.RELEASE, Actor.REVIEWER, _PROC, Event.APPROVED, {State.HALF_APPROVED}, State.APPROVED),
    _move(
        "return",
        Stop.RELEASE,
        Actor.REVIEWER,
        _PROC,
        Event.REFUSED,
        {State.REQUESTED, State.HALF_APPROVED, State.APPROVED},
        State.RETURNED,
    ),
    _move("hold", Stop.RELEASE, Actor.ANYONE, _PROC, Event.HELD, _HOLDABLE, State.HELD),
    _move("resume", Stop.RELEASE, Actor.TWO, _PROC, Event.RESUMED, {State.HELD}, None),
    _move("deny", Stop.RELEASE, Actor.MACHINE, _PROC, Event.DENIED, _ALL, None),
    _move("hand over", Stop.DELIVER, Actor.MACHINE, _PROC, Event.HANDED_OVER, {State.APPROVED}, State.HANDED_OVER),
    _move("close", Stop.DELIVER, Actor.MACHINE, _PROC, Event.CLOSED, {State.HANDED_OVER}, State.CLOSED),
    _move("acknowledge", Stop.DELIVER, Actor.MACHINE, _PROC, Event.ACKNOWLEDGED, {State.HANDED_OVER}, State.CLOSED),
    _move("undelivered", Stop.DELIVER, Actor.MACHINE, _PROC, Event.REFUSED, {State.HANDED_OVER}, State.RETURNED),
    _move("turn back", Stop.DELIVER, Actor.MACHINE, _TX, Event.TURNED_BACK, _OUT, None),
    _move(
        "admit", Stop.DELIVER, Actor.MACHINE, _TX, Event.ADMITTED, {State.HANDED_OVER, State.REFUSED}, State.ADMITTED
    ),
    _move("deliver", Stop.DELIVER, Actor.MACHINE, _TX, Event.DELIVERED, {State.ADMITTED}, State.DELIVERED),
    _move("refuse", Stop.DELIVER, Actor.MACHINE, _TX, Event.REFUSED, {State.ADMITTED}, State.REFUSED),
    _move("acknowledge", Stop.DELIVER, Actor.MACHINE, _TX, Event.ACKNOWLEDGED, {State.DELIVERED}, State.ACKNOWLEDGED),
)

SITE_MOVES: tuple[tuple[str, Actor, Event], ...] = (
    ("stop the site", Actor.ANYONE, Event.STOPPED),
    ("restart the site", Actor.TWO, Event.RESTARTED),
)
"""What happens to all cases at once, in every zone, and belongs to none: between the two a ledger has no other entry."""

ENTRY: dict[Zone, State] = {
    Zone.RECEIVING: State.NEW,
    Zone.PROCESSING: State.RECEIVED,
    Zone.DELIVERY: State.HANDED_OVER,
}
"""Where a case stands when a zone first hears of it."""


@dataclass(frozen=True)
class Case:
    """What a zone's events about one parcel add up to.

    `version` counts how often the parcel was opened; approvals belong to one version and die with it.
    """

    id: str
    zone: Zone
    state: State
    held_from: State | None = None
    version: int = 0
    operator: str = ""
    approvals: tuple[tuple[str, str], ...] = ()  # (person, role)

    def after(self, event: Event, facts: dict[str, Fact]) -> "Case":
        """Give back the case after `event`; refuses an event that no move leads to from here."""
        goal = find_move(self.zone, self.state, event, self.id).goal or self.held_from or self.state
        moved = replace(self, state=goal)
        match event:
            case Event.TURNED_BACK | Event.DENIED:
                moved = self
            case Event.HELD:
                moved = replace(moved, held_from=self.state)
            case Event.RESUMED:
                moved = replace(moved, held_from=None)
            case Event.OPENED:
                moved = replace(moved, version=self.version + 1, operator="", approvals=())
            case Event.REQUESTED:
                moved = replace(moved, operator=str(facts.get("operator", "")), approvals=())
            case Event.APPROVED:
                given = (str(facts.get("person", "")), str(facts.get("role", "")))
                moved = replace(moved, approvals=(*self.approvals, given))
            case _:
                pass
        return moved


def new_case(case: str, zone: Zone) -> Case:
    return Case(case, zone, ENTRY[zone])


def find_move(zone: Zone, state: State, event: Event, case: str = "") -> Move:
    """Give back the one row of the plan that `event` follows from `state`, or refuse, naming `case` if it is known."""
    for move in MOVES:
        if move.zone is zone and move.event is event and state in move.origins:
            return move
    named: dict[str, Fact] = {"case": case} if case else {}
    raise Refused(Reason.MOVE_NOT_ALLOWED, findings=(), **named, state=state.value, event=event.value)


def read_event(text: str) -> Event:
    try:
        return Event(text)
    except ValueError as error:
        raise Malformed(Reason.LEDGER_MALFORMED, field="event") from error


def case_id(sender: str, number: int) -> str:
    """Give back the case's name: `132993-000001`."""
    return f"{sender}-{number:06d}"
