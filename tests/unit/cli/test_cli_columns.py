"""Text in columns, where a full-width character takes two cells."""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from sekisho.pages.columns import described, in_columns, width_of, wrap

TEXT = st.text(st.sampled_from("あいうカナ漢字、。（）abc 12ー％"), max_size=60)


def test_a_full_width_character_takes_two_cells_and_a_half_width_one_takes_one():
    assert (width_of("関所"), width_of("ab"), width_of("ｶﾅ"), width_of("Ａ")) == (4, 2, 2, 2)


def test_cells_are_padded_by_what_is_seen():
    assert in_columns([["関所", "1"], ["abc", "22"]], right=frozenset({1})) == ["  関所   1", "  abc   22"]


def test_no_rows_are_no_lines():
    assert in_columns([]) == []


def test_descriptions_are_wrapped_beside_their_terms():
    lines = list(described([("--a", "one two three four five"), ("--long", "x")], 24, widest=10))
    assert lines == ["  --a     one two three four", "          five", "  --long  x"]


def test_a_term_too_wide_for_the_column_stands_alone():
    assert list(described([("--very-long-term", "x"), ("--a", "y")], 60, widest=5)) == [
        "  --very-long-term",
        "       x",
        "  --a  y",
    ]


def test_japanese_breaks_after_a_phrase_and_not_inside_a_word():
    assert list(wrap("ソフトウェアの鍵を使います。", 16)) == ["ソフトウェアの", "鍵を使います。"]


@given(TEXT, st.integers(20, 60))
def test_no_line_is_too_wide_and_nothing_but_spaces_is_lost(text, width):
    lines = list(wrap(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width_of(line) <= width + 2 * len("、。（）ー％") for line in lines)


@given(TEXT)
def test_no_line_begins_with_a_stop(text):
    assume(not re.search("[、。）ー]{8}", text))  # as many cannot all hang at the end of one line
    assert not any(line[0] in "、。）ー" for line in list(wrap(text, 24))[1:])
