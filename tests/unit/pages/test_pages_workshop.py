"""The workshop has words for all that it can say."""

import pytest

from sekisho.deid.table import column_of
from sekisho.deid.workshop.inspecting import inspect_file
from sekisho.deid.workshop.proposal import Why
from sekisho.deid.workshop.remark import Fault, Remark
from sekisho.pages.words import Language, words_in
from sekisho.pages.workshop.page import inspection_page
from sekisho.pages.workshop.telling import Shown, column_says, printable, tell


@pytest.mark.parametrize("language", Language)
def test_every_fault_says_what_is_wrong_and_how_to_mend_it(language):
    words = words_in(language)
    told = list(tell(words, [Remark(fault, 2, line=3, level=1, row=4, rows=5) for fault in Fault]))
    assert len(told) == len(Fault)
    assert len({one.what for one in told}) == len(Fault)
    assert all("{" not in one.what + one.mend + one.where for one in told)


@pytest.mark.parametrize("language", Language)
def test_every_proposal_says_why(language):
    words = words_in(language)
    assert len({words.say(f"workshop.why.{why.value}") for why in Why}) == len(Why)


def test_a_label_cannot_steer_a_terminal_and_keeps_its_wide_spaces():
    assert printable("a\x1b[2J\u3000b\u202e") == "a·[2J\u3000b·"


def test_a_label_is_no_html_on_the_page():
    column = column_of("<b>", ["<i>x</i>"] * 9 + ["y"] * 9)
    inspection = inspect_file(b"<i>x</i>;*\ny;*\n", column, 5)
    page = inspection_page(words_in(Language.EN), Shown(column, 5), inspection).decode()
    assert ("<i>" in page, "<b>" in page, "&lt;i&gt;x" in page) == (False, False, True)


def test_a_column_of_nearly_as_many_values_as_rows_is_said_to_look_like_a_name():
    words = words_in(Language.EN)
    unique = column_of("x", [f"v{one}" for one in range(40)])
    assert "identifier" in column_says(words, Shown(unique, 5))
    assert "identifier" not in column_says(words, Shown(column_of("x", ["a", "b"] * 20), 5))
