"""Tokens: distinct, of chance alone, no formula and no number, and in an order that tells nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.changes.adding.pseudonyms import (
    LETTERS,
    TOKEN_LETTERS,
    distinct_tokens,
    draw_pseudonyms,
    draw_tokens,
)
from sekisho.deid.changes.chance import Chance
from sekisho.deid.schema import FORMULA
from sekisho.deid.table import Column, column_of

CELLS = st.lists(st.none() | st.text(max_size=3) | st.integers(0, 5), max_size=20)


def chance_of(seed):
    return Chance(seed.to_bytes(32, "little"), "pseudonym")


def word(letters):
    """The 40 bits that are written with these eight letters."""
    return sum(LETTERS.index(one) << 5 * place for place, one in enumerate(letters))


def words_of(*tokens):
    """Words that are written as these tokens: two letters are ten bits, of which the first letter has the upper five."""
    found = []
    for token in tokens:
        turned = "".join(token[place + 1] + token[place] for place in range(0, TOKEN_LETTERS, 2))
        found += [word(turned[:8]), word(turned[8:])]
    return np.array(found, dtype=np.uint64)


@given(CELLS, st.integers(0, 1000))
def test_equal_values_have_one_token_different_ones_different_tokens_and_blanks_none(cells, seed):
    tokens = draw_pseudonyms(column_of("name", cells), chance_of(seed)).cells()
    assert len(set(zip(cells, tokens, strict=True))) == len(set(cells)) == len(set(tokens))
    assert [one is None for one in tokens] == [one is None for one in cells]


@given(CELLS, st.integers(0, 1000))
def test_a_token_is_sixteen_letters_of_the_alphabet_and_no_formula(cells, seed):
    for one in draw_pseudonyms(column_of("name", cells), chance_of(seed)).values:
        assert one is None or (len(one) == TOKEN_LETTERS and set(one) <= set(LETTERS))
    assert not set(LETTERS) & set(FORMULA)
    assert not set(LETTERS) & set("ILOU")


@given(CELLS, st.integers(0, 1000))
def test_no_token_depends_on_what_it_stands_for(cells, seed):
    others = [None if one is None else f"another {one!r}" for one in cells]
    column, other = (draw_pseudonyms(column_of("name", one), chance_of(seed)) for one in (cells, others))
    assert column.values == other.values
    assert column.codes.tolist() == other.codes.tolist()


def test_other_entropy_draws_other_tokens_and_the_same_the_same():
    column = column_of("name", [str(one) for one in range(100)])
    assert draw_pseudonyms(column, chance_of(1)).cells() == draw_pseudonyms(column, chance_of(1)).cells()
    assert not set(draw_pseudonyms(column, chance_of(1)).values) & set(draw_pseudonyms(column, chance_of(2)).values)


def test_the_order_of_the_tokens_tells_nothing_of_that_of_the_values():
    rows = 5_000
    codes = draw_pseudonyms(column_of("name", list(range(rows))), chance_of(3)).codes
    assert abs(np.corrcoef(np.arange(rows), codes)[0, 1]) < 4 / np.sqrt(rows)


def test_the_values_stand_in_the_order_of_the_tokens():
    values = draw_pseudonyms(column_of("name", [*"hcbgafed", None]), chance_of(4)).values
    assert list(values[:-1]) == sorted(values[:-1])
    assert values[-1] is None


def test_each_letter_stands_in_each_place_alike_often():
    count = 32_000
    tokens = draw_tokens(count, chance_of(5))
    letters = np.frombuffer("".join(tokens).encode(), dtype=np.uint8).reshape(count, TOKEN_LETTERS)
    for place in range(TOKEN_LETTERS):
        seen = np.bincount(letters[:, place], minlength=128)[[ord(one) for one in LETTERS]]
        assert seen.sum() == count
        assert ((seen - 1_000) ** 2 / 1_000).sum() < 70  # chi-square, 31 degrees: once in ten thousand


def test_a_token_that_comes_twice_is_taken_or_reads_as_a_number_is_drawn_anew():
    good, again, taken, other = "A" * 16, "A" * 16, "B" * 16, "C1" * 8
    number, power = "1234567890123456", "123456789E123456"
    draws = iter([words_of(good, again, taken, number, power), words_of(good, good, other, number), words_of("Z" * 16)])
    asked = []

    def draw(words):
        asked.append(words)
        return next(draws)

    assert distinct_tokens(3, draw, frozenset({taken})) == [good, other, "Z" * 16]
    assert asked == [6, 4, 2]


def test_values_that_no_row_has_get_no_token():
    column = Column("name", ("a", None, "b", "c"), np.array([2, 2], np.int32))
    assert len(draw_pseudonyms(column, chance_of(6)).values) == 1


def test_a_column_of_blanks_and_an_empty_one_stay_so():
    assert draw_pseudonyms(column_of("name", [None, None]), chance_of(7)).cells() == [None, None]
    assert draw_pseudonyms(column_of("name", []), chance_of(7)).cells() == []
