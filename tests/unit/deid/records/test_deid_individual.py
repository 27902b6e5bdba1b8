"""Individual risk with sample weights: published numbers, closed forms, a slow oracle, and bad weights."""

import tomllib
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.measure import twelve_decimals
from sekisho.deid.risk.histograms import classes_of_rows
from sekisho.deid.risk.records import individual as risk
from sekisho.deid.table import Table, column_of, table_of
from sekisho.errors import CannotMeet, Reason, WrongUsage

VECTOR = Path(__file__).parents[3] / "vectors" / "deid" / "individual-risk-eight-rows.toml"


def risk_of(rows: int, persons: float) -> float:
    """The risk of `rows` rows alike, whose weights sum to `persons`."""
    return float(risk.individual_risk(np.zeros(rows, np.int32), np.full(rows, persons / rows)).of_class[0])


def slow_risk(rows: int, persons: int) -> float:
    """The recurrence in decimals by the hundred, where nothing that cancels matters."""
    with localcontext() as context:
        context.prec = 60 + 3 * rows + rows * len(str(persons))
        taken = Decimal(rows) / Decimal(persons)
        left = 1 - taken
        if not left:
            return 1 / rows
        part = -taken.ln() / left
        for done in range(1, rows):
            part = (Decimal(1) / done - taken * part) / left
        return float(taken * part)


def test_the_risks_of_eight_rows_are_as_published():
    case = tomllib.loads(VECTOR.read_text(encoding="utf-8"))
    columns = [column_of(str(at), list(cells)) for at, cells in enumerate(zip(*case["rows"], strict=True))]
    table = Table(tuple(columns))
    found = risk.individual_risk(classes_of_rows(table, table.names), np.array(case["weights"]))
    assert [f"{one:.3f}" for one in found.of_row] == case["expect"]


@given(st.integers(1, 80), st.integers(1, 10**6))
def test_the_risk_is_the_mean_of_one_in_the_persons_alike(rows, weight):
    assert risk_of(rows, rows * weight) == pytest.approx(slow_risk(rows, rows * weight), rel=1e-12)


@given(st.integers(1, 40), st.integers(0, 200))
def test_the_risk_is_right_for_weights_near_one_too(rows, more):
    assert risk_of(rows, rows + more) == pytest.approx(slow_risk(rows, rows + more), rel=1e-12)


def test_the_risk_is_the_sum_over_the_negative_binomial():
    rows, taken, chance, total = 3, 0.25, 0.25**3, 0.0
    for persons in range(rows, 400):
        total += chance / persons
        chance *= persons / (persons - rows + 1) * (1 - taken)
    assert risk_of(rows, 12.0) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 31, 32, 33, 1000, 10**6])
@pytest.mark.parametrize("weight", [1.0, 1 + 1e-12, 1.999999, 2.0, 2.000001, 50.0, 1e9, 1e15])
def test_the_risk_lies_between_one_in_the_persons_expected_and_one_in_the_rows(rows, weight):
    found = float(risk._risks(np.array([float(rows)]), np.array([rows * weight]))[0])
    assert 1 / (rows * weight) <= found * (1 + 1e-12)
    assert found <= (1 / rows) * (1 + 1e-12)


def test_a_billion_rows_alike_have_the_risk_of_their_weights():
    found = float(risk._risks(np.array([1e9]), np.array([4e9]))[0])
    assert found == pytest.approx(1 / 4e9, rel=1e-8)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 50)), min_size=1, max_size=30), st.integers(1, 9))
def test_greater_weights_never_raise_a_risk(rows, more):
    classes = np.unique([one for one, _ in rows], return_inverse=True)[1].astype(np.int32)
    weights = np.array([float(weight) for _, weight in rows])
    before, after = (risk.individual_risk(classes, weights * factor).of_row for factor in (1.0, float(more)))
    assert (after <= before * (1 + 1e-12)).all()


def test_a_table_that_is_the_population_has_one_in_the_rows_alike():
    found = risk.individual_risk(np.array([0, 0, 1, 2, 2, 2], np.int32), np.ones(6))
    assert found.of_row.tolist() == [1 / 2, 1 / 2, 1.0, 1 / 3, 1 / 3, 1 / 3]
    assert risk.expected_individuals(found).number == 3  # as many as there are classes
    assert risk.mean_individual_risk(found).number == Fraction(1, 2)
    assert risk.highest_individual_risk(found).number == 1


