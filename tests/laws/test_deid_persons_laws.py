"""Whatever the table and the policy: no class has rows of fewer persons than the policy asks for."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from deid_counted import NAMES, SCHEMA, Asked, asked, climbs, rows_of
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.bounds import AverageRisk, Bound, DistinctL, KMap, KSubjects
from sekisho.deid.deidentify import deidentify, plan_table, whose_rows
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.rule import bind
from sekisho.deid.policy import Goal, Mode, Policy
from sekisho.deid.schema import ColumnSchema, Kind, Role
from sekisho.deid.search import subjects as in_groups
from sekisho.deid.search.full_domain.exhaustive import Question, best_by_trying_all
from sekisho.deid.table import Table, Value, column_of
from sekisho.errors import CannotMeet

ENTROPY = bytes(range(32))
NUMBER = "number"
NUMBERED = replace(SCHEMA, columns=(*SCHEMA.columns, ColumnSchema(NUMBER, Kind.TEXT, Role.IDENTIFIER, blank=True)))
OTHERS: list[Bound] = [DistinctL("care", 2), AverageRisk(Fraction(1, 3)), KMap(3)]


@st.composite
def of_persons(draw: st.DrawFn, modes: tuple[Mode, ...] = tuple(Mode), most: int = 20) -> Asked:
    """Ask for persons of a table with several rows each, some of nobody known, and for one more bound at times."""
    more = st.sampled_from([[], [], *([one] for one in OTHERS)])
    one = draw(asked(bounds=more, modes=modes, most=most))
    numbers = draw(st.lists(st.sampled_from([None, *"abcdefg"]), min_size=one.table.rows, max_size=one.table.rows))
    bound = KSubjects(draw(st.integers(2, 4)))
    policy = replace(
        one.policy, k=draw(st.integers(1, 3)), bounds=(*one.policy.bounds, bound), exam=Exam(subject=NUMBER)
    )
    return replace(one, table=Table((*one.table.columns, column_of(NUMBER, numbers))), policy=policy)


def persons_by_class(table: Table, numbers: list[Value]) -> Mapping[tuple[Value, ...], set[Value]]:
    """Persons of each class of rows alike, one row at a time."""
    found: dict[tuple[Value, ...], set[Value]] = {}
    for row, number in zip(rows_of(table, NAMES), numbers, strict=True):
        found.setdefault(row, set()).add(number)
    return found


def keeps(table: Table, numbers: list[Value], policy: Policy) -> bool:
    fewest = min(map(len, persons_by_class(table, numbers).values()), default=policy.least_subjects)
    return fewest >= policy.least_subjects


@given(one=of_persons())
def test_no_class_has_rows_of_fewer_persons(one: Asked):
    try:
        planned = plan_table(one.table, NUMBERED, one.policy, population=one.population)
    except CannotMeet:
        return
    outcome = deidentify(one.table, NUMBERED, one.policy, entropy=ENTROPY, population=one.population)
    whose = whose_rows(planned, entropy=ENTROPY)
    assert whose is not None
    assert NUMBER not in outcome.table.names
    assert keeps(outcome.table, whose.cells(), one.policy)
    found = persons_by_class(outcome.table, whose.cells())
    assert outcome.report.number("k-subjects") == min(map(len, found.values()), default=0)


@given(one=of_persons(), groups=st.integers(4, 5))
def test_no_class_has_rows_of_fewer_persons_where_persons_share_a_group(one: Asked, groups: int):
    """As with more persons than are told apart, on a table that is small enough to be looked through."""
    least, per_person = in_groups.LEAST_GROUPS, in_groups.GROUPS_PER_PERSON
    in_groups.LEAST_GROUPS, in_groups.GROUPS_PER_PERSON = groups, 1
    try:
        planned = plan_table(one.table, NUMBERED, one.policy, population=one.population)
    except CannotMeet:
        return
    finally:
        in_groups.LEAST_GROUPS, in_groups.GROUPS_PER_PERSON = least, per_person
    numbers = one.table.column(NUMBER).cells()
    kept = planned.answer.recoding.kept[planned.answer.tuples.of_row]
    recoded = [
        column_of(c.name, [c.labels[c.of_tuple[t]] for t in planned.answer.tuples.of_row[kept]])
        for c in planned.answer.recoding.columns
    ]
    left = [number for number, stays in zip(numbers, kept.tolist(), strict=True) if stays]
    assert keeps(Table(tuple(recoded)), left, one.policy)
    assert not planned.answer.proven or len(set(numbers)) <= max(groups, one.policy.least_subjects)


@settings(max_examples=60)
@given(data=st.data(), goal=st.sampled_from([Goal.LOSS, Goal.DISCERNIBILITY]))
def test_the_global_plan_is_the_best_that_keeps_persons_apart(data: st.DataObject, goal: Goal):
    one = data.draw(of_persons(modes=(Mode.GLOBAL,), most=12))
    ladders = data.draw(climbs(limits=False, riddles=False))
    policy = replace(one.policy, goal=goal, bounds=one.policy.bounds[-1:], ladders=ladders)
    best = best_by_trying_all(question_of(one.table, policy))
    if best is None or policy.least_rows > one.table.rows:
        with pytest.raises(CannotMeet):
            plan_table(one.table, NUMBERED, policy)
        return
    planned = plan_table(one.table, NUMBERED, policy)
    assert planned.answer.proven
    assert (planned.answer.value, planned.answer.suppressed) == best[:2]


def question_of(table: Table, policy: Policy) -> Question:
    ladders = tuple(bind(policy.ladders[name].rule, table.column(name)) for name in NAMES)
    return Question(
        rows=rows_of(table, NAMES),
        ladders=ladders,
        highest=tuple(one.height for one in ladders),
        k=policy.k,
        most_suppressed=policy.most_suppressed(table.rows),
        goal=policy.goal,
        bounds=policy.bounds,
        subjects=table.column(NUMBER).cells(),
    )
