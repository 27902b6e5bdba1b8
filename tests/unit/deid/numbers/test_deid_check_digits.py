"""Check digits: published numbers, and the matrix beside one number at a time."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.numbers.check_digits import (
    CARE_INSURER,
    CORPORATE,
    ELDERLY_INSURED,
    INSURER_6,
    INSURER_8,
    LICENCE,
    MY_NUMBER,
    RESIDENT_CODES,
    count_passes,
    digit_asked,
    digits_asked,
    digits_of,
    mrz_digit,
    passed,
)

VECTOR = tomllib.loads(
    (Path(__file__).parents[3] / "vectors" / "deid" / "check-digits.toml").read_text(encoding="utf-8")
)
SCHEMES = {
    one.name: one
    for one in (
        MY_NUMBER,
        LICENCE,
        INSURER_8,
        INSURER_6,
        CARE_INSURER,
        ELDERLY_INSURED,
        CORPORATE,
        *RESIDENT_CODES,
    )
}


def my_number_digit_by_the_order(body: str) -> int:
    """Order 85 of 2014, article 5, word by word: n counts from the lowest of the eleven digits."""
    total = sum(int(body[-n]) * (n + 1 if n <= 6 else n - 5) for n in range(1, 12))
    return 0 if total % 11 <= 1 else 11 - total % 11


def test_published_numbers_pass_or_fail_as_printed():
    assert [count_passes(SCHEMES[one["scheme"]], one["number"]) for one in VECTOR["number"]] == [
        one["expect"] for one in VECTOR["number"]
    ]


def test_published_fields_of_passports_have_the_check_digit_as_printed():
    assert [mrz_digit(one["text"]) for one in VECTOR["field"]] == [one["expect"] for one in VECTOR["field"]]


@given(st.from_regex("[0-9]{11}", fullmatch=True))
def test_my_number_asks_for_the_digit_of_the_order(body):
    assert digit_asked(MY_NUMBER, body + "0") == my_number_digit_by_the_order(body)


@given(st.sampled_from(sorted(SCHEMES)), st.data())
def test_a_matrix_of_numbers_is_judged_like_each_number_alone(name, data):
    scheme = SCHEMES[name]
    pattern = f"[0-9]{{{scheme.length}}}"
    numbers = data.draw(st.lists(st.from_regex(pattern, fullmatch=True), min_size=1, max_size=20))
    digits = digits_of(np.array([int(one) for one in numbers], dtype=np.uint64), scheme.length)
    assert ["".join(map(str, row)) for row in digits.tolist()] == numbers
    assert digits_asked(scheme, digits).tolist() == [digit_asked(scheme, one) for one in numbers]
    assert passed(scheme, digits).tolist() == [bool(count_passes(scheme, one)) for one in numbers]


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_one_of_the_ten_digits_passes_whatever_the_others_are(name):
    scheme = SCHEMES[name]
    number = "123456789012345"[: scheme.length]
    written = [number[: scheme.place] + digit + number[scheme.place + 1 :] for digit in "0123456789"]
    assert sum(count_passes(scheme, one) for one in written) == 1


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_the_chances_of_the_ten_digits_sum_to_one(name):
    assert sum(SCHEMES[name].chances) == pytest.approx(1)


@pytest.mark.parametrize("number", ["", "12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２"])
def test_what_is_no_number_of_the_length_is_refused(number):
    with pytest.raises(ValueError, match="length"):
        digit_asked(MY_NUMBER, number)


def test_a_field_of_a_passport_has_capitals_digits_and_fillers_only():
    assert mrz_digit("<<<") == 0
    with pytest.raises(ValueError, match="machine-readable"):
        mrz_digit("ab")