def test_weights_that_sum_to_less_than_their_rows_are_taken_for_all_there_are():
    assert risk_of(4, 2.0) == 1 / 4


def test_rows_exactly_at_the_threshold_are_not_above_it():
    found = risk.individual_risk(np.array([0, 0, 0, 1, 1, 2], np.int32), np.ones(6))
    shares = [risk.individuals_at_risk(found, one).number for one in (Fraction(1, 3), Fraction(1, 2), Fraction(1))]
    assert shares == [Fraction(1, 2), Fraction(1, 6), 0]


@pytest.mark.parametrize("threshold", [Fraction(0), Fraction(-1, 2), Fraction(3, 2)])
def test_a_threshold_that_is_no_probability_is_refused(threshold):
    found = risk.individual_risk(np.zeros(1, np.int32), np.ones(1))
    with pytest.raises(WrongUsage) as refused:
        risk.individuals_at_risk(found, threshold)
    assert refused.value.reason is Reason.THRESHOLD_OUT_OF_RANGE


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b", "c", None])), min_size=1, max_size=20))
def test_a_household_is_found_when_one_of_its_rows_is(rows):
    classes = np.unique([one for one, _ in rows], return_inverse=True)[1].astype(np.int32)
    found = risk.individual_risk(classes, np.full(len(rows), 3.0))
    homes = [home for _, home in rows]
    together = risk.household_risk(found, column_of("home", list(homes)))
    for row, home in enumerate(homes):
        members = [row] if home is None else [one for one, other in enumerate(homes) if other == home]
        expected = 1 - np.prod([1 - found.of_row[one] for one in members])
        assert together.of_row[row] == pytest.approx(expected, rel=1e-9)
    assert float(risk.highest_household_risk(together).number) == pytest.approx(together.of_row.max(), abs=1e-12)
    assert float(risk.mean_household_risk(together).number) == pytest.approx(together.of_row.mean(), abs=1e-12)
    assert risk.mean_household_risk(together).number >= risk.mean_individual_risk(found).number - Fraction(1, 10**11)


def test_a_household_with_a_row_that_is_surely_found_is_surely_found():
    alone = risk.individual_risk(np.array([0, 1, 1], np.int32), np.ones(3))
    assert risk.household_risk(alone, column_of("home", ["a", "a", "b"])).of_row.tolist() == [1.0, 1.0, 0.5]


def test_a_table_without_rows_has_no_risk():
    nobody = risk.individual_risk(np.empty(0, np.int32), np.empty(0))
    measures = [
        risk.highest_individual_risk(nobody),
        risk.mean_individual_risk(nobody),
        risk.expected_individuals(nobody),
        risk.individuals_at_risk(nobody, Fraction(1, 2)),
        risk.highest_household_risk(risk.household_risk(nobody, column_of("home", []))),
        risk.mean_household_risk(nobody),
    ]
    assert [one.number for one in measures] == [0] * 6


def test_a_class_without_rows_changes_nothing():
    found = risk.individual_risk(np.array([0, 2, 2], np.int32), np.ones(3))
    assert found.of_class.tolist() == [1.0, 0.0, 0.5]
    assert risk.mean_individual_risk(found).number == twelve_decimals(2 / 3)


def test_weights_are_read_row_by_row():
    weights = table_of(weight=[3, 1, 3, 10**12]).column("weight")
    assert risk.weights_of_rows(weights).tolist() == [3.0, 1.0, 3.0, 1e12]


@pytest.mark.parametrize("bad", [0, -2, None, "2"])
def test_weights_that_are_no_whole_number_above_zero_are_refused_and_counted(bad):
    with pytest.raises(CannotMeet) as refused:
        risk.weights_of_rows(column_of("weight", [4, bad, 7, bad, 1]))
    assert refused.value.reason is Reason.WEIGHTS_UNUSABLE
    assert refused.value.facts == {"column": "weight", "count": 2}


def test_a_bad_weight_that_no_row_has_is_none():
    weights = column_of("weight", [0, 5, 6])
    kept = Table((weights,)).take(np.array([1, 2])).column("weight")
    assert risk.weights_of_rows(kept).tolist() == [5.0, 6.0]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_in_floating_point_that_is_none_is_an_error(bad):
    with pytest.raises(ValueError, match="finite weight above 0"):
        risk.individual_risk(np.zeros(2, np.int32), np.array([1.0, bad]))
