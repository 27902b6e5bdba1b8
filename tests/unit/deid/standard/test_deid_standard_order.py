"""The order of rows is told from a shuffle, and a shuffle is never taken for an order."""

import hashlib
from math import sqrt

import numpy as np
import pytest

from sekisho.deid.standard.items.order import LIMIT, neighbours_alike, order_of_column
from sekisho.deid.table import Column, Value, column_of


def shuffled(cells: list[Value], salt: int) -> list[Value]:
    keys = np.frombuffer(hashlib.shake_256(bytes([salt])).digest(8 * len(cells)), dtype="<u8")
    return [cells[one] for one in np.argsort(keys).tolist()]


def column(cells: list[Value]) -> Column:
    return column_of("所得", cells)


COLUMNS: dict[str, list[Value]] = {
    "two values": ["男", "女"] * 500,
    "two rows that differ": ["無"] * 998 + ["有"] * 2,
    "a few rows that differ": ["無"] * 980 + ["有"] * 20,
    "all different": list(range(1_000)),
    "pairs": [one // 2 for one in range(1_000)],
    "many small groups": [one % 300 for one in range(1_000)],
    "one group and the rest alone": [0] * 500 + list(range(1, 501)),
    "texts": [f"{one % 40}丁目" for one in range(1_000)],
}


@pytest.mark.parametrize("cells", COLUMNS.values(), ids=COLUMNS)
def test_a_shuffle_is_no_order(cells):
    assert max(order_of_column(column(shuffled(cells, salt))) for salt in range(60)) < LIMIT


@pytest.mark.parametrize(
    "cells", [COLUMNS[one] for one in ("two values", "all different", "many small groups", "texts")]
)
def test_sorted_rows_are_an_order(cells):
    assert order_of_column(column(sorted(cells, key=str))) > LIMIT
    assert order_of_column(column(sorted(cells, key=str, reverse=True))) > LIMIT


def test_families_that_stand_together_are_an_order():
    homes = shuffled(list(range(400)), 1)
    assert order_of_column(column([home for home in homes for _ in range(3)])) > LIMIT


def test_neighbours_near_in_value_are_an_order():
    blocks = shuffled(list(range(20)), 2)
    cells = [int(str(block)) * 50 + one for block in blocks for one in shuffled(list(range(50)), 3)]
    assert order_of_column(column(cells)) > LIMIT


def test_few_rows_have_no_order():
    assert order_of_column(column(list(range(40)))) == 0


def test_neighbours_alike_agree_with_what_all_orders_give():
    cells = np.array([0] * 60 + [1] * 30 + [2] * 10, dtype=np.int32)
    alike = []
    for salt in range(200):
        keys = np.frombuffer(hashlib.shake_256(bytes([salt])).digest(8 * cells.size), dtype="<u8")
        order = cells[np.argsort(keys)]
        alike.append(int((order[1:] == order[:-1]).sum()))
    counts = np.bincount(cells).astype(np.int64)
    mean = float((counts**2).sum()) / 100 - 1
    assert abs(np.mean(alike) - mean) < 4 * np.std(alike) / sqrt(200)
    expected = (99 - mean) / np.std(alike)
    sorted_most = neighbours_alike(cells, counts)
    assert sorted_most <= expected * 1.3
    assert sorted_most > LIMIT
