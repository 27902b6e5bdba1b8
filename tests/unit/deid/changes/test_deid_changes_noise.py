"""Noise: its size, its correlations, the limits of the schema, and where there would be none."""

import pickle
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import Noise
from sekisho.deid.changes.disturbing.noise import add_noise, factor_of
from sekisho.deid.declared.layout import Csv
from sekisho.deid.schema import ColumnSchema, Encoding, Kind, Role, Schema
from sekisho.deid.table import Table, table_of
from sekisho.errors import CannotMeet, Reason

ROWS = 20_000


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "noise")


def schema_of_limits(**limits):
    columns = [
        ColumnSchema(name, Kind.DATE if isinstance(least, date) else Kind.INTEGER, Role.PLAIN, True, least, most)
        for name, (least, most) in limits.items()
    ]
    return Schema("made", Encoding.UTF_8, Csv(), tuple(columns))


def noisy(table, scale, *, correlated=False, seed=1, schema=None):
    schema = schema or schema_of_limits(**dict.fromkeys(table.names, (None, None)))
    return add_noise(table, Noise(table.names, Fraction(scale), correlated), schema, chance_of(seed))


def arrays(table):
    return [np.array(one.cells(), dtype=np.float64) for one in table.columns]


def two_columns():
    """Two columns of which the second is twice the first and some more: their correlation is high."""
    first = [1000 * (row * 7919 % ROWS) // ROWS for row in range(ROWS)]
    return table_of(a=first, b=[2 * one + (row * 31) % 300 for row, one in enumerate(first)])


def refusal(table, scale, **given):
    with pytest.raises(CannotMeet) as caught:
        noisy(table, scale, **given)
    return caught.value


@pytest.mark.parametrize("correlated", [False, True])
def test_the_noise_has_the_deviation_that_was_asked_for_and_mean_zero(correlated):
    table = two_columns()
    after = noisy(table, "0.3", correlated=correlated)
    for old, new in zip(arrays(table), arrays(after), strict=True):
        assert (new - old).std() == pytest.approx(0.3 * old.std(), rel=0.03)
        assert abs((new - old).mean()) < 5 * 0.3 * old.std() / ROWS**0.5


def test_correlated_noise_keeps_the_correlation_and_other_noise_weakens_it():
    table = two_columns()
    before, kept, plain = (
        np.corrcoef(*arrays(one))[0, 1] for one in (table, noisy(table, 1, correlated=True), noisy(table, 1))
    )
    assert kept == pytest.approx(before, abs=0.01)
    assert plain == pytest.approx(before / 2, abs=0.03)  # the covariance stays, both variances double


def test_columns_that_determine_one_another_get_noise_that_does_too():
    table = table_of(a=list(range(0, 100_000, 100)), b=list(range(0, 200_000, 200)))
    first, second = arrays(noisy(table, "0.5", correlated=True))
    assert np.abs(second - 2 * first).max() <= 2


@given(st.lists(st.lists(st.integers(-4, 4), min_size=3, max_size=3), min_size=1, max_size=4))
def test_the_factor_gives_the_covariance_back_also_where_it_is_singular(points):
    space = np.array(points, dtype=np.float64)
    covariance = space.T @ space
    factor = factor_of(covariance)
    assert factor @ factor.T == pytest.approx(covariance, abs=1e-6)
    assert not np.triu(factor, 1).any()


def test_numbers_stay_within_the_limits_of_the_schema():
    table = table_of(a=list(range(100)), b=list(range(100)))
    after = noisy(table, 3, schema=schema_of_limits(a=(0, 99), b=(-1000, None)))
    first, second = arrays(after)
    assert (first.min(), first.max()) == (0, 99)
    assert second.max() > 99


def test_days_become_days_within_their_limits():
    least, most = date(2020, 1, 1), date(2020, 3, 31)
    days = [date(2020, 1 + row % 3, 1 + row % 28) for row in range(60)]
    after = noisy(table_of(a=days), 2, schema=schema_of_limits(a=(least, most))).column("a").cells()
    assert {type(one) for one in after} == {date}
    assert (min(after), max(after)) == (least, most)


def test_the_first_and_last_days_of_the_calendar_can_be_disturbed():
    days = [date.min, date.max] * 20
    after = noisy(table_of(a=days), 10**9).column("a").cells()
    assert {type(one) for one in after} == {date}


def test_blanks_and_texts_stay():
    table = table_of(a=[1, None, 50, "≥ 90", 70], b=[10, 20, None, 40, 50])
    after = noisy(table, 2, correlated=True)
    assert [type(one) for one in after.column("a").cells()] == [int, type(None), int, str, int]
    assert after.column("a").cells()[3] == "≥ 90"
    assert after.column("b").cells()[2] is None


def test_columns_that_no_row_has_both_of_get_noise_of_their_own():
    table = table_of(a=[1, 900, None, None] * 50, b=[None, None, 1, 900] * 50)
    after = noisy(table, 1, correlated=True)
    assert [[one is None for one in column.cells()] for column in after.columns] == [
        [one is None for one in column.cells()] for column in table.columns
    ]


def test_other_columns_stay():
    table = table_of(a=[1, 90, 300], c=["x", "y", None])
    schema = schema_of_limits(a=(None, None), c=(None, None))
    after = add_noise(table, Noise(("a",), Fraction(1)), schema, chance_of(1))
    assert after.column("c") is table.column("c")


def test_one_entropy_gives_one_noise_and_another_gives_another():
    table = two_columns()
    first, again, other = (arrays(noisy(table, 1, seed=seed))[0] for seed in (1, 1, 2))
    assert first.tolist() == again.tolist()
    assert (first != other).mean() > 0.99


def test_noise_of_one_column_says_nothing_of_that_of_another():
    table = two_columns()
    apart = [new - old for new, old in zip(arrays(noisy(table, 1)), arrays(table), strict=True)]
    assert abs(np.corrcoef(*apart)[0, 1]) < 5 / ROWS**0.5


def test_nothing_of_the_entropy_is_kept():
    secret = bytes(range(100, 132))
    table = table_of(a=[1, 500, 900])
    after = add_noise(table, Noise(("a",), Fraction(1)), schema_of_limits(a=(None, None)), Chance(secret, "x"))
    assert secret not in pickle.dumps(after)


@pytest.mark.parametrize("cells", [[], [None, None], [5], [7] * 30])
def test_a_column_without_spread_is_refused(cells):
    error = refusal(table_of(a=list(cells)), 1)
    assert error.reason is Reason.CHANGE_WITHOUT_EFFECT
    assert error.facts == {"change": "noise", "column": "a", "rows": len(cells)}


def test_noise_that_rounding_takes_away_is_refused():
    assert refusal(table_of(a=[1, 2, 3] * 30), "0.001").reason is Reason.CHANGE_WITHOUT_EFFECT
    assert isinstance(noisy(table_of(a=[1, 2, 3] * 30), 1), Table)
