"""The distinct tuples and the sorting under them, beside the slow and obvious way to the same."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.apply import permutation
from sekisho.deid.passes.gathering import add_field, count_codes, cut_field, translate
from sekisho.deid.passes.sorting import bits_of, number_runs, order_of_random, sort_rows
from sekisho.deid.passes.tuples import collapse

FEW = st.lists(st.integers(0, 5), max_size=40)
WIDE = [2**31 - 1, 2**31 - 1, 2**31 - 1]  # 93 bits: more than one key holds


@st.composite
def tables(draw):
    """Give columns of codes, the sizes of their columns, and how many of the rows are people of the population only."""
    columns = draw(st.integers(1, 5))
    rows = draw(st.integers(1, 60))
    sizes = [draw(st.sampled_from([1, 2, 7, 2**20, 2**31 - 1])) for _ in range(columns)]
    few = [draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=4)) for size in sizes]
    codes = [[draw(st.sampled_from(some)) for _ in range(rows)] for some in few]
    return codes, sizes, draw(st.integers(0, rows - 1))


def arrays(columns):
    return [np.array(one, dtype=np.int32) for one in columns]


@given(tables())
def test_tuples_are_the_sorted_set_of_the_rows_with_their_counts(made):
    codes, sizes, _ = made
    rows = list(zip(*codes, strict=True))
    tuples = collapse(arrays(codes), sizes)
    expected = sorted(Counter(rows).items())
    found = list(zip(*(one.tolist() for one in tuples.codes), strict=True))
    assert list(zip(found, tuples.rows.tolist(), strict=True)) == expected
    assert [found[place] for place in tuples.of_row.tolist()] == rows
    assert tuples.population.tolist() == tuples.rows.tolist()


@given(tables())
def test_the_population_counts_beside_the_rows_and_gives_tuples_without_rows(made):
    codes, sizes, cut = made
    cut += 1
    rows = list(zip(*codes, strict=True))
    tuples = collapse(arrays([one[:cut] for one in codes]), sizes, population=arrays([one[cut:] for one in codes]))
    released, persons = Counter(rows[:cut]), Counter(rows[cut:])
    found = list(zip(*(one.tolist() for one in tuples.codes), strict=True))
    assert found == sorted(released | persons)
    assert tuples.rows.tolist() == [released[one] for one in found]
    assert tuples.population.tolist() == [persons[one] for one in found]
    assert [found[place] for place in tuples.of_row.tolist()] == rows[:cut]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=60))
def test_a_spread_counts_each_sensitive_value_of_each_tuple(rows):
    first, second, care = arrays(zip(*rows, strict=True))
    tuples = collapse([first, second], [4, 5], [("care", care, 10)])
    (spread,) = tuples.spreads
    found = list(zip(*(one.tolist() for one in tuples.codes), strict=True))
    for place, one in enumerate(found):
        part = slice(spread.begins[place], spread.begins[place + 1])
        expected = sorted(Counter(cell for *key, cell in rows if tuple(key) == one).items())
        assert list(zip(spread.codes[part].tolist(), spread.rows[part].tolist(), strict=True)) == expected
    assert spread.begins[-1] == spread.codes.size == spread.rows.size
    assert spread.whole.tolist() == np.bincount(care, minlength=10).tolist()


def test_rows_that_differ_only_where_62_bits_end_stay_apart():
    columns = arrays([[7, 7, 2**31 - 2], [5, 5, 5], [3, 4, 3]])
    tuples = collapse(columns, WIDE)
    assert len(tuples) == 3
    assert tuples.of_row.tolist() == [0, 1, 2]


def test_a_table_without_rows_has_no_tuple():
    tuples = collapse(arrays([[], []]), [3, 0], [("care", np.array([], dtype=np.int32), 0)])
    assert len(tuples) == 0
    assert tuples.of_row.size == tuples.spreads[0].codes.size == 0
    assert tuples.spreads[0].begins.tolist() == [0]


@given(st.lists(st.integers(0, 2**62 - 1), max_size=50), FEW)
def test_sorting_by_digits_is_a_stable_sort(some, few):
    for keys, bits in ((some, 62), (few, 3)):
        given_keys = np.array(keys, dtype=np.uint64)
        ordered, rows = sort_rows(given_keys.copy(), bits)
        assert rows.tolist() == np.argsort(given_keys, kind="stable").tolist()
        assert ordered.tolist() == sorted(keys)


@given(FEW)
def test_runs_are_numbered_in_the_order_of_their_keys(keys):
    of_row, starts = number_runs(*sort_rows(np.array(keys, dtype=np.uint64), 3))
    distinct = sorted(set(keys))
    assert of_row.tolist() == [distinct.index(one) for one in keys]
    assert np.diff(starts).tolist() == [keys.count(one) for one in distinct]


@pytest.mark.parametrize(("room", "bits"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (2**62, 62)])
def test_bits_are_enough_for_every_key_below_the_room(room, bits):
    assert bits_of(room) == bits


@given(st.integers(0, 3), st.lists(st.integers(0, 2), max_size=60))
def test_random_keys_that_share_their_top_bits_are_ordered_by_the_rest(top, lows):
    keys = np.array([(top << 62) + low for low in lows], dtype=np.uint64)
    assert order_of_random(keys.copy()).tolist() == np.argsort(keys, kind="stable").tolist()


@pytest.mark.parametrize("rows", [0, 1, 2, 1000, 70_000])
def test_the_shuffle_is_the_order_of_its_keys(rows):
    entropy = bytes(range(32))
    keys = np.frombuffer(hashlib.shake_256(entropy).digest(8 * rows), dtype="<u8")
    assert permutation(rows, entropy).tolist() == np.argsort(keys, kind="stable").tolist()


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1), st.integers(0, 2**40)), max_size=30))
def test_fields_put_into_a_key_come_out_again(rows):
    first, second, start = (list(one) for one in zip(*rows, strict=True)) if rows else ([], [], [])
    keys = np.array(start, dtype=np.uint64)
    for bits, codes in ((3, first), (1, second)):
        add_field(keys, bits, np.array(codes, dtype=np.int32))
    assert cut_field(keys, 1, 3).tolist() == first
    assert cut_field(keys, 0, 1).tolist() == second
    assert (keys >> np.uint64(4)).tolist() == start


@given(FEW, st.lists(st.integers(-9, 9), min_size=6, max_size=6))
def test_codes_are_translated_and_counted_one_by_one(codes, words):
    array = np.array(codes, dtype=np.int32)
    assert translate(array, np.array(words, dtype=np.int32)).tolist() == [words[one] for one in codes]
    assert count_codes(array, 6).tolist() == [codes.count(one) for one in range(6)]
