"""The global search finds what trying everything finds, for every goal."""

import pytest
from deid_asked import asked
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.policy import Goal
from sekisho.deid.search.full_domain.best_first import find_best
from sekisho.deid.search.full_domain.exhaustive import answer_at, best_by_trying_all
from sekisho.errors import CannotMeet, Reason


def expect_the_optimum(asked_for):
    problem, question = asked_for.problem, asked_for.question
    best = best_by_trying_all(question)
    if best is None:
        refusal_of(problem)
        return
    found = find_best(problem)
    assert found.proven
    if question.goal is Goal.ENTROPY_LOSS:
        # logarithms: two plans may be equal for one and differ in the last digits for the other
        here = answer_at(question, found.levels)
        assert here is not None
        assert float(found.value) == pytest.approx(float(best[0]), abs=1e-9)
        assert float(here[0]) == pytest.approx(float(best[0]), abs=1e-9)
        return
    assert found.rank == best


def refusal_of(problem):
    with pytest.raises(CannotMeet) as caught:
        find_best(problem)
    assert caught.value.reason is Reason.NO_PLAN
    return caught.value.facts


@settings(max_examples=250, deadline=None)
@given(asked(st.just([])))
def test_the_search_and_trying_all_give_the_same_optimum(asked_for):
    expect_the_optimum(asked_for)


@settings(max_examples=100, deadline=None)
@given(asked(st.just([])))
def test_a_refusal_names_the_fewest_rows_that_a_plan_leaves_out_and_the_greatest_k_that_one_keeps(asked_for):
    question = asked_for.question
    if best_by_trying_all(question):
        return
    facts = refusal_of(asked_for.problem)
    least, reachable = int(facts["suppressed"]), int(facts["reachable"])
    assert (facts["bound"], facts["asked"]) == ("k", question.k)
    assert best_by_trying_all(with_changes(question, most_suppressed=least))
    assert not best_by_trying_all(with_changes(question, most_suppressed=least - 1))
    assert best_by_trying_all(with_changes(question, k=reachable))
    assert not best_by_trying_all(with_changes(question, k=reachable + 1))


def with_changes(question, **changes):
    return type(question)(**{**vars(question), **changes})
