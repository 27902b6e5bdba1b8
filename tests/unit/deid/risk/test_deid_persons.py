"""One person with many rows alike is a class by herself, unless persons are counted."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from sekisho.deid.apply import apply_plan
from sekisho.deid.bounds import KSubjects, Presence
from sekisho.deid.changes.change import AddSynthetic, Pseudonym
from sekisho.deid.declared.layout import Csv
from sekisho.deid.deidentify import deidentify, measure_release, plan_table, whose_rows
from sekisho.deid.exam import Exam
from sekisho.deid.ladders.bands import Bands
from sekisho.deid.passes.tuples import collapse
from sekisho.deid.policy import Climb, Mode, Policy
from sekisho.deid.report.report import Report, write_report
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.search.subjects import group_subjects
from sekisho.deid.table import Table, column_of, table_of
from sekisho.deid.written.checking import check_policy
from sekisho.deid.written.policy import read_policy
from sekisho.errors import CannotMeet, Malformed, Reason, SekishoError
from sekisho.pages.report.bounds import asked_and_reached
from sekisho.pages.report.reading import read_report
from sekisho.pages.words import Language, words_in

ENTROPY = bytes(range(32))
MODES = tuple(Mode)
SCHEMA = Schema(
    "claims",
    Encoding.UTF_8,
    Csv(),
    (
        ColumnSchema("number", Kind.TEXT, Role.IDENTIFIER, blank=True),
        ColumnSchema("age", Kind.INTEGER, Role.QUASI_IDENTIFIER),
        ColumnSchema("paid", Kind.INTEGER, Role.PLAIN),
    ),
)
STRIPPED = replace(SCHEMA, columns=(replace(SCHEMA.columns[0], role=Role.STRIPPED), *SCHEMA.columns[1:]))


def claims() -> Table:
    """Give 25 rows of one woman of 41 and a hundred of fifty others, 60 to 64 years old; `paid` is the row's number."""
    numbers = ["41"] * 25 + [f"6{place // 2}" for place in range(100)]
    ages = [41] * 25 + [60 + place // 2 % 5 for place in range(100)]
    return table_of(number=numbers, age=ages, paid=list(range(125)))


def policy_of(mode: Mode = Mode.LOCAL, persons: int = 5) -> Policy:
    return Policy(
        k=20,
        mode=mode,
        suppression_limit=Fraction(1, 4),
        ladders={} if mode is Mode.CELLS else {"age": Climb(Bands((5, 50)))},
        bounds=(KSubjects(persons),) if persons else (),
        exam=Exam(subject="number"),
    )


def report_of(mode: Mode, persons: int) -> Report:
    return deidentify(claims(), SCHEMA, policy_of(mode, persons), entropy=ENTROPY).report


@pytest.mark.parametrize("mode", MODES)
def test_a_class_of_25_rows_of_one_person_passes_a_bound_on_rows(mode: Mode):
    report = report_of(mode, 0)
    assert (report.number("k"), report.number("k-subjects")) == (20, 1)


@pytest.mark.parametrize("mode", MODES)
def test_a_class_of_25_rows_of_one_person_does_not_pass_a_bound_on_persons(mode: Mode):
    report = report_of(mode, 5)
    assert report.number("k-subjects") >= 5
    assert [one.before.text for one in report.measures if one.before and one.after.kind.name == "k-subjects"] == ["1"]


def test_a_bound_on_persons_is_asked_for_and_reached_on_the_page_in_both_languages():
    report = read_report(write_report(report_of(Mode.LOCAL, 5)))
    told = [asked_and_reached(words_in(one), report)[-1] for one in (Language.EN, Language.JA)]
    assert "5" in told[0].says
    assert "5" in told[1].says
    assert str(report.measure("k-subjects").after) in told[0].reached


def test_whose_the_released_rows_are_is_told_in_the_order_of_the_release():
    planned = plan_table(claims(), SCHEMA, policy_of())
    released = apply_plan(planned.table, planned.plan, planned.answer, entropy=ENTROPY)
    whose = whose_rows(planned, entropy=ENTROPY)
    assert whose is not None
    assert "number" not in released.names
    number_of = dict(zip(claims().column("paid").cells(), claims().column("number").cells(), strict=True))
    assert whose.cells() == [number_of[paid] for paid in released.column("paid").cells()]


def test_a_release_whose_persons_are_too_few_is_refused_when_they_are_counted_again():
    planned = plan_table(claims(), SCHEMA, policy_of())
    released = apply_plan(planned.table, planned.plan, planned.answer, entropy=ENTROPY)
    few = column_of("number", ["41"] * released.rows)
    for subjects in (few, None):
        with pytest.raises(SekishoError) as caught:
            measure_release(claims(), released, SCHEMA, planned, subjects=subjects)
        assert (caught.value.reason, caught.value.facts) == (Reason.CLAIM_NOT_KEPT, {"claim": "k-subjects"})


def test_persons_are_counted_by_what_they_were_where_tokens_go_out():
    policy = replace(policy_of(), changes=(Pseudonym("number"),))
    outcome = deidentify(claims(), SCHEMA, policy, entropy=ENTROPY)
    names = list(zip(outcome.table.column("age").cells(), outcome.table.column("number").cells(), strict=True))
    fewest = min(len({token for label, token in names if label == age}) for age, _ in names)
    assert outcome.report.number("k-subjects") == fewest >= 5


def test_made_rows_are_nobody():
    policy = replace(policy_of(), changes=(AddSynthetic(Fraction(1, 2)),))
    with_made = deidentify(claims(), SCHEMA, policy, entropy=ENTROPY)
    assert with_made.report.rows_added > 0
    assert with_made.report.number("k-subjects") == report_of(Mode.LOCAL, 5).number("k-subjects")


def test_rows_without_a_number_are_of_one_person_together():
    table = table_of(number=[None] * 60, age=[41] * 60, paid=[0] * 60)
    with pytest.raises(CannotMeet) as caught:
        plan_table(table, SCHEMA, policy_of())
    assert (caught.value.facts["bound"], caught.value.facts["asked"], caught.value.facts["reachable"]) == (
        "k-subjects",
        5,
        1,
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_table_of_too_few_persons_is_refused_and_says_how_many_are_in_reach(mode: Mode):
    table = table_of(number=["a", "b", "c"] * 20, age=[41] * 60, paid=[0] * 60)
    with pytest.raises(CannotMeet) as caught:
        plan_table(table, SCHEMA, policy_of(mode))
    assert caught.value.reason is Reason.NO_PLAN
    assert (caught.value.facts["bound"], caught.value.facts["reachable"]) == ("k-subjects", 3)


def test_why_a_column_is_no_finer_can_be_the_persons():
    report = report_of(Mode.GLOBAL, 5)
    table = replace(policy_of(Mode.GLOBAL), suppression_limit=Fraction(0))
    strict = deidentify(claims(), SCHEMA, table, entropy=ENTROPY).report
    assert report.rows_after == 100
    assert [one.bound for one in strict.columns[1].causes] == ["k-subjects"]


def test_more_persons_than_groups_never_count_as_more_than_they_are():
    persons = np.arange(1_000, dtype=np.int32) // 2
    place = np.arange(1_000, dtype=np.int32) // 10
    column = column_of("number", [f"{one}" for one in persons])
    grouped = group_subjects(collapse([place], [100]), column, 5)
    spread = grouped.tuples.spreads[0]
    assert not grouped.exact
    assert spread.width == 128
    assert np.diff(spread.begins).tolist() == [5] * 100  # neighbours lie in groups of their own
    assert group_subjects(collapse([place], [100]), column_of("number", ["a"] * 1_000), 5).exact


def refusal_of(policy: Policy, schema: Schema = SCHEMA) -> tuple[str, str]:
    with pytest.raises(Malformed) as caught:
        check_policy(policy, schema)
    assert [words_in(one).knows(f"rule.{caught.value.facts['rule']}") for one in Language] == [True, True]
    return str(caught.value.facts["key"]), str(caught.value.facts["rule"])


def test_a_bound_on_persons_is_refused_where_nothing_says_whose_rows_they_are():
    assert refusal_of(replace(policy_of(), exam=Exam())) == ("bound.1", "persons-need-subject")


def test_a_column_that_stays_at_home_is_nothing_to_count_by():
    assert refusal_of(policy_of(), STRIPPED) == ("exam.subject", "never-arrives")


def test_a_bound_on_presence_takes_rows_for_persons_and_is_refused_beside_one_on_persons():
    both = replace(policy_of(), bounds=(Presence(Fraction(1, 2)), KSubjects(5)))
    assert refusal_of(both) == ("bound.1", "presence-counts-rows")


def test_a_bound_on_persons_is_read_from_a_file_and_stands_for_k():
    raw = b"""format = "sekisho-policy-v1"
[[bound]]
measure = "k-subjects"
at_least = 5
[ladder]
age = { bands = [5] }
[exam]
subject = "number"
"""
    policy = check_policy(read_policy(raw, {}), SCHEMA)
    assert (policy.bounds, policy.exam.subject) == ((KSubjects(5),), "number")
    assert (policy.k, policy.least_rows, policy.least_subjects) == (1, 5, 5)
