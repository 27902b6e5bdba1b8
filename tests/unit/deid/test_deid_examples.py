"""The examples in the docstrings of the measures run."""

import doctest
import importlib
from pathlib import Path

import pytest

import sekisho

PACKAGE = Path(sekisho.__file__).parent
MODULES = sorted(
    ".".join(one.relative_to(PACKAGE.parent).with_suffix("").parts)
    for one in (PACKAGE / "deid").rglob("*.py")
    if ">>> " in one.read_text(encoding="utf-8")
)


def test_the_measures_have_examples():
    rooms = {one.split(".")[2] for one in MODULES}
    assert {"risk", "utility"} <= rooms


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module):
    results = doctest.testmod(importlib.import_module(module))
    assert results.failed == 0
    assert results.attempted > 0
