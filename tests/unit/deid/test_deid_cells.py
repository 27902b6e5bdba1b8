"""Leaving out single cells where `*` may stand for anything, and counting rows in both readings of `*`."""

from pathlib import Path

import numpy as np
import pytest

from sekisho.deid.passes.tuples import Tuples, collapse
from sekisho.deid.risk.alike import least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.search.cells import restore
from sekisho.deid.search.cells.patterns import Costs, cheapest_patterns
from sekisho.deid.search.cells.wildcard import suppress_cells
from sekisho.deid.table import Column, Table, table_of
from sekisho.errors import CannotMeet, Reason

ADULT = Path(__file__).parents[3] / "examples" / "adult" / "adult.csv"


def tuples_of(*columns: list[int]) -> Tuples:
    return collapse([np.array(one, dtype=np.int32) for one in columns], [max(one) + 1 for one in columns])


def ones(tuples: Tuples) -> tuple[np.ndarray, ...]:
    return tuple(np.ones(int(one.max()) + 1) for one in tuples.codes)


def with_stars(tuples: Tuples, stars: np.ndarray) -> Table:
    columns = []
    for number, (codes, star) in enumerate(zip(tuples.codes, stars, strict=True)):
        width = int(codes.max()) + 1
        cells = np.where(star, np.int32(width), codes)[tuples.of_row].astype(np.int32)
        columns.append(Column(f"q{number}", (*range(width), "*"), cells))
    return Table(tuple(columns))


@pytest.fixture(scope="module")
def adult() -> Tuples:
    """The nine columns of the example, each code the rank of its value."""
    _, *rows = (line.split(";") for line in ADULT.read_text(encoding="utf-8").splitlines())
    columns = [np.unique(np.array(one), return_inverse=True)[1].astype(np.int32) for one in zip(*rows, strict=True)]
    return collapse(columns, [int(one.max()) + 1 for one in columns])


def share(tuples: Tuples, cells: np.ndarray) -> np.ndarray:
    """By column: the sum of `cells` over the rows, divided by the rows."""
    return (cells * tuples.rows).sum(axis=1) / tuples.rows.sum()


def test_cells_stay_where_every_tuple_has_enough_rows():
    tuples = tuples_of([0, 0, 1, 1], [0, 0, 1, 1])
    assert not suppress_cells(tuples, 2, ones(tuples)).any()


def test_cells_are_left_out_in_the_column_that_keeps_rows_apart():
    tuples = tuples_of([0, 0, 0, 0], [0, 1, 2, 3])
    assert suppress_cells(tuples, 4, ones(tuples)).sum(axis=1).tolist() == [0, 3]


def test_cells_are_left_out_where_they_cost_least():
    tuples = tuples_of([0, 0, 1, 1], [0, 1, 0, 1])
    dear, cheap = np.full(2, 5.0), np.full(2, 1.0)
    assert suppress_cells(tuples, 2, (dear, cheap)).sum(axis=1).tolist() == [0, 2]
    assert suppress_cells(tuples, 2, (cheap, dear)).sum(axis=1).tolist() == [2, 0]


def test_cells_that_cost_the_same_are_left_out_in_the_column_with_most_values():
    tuples = tuples_of([0, 0, 0, 1, 1, 1], [0, 1, 2, 0, 1, 2])
    assert suppress_cells(tuples, 2, ones(tuples)).sum(axis=1)[0] == 0


def test_cells_cannot_make_more_rows_than_the_table_has():
    tuples = tuples_of([0, 1, 2])
    with pytest.raises(CannotMeet) as caught:
        suppress_cells(tuples, 4, ones(tuples))
    assert caught.value.reason is Reason.K_LARGER_THAN_TABLE


def test_a_tuple_known_from_the_population_alone_counts_for_no_row():
    codes = [np.array([0, 0, 1], dtype=np.int32)]
    tuples = collapse(codes, [3], population=[np.array([0, 1, 2, 2, 2], dtype=np.int32)])
    stars = suppress_cells(tuples, 3, (np.ones(3),))
    assert least_alike_with_wildcards(with_stars(tuples, stars), ["q0"]) == 3


def test_cells_on_adult_lose_less_than_any_tool_measured(adult):
    # sdcMicro 5.8.1 kAnon leaves out 10.7 % of these cells at k = 5 and loses an entropy of 0.189.
    stars = suppress_cells(adult, 5, ones(adult))
    table = with_stars(adult, stars)
    assert least_alike_with_wildcards(table, table.names) == 5
    nats = np.stack([-np.log(np.bincount(one, weights=adult.rows) / adult.rows.sum())[one] for one in adult.codes])
    assert share(adult, stars).mean() < 0.037
    assert (share(adult, nats * stars) / share(adult, nats)).mean() < 0.115
    assert share(adult, nats * stars).sum() / share(adult, nats).sum() < 0.105


