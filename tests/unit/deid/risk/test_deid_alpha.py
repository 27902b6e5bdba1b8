"""The greatest share of one sensitive value: the α of (α,k)-anonymity."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.bounds import AlphaK
from sekisho.deid.risk.alpha import alpha
from sekisho.deid.risk.histograms import Histograms, classes_of_rows, histograms
from sekisho.deid.risk.sensitive import check_bound
from sekisho.deid.table import Column, Table, column_of
from sekisho.errors import Reason, SekishoError

ROWS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, "x", "y", "z"])), min_size=1, max_size=30)


def held_in(rows: list[tuple[int, str | None]]) -> Histograms:
    alike, care = (list(cells) for cells in zip(*rows, strict=True))
    table = Table((column_of("alike", alike), column_of("care", care)))
    return histograms(classes_of_rows(table, ["alike"]), table.column("care"), table.column("care"))


@given(ROWS)
def test_it_is_the_greatest_share_counted_class_by_class(rows):
    classes: dict[int, list[str | None]] = {}
    for place, value in rows:
        classes.setdefault(place, []).append(value)
    shares = [Fraction(max(Counter(one).values()), len(one)) for one in classes.values()]
    assert alpha(held_in(rows)).number == max(shares)


@given(ROWS)
def test_classes_that_keep_it_keep_it_together(rows):
    joined = [(0, value) for _, value in rows]
    assert alpha(held_in(joined)).number <= alpha(held_in(rows)).number


def test_a_column_of_one_value_has_all_of_every_class():
    assert alpha(held_in([(0, "x"), (0, "x"), (1, "x")])).number == 1


def test_without_rows_it_is_nothing_and_every_bound_is_kept():
    nobody = np.zeros(0, dtype=np.int32)
    held = histograms(nobody, Column("care", ("x", "y"), nobody), column_of("care", ["x", "y"]))
    assert alpha(held).number == 0
    assert check_bound(AlphaK("care", Fraction(1, 10)), held).column == "care"


def test_a_greater_share_than_asked_is_no_kept_claim():
    held = held_in([(0, "x"), (0, "y"), (0, "x"), (1, "x"), (1, "y")])
    assert check_bound(AlphaK("care", Fraction(2, 3)), held).number == Fraction(2, 3)
    with pytest.raises(SekishoError) as caught:
        check_bound(AlphaK("care", Fraction(3, 5)), held)
    assert (caught.value.reason, caught.value.facts) == (
        Reason.CLAIM_NOT_KEPT,
        {"claim": "alpha-k", "column": "care"},
    )
