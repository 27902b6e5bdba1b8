"""What holds for every table whose cells are left out, and for both counts of rows alike."""

from collections import Counter
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.deid.passes.tuples import Tuples, collapse
from sekisho.deid.risk.alike import least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.search.cells.patterns import Costs, cheapest_patterns
from sekisho.deid.search.cells.wildcard import suppress_cells
from sekisho.deid.table import Table, column_of

Rows = list[tuple[int | str, ...]]


@st.composite
def rows_of(draw: st.DrawFn, *, stars: bool = False, most: int = 24) -> Rows:
    width = draw(st.integers(1, 4))
    cell = st.sampled_from([0, 1, 2, "*"] if stars else [0, 1, 2])
    return draw(st.lists(st.tuples(*[cell] * width), min_size=2, max_size=most))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Rows, int, tuple[np.ndarray, ...]]:
    rows = draw(rows_of())
    cost = st.sampled_from([0.0, 0.5, 1.0, 2.0])
    weights = tuple(np.array(draw(st.tuples(cost, cost, cost))) for _ in rows[0])
    return rows, draw(st.integers(2, len(rows))), weights


def tuples_of(rows: Rows) -> Tuples:
    columns = [np.array(one, dtype=np.int32) for one in zip(*rows, strict=True)]
    return collapse(columns, [3] * len(columns))


def starred(rows: Rows, tuples: Tuples, stars: np.ndarray) -> Rows:
    return [
        tuple("*" if stars[column, tuples.of_row[at]] else cell for column, cell in enumerate(row))
        for at, row in enumerate(rows)
    ]


def match(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> bool:
    return all(here == there or "*" in {here, there} for here, there in zip(one, other, strict=True))


def least(rows: Rows) -> int:
    return min(sum(match(one, other) for other in rows) for one in rows)


def table_of(rows: Rows) -> Table:
    columns = enumerate(zip(*rows, strict=True))
    return Table(tuple(column_of(f"q{number}", list(cells)) for number, cells in columns))


@settings(max_examples=300, deadline=None)
@given(questions())
def test_every_row_matches_enough_rows_once_cells_are_left_out(question):
    rows, k, weights = question
    tuples = tuples_of(rows)
    assert least(starred(rows, tuples, suppress_cells(tuples, k, weights))) >= k


@settings(max_examples=200, deadline=None)
@given(questions())
def test_no_cell_is_left_out_needlessly(question):
    rows, k, weights = question
    tuples = tuples_of(rows)
    stars = suppress_cells(tuples, k, weights)
    for column, one in zip(*np.nonzero(stars), strict=True):
        fewer = stars.copy()
        fewer[column, one] = False
        assert least(starred(rows, tuples, fewer)) < k


@settings(max_examples=50, deadline=None)
@given(questions())
def test_the_same_table_has_the_same_cells_left_out(question):
    rows, k, weights = question
    once, again = (suppress_cells(tuples_of(rows), k, weights) for _ in range(2))
    assert (once == again).all()


@settings(max_examples=200, deadline=None)
@given(questions(), st.randoms(use_true_random=False))
def test_each_pattern_is_the_cheapest_that_leaves_what_enough_rows_had(question, chance):
    rows, k, weights = question
    tuples = tuples_of(rows)
    cells = np.stack(tuples.codes, axis=1)
    columns = list(range(len(weights)))
    order = np.array(chance.sample(columns, len(columns)))
    costs = Costs(np.concatenate(weights), np.array(columns) * 3)
    patterns = cheapest_patterns(cells, tuples.rows, costs, order, k)
    for row, pattern in zip(cells.tolist(), patterns.tolist(), strict=True):
        possible = [
            sum(weights[one][row[one]] for one in columns if one not in kept)
            for size in range(len(columns) + 1)
            for kept in combinations(columns, size)
            if sum(all(other[one] == row[one] for one in kept) for other in rows) >= k
        ]
        stay = [one for one in columns if not pattern >> one & 1]
        assert sum(weights[one][row[one]] for one in columns if one not in stay) == min(possible)
        assert sum(all(other[one] == row[one] for one in stay) for other in rows) >= k


@settings(max_examples=400, deadline=None)
@given(rows_of(stars=True, most=60))
def test_the_wildcard_count_is_that_of_comparing_every_two_rows(rows):
    table = table_of(rows)
    assert least_alike_with_wildcards(table, table.names) == least(rows)


@settings(max_examples=300, deadline=None)
@given(rows_of(stars=True, most=60))
def test_the_sizes_are_those_of_counting_equal_rows(rows):
    table = table_of(rows)
    assert sorted(sizes_of_classes(table, table.names).tolist()) == sorted(Counter(rows).values())


@settings(max_examples=200, deadline=None)
@given(rows_of(stars=True))
def test_the_wildcard_count_is_never_below_the_strict_one(rows):
    table = table_of(rows)
    assert least_alike_with_wildcards(table, table.names) >= sizes_of_classes(table, table.names).min()
