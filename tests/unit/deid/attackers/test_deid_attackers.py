"""Prosecutor, journalist, marketer, and presence: against a count row by row, and the laws between them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.risk.alike import Sizes
from sekisho.deid.risk.attackers.journalist import journalist_at_risk, journalist_average, journalist_highest
from sekisho.deid.risk.attackers.marketer import marketer
from sekisho.deid.risk.attackers.presence import presence_greatest, presence_least
from sekisho.deid.risk.attackers.prosecutor import average_risk, highest_risk, prosecutor_at_risk
from sekisho.deid.risk.population import k_map, rows_and_persons
from sekisho.deid.table import Table, table_of
from sekisho.errors import CannotMeet, Reason, WrongUsage

Persons = list[tuple[str, str, bool]]

PEOPLE = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.booleans()), min_size=1, max_size=40)
THRESHOLDS = st.fractions(min_value=Fraction(1, 50), max_value=1)
NONE = np.zeros(0, dtype=np.int64)


def tables(people: Persons) -> tuple[Table, Table]:
    """Give back the rows of those who are in the table, and everybody."""
    ours = [one for one in people if one[2]]
    return (
        table_of(age=[one[0] for one in ours], sex=[one[1] for one in ours]),
        table_of(age=[one[0] for one in people], sex=[one[1] for one in people]),
    )


def classes(people: Persons) -> tuple[Sizes, Sizes]:
    return rows_and_persons(*tables(people), ["age", "sex"])


def counted(people: Persons) -> tuple[list[int], list[int]]:
    """Give back for each row in the table how many rows, and how many persons, are like it."""
    rows = [one for one in people if one[2]]
    return (
        [sum(one[:2] == other[:2] for other in rows) for one in rows],
        [sum(one[:2] == other[:2] for other in people) for one in rows],
    )


def mean(numbers: list[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / max(len(numbers), 1)


@given(PEOPLE, THRESHOLDS)
def test_each_risk_is_the_one_counted_row_by_row(people, threshold):
    sizes, persons = classes(people)
    rows_alike, persons_alike = counted(people)
    in_table, outside = ([Fraction(1, one) for one in alike] for alike in (rows_alike, persons_alike))
    held = sizes[sizes > 0]
    assert prosecutor_at_risk(held, threshold).number == mean([Fraction(one > threshold) for one in in_table])
    assert journalist_at_risk(sizes, persons, threshold).number == mean([Fraction(one > threshold) for one in outside])
    assert journalist_highest(sizes, persons).number == max(outside, default=0)
    assert marketer(sizes, persons).number == mean(outside)
    assert marketer(sizes).number == mean(in_table)


@given(PEOPLE)
def test_the_average_of_a_journalist_is_the_better_of_two_ways_to_look(people):
    sizes, persons = classes(people)
    ours = {one[:2] for one in people if one[2]}
    within = [one for one in people if one[:2] in ours]
    from_persons = Fraction(len(ours), max(len(within), 1))
    assert journalist_average(sizes, persons).number == max(from_persons, marketer(sizes, persons).number)


@given(PEOPLE)
def test_presence_is_the_share_of_each_class_of_the_population(people):
    sizes, persons = classes(people)
    shares = []
    for alike in {one[:2] for one in people}:
        inside = [one[2] for one in people if one[:2] == alike]
        shares.append(Fraction(sum(inside), len(inside)))
    assert presence_least(sizes, persons).number == min(shares)
    assert presence_greatest(sizes, persons).number == max(shares)
    assert 0 <= min(shares) <= Fraction(int(sizes.sum()), len(people)) <= max(shares) <= 1


@given(PEOPLE, THRESHOLDS)
def test_whoever_knows_less_is_right_no_more_often(people, threshold):
    sizes, persons = classes(people)
    held = sizes[sizes > 0]
    assert marketer(sizes, persons).number <= journalist_average(sizes, persons).number
    assert journalist_average(sizes, persons).number <= average_risk(held).number <= highest_risk(held).number
    assert journalist_average(sizes, persons).number <= journalist_highest(sizes, persons).number
    assert journalist_highest(sizes, persons).number <= highest_risk(held).number
    assert journalist_at_risk(sizes, persons, threshold).number <= prosecutor_at_risk(held, threshold).number


@given(PEOPLE)
def test_in_a_table_of_everybody_the_journalist_and_the_marketer_are_prosecutors(people):
    sizes, persons = classes([(one[0], one[1], True) for one in people])
    assert journalist_highest(sizes, persons).number == highest_risk(sizes).number
    assert journalist_average(sizes, persons).number == average_risk(sizes).number
    assert marketer(sizes, persons).number == marketer(sizes).number == average_risk(sizes).number
    assert presence_least(sizes, persons).number == presence_greatest(sizes, persons).number == 1


@given(PEOPLE)
def test_the_highest_risk_of_a_journalist_is_one_over_k_map(people):
    released, population = tables(people)
    persons = k_map(released, population, ["age", "sex"]).number
    assert journalist_highest(*classes(people)).number * persons == (1 if released.rows else 0)


@given(PEOPLE)
def test_the_classes_of_rows_and_persons_hold_everybody_once_and_begin_with_the_rows(people):
    sizes, persons = classes(people)
    assert sizes.sum() == sum(one[2] for one in people)
    assert persons.sum() == len(people)
    assert sizes.size == persons.size == len({one[:2] for one in people})
    assert sorted(sizes > 0, reverse=True) == (sizes > 0).tolist()


def test_a_journalist_looks_the_way_that_hits_more():
    rows, persons = np.array([1, 9]), np.array([2, 10])
    assert journalist_average(rows, persons).number == Fraction(2, 12)  # 2 classes of 12 persons
    assert marketer(rows, persons).number == Fraction(14, 100)  # (1 / 2 + 9 / 10) / 10
    rows, persons = np.array([2, 1]), np.array([2, 100])
    assert journalist_average(rows, persons).number == marketer(rows, persons).number == Fraction(101, 300)


def test_tables_of_no_rows_have_no_risk():
    persons = np.array([3, 1])
    nobody = np.array([0, 0])
    for sizes, alike in ((NONE, NONE), (nobody, persons)):
        assert journalist_highest(sizes, alike).number == journalist_average(sizes, alike).number == 0
        assert journalist_at_risk(sizes, alike, Fraction(1, 2)).number == marketer(sizes, alike).number == 0
        assert presence_least(sizes, alike).number == presence_greatest(sizes, alike).number == 0
    assert prosecutor_at_risk(NONE, Fraction(1, 2)).number == marketer(NONE).number == 0


def test_a_class_just_at_the_threshold_is_not_above_it():
    sizes = np.array([4, 5, 6])
    assert prosecutor_at_risk(sizes, Fraction(1, 5)).number == Fraction(4, 15)
    assert prosecutor_at_risk(sizes, Fraction(1, 5) - Fraction(1, 10**30)).number == Fraction(9, 15)
    assert prosecutor_at_risk(sizes, Fraction(1)).number == 0


def test_two_presences_that_floats_cannot_tell_apart_are_told_apart():
    rows = np.array([2**52 - 2, 2**52 - 3, 2**52 - 1])
    persons = rows + 1
    assert presence_greatest(rows, persons).number == Fraction(2**52 - 1, 2**52)
    assert presence_least(rows, persons).number == Fraction(2**52 - 3, 2**52 - 2)


@pytest.mark.parametrize("threshold", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_a_threshold_that_is_no_probability_above_nought_is_refused(threshold):
    with pytest.raises(WrongUsage) as caught:
        prosecutor_at_risk(np.array([1, 2]), threshold)
    assert caught.value.reason is Reason.THRESHOLD_OUT_OF_RANGE
    with pytest.raises(WrongUsage):
        journalist_at_risk(np.array([1, 2]), np.array([5, 5]), threshold)


@pytest.mark.parametrize(
    "measure",
    [
        journalist_highest,
        journalist_average,
        lambda sizes, persons: journalist_at_risk(sizes, persons, Fraction(1, 2)),
        marketer,
        presence_least,
        presence_greatest,
    ],
    ids=["highest", "average", "at-risk", "marketer", "least", "greatest"],
)
def test_a_class_of_more_rows_than_persons_is_refused(measure):
    with pytest.raises(CannotMeet) as caught:
        measure(np.array([3, 2, 1]), np.array([9, 1, 0]))
    assert caught.value.reason is Reason.POPULATION_TOO_SMALL
    assert caught.value.facts == {"rows": 6, "population": 10, "classes": 2}
