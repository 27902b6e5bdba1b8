"""The search finds what trying everything finds."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.policy import Climb, Goal, Policy
from sekisho.deid.search.best_first import find_best
from sekisho.deid.search.exhaustive import best_by_trying_all
from sekisho.deid.search.problem import pose
from sekisho.deid.table import Table, column_of
from sekisho.errors import CannotMeet, Reason

VALUES = "abcde"


@st.composite
def trees(draw: st.DrawFn) -> bytes:
    """Ladder files that are trees: each level merges labels of the one below."""
    labels = [list(VALUES)]
    for level in range(draw(st.integers(0, 2))):
        merge = {one: f"{level}{draw(st.integers(0, 2))}" for one in dict.fromkeys(labels[-1])}
        labels.append([merge[one] for one in labels[-1]])
    labels.append(["*"] * len(VALUES))
    return "".join(";".join(one) + "\n" for one in zip(*labels, strict=True)).encode()


@st.composite
def questions(draw: st.DrawFn) -> tuple[Table, Policy]:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.tuples(*[st.sampled_from(VALUES)] * width), min_size=2, max_size=14))
    table = Table(tuple(column_of(f"q{axis}", [row[axis] for row in rows]) for axis in range(width)))
    climbs = {}
    for column in table.columns:
        rule = read_ladder(draw(trees()), column.name)
        climbs[column.name] = Climb(rule, draw(st.one_of(st.none(), st.integers(0, rule.height))))
    policy = Policy(
        k=draw(st.integers(2, len(rows))),
        suppression_limit=draw(st.sampled_from([Fraction(0), Fraction(1, 5), Fraction(1, 2), Fraction(1)])),
        goal=draw(st.sampled_from(list(Goal))),
        ladders=climbs,
    )
    return table, policy


@settings(max_examples=250, deadline=None)
@given(questions())
def test_the_search_and_trying_all_give_the_same_optimum(question):
    table, policy = question
    ladders = {name: bind(one.rule, table.column(name)) for name, one in policy.ladders.items()}
    problem = pose(table, ladders, policy)
    rows = list(zip(*(one.cells() for one in table.columns), strict=True))
    most = problem.most_suppressed
    best = best_by_trying_all(rows, problem.ladders, problem.highest, policy.k, most, policy.goal)
    if best is None:
        with pytest.raises(CannotMeet) as caught:
            find_best(problem)
        assert caught.value.reason is Reason.NO_PLAN
        least = int(caught.value.facts["suppressed"])
        assert best_by_trying_all(rows, problem.ladders, problem.highest, policy.k, least, policy.goal)
        assert not best_by_trying_all(rows, problem.ladders, problem.highest, policy.k, least - 1, policy.goal)
        return
    found = find_best(problem)
    assert found.rank == best
    assert found.proven
