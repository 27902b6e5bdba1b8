"""How likely chance is to do as well as a column does."""

from fractions import Fraction
from math import comb
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numbers_made import drawn, my_numbers

from sekisho.deid.numbers.check_digits import MY_NUMBER, count_passes
from sekisho.deid.numbers.codes import Code
from sekisho.deid.numbers.evidence import FALSE_ALARM, TRIALS, upper_tail, weigh

MINE = next(one for one in TRIALS if one.code is Code.MY_NUMBER)


def exact_tail(passed, tried, chance):
    return sum(comb(tried, k) * chance**k * (1 - chance) ** (tried - k) for k in range(passed, tried + 1))


@given(st.integers(1, 60), st.data(), st.integers(1, 99))
def test_the_tail_is_that_of_the_binomial_by_exact_fractions(tried, data, percent):
    passed, chance = data.draw(st.integers(0, tried)), Fraction(percent, 100)
    found = upper_tail(passed, tried, float(chance))
    if passed <= tried * float(chance) + 1:
        assert found == 1
    else:
        assert found == pytest.approx(float(exact_tail(passed, tried, chance)), rel=1e-9)


def test_a_tail_too_small_for_a_float_is_nought_and_not_an_error():
    assert upper_tail(16_384, 16_384, 0.1) == 0.0
    assert upper_tail(3, 3, 0.0) == 0.0
    assert upper_tail(3, 3, 1.0) == 1.0


def weighed(numbers):
    return weigh(MINE, np.array([int(one) for one in numbers], dtype=np.uint64))


def test_numbers_with_their_check_digit_are_beyond_chance_from_a_few_on():
    numbers = my_numbers(Random(1), 20)
    assert weighed(numbers[:8]).probability > FALSE_ALARM
    assert weighed(numbers).probability < FALSE_ALARM


def test_the_passes_are_those_of_one_number_at_a_time():
    numbers = drawn(Random(2), 12, 300)
    found = weighed(numbers)
    assert (found.tried, found.passed) == (300, sum(count_passes(MY_NUMBER, one) for one in numbers))


def test_chance_is_two_in_eleven_where_every_number_ends_in_nought():
    numbers = [one[:-1] + "0" for one in drawn(Random(3), 12, 5_000)]
    found = weighed(numbers)
    assert found.expected == pytest.approx(2 / 11, abs=0.01)
    assert found.passed / found.tried == pytest.approx(2 / 11, abs=0.02)
    assert found.probability > FALSE_ALARM


def test_numbers_that_always_end_in_the_digit_that_is_always_asked_for_are_no_evidence():
    numbers = [one[:-1] + "0" for one in drawn(Random(4), 12, 5_000)]
    always = [one for one in numbers if count_passes(MY_NUMBER, one)]
    found = weighed(always)
    assert (found.passed, found.expected) == (len(always), 1.0)
    assert found.probability == 1


def test_numbers_that_begin_alike_count_twice_at_the_most():
    assert weighed([f"1234567{one:05}" for one in range(5_000)]).tried == 2


def test_no_numbers_are_no_evidence():
    assert weighed([]).probability == 1
