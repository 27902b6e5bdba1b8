"""Cells of which nothing is left: counted as a plain loop counts them."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from sekisho.deid.table import Column, column_of
from sekisho.deid.utility.suppressed import blank_cells, suppressed_cells

CELLS = some.lists(some.tuples(*(some.sampled_from(["*", None, 1, "x"]),) * 2), max_size=9)


@given(CELLS, some.integers(0, 5))
def test_stars_blanks_and_rows_left_out_are_counted_cell_by_cell(rows, left_out):
    columns = [column_of(f"c{place}", [one[place] for one in rows]) for place in range(2)]
    before = len(rows) + left_out
    for measure, empty in ((suppressed_cells, "*"), (blank_cells, None)):
        lost = sum(cell == empty for one in rows for cell in one) + 2 * left_out
        assert measure(columns, before).number == (Fraction(lost, 2 * before) if before else 0)


@given(CELLS)
def test_nothing_but_stars_and_nothing_at_all_are_the_greatest_loss(rows):
    stars, nothing = column_of("c", ["*"] * (len(rows) + 1)), column_of("c", [])
    assert suppressed_cells([stars], len(rows) + 1).number == 1
    assert suppressed_cells([nothing], len(rows) + 1).number == 1
    assert blank_cells([nothing], len(rows) + 1).number == 1


def test_a_star_that_no_row_uses_is_not_counted():
    column = Column("c", ("*", None, "x"), np.array([2, 2], dtype=np.int32))
    assert suppressed_cells([column], 2).number == 0
    assert blank_cells([column], 2).number == 0


def test_added_rows_are_among_all_cells_and_none_is_lost():
    assert suppressed_cells([column_of("c", ["*", "x", "x", "x"])], 2).number == Fraction(1, 4)


def test_no_columns_lose_nothing():
    assert suppressed_cells([], 5).number == 0
    assert blank_cells([], 5).number == 0
