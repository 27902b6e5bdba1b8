"""The divergence of rows: a plain double loop over tuples and classes, and what must always hold of it."""

from collections import Counter
from itertools import product
from math import log, prod

import numpy as np
import pytest
from deid_released import TREE, asked, asked_plainly, covered, released
from hypothesis import given, settings
from hypothesis import strategies as some

from sekisho.deid.measure import UNBOUNDED
from sekisho.deid.utility.boxes import LEAF, Boxes, logs_of_shares
from sekisho.deid.utility.divergence import divergence
from sekisho.deid.utility.queries import Covers, covers_of


def plain(before, after):
    """Give back the divergence by enumerating every tuple that any class covers."""
    rows, kept = len(before[0]), len(after[0])
    mass = Counter()
    for labels in zip(*after, strict=True):
        every = list(product(*(covered(one, cells) for one, cells in zip(labels, before, strict=True))))
        for one in every:
            mass[one] += 1 / rows / len(every)
    whole = list(product(*(sorted(set(cells)) for cells in before)))
    for one in whole:
        mass[one] += (rows - kept) / rows / len(whole)
    assert sum(mass.values()) == pytest.approx(1)
    counts = Counter(zip(*before, strict=True))
    return sum(count / rows * log(count / rows / mass[one]) for one, count in counts.items())


@given(released())
@settings(deadline=None)
def test_it_is_that_of_a_plain_loop_and_never_negative(table):
    before, after = table
    found = divergence(asked(before, after)).number
    assert float(found) == pytest.approx(plain(before, after), abs=1e-9)
    assert found >= 0


@given(some.lists(some.tuples(*(some.sampled_from("abcd"),) * 3), min_size=1, max_size=30))
@settings(deadline=None)
def test_a_table_released_as_it_was_has_none(rows):
    cells = list(zip(*rows, strict=True))
    assert divergence(asked(cells, cells)).number == 0


@given(released())
@settings(deadline=None)
def test_nothing_released_says_as_little_as_stars_alone(table):
    before, _ = table
    rows = len(before[0])
    nothing, stars = (divergence(asked(before, [cells] * len(before))).number for cells in ([], ["*"] * rows))
    domain = prod(len(set(cells)) for cells in before)
    counts = Counter(zip(*before, strict=True)).values()
    assert nothing == stars
    assert float(nothing) == pytest.approx(log(domain) + sum(one / rows * log(one / rows) for one in counts), abs=1e-9)


@given(some.lists(some.tuples(*(some.sampled_from("abcd"),) * 2), min_size=1, max_size=12))
@settings(deadline=None)
def test_a_coarser_level_for_all_never_says_more(rows):
    cells = list(zip(*rows, strict=True))
    found = [divergence(asked(cells, [[TREE[one][level] for one in of] for of in cells])).number for level in range(3)]
    assert found == sorted(found)


def test_a_value_that_a_change_took_away_leaves_it_unbounded():
    assert divergence(asked_plainly([[10, 20, 30]], [[10, 10, 30]])).text == UNBOUNDED


def test_a_new_value_takes_its_share_from_the_others():
    found = divergence(asked_plainly([[10, 20]], [[10, 20, 25, 25]]))
    assert float(found.number) == pytest.approx(log(2))


def test_no_column_and_no_row_diverge_from_nothing():
    assert divergence([]).number == 0
    assert divergence(asked([[]], [[]])).number == 0


@pytest.mark.parametrize("columns", [2, 40])
def test_classes_among_many_tuples_are_found_as_by_a_loop_also_where_boxes_outgrow_a_float(columns):
    rng = np.random.default_rng(7)
    width, tuples = 1 << 30 if columns == 40 else 40, 40 * LEAF
    codes = [rng.integers(0, width, tuples).astype(np.int32) for _ in range(columns)]
    ends = [[range(width // 2), range(width // 2, width), range(width)] for _ in range(columns)]
    if columns == 2:
        ends = [[*one, [3], [1, 2, 7, 8, 30]] for one in ends]
    covers = tuple(covers_of(one) if columns == 2 else halves(width) for one in ends)
    labels = tuple(rng.integers(0, len(ends[0]), 25).astype(np.int32) for _ in range(columns))
    if columns == 40:
        labels = tuple(np.where(np.arange(25) < 5, 2, one).astype(np.int32) for one in labels)
    logs = np.log(rng.random(25))
    found = logs_of_shares(codes, [width] * columns, Boxes(labels, logs, covers))
    for place in range(0, tuples, 13):
        inside = [
            logs[one] - sum(log(len(ends[c][labels[c][one]])) for c in range(columns))
            for one in range(25)
            if all(int(codes[c][place]) in ends[c][labels[c][one]] for c in range(columns))
        ]
        wanted = np.logaddexp.reduce(inside) if inside else -np.inf
        assert found[place] == pytest.approx(wanted)


def halves(width):
    """Give back three labels without writing out what they cover: the lower half, the upper half, all."""
    return Covers(np.arange(4), np.array([0, width // 2, 0]), np.array([width // 2, width, width]))
