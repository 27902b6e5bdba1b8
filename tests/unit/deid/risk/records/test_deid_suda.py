"""Special uniques: published scores, another program's, a slow and obvious count, and tables at the edge."""

import tomllib
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations
from math import comb, prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from sekisho.cores import spread as on_all_cores
from sekisho.deid.risk.records.dis import dis_scores, right_matches
from sekisho.deid.risk.records.suda import SudaScores, suda_measures, suda_scores, usual_largest
from sekisho.deid.table import Column, Table, column_of
from sekisho.errors import CannotMeet, Reason

FOLDER = Path(__file__).parents[4] / "vectors" / "deid"
Cells = list[list[Any]]


def tables_of(vector: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = tomllib.loads((FOLDER / f"{vector}.toml").read_text(encoding="utf-8"))["table"]
    return read


def table_of_cells(cells: Cells) -> Table:
    return Table(tuple(column_of(f"c{place}", list(one)) for place, one in enumerate(zip(*cells, strict=True))))


def scores_of(cells: Cells, largest: int | None = None) -> SudaScores:
    table = table_of_cells(cells)
    return suda_scores(table, table.names, largest=largest)


def minimal_uniques(cells: Cells, largest: int) -> list[list[tuple[int, ...]]]:
    """Give back each row's minimal sample uniques, by looking at every set of columns of every row."""
    found: list[list[tuple[int, ...]]] = [[] for _ in cells]
    for size in range(1, largest + 1):
        for one in combinations(range(len(cells[0])), size):
            parts = [tuple(row[column] for column in one) for row in cells]
            for row, part in enumerate(parts):
                if parts.count(part) == 1 and not any(set(less) <= set(one) for less in found[row]):
                    found[row].append(one)
    return found


def weight(columns: int, size: int, largest: int) -> int:
    return prod(columns - one for one in range(size, largest + 1) if one < columns)


@pytest.mark.parametrize("place", [0, 1])
def test_scores_are_as_published(place):
    case = tables_of("suda-three-tables")[place]
    assert scores_of(case["rows"]).score.tolist() == case["expect"]["scores"]


def test_shares_of_columns_are_as_published():
    case = tables_of("suda-three-tables")[2]
    shares = [share for _, share in scores_of(case["rows"]).of_column]
    assert shares == [Fraction(one) for one in case["expect"]["contributions"]]


def test_dis_scores_of_the_published_weights_are_as_published():
    case = tables_of("suda-three-tables")[0]
    scaled = [sum(Fraction(2 ** (4 - len(one)) - 1, comb(4, len(one))) for one in row) for row in minimal(case)]
    assert scaled == [Fraction(one) for one in case["expect"]["scaled"]]
    dis = dis_scores(np.array([float(one) for one in scaled]), right_matches(4, 6, Fraction(1, 100)), 4)
    assert [f"{one:.4f}" for one in dis] == case["expect"]["dis_of_scaled"]


def minimal(case: dict[str, Any]) -> list[list[tuple[int, ...]]]:
    return minimal_uniques(case["rows"], len(case["header"]))


@pytest.mark.parametrize("case", tables_of("suda-smallest"), ids=["four-of-12", "five-of-14", "four-of-16"])
def test_the_smallest_minimal_sample_uniques_are_those_of_another_program(case):
    assert scores_of(case["rows"], case["largest"]).smallest.tolist() == case["smallest"]


some_cells = some.integers(1, 6).flatmap(
    lambda columns: some.lists(
        some.lists(some.sampled_from([None, "1", "2", "3"]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=14,
    )
)


@settings(deadline=None, max_examples=200)
@given(some_cells, some.integers(1, 7))
def test_every_number_of_a_row_is_that_of_a_slow_count(cells, asked):
    columns = len(cells[0])
    largest = min(asked, columns)
    slow = minimal_uniques(cells, largest)
    scores = scores_of(cells, asked)
    worth = [sum(weight(columns, len(one), largest) for one in row) for row in slow]
    assert scores.score.tolist() == worth
    assert scores.msus.tolist() == [len(row) for row in slow]
    assert scores.smallest.tolist() == [min(map(len, row), default=0) for row in slow]
    assert scores.of_size == tuple(
        sum(len(one) == size for row in slow for one in row) for size in range(1, largest + 1)
    )
    for column, (_, share) in enumerate(scores.of_column):
        part = sum(weight(columns, len(one), largest) for row in slow for one in row if column in one)
        assert share == Fraction(part, max(sum(worth), 1))
    assert suda_measures(scores)[0].number == Fraction(sum(1 for row in slow if row), len(cells))


@settings(deadline=None, max_examples=100)
@given(some_cells, some.fractions(Fraction(1, 1000), 1))
def test_dis_scores_are_probabilities_in_the_order_of_the_scores(cells, sampled):
    table = table_of_cells(cells)
    scores = suda_scores(table, table.names, dis_fraction=sampled)
    assert ((scores.dis > 0) == (scores.score > 0)).all()
    assert (scores.dis <= 1).all()
    order = np.argsort(scores.score, kind="stable")
    assert (np.diff(scores.dis[order]) >= 0).all()


def test_rows_of_one_score_share_the_risk_of_the_table():
    scores = scores_of([["1"], ["2"], ["3"], ["4"], ["4"]])
    assert scores.right == Fraction(3, 100) / (Fraction(3, 100) + 2 * Fraction(99, 100))
    assert scores.dis.tolist() == pytest.approx([float(scores.right)] * 3 + [0.0, 0.0])


def test_a_higher_score_has_a_higher_dis_score_in_wide_tables_too():
    dis = dis_scores(np.array([1.0, 5.0, 0.0]), Fraction(1, 10), 60)
    assert dis[1] > dis[0] > dis[2]


def backwards(work: Callable[[Any], Any], pieces: Iterable[Any]) -> list[Any]:
    return [work(one) for one in list(pieces)[::-1]][::-1]


def made(rows: int, widths: tuple[int, ...]) -> Table:
    """Give back a table of skewed columns, from the fractional parts of multiples of roots."""
    place = np.arange(1, rows + 1, dtype=np.float64)
    return Table(
        tuple(
            Column(f"c{one}", tuple(range(width)), (((place * (one + 2) ** 0.5) % 1) ** 2 * width).astype(np.int32))
            for one, width in enumerate(widths)
        )
    )


@pytest.mark.parametrize("spread", [backwards, on_all_cores])
def test_however_the_sets_are_shared_out_the_numbers_are_the_same(spread):
    table = made(40_000, (3, 7, 2, 40, 11))
    alone, shared = (suda_scores(table, table.names, spread=one) for one in (map, spread))
    for one in ("score", "dis", "msus", "smallest"):
        assert (getattr(alone, one) == getattr(shared, one)).all()
    assert (alone.of_column, alone.of_size, alone.right) == (shared.of_column, shared.of_size, shared.right)
    assert sum(alone.of_size) == alone.msus.sum() > 1000


def test_a_larger_table_has_the_uniques_that_sorting_finds():
    table = made(3_000, (3, 7, 2, 40, 11))
    cells = np.array([one.codes for one in table.columns])
    unique = np.zeros((32, table.rows), dtype=bool)
    for one in range(1, 32):
        within = cells[[place for place in range(5) if one >> place & 1]]
        _, first, counts = np.unique(within, axis=1, return_index=True, return_counts=True)
        unique[one, first[counts == 1]] = True
    expected = np.zeros(table.rows, dtype=np.int64)
    for one in range(1, 32):
        least = ~np.any([unique[one ^ 1 << place] for place in range(5) if one >> place & 1], axis=0)
        expected += unique[one] & least
    assert suda_scores(table, table.names).msus.tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("columns", "largest"), [(1, 1), (8, 8), (10, 10), (11, 5), (12, 4), (13, 3), (18, 3), (19, 2), (63, 2)]
)
def test_the_wider_a_table_the_fewer_columns_are_looked_at_together(columns, largest):
    assert usual_largest(columns) == largest


def test_a_table_without_rows_has_no_scores():
    table = Table((Column("a", (), np.empty(0, np.int32)), Column("b", ("1",), np.empty(0, np.int32))))
    scores = suda_scores(table, ["a", "b"])
    assert scores.score.size == 0
    assert [one.text for one in suda_measures(scores)] == ["0.000000"] * 3


def test_the_only_row_of_a_table_is_unique_in_each_column():
    scores = scores_of([["1", "1", "1"]])
    assert (scores.msus.tolist(), scores.of_size, scores.dis.tolist()) == ([3], (3, 0, 0), [1.0])


def test_rows_all_alike_have_no_score():
    scores = scores_of([["1", "2"]] * 5)
    assert not scores.score.any()
    assert [one.text for one in suda_measures(scores)] == ["0.000000"] * 3


def test_rows_all_unique_in_every_column_have_one_score():
    scores = scores_of([[str(one)] * 3 for one in range(5)])
    assert scores.score.tolist() == [6.0] * 5  # three of one column, 2 · 1 each
    assert scores.dis.tolist() == [1.0] * 5  # no two rows are alike


def test_a_column_of_one_value_is_in_no_minimal_sample_unique_but_counts_as_a_column():
    scores = scores_of([["1", "*"], ["2", "*"], ["2", "*"]])
    assert scores.of_column == (("c0", Fraction(1)), ("c1", Fraction(0)))
    assert scores.score.tolist() == [1.0, 0.0, 0.0]


def test_no_columns_are_refused():
    with pytest.raises(CannotMeet) as caught:
        suda_scores(table_of_cells([["1"]]), [])
    assert caught.value.reason is Reason.NO_QUASI_IDENTIFIER


@pytest.mark.parametrize(("columns", "largest"), [(64, None), (64, 1), (63, 3), (20, 20)])
def test_too_many_columns_are_refused(columns, largest):
    with pytest.raises(CannotMeet) as caught:
        scores_of([["1"] * columns, ["2"] * columns], largest)
    assert caught.value.reason is Reason.SUDA_TOO_WIDE
    assert caught.value.facts["columns"] == columns


def test_sixty_three_columns_are_looked_at_by_twos():
    scores = scores_of([["1"] * 63, ["1"] * 63, ["2"] * 63, ["1"] + ["2"] * 62])
    assert (scores.largest, scores.msus.tolist()) == (2, [0, 0, 1, 62])  # by the first; by the first and any other


@pytest.mark.parametrize("largest", [0, -1])
def test_a_set_of_no_columns_is_refused(largest):
    with pytest.raises(ValueError, match="a set of columns has one"):
        scores_of([["1"], ["2"]], largest)


@pytest.mark.parametrize("sampled", [0, -0.1, 1.5, Fraction(2), float("nan"), float("inf")])
def test_a_share_out_of_its_range_is_refused(sampled):
    table = table_of_cells([["1"], ["2"]])
    with pytest.raises(ValueError, match="a share is above 0"):
        suda_scores(table, table.names, dis_fraction=sampled)