def test_cells_on_adult_lose_least_entropy_where_that_is_what_they_cost(adult):
    weights = tuple(-np.log(np.bincount(one, weights=adult.rows) / adult.rows.sum()) for one in adult.codes)
    nats = np.stack([weight[one] for weight, one in zip(weights, adult.codes, strict=True)])
    stars = suppress_cells(adult, 5, weights)
    assert share(adult, nats * stars).sum() / share(adult, nats).sum() < 0.087


def test_patterns_are_the_cheapest_on_adult(adult):
    cells = np.stack(adult.codes, axis=1)
    costs = Costs(np.concatenate(ones(adult)), np.cumsum([0, *(cells.max(axis=0)[:-1] + 1)]))
    for order in (np.arange(9), np.arange(9)[::-1].copy()):
        patterns = cheapest_patterns(cells, adult.rows, costs, order, 5)
        least = sum((patterns >> column & 1) * adult.rows for column in range(9)).sum()
        assert least == 31_458  # by trying all 512 patterns


def test_patterns_keep_enough_rows_where_the_steps_run_out(monkeypatch, adult):
    monkeypatch.setattr("sekisho.deid.search.cells.patterns.STEPS", 0)
    monkeypatch.setattr(restore, "STEPS", 0)
    table = with_stars(adult, suppress_cells(adult, 5, ones(adult)))
    assert least_alike_with_wildcards(table, table.names) >= 5


def test_cells_keep_enough_rows_when_the_search_is_stopped(adult):
    asked = iter([False] * 8 + [True] * 10**6)
    told: list[float] = []
    stars = suppress_cells(adult, 5, ones(adult), progress=lambda _, part: told.append(part), stop=lambda: next(asked))
    table = with_stars(adult, stars)
    assert least_alike_with_wildcards(table, table.names) >= 5
    assert told == sorted(told)
    assert all(0 <= one < 1 for one in told)


def test_a_star_is_a_value_of_its_own_in_the_strict_count():
    table = table_of(age=["30-39", "*", "30-39", "*", "*", "40-49"])
    assert sorted(sizes_of_classes(table, ["age"]).tolist()) == [1, 2, 3]


def test_a_star_matches_every_value_in_the_wildcard_count():
    table = table_of(age=["30-39", "*", "30-39", "*", "*", "40-49"])
    assert least_alike_with_wildcards(table, ["age"]) == 4


def test_without_stars_both_counts_are_the_same():
    table = table_of(age=[30, 30, 31, 31, 31], sex=["F", "F", "F", "M", "M"])
    assert least_alike_with_wildcards(table, ["age", "sex"]) == sizes_of_classes(table, ["age", "sex"]).min() == 1


def test_both_counts_are_those_of_comparing_all_rows_where_many_are_starred():
    chance = np.random.default_rng(1)
    widths = [40, 12, 7, 3, 2]
    starred = chance.random((20, 5)) < 0.25  # twenty patterns
    pattern = chance.integers(20, size=3_000)
    codes = np.stack(
        [np.where(starred[pattern, at], width, chance.integers(width, size=3_000)) for at, width in enumerate(widths)]
    ).astype(np.int32)
    star = np.array(widths)[:, None]
    matches = np.ones((3_000, 3_000), dtype=np.bool_)
    for one, code in zip(codes, star[:, 0], strict=True):
        matches &= (one[:, None] == one) | (one[:, None] == code) | (one == code)
    table = Table(tuple(Column(f"q{at}", (*range(widths[at]), "*"), codes[at]) for at in range(5)))
    assert least_alike_with_wildcards(table, table.names) == matches.sum(axis=1).min()
    assert sorted(sizes_of_classes(table, table.names)) == sorted(np.unique(codes, axis=1, return_counts=True)[1])


def test_rows_of_stars_alone_match_all_rows():
    table = table_of(age=["*", "*"], sex=["*", "*"])
    assert least_alike_with_wildcards(table, ["age", "sex"]) == 2


def test_no_rows_and_no_columns_count_nothing():
    assert least_alike_with_wildcards(table_of(age=[]), ["age"]) == 0
    assert least_alike_with_wildcards(table_of(age=[1]), []) == 0
    assert sizes_of_classes(table_of(age=[]), ["age"]).size == 0
