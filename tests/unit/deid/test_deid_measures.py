"""Measures of sensitive columns and of k-map: published numbers, numbers by hand, refusals."""

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sekisho.deid.bounds import (
    BetaLikeness,
    DeltaDisclosure,
    Distance,
    DistinctL,
    EntropyL,
    RecursiveL,
    TCloseness,
)
from sekisho.deid.ladders.file import read_ladder
from sekisho.deid.ladders.rule import bind
from sekisho.deid.measure import Measure
from sekisho.deid.risk.alpha import alpha
from sekisho.deid.risk.closeness import equal_distance, hierarchical_distance, ordered_distance
from sekisho.deid.risk.disclosure import delta_disclosure
from sekisho.deid.risk.diversity import distinct_l, entropy_l, recursive_l
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.likeness import beta_likeness, enhanced_beta_likeness
from sekisho.deid.risk.population import k_map
from sekisho.deid.risk.sensitive import check_bound, measure_of
from sekisho.deid.table import Column, Value, column_of, table_of
from sekisho.errors import CannotMeet, Reason, SekishoError

FOLDER = Path(__file__).parents[2] / "vectors" / "deid"


def vector(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def held_in(classes: list[list[Value]], whole: Column | None = None) -> Histograms:
    """Histograms of classes given by their values; without `whole` they are the whole table, its values rising."""
    cells = [value for one in classes for value in one]
    place = np.repeat(np.arange(len(classes), dtype=np.int32), [len(one) for one in classes])
    known = tuple(sorted(set(cells)))
    column = Column("care", known, np.array([known.index(one) for one in cells], dtype=np.int32))
    return histograms(place, column, column if whole is None else whole)


def three_decimals(measure: Measure) -> str:
    return f"{float(measure.number):.3f}"


@pytest.mark.parametrize("expect", vector("li-2007-salary-and-disease")["expect"], ids=lambda one: one["table"])
def test_closeness_of_salary_and_disease_is_as_its_vector_expects(expect):
    case = vector("li-2007-salary-and-disease")
    salaries, diseases = zip(*case["whole"], strict=True)
    rising = sorted(map(int, salaries))
    salary = Column("salary", tuple(rising), np.array([rising.index(int(one)) for one in salaries], dtype=np.int32))
    disease = column_of("disease", list(diseases))
    place = np.repeat(np.arange(len(expect["classes"]), dtype=np.int32), 3)
    rows = np.concatenate(expect["classes"])
    salaries_held = histograms(place, Column("salary", salary.values, salary.codes[rows]), salary)
    assert three_decimals(ordered_distance(salaries_held)) == expect["salary"]
    held = histograms(place, Column("disease", disease.values, disease.codes[rows]), disease)
    for key, tree in {"disease": "tree", "disease_on_higher_tree": "higher_tree"}.items():
        if key in expect:
            ladder = bind(read_ladder(case[tree].strip().encode() + b"\n", "disease"), disease)
            assert three_decimals(hierarchical_distance(held, ladder)) == expect[key]


@pytest.mark.parametrize("expect", vector("machanavajjhala-2007-inpatients")["expect"], ids=lambda one: one["figure"])
def test_the_diversity_of_inpatients_is_as_its_vector_expects(expect):
    held = held_in(expect["classes"])
    assert (distinct_l(held).text, entropy_l(held).text) == (expect["distinct-l"], expect["entropy-l"])
    assert {c: recursive_l(held, Fraction(c)).text for c in expect["recursive-l"]} == expect["recursive-l"]


@pytest.mark.parametrize("expect", vector("likeness-by-hand")["expect"], ids=["same", "near", "lacking", "certain"])
def test_disclosure_and_likeness_are_as_their_vector_expects(expect):
    held = held_in(expect["classes"])
    measures = [delta_disclosure(held), beta_likeness(held), enhanced_beta_likeness(held)]
    assert {one.kind.name: one.text for one in measures} == {one.kind.name: expect[one.kind.name] for one in measures}


@pytest.mark.parametrize("expect", vector("pycanon-two-tables")["expect"], ids=["all values", "one lacking"])
def test_another_program_measures_the_same(expect):
    held = held_in([[value for value, rows in enumerate(one) for _ in range(rows)] for one in expect["classes"]])
    measures = [
        distinct_l(held),
        alpha(held),
        ordered_distance(held),
        equal_distance(held),
        delta_disclosure(held),
        beta_likeness(held),
        enhanced_beta_likeness(held),
    ]
    assert [one.text for one in measures] == [expect[one.kind.name] for one in measures]
    assert int(entropy_l(held).number) == int(expect["entropy-l-rounded-down"])


def test_the_whole_table_counts_rows_that_were_left_out():
    whole = column_of("care", [1, 1, 2, 3])
    held = histograms(np.zeros(2, dtype=np.int32), column_of("care", [1, 2]), whole)
    assert (equal_distance(held).number, ordered_distance(held).number) == (Fraction(1, 4), Fraction(1, 8))
    assert (delta_disclosure(held).amount, beta_likeness(held).number) == (None, Fraction(1))


def test_a_value_that_no_row_of_the_table_has_is_no_place_of_the_order():
    whole = Column("care", (1, 2, 3), np.array([0, 2], dtype=np.int32))
    held = histograms(np.zeros(1, dtype=np.int32), column_of("care", [1]), whole)
    assert ordered_distance(held).number == Fraction(1, 2)


def test_the_ordered_distance_is_exact_where_a_class_has_few_of_many_values():
    whole = column_of("care", list(range(1_000)))
    held = histograms(np.zeros(3, dtype=np.int32), column_of("care", [10, 500, 990]), whole)
    p = np.zeros(1_000)
    p[[10, 500, 990]] = 1 / 3
    assert float(ordered_distance(held).number) == pytest.approx(
        np.abs(np.cumsum(p - 1 / 1_000)).sum() / 999, abs=1e-12
    )


def test_a_blank_cell_is_a_value_like_any_other():
    held = histograms(np.zeros(2, dtype=np.int32), column_of("care", [None, "1"]), column_of("care", [None, "1"]))
    assert distinct_l(held).text == "2"


def test_classes_are_told_apart_by_every_column_and_the_table_need_not_have_any():
    table = table_of(a=[1, 1, 2, 2, 1], b=["x", "y", "x", "x", "x"])
    assert classes_of_rows(table, ["a", "b"]).tolist() == [0, 1, 2, 2, 0]
    assert classes_of_rows(table, []).tolist() == [0] * 5
    assert classes_of_rows(table_of(a=[]), ["a"]).tolist() == []


def test_a_release_of_no_rows_has_measures_of_nought_and_keeps_every_bound():
    whole = column_of("care", ["1", "2"])
    held = histograms(np.zeros(0, dtype=np.int32), column_of("care", []), whole)
    tree = bind(read_ladder(b"1;*\n2;*\n", "care"), whole)
    bounds = [
        DistinctL("care", 2),
        EntropyL("care", Fraction(2)),
        RecursiveL("care", 2, Fraction(3)),
        *(TCloseness("care", Fraction(1, 10), one) for one in Distance),
        DeltaDisclosure("care", Fraction(1)),
        BetaLikeness("care", Fraction(1)),
        BetaLikeness("care", Fraction(1), enhanced=True),
    ]
    assert [check_bound(one, held, tree).number for one in bounds] == [0] * len(bounds)


def test_a_column_of_one_value_is_as_close_as_can_be():
    held = held_in([["1", "1"], ["1"]])
    assert (equal_distance(held).number, ordered_distance(held).number) == (0, 0)
    assert (delta_disclosure(held).number, enhanced_beta_likeness(held).number) == (0, 0)


def test_a_released_value_that_the_table_did_not_have_is_refused():
    with pytest.raises(SekishoError) as caught:
        histograms(np.zeros(1, dtype=np.int32), column_of("care", ["3"]), column_of("care", ["1"]))
    assert caught.value.reason is Reason.CLAIM_NOT_KEPT
    assert caught.value.facts == {"claim": "values", "column": "care", "count": 1}


def test_a_tree_without_a_value_of_the_table_is_refused():
    held = held_in([["1", "2", "2"]])
    with pytest.raises(CannotMeet) as caught:
        hierarchical_distance(held, bind(read_ladder(b"1;*\n", "care"), column_of("care", ["1"])))
    assert caught.value.reason is Reason.LADDER_MISSING_VALUE
    assert caught.value.facts == {"column": "care", "count": 1}  # one value, in two rows


def test_a_hierarchical_distance_without_its_tree_is_our_mistake():
    with pytest.raises(ValueError, match="ladder"):
        measure_of(TCloseness("care", Fraction(1, 10), Distance.HIERARCHICAL), held_in([["1"]]))


CLASSES: list[list[Value]] = [["1", "1", "1", "2", "2", "3"], ["1", "2", "2", "3"]]
KEPT_AND_BROKEN = [
    (DistinctL("care", 3), DistinctL("care", 4)),
    (EntropyL("care", Fraction("2.7")), EntropyL("care", Fraction("2.8"))),
    (RecursiveL("care", 3, Fraction(4)), RecursiveL("care", 3, Fraction(3))),  # 3 < 4 · 1, not 3 < 3 · 1
    (TCloseness("care", Fraction(3, 20), Distance.EQUAL), TCloseness("care", Fraction(149, 1000), Distance.EQUAL)),
    (TCloseness("care", Fraction(1, 10), Distance.ORDERED), TCloseness("care", Fraction(9, 100), Distance.ORDERED)),
    (DeltaDisclosure("care", Fraction("0.5")), DeltaDisclosure("care", Fraction("0.4"))),  # ln((1/4) / (4/10)) = −0.47
    (BetaLikeness("care", Fraction(1, 4)), BetaLikeness("care", Fraction(24, 100))),
    (BetaLikeness("care", Fraction(1, 4), enhanced=True), BetaLikeness("care", Fraction(24, 100), enhanced=True)),
]


@pytest.mark.parametrize("place", range(len(KEPT_AND_BROKEN)))
def test_a_bound_is_kept_up_to_its_number_and_broken_beyond_it(place):
    kept, broken = KEPT_AND_BROKEN[place]
    held = held_in(CLASSES)
    assert check_bound(kept, held).column == "care"
    with pytest.raises(SekishoError) as caught:
        check_bound(broken, held)
    assert caught.value.reason is Reason.CLAIM_NOT_KEPT
    assert caught.value.facts == {"claim": measure_of(broken, held).kind.name, "column": "care"}


def test_a_measure_without_a_number_breaks_every_bound_and_is_written_so():
    held = held_in([["1", "1"], ["2"]])
    with pytest.raises(SekishoError):
        check_bound(DeltaDisclosure("care", Fraction(10**9)), held)
    assert delta_disclosure(held).text == "unbounded"
    with pytest.raises(ValueError, match="unbounded"):
        _ = delta_disclosure(held).number


def test_k_map_counts_the_population_and_not_the_table():
    population = table_of(age=["30", "30", "30", "40", "50"], sex=["F", "F", "M", "F", "F"])
    released = table_of(age=["30", "30", "40"], sex=["F", "F", "F"])
    assert k_map(released.take(np.array([0, 1])), population, ["age", "sex"]).number == 2
    assert k_map(released, population, ["age", "sex"]).number == 1


def test_k_map_is_nought_for_a_class_that_is_nobody_and_for_a_release_of_no_rows():
    population = table_of(age=["30", "40"])
    assert k_map(table_of(age=["30", "60"]), population, ["age"]).number == 0
    assert k_map(table_of(age=[]), population, ["age"]).number == 0
