from dataclasses import replace
from itertools import product

import pytest

from sekisho.errors import Reason, Refused
from sekisho.journey import MOVES, Actor, Case, State, Zone
from sekisho.release.people import Role
from sekisho.release.quorum import Approval
from sekisho.release.rules import StaffMove, check_move, check_together, why_not
from tests.unit.release.release_made import PEOPLE, person

BY_ID = {one.id: one for one in PEOPLE}
PRIVATE = Approval("private-1", Role.PRIVACY_REVIEWER)

# Written out by hand from spec/permit.md 7, so that the table in the code is not its own judge.
TABLE = """
profile       operator
plan          operator
apply         operator
measure       operator
judge         operator
request       operator
approve       privacy-reviewer safety-reviewer
return        privacy-reviewer safety-reviewer
hold          operator privacy-reviewer safety-reviewer auditor administrator security-officer
resume        privacy-reviewer safety-reviewer
declare_lost  privacy-reviewer safety-reviewer
"""
ALLOWED = {(move.replace("_", " "), role) for move, *roles in map(str.split, TABLE.split("\n")[1:-1]) for role in roles}
BEGINS = {
    StaffMove.PROFILE: State.DISARMED,
    StaffMove.PLAN: State.PROFILED,
    StaffMove.APPLY: State.PLANNED,
    StaffMove.MEASURE: State.APPLIED,
    StaffMove.JUDGE: State.MEASURED,
    StaffMove.REQUEST: State.SECRETS_DESTROYED,
    StaffMove.APPROVE: State.REQUESTED,
    StaffMove.RETURN: State.REQUESTED,
    StaffMove.HOLD: State.REQUESTED,
    StaffMove.RESUME: State.HELD,
    StaffMove.DECLARE_LOST: State.FETCHED,
}


def case(state: State, **changes: object) -> Case:
    return replace(Case("132993-000001", Zone.PROCESSING, state), **changes)


def reason_of(name: str, move: StaffMove, where: Case, beside: tuple[Approval, ...] = ()) -> Reason | None:
    refusal = why_not(BY_ID[name], move, where, beside=beside)
    return refusal.reason if refusal else None


@pytest.mark.requirement("E06")
@pytest.mark.parametrize(("role", "move"), list(product(Role, StaffMove)), ids=lambda one: one.value)
def test_a_role_may_make_exactly_the_moves_of_the_table(role: Role, move: StaffMove) -> None:
    refusal = why_not(person("someone", role), move, case(BEGINS[move]))
    if (move.value, role.value) in ALLOWED:
        assert refusal is None
        return
    assert refusal is not None
    assert refusal.reason is Reason.WRONG_ROLE


@pytest.mark.requirement("E06")
@pytest.mark.parametrize(("state", "move"), list(product(State, StaffMove)), ids=lambda one: one.value)
def test_a_move_begins_only_where_the_plan_says(state: State, move: StaffMove) -> None:
    rows = [row for row in MOVES if row.zone is Zone.PROCESSING and row.name == move.value]
    begins = move is StaffMove.DECLARE_LOST or any(state in row.origins for row in rows)
    everybody = person("all", Role.OPERATOR, Role.PRIVACY_REVIEWER)
    refusal = why_not(everybody, move, case(state))
    assert (refusal is None) is begins
    assert refusal is None or refusal.reason is Reason.MOVE_NOT_ALLOWED


def test_every_move_of_the_plan_that_people_make_stands_in_the_table() -> None:
    asked = {row.name for row in MOVES if row.actor is not Actor.MACHINE}
    assert asked == {move.value for move in StaffMove}


def test_every_move_of_the_table_can_begin_somewhere_in_its_test() -> None:
    assert set(BEGINS) == set(StaffMove)


@pytest.mark.requirement("F01")
def test_nothing_is_asked_for_while_a_reviewer_role_is_vacant() -> None:
    where = case(State.SECRETS_DESTROYED)
    refusal = why_not(BY_ID["okada"], StaffMove.REQUEST, where, vacant=frozenset({Role.SAFETY_REVIEWER}))
    assert refusal is not None
    assert (refusal.reason, dict(refusal.facts)) == (Reason.ROLE_VACANT, {"roles": "safety-reviewer"})


@pytest.mark.requirement("E06")
@pytest.mark.parametrize("move", [StaffMove.APPROVE, StaffMove.RETURN, StaffMove.RESUME, StaffMove.DECLARE_LOST])
def test_the_operator_of_a_case_does_not_review_it_even_with_a_reviewer_role(move: StaffMove) -> None:
    where = case(BEGINS[move], operator="safe-1")
    assert reason_of("safe-1", move, where) is Reason.PERMIT_OPERATOR


def test_the_operator_of_a_case_may_hold_it() -> None:
    assert reason_of("okada", StaffMove.HOLD, case(State.REQUESTED, operator="okada")) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [("private-1", Reason.PERMIT_SAME_PERSON), ("private-2", Reason.PERMIT_SAME_ROLE), ("safe-1", None)],
)
def test_the_second_approval_is_by_another_person_in_the_other_role(name: str, reason: Reason | None) -> None:
    half = case(State.HALF_APPROVED, operator="okada", approvals=(("private-1", "privacy-reviewer"),))
    assert reason_of(name, StaffMove.APPROVE, half) is reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [("private-1", Reason.PERMIT_SAME_PERSON), ("private-2", Reason.PERMIT_SAME_ROLE), ("safe-1", None)],
)
def test_the_second_to_resume_is_another_person_in_the_other_role(name: str, reason: Reason | None) -> None:
    assert reason_of(name, StaffMove.RESUME, case(State.HELD), (PRIVATE,)) is reason


def test_who_has_approved_may_still_return_the_case() -> None:
    half = case(State.HALF_APPROVED, approvals=(("private-1", "privacy-reviewer"),))
    assert reason_of("private-1", StaffMove.RETURN, half) is None


def test_check_move_raises_what_why_not_says() -> None:
    check_move(BY_ID["okada"], StaffMove.REQUEST, case(State.SECRETS_DESTROYED))
    with pytest.raises(Refused, match=r"release\.wrong-role \(move=request\)"):
        check_move(BY_ID["audit"], StaffMove.REQUEST, case(State.SECRETS_DESTROYED))


def test_two_together_resume_a_held_case() -> None:
    pair = (BY_ID["private-1"], BY_ID["safe-1"])
    assert check_together(pair, StaffMove.RESUME, case(State.HELD)) == (
        PRIVATE,
        Approval("safe-1", Role.SAFETY_REVIEWER),
    )


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("private-1",), Reason.PERMIT_TOO_FEW),
        ((), Reason.PERMIT_TOO_FEW),
        (("private-1", "private-1"), Reason.PERMIT_SAME_PERSON),
        (("private-1", "private-2"), Reason.PERMIT_SAME_ROLE),
        (("private-1", "okada"), Reason.WRONG_ROLE),
    ],
)
def test_one_person_or_a_wrong_pair_does_not_resume(names: tuple[str, ...], reason: Reason) -> None:
    with pytest.raises(Refused) as caught:
        check_together(tuple(BY_ID[name] for name in names), StaffMove.RESUME, case(State.HELD))
    assert caught.value.reason is reason
