"""Swapped cells: what stays exactly, how many move, how far, and where nobody can."""

import pickle
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Swap
from sekisho.deid.changes.disturbing.swapping import swap
from sekisho.deid.table import table_of
from sekisho.errors import CannotMeet, Reason

SHARES = st.fractions(Fraction(1, 10), 1)
ROWS = st.lists(
    st.tuples(st.sampled_from([None, "x", "y", "z"]), st.integers(0, 2), st.sampled_from([None, "p", "q"])),
    max_size=30,
)
NUMBERS = st.lists(st.tuples(st.none() | st.integers(0, 12), st.sampled_from("pq")), max_size=40)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "swap")


def rows_of(table):
    return [*zip(*(one.cells() for one in table.columns), strict=True)]


def swapped(rows, change, seed=1):
    cells = {name: [one[place] for one in rows] for place, name in enumerate("abc"[: len(rows[0]) if rows else 3])}
    return rows_of(swap(table_of(**cells), change, chance_of(seed)))


def most_moved(rows, within):
    """How many rows at the most can change places with one that differs, counted group by group."""
    groups = {}
    for row in rows:
        groups.setdefault(within(row), []).append(row[:2])
    return sum(
        2 * min(len(one) // 2, len(one) - max(Counter(one).values()))
        for one in groups.values()
    )  # fmt: skip


def moved(before, after):
    return sum(old != new for old, new in zip(before, after, strict=True))


@given(ROWS, SHARES, st.integers(0, 99))
def test_swapping_within_groups_keeps_their_frequencies_and_moves_the_share_asked_for(rows, share, seed):
    change = Swap(("a", "b"), share, ("c",))
    pairs = (share * len(rows) + 1) // 2
    most = most_moved(rows, lambda row: row[2])
    if pairs == 0 or len(rows) < 2 or most == 0:
        with pytest.raises(CannotMeet):
            swapped(rows, change, seed)
        return
    after = swapped(rows, change, seed)
    assert Counter(after) == Counter(rows)
    assert [one[2] for one in after] == [one[2] for one in rows]
    assert moved(rows, after) == min(2 * pairs, most)


@given(ROWS, SHARES, st.integers(0, 99))
def test_swapping_without_groups_keeps_the_columns_taken_together(rows, share, seed):
    if (share * len(rows) + 1) // 2 == 0 or most_moved(rows, lambda _: 0) == 0:
        return
    after = swapped(rows, Swap(("a", "b"), share), seed)
    assert Counter(one[:2] for one in after) == Counter(one[:2] for one in rows)
    assert [one[2] for one in after] == [one[2] for one in rows]


@given(NUMBERS, SHARES, st.fractions(Fraction(1, 20), 1), st.integers(0, 99))
def test_numbers_go_no_farther_than_their_share_of_the_ranks(rows, share, ranks, seed):
    try:
        after = swapped(rows, Swap(("a",), share, ("b",), ranks), seed) if rows else []
    except CannotMeet:
        return
    assert Counter(after) == Counter(rows)
    for group in "pq":
        ordered = sorted(value for value, where in rows if where == group and value is not None)
        width = len(ordered) * ranks
        for old, new in zip(rows, after, strict=True):
            assert old[1] == new[1]
            if old[1] == group and old != new:
                first, last = min(old[0], new[0]), max(old[0], new[0])
                between = ordered.index(last) - (len(ordered) - 1 - ordered[::-1].index(first))
                assert between <= width
            if old[0] is None:
                assert new[0] is None


def test_rank_swapping_moves_the_share_asked_for_where_all_numbers_differ():
    rows = [(row * 7919 % 5_000,) for row in range(5_000)]
    after = swapped(rows, Swap(("a",), Fraction(1, 2), (), Fraction(1, 100)))
    apart = np.array([abs(old[0] - new[0]) for old, new in zip(rows, after, strict=True)])
    assert (apart > 0).sum() == 2_500
    assert apart.max() <= 50
    assert 20 < apart[apart > 0].mean() < 30  # even from 1 to 50


def test_nearly_all_rows_move_where_all_are_asked_for():
    rows = [(row * 7919 % 5_000,) for row in range(5_000)]
    assert moved(rows, swapped(rows, Swap(("a",), Fraction(1), (), Fraction(1, 100)))) > 4_900


@pytest.mark.parametrize("seed", range(10))
def test_everybody_finds_a_partner_where_ranks_allow_all(seed):
    rows = [(row,) for row in range(100)]
    assert moved(rows, swapped(rows, Swap(("a",), Fraction(1), (), Fraction(1)), seed)) == 100


def test_a_value_that_half_the_rows_have_goes_to_all_the_others():
    rows = [("x",)] * 50 + [(f"y{one}",) for one in range(50)]
    assert moved(rows, swapped(rows, Swap(("a",), Fraction(1)))) == 100


def test_a_value_that_most_rows_have_leaves_no_pair_unused():
    rows = [("x",)] * 97 + [("y",), ("y",), ("z",)]
    for seed in range(20):
        assert moved(rows, swapped(rows, Swap(("a",), Fraction(1)), seed)) == 6


def test_where_a_group_cannot_give_its_pairs_another_does():
    rows = [("x", 0, "p")] * 50 + [("x", one, "q") for one in range(50)]
    after = swapped(rows, Swap(("a", "b"), Fraction(4, 10), ("c",)))
    assert moved(rows, after) == 40
    assert after[:50] == rows[:50]


def test_pairs_fall_to_groups_by_their_rows():
    rows = [(f"{one}", 0, "p") for one in range(300)] + [(f"{one}", 0, "q") for one in range(100)]
    after = swapped(rows, Swap(("a",), Fraction(1, 4), ("c",)))
    assert moved(rows[:300], after[:300]) in (74, 76)
    assert moved(rows, after) == 100


def test_every_partner_is_as_likely_as_every_other():
    rows = [(one,) for one in range(6)]
    seen = Counter(swapped(rows, Swap(("a",), Fraction(1)), seed)[0][0] for seed in range(1_000))
    assert set(seen) == {1, 2, 3, 4, 5}
    assert sum((many - 200) ** 2 / 200 for many in seen.values()) < 18.5  # chi-square, 4 degrees, 1 in 1,000


def test_one_entropy_gives_one_exchange_and_another_gives_another():
    rows = [(one,) for one in range(100)]
    change = Swap(("a",), Fraction(1))
    assert swapped(rows, change, 1) == swapped(rows, change, 1)
    assert moved(swapped(rows, change, 1), swapped(rows, change, 2)) > 80


def test_two_tables_have_one_result():
    one, other = ([("x",), ("y",)], [("y",), ("x",)])
    assert swapped(one, Swap(("a",), Fraction(1))) == other
    assert swapped(other, Swap(("a",), Fraction(1))) == one


def test_nothing_of_the_entropy_is_kept():
    secret = bytes(range(100, 132))
    after = swap(table_of(a=["x", "y", "z"]), Swap(("a",), Fraction(1)), Chance(secret, "x"))
    assert secret not in pickle.dumps(after)


@pytest.mark.parametrize(
    ("cells", "share", "needed"),
    [([], 1, 2), (["x"], 1, 2), (["x", "y"], Fraction(1, 10), 10), (["x", "y"] * 3, Fraction(1, 7), 7)],
)
def test_a_share_of_less_than_one_pair_is_refused(cells, share, needed):
    with pytest.raises(CannotMeet) as caught:
        swap(table_of(a=list(cells)), Swap(("a",), Fraction(share)), chance_of(1))
    assert caught.value.reason is Reason.CHANGE_TOO_FEW_ROWS
    assert caught.value.facts == {"change": "swap", "rows": len(cells), "needed": needed}


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        ([("x",)] * 10, Swap(("a",), Fraction(1))),
        ([("x", 0, "p"), ("y", 0, "q"), ("z", 0, None)], Swap(("a",), Fraction(1), ("c",))),
        ([(one,) for one in range(10)], Swap(("a",), Fraction(1), (), Fraction(1, 20))),
        ([(1,)] * 9 + [(2,)] * 9, Swap(("a",), Fraction(1), ("b",), Fraction(1, 2))),
    ],
    ids=["one value", "groups of one row", "ranks too near", "groups of one value"],
)
def test_where_nobody_can_change_places_it_is_refused(rows, change):
    wide = [(one[0], one[0] if change.within == ("b",) else 0, one[2] if len(one) > 2 else None) for one in rows]
    with pytest.raises(CannotMeet) as caught:
        swapped(wide, change)
    assert caught.value.reason is Reason.CHANGE_WITHOUT_EFFECT
    assert caught.value.facts == {"change": "swap", "column": "a", "rows": len(rows)}


def test_ranks_count_only_rows_that_have_a_number():
    with pytest.raises(CannotMeet) as caught:
        swapped([(None, "p")] * 20 + [(1, "p")], Swap(("a",), Fraction(1), (), Fraction(1)))
    assert caught.value.facts == {"change": "swap", "rows": 1, "needed": 2}
