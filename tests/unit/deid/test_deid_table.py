import numpy as np
import pytest

from sekisho.deid.table import Column, Table, column_of, table_of


def codes(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def test_a_column_gives_back_its_cells():
    assert column_of("a", ["x", None, "x", "y"]).cells() == ["x", None, "x", "y"]


def test_used_drops_values_that_no_row_has():
    column = Column("a", ("x", "y", "z"), codes(2, 0, 2)).used()
    assert column.values == ("x", "z")
    assert column.cells() == ["z", "x", "z"]


def test_take_gives_the_rows_in_the_order_asked():
    table = table_of(a=[1, 2, 3], b=["x", "y", "z"]).take(np.array([2, 0]))
    assert (table.rows, table.column("a").cells(), table.column("b").cells()) == (2, [3, 1], ["z", "x"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Column("a", ("x",), codes(1)),
        lambda: Column("a", ("x",), codes(-1)),
        lambda: Column("a", ("x", "x"), codes(0)),
        lambda: Column("a", ("x",), np.array([0], dtype=np.int64)),
        lambda: Table((column_of("a", ["x"]), column_of("b", []))),
        lambda: Table((column_of("a", ["x"]), column_of("a", ["x"]))),
    ],
)
def test_a_table_that_cannot_be_is_not_made(make):
    with pytest.raises(ValueError):
        make()


def test_a_table_without_columns_has_no_rows():
    assert Table(()).rows == 0
