"""Changes, codings and an exam in a policy written in Python: as short as in a file, and as exact."""

from datetime import date
from fractions import Fraction

import polars as pl
import pytest

import sekisho
from sekisho.deid.exam import Also, Exam
from sekisho.deid.policy import Coding
from sekisho.deid.written.policy import read_policy
from sekisho.errors import Malformed, Reason
from sekisho.library.deidentify import deidentify
from sekisho.library.policies import make_policy

ROWS = 60
FRAME = pl.DataFrame(
    {
        "person": [f"p{one:02}" for one in range(ROWS)],
        "age": [20 + one % 5 * 10 for one in range(ROWS)],
        "sex": ["FM"[one % 2] for one in range(ROWS)],
        "income": [1_000 + 37 * one for one in range(ROWS)],
        "moved": [date(2020, 1, 1 + one % 28) for one in range(ROWS)],
        "care": ["none", "1", "2"] * 20,
    }
)
ROLES = {
    "quasi_identifiers": ["age", "sex"],
    "sensitive": ["care", "income"],
    "identifiers": "person",
    "plain": "moved",
}
LADDERS = {"age": sekisho.Bands((10, 20, 80)), "sex": sekisho.Prefix((1,))}

WRITTEN = """
format = "sekisho-policy-v1"
k = 3
[ladder]
age = { bands = [10, 20, 80] }
sex = { prefix = [1] }
[code]
income = { top_share = 0.05, bottom = 1100 }
[[change]]
do = "delete-cells"
column = "care"
values = ["2", ""]
[[change]]
do = "delete-rows"
column = "moved"
below = 2020-01-02
[[change]]
do = "delete-subjects"
subject = "person"
more_rows_than = 2
[[change]]
do = "sample"
share = 0.9
[[change]]
do = "noise"
columns = ["income"]
scale = 0.1
[[change]]
do = "swap"
columns = ["income"]
share = 0.2
within = ["sex"]
ranks = 0.3
[[change]]
do = "pram"
column = "care"
keep = 0.8
[[change]]
do = "shift-dates"
columns = ["moved"]
most_days = 3
[[change]]
do = "microaggregate"
columns = ["income"]
group = 3
[[change]]
do = "round"
columns = ["income"]
to = 10
[[change]]
do = "pseudonym"
column = "person"
[[change]]
do = "add-synthetic"
share = 0.1
[exam]
population = 1000
threshold = 0.1
also = ["suda", "queries"]
"""

CHANGES = [
    sekisho.DeleteCells(sekisho.Where("care", ["2", ""])),
    sekisho.DeleteRows(sekisho.Where("moved", below=date(2020, 1, 2))),
    sekisho.DeleteSubjects("person", more_rows_than=2),
    sekisho.Sample(0.9),
    sekisho.Noise("income", 0.1),
    sekisho.Swap("income", 0.2, within="sex", ranks=0.3),
    sekisho.Pram("care", "4/5"),
    sekisho.ShiftDates(["moved"], 3),
    sekisho.Microaggregate(["income"], 3),
    sekisho.Round("income", 10),
    sekisho.Pseudonym("person"),
    sekisho.AddSynthetic(0.1),
]


def made(**more):
    return make_policy(3, LADDERS, **more)


def test_a_policy_in_python_is_to_the_bit_that_of_a_file():
    codings = {"income": Coding(bottom=1100, top_share=0.05)}
    exam = Exam(population=1000, threshold=0.1, also=["suda", "queries"])
    python = made(changes=CHANGES, codings=codings, exam=exam)
    assert python == read_policy(WRITTEN.encode(), {})
    assert python.digest == read_policy(WRITTEN.encode(), {}).digest


def test_every_change_is_done_by_one_call():
    policy = made(changes=CHANGES, exam=Exam(population=1000, also="all"), suppression_limit=0.5)
    outcome = deidentify(FRAME, policy, **ROLES, entropy=bytes(range(32)))
    names = {one.after.kind.name for one in outcome.report.measures}
    assert {"suda-rows", "population-uniqueness-dankar", "marginal-variation", "kl-divergence", "query-error"} < names
    assert outcome.report.number("k") >= 3
    assert set(outcome.table.column("person").cells()).isdisjoint(FRAME["person"])
    assert len(outcome.plan.changes) == len(CHANGES)


def test_one_change_need_not_stand_in_a_list():
    assert made(changes=sekisho.Sample(0.5)) == made(changes=[sekisho.Sample(Fraction(1, 2))])


def test_all_leaves_out_what_needs_a_population():
    assert made(exam=Exam(also="all")).exam.also == tuple(one for one in Also if one is not Also.COPULA)
    assert made(exam=Exam(also="all", population=9), mode="global").exam.also == tuple(Also)


def test_all_leaves_out_the_copula_where_labels_overlap():
    assert Also.COPULA not in made(exam=Exam(also="all", population=9), mode="local").exam.also


def test_a_name_of_a_measure_that_is_not_known_is_refused_with_the_choices():
    with pytest.raises(Malformed) as caught:
        made(exam=Exam(also="suda2"))
    assert caught.value.reason is Reason.POLICY_MALFORMED
    assert "suda" in caught.value.facts["values"]


@pytest.mark.parametrize("wrong", ["noise", {"do": "noise"}, sekisho.Noise])
def test_what_is_no_change_is_a_mistake_in_the_program(wrong):
    with pytest.raises(TypeError, match="values such as"):
        made(changes=[wrong])


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"changes": sekisho.Sample("x")}, "share"),
        ({"changes": sekisho.Noise("income", float("nan"))}, "scale"),
        ({"changes": sekisho.Noise("income", float("inf"))}, "scale"),
        ({"suppression_limit": "1/0"}, "suppression_limit"),
        ({"exam": Exam(threshold="x")}, "exam.threshold"),
        ({"exam": Exam(threshold=None)}, "exam.threshold"),
    ],
)
def test_what_is_no_number_is_refused_with_its_key(more, key):
    with pytest.raises(Malformed) as caught:
        made(**more)
    assert caught.value.facts == {"key": key, "rule": "exact-number"}
    assert caught.value.__notes__


@pytest.mark.parametrize(
    ("more", "key", "rule"),
    [
        ({"exam": Exam(threshold=0)}, "exam.threshold", "greater_than"),
        ({"exam": Exam(population=1.5)}, "exam.population", "int_type"),
        ({"suppression_limit": 2}, "suppression_limit", "less_than_equal"),
        ({"changes": [sekisho.Sample(0.5), sekisho.Sample(2)]}, "change.2.share", "less_than"),
    ],
)
def test_what_no_file_may_hold_is_refused_as_soon_as_the_policy_is_made(more, key, rule):
    with pytest.raises(Malformed) as caught:
        made(**more)
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == (key, rule)


def test_whether_a_policy_goes_with_the_table_is_checked_there():
    with pytest.raises(Malformed) as caught:
        deidentify(FRAME, made(changes=sekisho.Noise("care", 0.1)), **ROLES)
    assert caught.value.reason is Reason.POLICY_MALFORMED
