import ast
import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import sekisho

ROOT = Path(__file__).parents[2]


def test_importing_the_face_loads_no_library():
    code = "import sys, sekisho; print(sorted({one.split('.')[0] for one in sys.modules} & {'numpy', 'pyarrow', 'pydantic'}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize("name", sekisho.__all__)
def test_every_name_of_the_face_is_there(name):
    assert getattr(sekisho, name).__name__ == name


def test_the_types_that_a_checker_sees_are_the_names_that_are_given():
    tree = ast.parse((ROOT / "sekisho" / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        f"{name.name}: {part.module}"
        for block in tree.body
        if isinstance(block, ast.If)
        for part in block.body
        if isinstance(part, ast.ImportFrom)
        for name in part.names
    }
    assert seen == {f"{name}: {getattr(sekisho, name).__module__}" for name in sekisho.__all__}
    assert dir(sekisho) == sekisho.__all__


def test_a_name_that_the_face_lacks_is_an_attribute_error():
    with pytest.raises(AttributeError):
        _ = sekisho.anything_else


def test_the_example_on_the_first_page_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    results = doctest.testmod(sekisho)
    assert (results.failed, results.attempted > 5) == (0, True)
