import json
from fractions import Fraction

import pytest
from changes_made import ENTROPY, HEAD, people, policy_of, schema_of

from sekisho.deid.deidentify import Outcome, deidentify, plan_table
from sekisho.deid.exam import Also
from sekisho.deid.report.report import write_report
from sekisho.deid.table import Column, Table
from sekisho.errors import CannotMeet, Malformed, Reason

EVERY = """[exam]
population = 5000
weights = "income"
household = "moved"
subject = "person"
also = ["suda", "copula", "variation", "divergence", "queries"]
[[change]]
do = "pseudonym"
column = "person"
"""


LOCAL = HEAD.replace("k = 3", "k = 20")
GLOBAL = HEAD.replace("k = 3", 'k = 20\nmode = "global"')


def made(more: str = EVERY, head: str = GLOBAL) -> Outcome:
    return deidentify(earning(), schema_of(), policy_of(head + more), entropy=ENTROPY)


def earning() -> Table:
    """Give back the people with an income of 1 and more, which can be weights."""
    table = people()
    income = table.column("income")
    known = Column("income", tuple(one + 1 for one in income.values if isinstance(one, int)), income.codes)
    return Table(tuple(known if one.name == "income" else one for one in table.columns))


def numbers(outcome: Outcome) -> dict[str, tuple[str | None, str]]:
    return {one.after.kind.name: (one.before and one.before.text, one.after.text) for one in outcome.report.measures}


def test_an_exam_adds_what_the_policy_asks_for_and_nothing_else():
    asked, plain = numbers(made()), numbers(made(""))
    assert set(asked) - set(plain) >= {
        "k-subjects",
        "population-uniqueness-dankar",
        "individual-highest",
        "household-mean",
        "suda-rows",
        "copula-uniqueness",
        "marginal-variation",
        "pair-variation-most",
        "kl-divergence",
        "query-error-p90",
    }
    assert not set(plain) - set(asked)


def test_a_release_is_safer_and_less_useful_than_the_table_before():
    told = numbers(made())
    assert float(told["individual-highest"][1]) < float(told["individual-highest"][0])
    assert int(told["k-subjects"][1]) <= int(told["k"][1])
    assert 0 < float(told["marginal-variation"][1]) <= float(told["pair-variation-most"][1]) <= 1


def test_the_persons_of_a_class_are_counted_and_not_its_rows():
    outcome = made(EVERY)
    names = ("age", "town")
    cells = list(zip(*(outcome.table.column(one).cells() for one in (*names, "person")), strict=True))
    persons: dict[tuple[object, ...], set[object]] = {}
    for *alike, person in cells:
        persons.setdefault(tuple(alike), set()).add(person)
    assert outcome.report.number("k-subjects") == min(map(len, persons.values()))


def test_the_same_plan_is_asked_the_same_questions():
    assert write_report(made().report) == write_report(made().report)
    also = json.loads(write_report(made().report))["measures"]
    assert [one["name"] for one in also][-2:] == ["query-error", "query-error-p90"]


@pytest.mark.parametrize("also", list(Also))
def test_each_measure_can_be_asked_for_alone(also):
    text = f'[exam]\npopulation = 400\nalso = ["{also.value}"]\n'
    assert len(numbers(made(text))) > len(numbers(made("[exam]\npopulation = 400\n")))


def test_a_copula_is_refused_where_labels_overlap():
    asked = '[exam]\npopulation = 400\nalso = ["copula"]\n'
    assert "copula-uniqueness" in numbers(made(asked, GLOBAL))
    with pytest.raises(Malformed) as caught:
        made(asked, LOCAL)
    assert (caught.value.facts["key"], caught.value.facts["rule"]) == ("exam.also", "copula-needs-global")


def test_a_value_that_a_change_took_away_counts_as_lost_in_the_distribution():
    gone = '[[change]]\ndo = "delete-rows"\ncolumn = "town"\nvalues = ["A"]\n[exam]\nalso = ["variation"]\n'
    outcome = made(gone, LOCAL)
    towns = next(one.after for one in outcome.report.measures if one.after.column == "town")
    assert towns.kind.name == "column-variation"
    assert towns.number >= Fraction(24, 100)  # a quarter of the rows was in town A


def test_a_population_below_the_rows_is_refused_before_any_search():
    with pytest.raises(CannotMeet) as caught:
        plan_table(people(), schema_of(), policy_of(HEAD + "[exam]\npopulation = 399\n"))
    assert caught.value.reason is Reason.POPULATION_TOO_SMALL
    assert caught.value.facts == {"rows": 400, "population": 399}


def test_a_threshold_moves_the_share_of_rows_at_risk():
    low, high = (made(f"[exam]\nthreshold = {one}\n").report.number("prosecutor-at-risk") for one in (0.01, 1))
    assert (low, high) == (Fraction(1), Fraction(0))


def test_weights_of_nobody_are_refused_before_any_search():
    policy = policy_of(HEAD + '[exam]\nweights = "income"\n')
    with pytest.raises(CannotMeet) as caught:
        plan_table(people(), schema_of(), policy)
    assert caught.value.reason is Reason.WEIGHTS_UNUSABLE
    assert caught.value.facts == {"column": "income", "count": 1}


def test_a_number_is_given_where_another_measure_is_unbounded():
    noisy = '[[change]]\ndo = "noise"\ncolumns = ["age"]\nscale = 3\n[exam]\nalso = ["divergence"]\n'
    report = made(noisy, LOCAL).report
    assert report.number("k") >= 20
    with pytest.raises(ValueError, match="unbounded"):
        report.number("kl-divergence")
