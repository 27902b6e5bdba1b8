"""The examples in the docstrings of the measures run."""

import doctest
import importlib

import pytest

MODULES = ["risk.alike", "risk.class_size", "utility.cells", "utility.class_size"]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_hold(module):
    results = doctest.testmod(importlib.import_module(f"sekisho.deid.{module}"))
    assert results.failed == 0
    assert results.attempted > 0
