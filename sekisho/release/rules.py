"""Who may do what: one table, and `why_not` (spec/permit.md 7).

Deny by default: what the table does not name is refused. The machines' own moves are not here; no person may make them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from sekisho.errors import Fact, Reason, Refused
from sekisho.journey import MOVES, Case, State, Zone
from sekisho.release.people import REVIEWERS, Person, Role
from sekisho.release.quorum import Approval, check_rule_of_two


class StaffMove(Enum):
    """What a person may ask for; the value is the move's name in `journey`."""

    PROFILE = "profile"
    PLAN = "plan"
    APPLY = "apply"
    MEASURE = "measure"
    JUDGE = "judge"
    REQUEST = "request"
    APPROVE = "approve"
    RETURN = "return"
    HOLD = "hold"
    RESUME = "resume"
    DECLARE_LOST = "declare lost"


_OPERATOR = frozenset({Role.OPERATOR})

MAY: Mapping[StaffMove, frozenset[Role]] = MappingProxyType(
    {
        StaffMove.PROFILE: _OPERATOR,
        StaffMove.PLAN: _OPERATOR,
        StaffMove.APPLY: _OPERATOR,
        StaffMove.MEASURE: _OPERATOR,
        StaffMove.JUDGE: _OPERATOR,
        StaffMove.REQUEST: _OPERATOR,
        StaffMove.APPROVE: REVIEWERS,
        StaffMove.RETURN: REVIEWERS,
        StaffMove.HOLD: frozenset(Role),  # one person may always stop
        StaffMove.RESUME: REVIEWERS,
        StaffMove.DECLARE_LOST: REVIEWERS,
    }
)
"""The one table of rights: which roles may make which move."""

BY_TWO = frozenset({StaffMove.APPROVE, StaffMove.RESUME, StaffMove.DECLARE_LOST})
"""Moves that go forward: two people, two reviewing roles, neither the operator."""

NOT_BY_OPERATOR = BY_TWO | {StaffMove.RETURN}


@dataclass(frozen=True)
class Refusal:
    """Why a person may not make a move; `error` is what to raise."""

    reason: Reason
    facts: tuple[tuple[str, Fact], ...] = ()

    @property
    def error(self) -> Refused:
        return Refused(self.reason, findings=(), **dict(self.facts))


def why_not(
    person: Person,
    move: StaffMove,
    case: Case,
    *,
    beside: tuple[Approval, ...] = (),
    vacant: frozenset[Role] = frozenset(),
) -> Refusal | None:
    """Give back why `person` may not make `move`, or None where nothing stands against it.

    `beside` is who has already said yes to the same move where two are needed; for approvals the case itself knows.
    `vacant` is `roster.vacant`: no release is asked for while nobody could review it (requirement F01).
    """
    if not person.roles & MAY[move]:
        return Refusal(Reason.WRONG_ROLE, (("move", move.value),))
    if move is not StaffMove.DECLARE_LOST and case.state not in _origins(move):
        return Refusal(Reason.MOVE_NOT_ALLOWED, (("case", case.id), ("move", move.value), ("state", case.state.value)))
    if move is StaffMove.REQUEST and vacant:
        return Refusal(Reason.ROLE_VACANT, (("roles", ", ".join(sorted(role.value for role in vacant))),))
    if move in NOT_BY_OPERATOR and person.id == case.operator:
        return Refusal(Reason.PERMIT_OPERATOR)
    if move in BY_TWO:
        return _why_not_beside(person, _approvals(case) if move is StaffMove.APPROVE else beside)
    return None


def check_move(
    person: Person,
    move: StaffMove,
    case: Case,
    *,
    beside: tuple[Approval, ...] = (),
    vacant: frozenset[Role] = frozenset(),
) -> None:
    """Refuse what `why_not` has a reason against."""
    refusal = why_not(person, move, case, beside=beside, vacant=vacant)
    if refusal is not None:
        raise refusal.error


def check_together(people: tuple[Person, ...], move: StaffMove, case: Case) -> tuple[Approval, ...]:
    """Give back the two who together make a move that needs two, such as `resume`; refuses one, and any wrong pair."""
    for person in people:
        check_move(person, move, case)
    return check_rule_of_two(people, case.operator)


def _why_not_beside(person: Person, beside: tuple[Approval, ...]) -> Refusal | None:
    if any(one.person == person.id for one in beside):
        return Refusal(Reason.PERMIT_SAME_PERSON)
    if any(one.role is person.reviewer_role for one in beside):
        return Refusal(Reason.PERMIT_SAME_ROLE)
    return None


def _approvals(case: Case) -> tuple[Approval, ...]:
    return tuple(Approval(person, Role(role)) for person, role in case.approvals)


def _origins(move: StaffMove) -> frozenset[State]:
    rows = (row for row in MOVES if row.zone is Zone.PROCESSING and row.name == move.value)
    return frozenset(state for row in rows for state in row.origins)
