"""The copula model of uniqueness: against populations that are counted, the margins, and bad input."""

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.cores import spread
from sekisho.deid.risk.alike import sizes_of_classes
from sekisho.deid.risk.uniqueness.copula import copula_measures, copula_uniqueness
from sekisho.deid.risk.uniqueness.fitting.dependence import fit
from sekisho.deid.table import Column, Table, column_of, table_of
from sekisho.errors import CannotMeet, Reason

ADULT = Path(__file__).parents[4] / "examples" / "adult" / "adult.csv"
SEPARATOR = ";"


def population(
    seed: int, persons: int, values: list[int], correlation: float, *, words: bool = False, turned: bool = False
) -> Table:
    """Persons of a normal copula with one correlation, values of uneven shares, as numbers or as shuffled words."""
    rng = np.random.default_rng(seed)
    size = len(values)
    root = np.linalg.cholesky(np.full((size, size), correlation) + (1 - correlation) * np.eye(size))
    normals = rng.normal(size=(persons, size)) @ root.T
    columns = []
    for name, one, count in zip("abcdefgh", normals.T, values, strict=False):
        cuts = np.quantile(one, np.clip(np.cumsum(rng.dirichlet(np.ones(count)))[:-1], 0, 1))
        codes = np.searchsorted(cuts, -one if turned and name == "b" else one).astype(np.int32)
        if words:
            columns.append(Column(name, tuple(f"w{place:03}" for place in rng.permutation(count)), codes))
        else:
            columns.append(Column(name, tuple(range(count)), codes))
    return Table(tuple(columns))


def sample_of(table: Table, rows: int, seed: int = 0) -> Table:
    return table.take(np.sort(np.random.default_rng(seed).choice(table.rows, rows, replace=False)))


def unique_share(table: Table) -> float:
    sizes = sizes_of_classes(table, table.names)
    return float((sizes == 1).sum()) / table.rows


@pytest.mark.parametrize("words", [False, True], ids=["numbers", "words"])
def test_a_sample_of_one_percent_tells_how_many_persons_are_unique(words):
    made = [([5, 12, 40], 0.0), ([20, 40, 8, 5], 0.5), ([90, 40, 12, 3, 8], 0.3), ([40, 40, 20, 12, 12, 5], 0.7)]
    apart = []
    for values, correlation in made:
        whole = population(sum(values), 100_000, values, correlation, words=words)
        found = copula_uniqueness(sample_of(whole, 1000), whole.names, whole.rows)
        apart.append(found.mean - unique_share(whole))
        apart.append(found.mean_correctness - sizes_of_classes(whole, whole.names).size / whole.rows)
        assert found.mean_error < 0.005
    assert np.abs(apart).mean() < 0.02
    assert np.abs(apart).max() < 0.04


def test_a_tenth_of_the_census_sample_tells_how_many_of_it_are_unique():
    lines = ADULT.read_text(encoding="utf-8").splitlines()
    cells = list(zip(*(line.split(SEPARATOR) for line in lines[1:]), strict=True))
    whole = Table(tuple(column_of(str(at), list(one)) for at, one in enumerate(cells)))
    assert (whole.rows, len(cells)) == (30_162, 9)
    found = copula_uniqueness(sample_of(whole, 3000), whole.names, whole.rows)
    assert unique_share(whole) == pytest.approx(0.514, abs=5e-4)
    assert found.mean == pytest.approx(unique_share(whole), abs=0.05)  # no copula made this table


def test_rows_that_are_unique_in_the_population_are_told_from_those_that_are_not():
    whole = population(11, 100_000, [40, 20, 12, 8], 0.4)
    order = np.random.default_rng(3).choice(whole.rows, 2000, replace=False)
    found = copula_uniqueness(whole.take(order), whole.names, whole.rows)
    key = np.zeros(whole.rows, dtype=np.int64)
    for one in whole.columns:
        key = key * len(one.values) + one.codes
    _, place, counts = np.unique(key, return_inverse=True, return_counts=True)
    unique = (counts[place] == 1)[order]
    assert 0.02 < unique.mean() < 0.9
    below = found.of_row[~unique]
    better = np.mean([(below < one).mean() + (below == one).mean() / 2 for one in found.of_row[unique]])
    assert better > 0.84  # area under the curve; the paper has 0.84 to 0.97
    assert ((found.of_row - unique) ** 2).mean() < 0.6 * unique.mean() * (
        1 - unique.mean()
    )  # less than by guessing the share for all


def test_columns_that_rise_and_fall_together_keep_their_direction():
    up, down = (fit(population(2, 20_000, [9, 9], 0.6, turned=one).columns).correlation[0, 1] for one in (False, True))
    assert up == pytest.approx(0.6, abs=0.03)
    assert down == pytest.approx(-0.6, abs=0.03)


def test_words_are_put_in_an_order_in_which_they_go_together():
    fitted = fit(population(5, 20_000, [12, 12, 12], 0.7, words=True).columns)
    assert np.abs(fitted.correlation[np.triu_indices(3, 1)]) == pytest.approx([0.7] * 3, abs=0.05)


def test_the_persons_of_many_valued_columns_are_compared_in_groups():
    found = fit(population(7, 20_000, [2000, 2000], 0.5).columns)
    assert found.correlation[0, 1] == pytest.approx(0.5, abs=0.05)
    assert max(one.size for one in found.bounds) > 1000


