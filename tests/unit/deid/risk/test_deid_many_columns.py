"""As many columns as a schema may declare: more than a byte can count."""

from collections import Counter

import pytest

from sekisho.deid.risk.alike import least_alike_with_wildcards, sizes_of_classes
from sekisho.deid.table import Table, column_of

STAR = "*"


def tell_apart(columns):
    """Give back rows of which three differ in the first column, and all by fours in the last."""
    return [("b" if row < 3 else "a", *"x" * (columns - 2), f"{row % 4}") for row in range(40)]


def table_with(rows):
    names = [f"c{place}" for place in range(len(rows[0]))]
    return Table(tuple(column_of(name, [row[place] for row in rows]) for place, name in enumerate(names))), names


@pytest.mark.parametrize("columns", [2, 254, 255, 256, 257, 1_000])
def test_classes_are_counted_over_as_many_columns_as_a_table_may_have(columns):
    rows = tell_apart(columns)
    assert sorted(sizes_of_classes(*table_with(rows)).tolist()) == sorted(Counter(rows).values())


@pytest.mark.parametrize("columns", [2, 256, 1_000])
def test_rows_that_match_are_counted_over_as_many_columns(columns):
    rows = [(*row[:-1], STAR) if place == 7 else row for place, row in enumerate(tell_apart(columns))]
    matches = [
        sum(all(a == b or STAR in {a, b} for a, b in zip(one, other, strict=True)) for other in rows) for one in rows
    ]
    assert least_alike_with_wildcards(*table_with(rows)) == min(matches)
