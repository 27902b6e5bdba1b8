"""Every reason for a refusal is given somewhere in the code, and some test reaches it (STYLE.md 29)."""

import ast

import pytest
from house_code import ROOT, files_under, tree_of

from sekisho.errors import Reason

CODES = {reason.value: reason for reason in Reason}


def named_in(paths):
    """Give back the reasons that the code in `paths` names as `Reason.…`."""
    return {
        node.attr
        for path in paths
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Reason"
    }


def texts_of_tests():
    """Give the text constants of tests, and the words of their vectors; regular expressions lose their strokes."""
    for path in files_of_tests():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in (ROOT / "tests" / "vectors").rglob("*"):
        if path.suffix in {".txt", ".toml", ".vector"}:
            yield from path.read_text(encoding="utf-8", errors="replace").split()


def files_of_tests():
    return [path for path in files_under("tests") if "house" not in path.parts]


@pytest.fixture(scope="module")
def reached():
    told = " ".join(texts_of_tests()).replace("\\", "")
    words = {word.strip(".,:;()[]{}'\"`") for word in told.replace("[", " ").replace("]", " ").split()}
    return named_in(files_of_tests()) | {CODES[word].name for word in words & set(CODES)}


@pytest.fixture(scope="module")
def given():
    return named_in([path for path in files_under("sekisho") if path.name != "errors.py"])


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_is_given_and_reached(reason, given, reached):
    assert reason.name in given, "no code gives it: remove it"
    assert reason.name in reached, "no test reaches it"
