"""Cells made blank, rows and subjects left out: against a slow way row by row, and that nothing of them stays."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.change import DeleteCells, DeleteRows, DeleteSubjects, Where
from sekisho.deid.changes.leaving_out.cells import blank_cells
from sekisho.deid.changes.leaving_out.rows import leave_out_rows
from sekisho.deid.changes.leaving_out.subjects import leave_out_subjects
from sekisho.deid.changes.whose import subjects_of
from sekisho.deid.table import Column, Table, table_of
from sekisho.errors import CannotMeet, Reason

CELLS = st.one_of(
    st.none(), st.integers(-3, 3), st.dates(date(2020, 1, 1), date(2020, 1, 4)), st.sampled_from(["1", "x", "≥ 90"])
)
CONDITIONS = st.builds(
    Where,
    st.just("cell"),
    st.lists(CELLS, max_size=2).map(tuple),
    st.none() | st.integers(1, 4),
    st.none() | st.integers(-3, 3) | st.just(date(2020, 1, 2).toordinal()),
    st.none() | st.integers(-3, 3) | st.just(date(2020, 1, 3).toordinal()),
)
ROWS = st.lists(st.tuples(CELLS, st.sampled_from([None, "a", "b", "c"])), max_size=12)


def table_with(rows):
    return table_of(cell=[cell for cell, _ in rows], who=[who for _, who in rows], row=list(range(len(rows))))


def is_meant(cells, place, where):
    """The condition's words, one after another, for one row."""
    cell = cells[place]
    if cell in where.values:
        return True
    if cell is None:
        return False
    if where.fewer_than is not None and sum(one == cell for one in cells) < where.fewer_than:
        return True
    if isinstance(cell, str):
        return False
    number = cell if isinstance(cell, int) else cell.toordinal()
    return bool(
        (where.above is not None and number > where.above) or (where.below is not None and number < where.below)
    )


def meant_rows(rows, where):
    cells = [cell for cell, _ in rows]
    return [is_meant(cells, place, where) for place in range(len(rows))]


def rows_of(table):
    return table.column("row").cells()


@given(ROWS, CONDITIONS)
def test_exactly_the_meant_cells_become_blank(rows, where):
    table = table_with(rows)
    blanked = blank_cells(table, DeleteCells(where))
    meant = meant_rows(rows, where)
    assert blanked.column("cell").cells() == [None if out else cell for (cell, _), out in zip(rows, meant, strict=True)]
    assert rows_of(blanked) == list(range(len(rows)))
    assert blanked.column("who") is table.column("who")


@given(ROWS, CONDITIONS)
def test_exactly_the_rows_without_a_meant_cell_stay_in_their_order(rows, where):
    kept = [place for place, out in enumerate(meant_rows(rows, where)) if not out]
    if rows and not kept:
        with pytest.raises(CannotMeet, match=Reason.CHANGE_LEAVES_NO_ROW.value):
            leave_out_rows(table_with(rows), DeleteRows(where))
    else:
        assert rows_of(leave_out_rows(table_with(rows), DeleteRows(where))) == kept


@given(ROWS, st.none() | CONDITIONS, st.none() | st.integers(1, 4))
def test_exactly_the_rows_of_subjects_who_are_not_meant_stay(rows, where, most):
    meant = meant_rows(rows, where) if where else [False] * len(rows)
    named = {who for (_, who), out in zip(rows, meant, strict=True) if out}
    people = [who for _, who in rows]
    many = {who for who in people if most is not None and people.count(who) > most}
    kept = [place for place, who in enumerate(people) if not (meant[place] if who is None else who in named | many)]
    change = DeleteSubjects("who", where, most)
    if rows and not kept:
        with pytest.raises(CannotMeet, match=Reason.CHANGE_LEAVES_NO_ROW.value):
            leave_out_subjects(table_with(rows), change)
    else:
        assert rows_of(leave_out_subjects(table_with(rows), change)) == kept


def test_what_was_blanked_cannot_be_told_from_the_result():
    change = DeleteCells(Where("age", above=90))
    one, other = (blank_cells(table_of(age=[31, old, 40]), change).column("age") for old in (97, 104))
    assert one.values == other.values
    assert one.cells() == other.cells() == [31, None, 40]


def test_a_blanked_value_no_longer_stands_among_the_values():
    column = blank_cells(table_of(age=[31, 104, None]), DeleteCells(Where("age", above=90))).column("age")
    assert set(column.values) == {31, None}


def test_blank_cells_are_meant_only_where_they_are_named():
    table = table_of(cell=[None, 1, 1], row=[0, 1, 2])
    assert rows_of(leave_out_rows(table, DeleteRows(Where("cell", fewer_than=2)))) == [0, 1, 2]
    assert rows_of(leave_out_rows(table, DeleteRows(Where("cell", (None,))))) == [1, 2]


def test_a_day_equal_to_a_limit_is_not_beyond_it():
    first, last = date(2020, 1, 1), date(2020, 1, 3)
    table = table_of(cell=[first, date(2020, 1, 2), last], row=[0, 1, 2])
    where = Where("cell", above=last.toordinal(), below=first.toordinal())
    assert rows_of(leave_out_rows(table, DeleteRows(where))) == [0, 1, 2]


def test_values_that_no_row_uses_do_no_harm():
    table = Table((Column("cell", (7, 8, None, 9), np.array([3, 1, 1], np.int32)),))
    assert blank_cells(table, DeleteCells(Where("cell", fewer_than=2))).column("cell").cells() == [None, 8, 8]
    assert leave_out_rows(table, DeleteRows(Where("cell", (7,)))).rows == 3


def test_a_column_of_blanks_alone_stays_one():
    table = table_of(cell=[None, None])
    assert blank_cells(table, DeleteCells(Where("cell", (None,), 5, 1, 1))).column("cell").cells() == [None, None]


def test_leaving_out_every_row_is_refused_with_the_number_of_rows():
    with pytest.raises(CannotMeet) as caught:
        leave_out_rows(table_of(cell=[1, 1]), DeleteRows(Where("cell", (1,))))
    assert caught.value.reason is Reason.CHANGE_LEAVES_NO_ROW
    assert caught.value.facts == {"change": "delete-rows", "rows": 2}


def test_an_empty_table_stays_empty():
    assert blank_cells(table_of(cell=[]), DeleteCells(Where("cell", (1,)))).rows == 0
    assert leave_out_rows(table_of(cell=[]), DeleteRows(Where("cell", (1,)))).rows == 0
    assert leave_out_subjects(table_of(who=[]), DeleteSubjects("who", more_rows_than=1)).rows == 0


@given(st.lists(st.sampled_from([None, "a", "b", "c"]), max_size=12))
def test_rows_have_one_number_if_they_name_one_subject_and_else_each_its_own(people):
    of_row, subjects = subjects_of(table_of(who=people), "who")
    told = [who or f"row {place}" for place, who in enumerate(people)]
    assert subjects == len(set(told))
    assert len(set(zip(of_row.tolist(), told, strict=True))) == subjects
    assert sorted(set(of_row.tolist())) == list(range(subjects))
