"""PRAM: frequencies stay in expectation, cells keep their value as often as told, and where nothing could change."""

import pickle
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Pram
from sekisho.deid.changes.disturbing.pram import randomise, transition
from sekisho.deid.table import Column, Table, table_of
from sekisho.errors import CannotMeet, Reason

KEEPS = st.fractions(Fraction(1, 100), Fraction(99, 100))
COUNTS = st.lists(st.integers(1, 50), min_size=1, max_size=6)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "pram")


def randomised(cells, keep, seed=1, within=None):
    table = table_of(a=list(cells), b=list(within or [0] * len(cells)))
    return randomise(table, Pram("a", Fraction(keep), ("b",) if within else ()), chance_of(seed)).column("a").cells()


@given(COUNTS, KEEPS)
def test_the_matrix_keeps_the_frequencies_exactly(counts, keep):
    lines = transition(counts, keep)
    for there, count in enumerate(counts):
        assert sum(many * line[there] for many, line in zip(counts, lines, strict=True)) == count
    assert all(sum(line) == 1 for line in lines)


@given(COUNTS, KEEPS)
def test_the_matrix_keeps_each_value_at_least_as_often_as_told(counts, keep):
    lines = transition(counts, keep)
    assert all(line[here] >= keep for here, line in enumerate(lines))
    assert all(0 <= one <= 1 for line in lines for one in line)


def test_cells_become_others_as_often_as_the_matrix_says():
    cells = ["x"] * 6_000 + ["y"] * 3_000 + ["z"] * 1_000
    counts, lines = (6_000, 3_000, 1_000), transition((6_000, 3_000, 1_000), Fraction(1, 2))
    became = Counter(zip(cells, randomised(cells, "0.5"), strict=True))
    off = 0.0
    for here, count in enumerate(counts):
        for there in range(3):
            expected = float(count * lines[here][there])
            off += (became["xyz"[here], "xyz"[there]] - expected) ** 2 / expected
    assert off < 22.5  # chi-square, 6 degrees, 1 in 1,000


def test_frequencies_stay_within_what_chance_allows():
    cells = [f"{row % 7 * (row % 3)}" for row in range(70_000)]
    before, after = Counter(cells), Counter(randomised(cells, "0.2"))
    assert before.keys() == after.keys()
    for value, many in before.items():
        assert abs(after[value] - many) < 5 * many**0.5


def test_frequencies_do_change():
    cells = ["x", "y"] * 5_000
    assert Counter(randomised(cells, "0.5")) != Counter(cells)


@given(st.lists(st.tuples(st.sampled_from([None, "x", "y"]), st.integers(0, 2)), min_size=30), st.integers(0, 99))
def test_blank_cells_stay_and_values_come_from_rows_alike(rows, seed):
    cells, within = [one[0] for one in rows], [one[1] for one in rows]
    try:
        after = randomised(cells, "0.3", seed, within)
    except CannotMeet:
        return
    assert [one is None for one in cells] == [one is None for one in after]
    assert set(zip(after, within, strict=True)) <= set(rows)


def test_each_group_keeps_its_own_frequencies():
    rows = 20_000
    within = [row % 2 for row in range(rows)]
    cells = ["x" if row % 20 < 9 + 10 * (row % 2) else "y" for row in range(rows)]
    before = Counter(zip(cells, within, strict=True))
    after = Counter(zip(randomised(cells, "0.1", within=within), within, strict=True))
    assert before.keys() == after.keys()
    assert all(abs(after[one] - many) < 5 * many**0.5 for one, many in before.items())


def test_a_column_of_ten_thousand_values_needs_no_matrix():
    values, rows = 10_000, 200_000
    codes = (np.arange(rows) * 7919 % values).astype(np.int32)
    table = Table((Column("a", tuple(f"{one}" for one in range(values)), codes),))
    after = randomise(table, Pram("a", Fraction(9, 10)), chance_of(1)).column("a")
    assert (after.codes != codes).mean() == pytest.approx(0.1, abs=0.01)


def test_other_columns_stay():
    table = table_of(a=["x", "y"] * 50, b=[*range(100)])
    after = randomise(table, Pram("a", Fraction(1, 2)), chance_of(1))
    assert after.column("b") is table.column("b")


def test_one_entropy_gives_one_result_and_another_gives_another():
    cells = ["x", "y"] * 500
    first, again, other = (randomised(cells, "0.5", seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_many_tables_have_one_result():
    results = {tuple(randomised(["x", "y", "x", "y"], "0.1", seed)) for seed in range(200)}
    assert ("x", "y", "x", "y") in results
    assert ("y", "x", "y", "x") in results


def test_nothing_of_the_entropy_is_kept():
    secret = bytes(range(100, 132))
    after = randomise(table_of(a=["x", "y"] * 20), Pram("a", Fraction(1, 2)), Chance(secret, "x"))
    assert secret not in pickle.dumps(after)


@pytest.mark.parametrize(
    ("cells", "keep", "within"),
    [
        ([], "0.5", None),
        (["x"], "0.5", None),
        ([None] * 9, "0.5", None),
        (["x"] * 99, "0.01", None),
        (["x", "y"], "0.99", None),
        (["x"] * 9 + ["y"] * 9, "0.01", [0] * 9 + [1] * 9),
    ],
    ids=["no row", "one row", "blank", "one value", "kept too often", "one value in each group"],
)
def test_less_than_one_cell_expected_to_change_is_refused(cells, keep, within):
    with pytest.raises(CannotMeet) as caught:
        randomised(cells, keep, within=within)
    assert caught.value.reason is Reason.CHANGE_WITHOUT_EFFECT
    assert caught.value.facts == {"change": "pram", "column": "a", "rows": len(cells)}
