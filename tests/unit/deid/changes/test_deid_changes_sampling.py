"""Samples of rows and of subjects: exact numbers, even chances, and what is too little to draw from."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Sample
from sekisho.deid.changes.leaving_out.sampling import draw_sample
from sekisho.deid.table import table_of
from sekisho.errors import CannotMeet, Reason

SHARES = st.fractions(0, 1, max_denominator=30).filter(lambda one: 0 < one < 1)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "sample")


def rows_drawn(rows, share, seed=0):
    return draw_sample(table_of(row=list(range(rows))), Sample(share), chance_of(seed)).column("row").cells()


@given(SHARES, st.integers(0, 60), st.integers(0, 1000))
def test_a_sample_has_exactly_the_share_of_the_rows_in_their_order(share, rows, seed):
    size = max(round(share * rows), 1)
    if size >= rows:
        with pytest.raises(CannotMeet, match=Reason.CHANGE_TOO_FEW_ROWS.value):
            rows_drawn(rows, share, seed)
    else:
        drawn = rows_drawn(rows, share, seed)
        assert len(drawn) == size
        assert drawn == sorted(set(drawn))


@given(SHARES, st.lists(st.sampled_from([None, *"abcdefgh"]), min_size=2, max_size=30), st.integers(0, 1000))
def test_a_sample_of_subjects_keeps_all_rows_or_none_of_each_and_counts_blank_ones_alone(share, people, seed):
    told = [who or f"row {place}" for place, who in enumerate(people)]
    size = max(round(share * len(set(told))), 1)
    table = table_of(who=people, row=list(range(len(people))))
    if size >= len(set(told)):
        with pytest.raises(CannotMeet, match=Reason.CHANGE_TOO_FEW_ROWS.value):
            draw_sample(table, Sample(share, "who"), chance_of(seed))
        return
    kept = draw_sample(table, Sample(share, "who"), chance_of(seed)).column("row").cells()
    subjects = {told[place] for place in kept}
    assert len(subjects) == size
    assert kept == [place for place, one in enumerate(told) if one in subjects]


def test_all_pairs_of_five_rows_are_drawn_alike_often():
    draws = 4_000
    seen = [tuple(rows_drawn(5, Fraction(2, 5), seed)) for seed in range(draws)]
    counts = np.array([seen.count(one) for one in combinations(range(5), 2)])
    assert counts.sum() == draws
    assert (
        (counts - draws / 10) ** 2 / (draws / 10)
    ).sum() < 27.9  # chi-square, 9 degrees: exceeded once in a thousand


def test_the_same_entropy_draws_the_same_rows_and_another_one_others():
    assert rows_drawn(1_000, Fraction(1, 2), 1) == rows_drawn(1_000, Fraction(1, 2), 1)
    assert rows_drawn(1_000, Fraction(1, 2), 1) != rows_drawn(1_000, Fraction(1, 2), 2)


def test_what_was_left_out_cannot_be_told_from_the_result():
    kept = rows_drawn(10, Fraction(1, 2), 3)
    out = next(one for one in range(10) if one not in kept)
    other = [99 if one == out else one for one in range(10)]
    assert draw_sample(table_of(row=other), Sample(Fraction(1, 2)), chance_of(3)).column("row").cells() == kept


@pytest.mark.parametrize(
    ("share", "rows", "needed"),
    [
        (Fraction(1, 2), 0, 2),
        (Fraction(1, 2), 1, 2),
        (Fraction(1, 10), 1, 2),
        (Fraction(9, 10), 4, 5),
        (Fraction(999, 1000), 400, 501),
    ],
)
def test_so_few_rows_that_all_would_stay_are_refused_with_how_many_are_needed(share, rows, needed):
    with pytest.raises(CannotMeet) as caught:
        rows_drawn(rows, share)
    assert caught.value.facts == {"change": "sample", "rows": rows, "needed": needed}
    assert len(rows_drawn(needed, share)) == needed - 1
    with pytest.raises(CannotMeet):
        rows_drawn(needed - 1, share)


def test_a_share_of_all_is_no_sample():
    with pytest.raises(ValueError, match="below 1"):
        rows_drawn(5, Fraction(1))
