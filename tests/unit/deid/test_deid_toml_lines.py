import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.deid.written.lines import lines_of, malformed, where

TEXT = '''\
# a comment with [brackets] = and "quotes
a = 1 # [x]
"年 齢" = """
b = 2
[no.table]
""""
'lit.eral' = 'c = 3'
d . "e\\u0041" . f = [ # first
  "[", [1,
  2], { g = "}", h = { i = 1 } },
  1979-05-27 07:32:00, 1e5,
]
empty = ""
j = { k = [], "l" = \'\'\'
=
\'\'\', m.n = true }

[ t . "u v" ]
w = +1.5
[[list]]
x = 1
[list.inner]
y = ""
[[list]]
x = 2
[[list.deep]]
z = \'\'
[[list.deep]]
z = 1
[after]
q = nan'''
LINES = {
    (): 1,
    ("a",): 2,
    ("年 齢",): 3,
    ("lit.eral",): 7,
    ("d",): 8,
    ("d", "eA"): 8,
    ("d", "eA", "f"): 8,
    ("d", "eA", "f", 1): 9,
    ("d", "eA", "f", 2): 9,
    ("d", "eA", "f", 2, 1): 9,
    ("d", "eA", "f", 2, 2): 10,
    ("d", "eA", "f", 3): 10,
    ("d", "eA", "f", 3, "g"): 10,
    ("d", "eA", "f", 3, "h"): 10,
    ("d", "eA", "f", 3, "h", "i"): 10,
    ("d", "eA", "f", 4): 11,
    ("d", "eA", "f", 5): 11,
    ("empty",): 13,
    ("j",): 14,
    ("j", "k"): 14,
    ("j", "l"): 14,
    ("j", "m"): 16,
    ("j", "m", "n"): 16,
    ("t",): 18,
    ("t", "u v"): 18,
    ("t", "u v", "w"): 19,
    ("list",): 20,
    ("list", 1): 20,
    ("list", 1, "x"): 21,
    ("list", 1, "inner"): 22,
    ("list", 1, "inner", "y"): 23,
    ("list", 2): 24,
    ("list", 2, "x"): 25,
    ("list", 2, "deep"): 26,
    ("list", 2, "deep", 1): 26,
    ("list", 2, "deep", 1, "z"): 27,
    ("list", 2, "deep", 2): 28,
    ("list", 2, "deep", 2, "z"): 29,
    ("after",): 30,
    ("after", "q"): 31,
}


def keys_of(tree, key=()):
    """Give every key of what Python's reader read: the keys that must have a line."""
    yield key
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree, 1) if isinstance(tree, list) else ()
    for name, part in parts:
        yield from keys_of(part, (*key, name))


def test_every_key_has_its_line():
    assert lines_of(TEXT) == LINES
    assert set(keys_of(tomllib.loads(TEXT))) == set(LINES)


def test_line_ends_of_windows_count_once():
    assert lines_of(TEXT.replace("\n", "\r\n")) == LINES


WORDS = st.text("ab.=[]{}#,\"'\\\n ", max_size=6)


def basic(word):
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        word = word.replace(sign, escaped)
    return f'"{word}"'


@st.composite
def values(draw, depth=2):
    """Give the text of a value, on one line or several."""
    kinds = ["word", "many lines", "number"] + (["list", "table"] if depth else [])
    match draw(st.sampled_from(kinds)):
        case "word":
            return basic(draw(WORDS))
        case "many lines":
            return '"""' + draw(WORDS).replace("\\", "").replace('"', "'") + draw(st.sampled_from(['"""', '""""']))
        case "number":
            return draw(st.sampled_from(["1", "-2.5", "true", "1979-05-27 07:32:00", "inf"]))
        case "list":
            gap = draw(st.sampled_from([", ", ",\n  ", ", # ]\n"]))
            inner = draw(st.lists(values(depth - 1), max_size=3))
            return "[" + gap.join(inner) + "\n]"
        case _:
            inner = draw(st.lists(values(depth - 1), max_size=3))
            return "{ " + ", ".join(f"k{place}.{basic(f'={place}')} = {one}" for place, one in enumerate(inner)) + " }"


@given(st.lists(st.tuples(WORDS, values(), st.sampled_from(["", "# [a] = '", "\n\n"])), max_size=6), st.booleans())
def test_in_any_text_every_key_has_a_line_and_the_first_keys_have_theirs(pairs, tables):
    text, expected = "", {}
    for place, (word, value, between) in enumerate(pairs):
        text += between + "\n"
        text += f"[[t]]\n{basic(word)} = {value}\n" if tables else f"{basic(word)}.p{place} = {value}\n"
        key = ("t", place + 1, word) if tables else (word, f"p{place}")
        expected[key] = text.count("\n") - value.count("\n")
    lines = lines_of(text)
    assert {key: lines[key] for key in expected} == expected
    assert set(keys_of(tomllib.loads(text))) == set(lines)


@pytest.mark.parametrize(("opening", "end"), [("[", "]"), ("{ a = ", "}")])
@pytest.mark.parametrize("depth", [50, *range(250, 400, 5)])
def test_a_deep_text_has_lines_where_pythons_reader_reads_it(depth, opening, end):
    text = "a = " + opening * depth + "1" + end * depth
    try:
        tomllib.loads(text)
    except RecursionError:
        return
    assert set(lines_of(text).values()) == {1}


def test_what_is_missing_is_told_on_the_line_of_its_part():
    lines = lines_of("a = 1\n[b]\nc = 1\n")
    assert where(lines, ("b", "d")) == {"line": 2, "key": "b.d"}
    assert where(lines, ("e",)) == {"line": 1, "key": "e"}


def test_without_a_text_there_is_no_line():
    assert malformed({}, ("a", 2), rule="missing").facts == {"key": "a.2", "rule": "missing"}
