"""Whatever people and machines do, in whatever order: nothing leaves without the two, and nothing comes back in."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sekisho.errors import Refused
from sekisho.journey import MOVES, Actor, Case, Event, State, Zone, new_case
from sekisho.release.people import REVIEWERS, Person
from sekisho.release.rules import StaffMove, check_move, check_together
from tests.unit.release.release_made import PEOPLE

MACHINE = sorted(
    {one.event for one in MOVES if one.zone is Zone.PROCESSING and one.actor is Actor.MACHINE},
    key=lambda one: one.value,
)
BY_OPERATOR = {StaffMove.PROFILE: (Event.PROFILED, Event.PLANNED, Event.APPLIED, Event.MEASURED, Event.JUDGED)}
IN = {State.NEW, State.RECEIVED, State.FETCHED}
OUT = {State.HANDED_OVER, State.CLOSED, State.ADMITTED, State.DELIVERED, State.ACKNOWLEDGED}


class Walk:
    """One case with its people: does what processing's counter does, and remembers on its own what was said."""

    def __init__(self) -> None:
        self.case: Case = new_case("132993-000001", Zone.PROCESSING)
        self.said_yes: list[Person] = []
        self.asked_by = ""

    def machine(self, event: Event) -> None:
        if event is Event.REFUSED and self.case.state in {State.REQUESTED, State.HALF_APPROVED, State.APPROVED}:
            return  # then it is a reviewer's
        self._after(event)
        if event is Event.OPENED:
            self.said_yes, self.asked_by = [], ""

    def operator(self, person: Person) -> None:
        for event in BY_OPERATOR[StaffMove.PROFILE]:
            if event is Event.PROFILED:
                check_move(person, StaffMove.PROFILE, self.case)
            self._after(event)

    def request(self, person: Person) -> None:
        check_move(person, StaffMove.REQUEST, self.case)
        self._after(Event.REQUESTED, operator=person.id)
        self.said_yes, self.asked_by = [], person.id

    def approve(self, person: Person) -> None:
        check_move(person, StaffMove.APPROVE, self.case)
        self._after(Event.APPROVED, person=person.id, role=person.reviewer_role.value)
        self.said_yes.append(person)

    def prepare(self) -> None:
        """Do everything up to the request, as far as the case lets it be done: a short cut to where the rules matter."""
        for act, given in (
            *((self.machine, event) for event in (Event.FETCHED, Event.OPENED, Event.DISARMED)),
            (self.operator, PEOPLE[0]),
            *((self.machine, event) for event in (Event.SEALED, Event.SECRETS_DESTROYED)),
            (self.request, PEOPLE[0]),
        ):
            with suppress(Refused):
                act(given)

    def send_back(self, person: Person) -> None:
        check_move(person, StaffMove.RETURN, self.case)
        self._after(Event.REFUSED)

    def hold(self, person: Person) -> None:
        check_move(person, StaffMove.HOLD, self.case)
        self._after(Event.HELD)

    def resume(self, one: Person, other: Person) -> None:
        check_together((one, other), StaffMove.RESUME, self.case)
        self._after(Event.RESUMED)

    def check(self) -> None:
        """What must be so once it left: two said yes to this very request, in two roles, and neither had asked."""
        if self.case.state not in OUT:
            return
        assert len({one.id for one in self.said_yes}) == 2
        assert {role for one in self.said_yes for role in one.roles & REVIEWERS} == REVIEWERS
        assert self.asked_by
        assert self.asked_by not in {one.id for one in self.said_yes}
        assert sorted(one for one, _ in self.case.approvals) == sorted(one.id for one in self.said_yes)

    def _after(self, event: Event, **facts: str) -> None:
        self.case = self.case.after(event, dict(facts))


def acts(walk: Walk, chance: Random) -> Iterator[None]:
    """Try acts at random for ever; those that the rules refuse change nothing."""
    alone = (walk.operator, walk.request, walk.approve, walk.approve, walk.approve, walk.send_back, walk.hold)
    while True:
        try:
            match chance.randrange(6):
                case 0:
                    walk.prepare()
                case 1 | 2:
                    walk.machine(chance.choice(MACHINE))
                case 3 | 4:
                    chance.choice(alone)(chance.choice(PEOPLE))
                case _:
                    walk.resume(chance.choice(PEOPLE), chance.choice(PEOPLE))
        except Refused:
            pass
        walk.check()
        yield


people = st.sampled_from(PEOPLE)


class Release(RuleBasedStateMachine):
    """Any order of acts, found and shrunk by Hypothesis."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()

    @rule(event=st.sampled_from(MACHINE))
    def machine_acts(self, event: Event) -> None:
        self._try(self.walk.machine, event)

    @rule(person=people)
    def operator_works(self, person: Person) -> None:
        self._try(self.walk.operator, person)

    @rule(person=people)
    def somebody_asks(self, person: Person) -> None:
        self._try(self.walk.request, person)

    @rule(one=people, other=people)
    def somebody_approves(self, one: Person, other: Person) -> None:
        self._try(self.walk.approve, one)
        self._try(self.walk.approve, other)

    @rule(person=people, act=st.sampled_from(("send_back", "hold")))
    def somebody_stops(self, person: Person, act: str) -> None:
        self._try(getattr(self.walk, act), person)

    @rule(one=people, other=people)
    def two_let_it_go_on(self, one: Person, other: Person) -> None:
        self._try(self.walk.resume, one, other)

    @rule()
    def everything_up_to_the_request_is_done(self) -> None:
        self.walk.prepare()

    @invariant()
    def nothing_left_without_the_two(self) -> None:
        self.walk.check()

    def _try(self, act, *given) -> None:
        with suppress(Refused):
            act(*given)


Release.TestCase.settings = settings(max_examples=500, stateful_step_count=12, deadline=None)


@pytest.mark.requirement("E06", "B15")
class TestNothingLeavesWithoutTwoApproversInTwoRoles(Release.TestCase): ...


def test_the_walks_are_no_idle_ones_many_of_them_lead_out():
    """The law above would hold, too, if nothing ever left."""
    left = 0
    for seed in range(60):
        walk = Walk()
        steps = acts(walk, Random(seed))
        for _ in range(200):
            next(steps)
            if walk.case.state in OUT:
                left += 1
                break
    assert left > 5


@pytest.mark.requirement("B15")
def test_no_event_leads_from_out_to_in():
    """From what left, a case can only go on, end, or be worked on anew from its sealed source with new approvals."""
    for zone, state, event in product(Zone, OUT, Event):
        case = Case("132993-000001", zone, state)
        try:
            after = case.after(event, {}).state
        except Refused:
            continue
        assert after in OUT | {State.REFUSED, State.RETURNED, State.HELD}, (zone, state, event)


@pytest.mark.requirement("B15")
def test_no_event_leads_back_to_the_states_before_opening():
    for move in MOVES:
        if move.goal in IN:
            assert move.origins <= IN
            assert max(IN_ORDER.index(one) for one in move.origins) < IN_ORDER.index(move.goal)


@pytest.mark.requirement("B15")
def test_what_was_acknowledged_or_refused_moves_no_more():
    """But at delivery: what a recipient refused may be let out once more, by a new permit."""
    ended = (State.ACKNOWLEDGED, State.CLOSED, State.REFUSED)
    for zone, state, event in product((Zone.RECEIVING, Zone.PROCESSING), ended, Event):
        case = Case("132993-000001", zone, state)
        try:
            assert case.after(event, {}) == case
        except Refused:
            continue


IN_ORDER = (State.NEW, State.RECEIVED, State.FETCHED)