def test_correlations_that_cannot_be_together_are_mended():
    rows = [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 1, 1]] * 50 + [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]
    rows += [[2, 2, 5], [2, 5, 2], [5, 2, 2]] * 60
    table = Table(
        tuple(column_of(name, list(cells)) for name, cells in zip("abc", zip(*rows, strict=True), strict=True))
    )
    correlation = fit(table.columns).correlation
    assert np.linalg.eigvalsh(correlation).min() > 0
    assert np.diag(correlation) == pytest.approx([1.0] * 3, abs=1e-9)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=25),
    st.integers(0, 10**9),
)
def test_likelihoods_are_probabilities_and_greater_populations_lower_them(rows, more):
    columns = tuple(column_of(name, list(cells)) for name, cells in zip("abc", zip(*rows, strict=True), strict=True))
    table = Table(columns)
    found, later = (copula_uniqueness(table, "abc", len(rows) + one) for one in (0, more))
    for one in (found, later):
        assert ((one.cells >= 0) & (one.cells <= 1)).all()
        assert ((one.of_row >= 0) & (one.of_row <= one.correctness + 1e-12)).all()
        assert (one.correctness <= 1).all()
        assert 0 <= one.mean <= one.mean_correctness + 1e-12
    assert (later.of_row <= found.of_row + 1e-12).all()
    assert later.mean <= found.mean + 1e-12


def test_independent_columns_give_the_product_of_their_shares():
    table = table_of(a=[1, 1, 2, 2] * 9, b=["x", "y", "x", "y"] * 9)
    found = copula_uniqueness(table, ["a", "b"], 100)
    assert found.cells == pytest.approx([1 / 4] * 36)
    assert found.of_row == pytest.approx([0.75**99] * 36)
    assert found.correctness == pytest.approx([(1 - 0.75**100) / 25] * 36)


def test_one_column_has_its_shares_for_cells():
    found = copula_uniqueness(table_of(a=[1, 1, 1, 2, None, None]), ["a"], 60)
    assert found.cells == pytest.approx([1 / 2, 1 / 2, 1 / 2, 1 / 6, 1 / 3, 1 / 3])
    exact = sum(share * (1 - share) ** 59 for share in (1 / 2, 1 / 6, 1 / 3))
    assert found.mean == pytest.approx(exact, rel=1e-2)


def test_a_column_of_one_value_changes_nothing():
    table = table_of(a=[1, 2, 2, 3], b=[7, 7, 7, 7], c=["x", "y", "x", "z"])
    with_it, without = (copula_uniqueness(table, names, 9) for names in ("abc", "ac"))
    assert all(np.array_equal(getattr(with_it, one.name), getattr(without, one.name)) for one in fields(with_it))


def test_the_order_of_the_columns_and_of_the_rows_changes_nothing():
    table = sample_of(population(4, 5000, [20, 12, 5, 3], 0.3), 300)
    found, other = (copula_uniqueness(table, names, 5000) for names in ("abcd", "dbca"))
    assert other.of_row == pytest.approx(found.of_row, abs=1e-9)
    back = copula_uniqueness(table.take(np.arange(300)[::-1]), "abcd", 5000)
    assert back.of_row[::-1] == pytest.approx(found.of_row, abs=1e-9)
    assert back.mean == pytest.approx(found.mean, abs=1e-9)


def test_the_numbers_do_not_depend_on_how_the_work_is_shared_out():
    table = population(6, 3000, [20, 12, 5], 0.3)
    found, other = copula_uniqueness(table, "abc", 3000), copula_uniqueness(table, "abc", 3000, spread=spread)
    assert all(np.array_equal(getattr(found, one.name), getattr(other, one.name)) for one in fields(found))


def test_persons_who_are_all_alike_are_never_unique():
    table = table_of(a=[1, 1, 1], b=["x", "x", "x"])
    assert [one.text for one in copula_measures(copula_uniqueness(table, "ab", 4))] == [
        "0.000000",
        "0.250000",
        "0.250000",
    ]


def test_a_single_person_is_unique():
    assert [one.number for one in copula_measures(copula_uniqueness(table_of(a=[1], b=["x"]), "ab", 1))] == [1, 1, 1]


def test_one_row_of_many_persons_stands_for_all_of_them():
    assert copula_uniqueness(table_of(a=[1], b=["x"]), "ab", 50).of_row.tolist() == [0.0]


def test_days_that_nobody_shares_are_all_but_unique():
    days = [date(1950, 1, 1) + timedelta(days=31 * row) for row in range(400)]
    table = table_of(born=days, number=list(range(400)))
    found = copula_uniqueness(table, ["born", "number"], 400)
    assert found.of_row.min() > 0.2  # each value has one row, and the two go together
    assert np.isfinite(found.correctness).all()


def test_a_population_smaller_than_the_sample_is_refused():
    with pytest.raises(CannotMeet) as refused:
        copula_uniqueness(table_of(a=[1, 2, 3]), ["a"], 2)
    assert refused.value.reason is Reason.POPULATION_TOO_SMALL
    assert refused.value.facts == {"rows": 3, "population": 2}


def test_a_table_without_quasi_identifiers_is_refused():
    with pytest.raises(CannotMeet) as refused:
        copula_uniqueness(table_of(a=[1, 2, 3]), [], 5)
    assert refused.value.reason is Reason.NO_QUASI_IDENTIFIER


def test_a_table_without_rows_has_nobody_unique():
    found = copula_uniqueness(table_of(a=[], b=[]), "ab", 0)
    assert [one.number for one in copula_measures(found)] == [0, 0, 0]
    assert found.of_row.size == found.correctness.size == 0
