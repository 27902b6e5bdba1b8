"""The global search with bounds on sensitive columns, and the obstacle that a refusal names."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from deid_made import adult, problem_of

from sekisho.deid.bounds import (
    AverageRisk,
    BetaLikeness,
    Bound,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    KMap,
    RecursiveL,
    TCloseness,
)
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.policy import Climb, Policy
from sekisho.deid.search.full_domain.best_first import find_best
from sekisho.deid.search.full_domain.reasons import causes
from sekisho.deid.search.obstacle import refuse_if_unreachable
from sekisho.deid.table import Table, column_of, table_of
from sekisho.errors import CannotMeet, Reason

TENS: Mapping[str, Climb] = {"age": Climb(Bands((10,)))}
NO_STAR: Mapping[str, Climb] = {"age": Climb(Bands((10,)), 1)}


@pytest.fixture(scope="module")
def census() -> tuple[Table, Policy]:
    return adult()


# ARX 3.9.2, optimal search, eight quasi-identifiers, sensitive occupation, k = 5, 5 % suppression: loss, rows suppressed.
KNOWN = {
    "distinct": (DistinctL("occupation", 3), 0.1939, 0.0478),
    "entropy": (EntropyL("occupation", Fraction(3)), 0.2404, 0.0413),
    "recursive": (RecursiveL("occupation", 3, Fraction(4)), 0.2303, 0.0482),
    "t equal": (TCloseness("occupation", Fraction(1, 5), Distance.EQUAL), 0.8401, 0.0106),
    "t hierarchical": (TCloseness("occupation", Fraction(1, 5), Distance.HIERARCHICAL), 0.6759, 0.0488),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_adult_optimum_of_a_sensitive_bound_is_the_one_that_is_known(census, name):
    table, policy = census
    bound, loss, share = KNOWN[name]
    if isinstance(bound, TCloseness) and bound.distance is Distance.HIERARCHICAL:
        bound = TCloseness(bound.column, bound.at_most, bound.distance, policy.ladders["occupation"].rule)
    ladders = {name: one for name, one in policy.ladders.items() if name != "occupation"}
    found = find_best(problem_of(table, Policy(5, Fraction(1, 20), bounds=(bound,), ladders=ladders)))
    assert float(found.value) == pytest.approx(loss, abs=6e-5)
    assert found.suppressed / table.rows == pytest.approx(share, abs=6e-5)
    assert found.proven


def facts_of(policy: Policy, table: Table, population: Table | None = None) -> dict[str, int | str]:
    with pytest.raises(CannotMeet) as caught:
        find_best(problem_of(table, policy, population))
    assert caught.value.reason is Reason.NO_PLAN
    return caught.value.facts


def told(*bounds: Bound, climbs: Mapping[str, Climb] = TENS) -> tuple[object, ...]:
    """Ask for `bounds` of six rows, four thirties (care 1, 1, 1, 2) and two forties (care 3, 4)."""
    facts = facts_of(Policy(1, bounds=bounds, ladders=climbs), SIX)
    return facts["bound"], facts.get("column"), facts["asked"], facts["reachable"]


SIX = table_of(age=[31, 32, 33, 34, 45, 46], care=[1, 1, 1, 2, 3, 4])


def test_a_k_that_no_plan_keeps_is_refused_with_the_nearest_that_can_be():
    table = table_of(age=[31, 32, 41, 55])
    facts = facts_of(Policy(2, Fraction(1, 4), ladders=NO_STAR), table)
    assert facts == {
        "bound": "k",
        "asked": 2,
        "reachable": 1,
        "suppressed": 2,
        "allowed": 1,
        "rows": 4,
    }


def test_a_bound_that_not_even_the_whole_table_keeps_is_named_with_what_it_has():
    assert told(DistinctL("care", 9)) == ("distinct-l", "care", 9, 4)
    # entropy of 3, 1, 1, 1 of six rows is 1.2425: exp 3.4641
    assert told(EntropyL("care", Fraction(4))) == ("entropy-l", "care", "4", "3.464101")
    # r1 = 3 < c (1 + 1 + 1) fails for l = 2 at c = 1, and 3 < 6 holds for l = 1
    assert told(RecursiveL("care", 3, Fraction(1))) == ("recursive-l", "care", 3, 1)


def test_a_bound_that_the_most_general_plan_breaks_is_named_with_the_nearest_that_can_be():
    # thirties: 3/4, 1/4, 0, 0 against 3/6, 1/6, 1/6, 1/6; forties: 0, 0, 1/2, 1/2
    equal = TCloseness("care", Fraction(1, 5), Distance.EQUAL)
    assert told(equal, climbs=NO_STAR) == ("t-closeness", "care", "0.2", "0.666667")
    ordered = TCloseness("care", Fraction(1, 5), Distance.ORDERED)
    assert told(ordered, climbs=NO_STAR) == ("t-closeness", "care", "0.2", "0.5")
    assert told(DeltaDisclosure("care", Fraction(1)), climbs=NO_STAR) == ("delta-disclosure", "care", "1", "∞")
    # for the forties a half is three times a sixth: a gain of 2
    assert told(BetaLikeness("care", Fraction(1)), climbs=NO_STAR) == ("beta-likeness", "care", "1", "2")
    assert told(AverageRisk(Fraction(1, 4)), climbs=NO_STAR) == ("average-risk", None, "0.25", "0.333334")


def test_too_few_persons_of_the_population_are_named():
    table, population = table_of(age=[31, 41]), table_of(age=[31, 32, 33, 41])
    facts = facts_of(Policy(1, bounds=(KMap(7),), ladders=TENS), table, population)
    assert (facts["bound"], facts["asked"], facts["reachable"]) == ("k-map", 7, 4)


def test_bounds_that_only_together_leave_out_too_much_are_told_as_the_share():
    # the one in the thirties is too few; the three forties are too much alike: (1 - 3/8) / (3/8) = 1.67
    table = table_of(age=[31, 41, 42, 43, 51, 52, 53, 54], care=[1, 2, 2, 2, 1, 1, 1, 1])
    policy = Policy(2, Fraction(3, 8), bounds=(BetaLikeness("care", Fraction(1)),), ladders=NO_STAR)
    facts = facts_of(policy, table)
    assert (facts["bound"], facts["asked"], facts["reachable"], facts["suppressed"]) == (
        "suppressed-share",
        "0.375",
        "0.5",
        4,
    )


def test_one_class_that_holds_everything_is_asked_before_any_search():
    problem = problem_of(SIX, Policy(1, bounds=(DistinctL("care", 5),), ladders=TENS))
    with pytest.raises(CannotMeet) as caught:
        refuse_if_unreachable(problem.tuples, problem.demands, 5)
    assert (caught.value.facts["bound"], caught.value.facts["reachable"]) == ("distinct-l", 4)
    refuse_if_unreachable(problem.tuples, problem.demands, 6)  # all of it may be left out


def test_a_column_stands_high_because_of_a_sensitive_bound():
    problem = problem_of(SIX, Policy(1, bounds=(DistinctL("care", 2),), ladders=TENS))
    assert find_best(problem).levels == (1,)
    (cause,) = causes(problem, (1,))
    assert (cause.bound, cause.sensitive, cause.suppressed) == ("distinct-l", "care", 6)


def test_a_search_that_finds_nothing_in_a_lattice_too_large_to_end_says_so():
    # two classes that no level of these ladders joins, each unlike the table; one row may be left out, not two
    cells = [column_of(f"q{one}", [1, 1, 90, 90]) for one in range(20)]
    table = Table((*cells, column_of("care", [1, 1, 2, 2])))
    climbs = {one.name: Climb(Bands((10,)), 1) for one in cells}
    bound = TCloseness("care", Fraction(1, 10), Distance.ORDERED)
    with pytest.raises(CannotMeet) as caught:
        find_best(problem_of(table, Policy(2, Fraction(1, 4), bounds=(bound,), ladders=climbs)))
    assert caught.value.reason is Reason.SEARCH_TOO_LARGE
    assert int(caught.value.facts["most"]) < int(caught.value.facts["nodes"])
    assert np.prod([one.highest or 0 for one in climbs.values()]) == 1
