"""The bench of the search for numbers: what is spoilt is spoilt as told, and what is shown follows from what was measured."""

import numpy as np
import pytest

from bench.detect import figures, made, show
from bench.detect.figures import CHECKED, NAMED, SIZES, Misses
from sekisho.deid.numbers.check_digits import INSURER_8, LICENCE, MY_NUMBER, count_passes
from sekisho.deid.numbers.codes import INDIVIDUAL_CODES, Code
from sekisho.deid.numbers.evidence import TRIALS


def chance():
    return np.random.default_rng(1)


def test_every_code_is_measured_but_what_is_no_number():
    assert {one.code for one in TRIALS} == set(CHECKED)
    assert INDIVIDUAL_CODES - {Code.BIOMETRIC} == set(NAMED)


@pytest.mark.parametrize(
    ("code", "scheme"),
    [(Code.MY_NUMBER, MY_NUMBER), (Code.LICENCE_NUMBER, LICENCE), (Code.INSURER_NUMBER, INSURER_8)],
    ids=lambda one: getattr(one, "name", None),
)
def test_made_numbers_have_their_check_digit(code, scheme):
    numbers = CHECKED[code](chance(), 50)
    assert [count_passes(scheme, one) for one in numbers] == [1] * 50


def test_as_many_cells_are_blank_and_mistyped_as_told():
    numbers = CHECKED[Code.MY_NUMBER](chance(), 4_000)
    cells = made.spoilt(chance(), numbers, 0.6, 0.3)
    kept = [(one, number) for one, number in zip(cells, numbers, strict=True) if one is not None]
    assert len(kept) / 4_000 == pytest.approx(0.4, abs=0.03)
    # a swap of equal neighbours leaves the number as it was: one in ten of a third
    assert sum(one != number for one, number in kept) / len(kept) == pytest.approx(0.3 * 29 / 30, abs=0.04)


def test_a_mistyped_passport_keeps_its_kinds_of_characters():
    typed = [made.mistyped(chance, "TR1234567") for chance in map(np.random.default_rng, range(100))]
    assert {len(one) for one in typed} == {8, 9}
    assert all(one.isalnum() and one.isupper() for one in typed)


@pytest.mark.parametrize(
    ("missed", "expect"),
    [
        ([0.0] * len(SIZES), str(SIZES[0])),
        ([1.0, 0.5, 0.0, 0.02, *([0.01] * (len(SIZES) - 4))], str(SIZES[4])),
        ([1.0] * len(SIZES), f"more than {SIZES[-1]}"),
    ],
)
def test_found_from_is_the_size_from_which_on_hardly_any_is_missed(missed, expect):
    run = Misses(Code.MY_NUMBER, 0.0, 0.6, tuple(missed))
    assert show._found_from(run) == expect


def test_columns_of_random_numbers_are_counted_with_their_alarms():
    assert figures.column_alarms(chance(), {12: 3}) == {12: 0}
    assert figures.misses(chance(), Code.MY_NUMBER, 0.0, 0.0, 2).shares[-1] == 0
    assert figures.named_misses(chance(), Code.MY_NUMBER, 3, 3) == 0


def test_one_in_ten_random_numbers_passes_each_rule():
    shares = figures.cell_passes(chance(), 20_000)
    assert set(shares) == set(figures.SCHEMES)
    assert all(share == pytest.approx(0.1, abs=0.01) for share in shares.values())
