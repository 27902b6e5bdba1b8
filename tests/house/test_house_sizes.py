"""A function fits a screen, a file does one thing, a folder can be seen at once (STYLE.md 15)."""

import ast
from collections import Counter

from house_code import CODE, ROOT, files_under, tree_of

LONGEST_FILE, LONGEST_FUNCTION, LARGEST_FOLDER = 400, 40, 12
TABLES_OF_COMMANDS = "lists the group's commands, each act beside its options; it is read as a table"
LONG_FUNCTIONS = {
    "sekisho/cli/operator.py processing_group": TABLES_OF_COMMANDS,
}
"""Functions that may be longer, each with its reason."""


def test_no_file_is_longer_than_400_lines():
    long = [path for path in files_under(*CODE, "tests") if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert [path.relative_to(ROOT).as_posix() for path in long] == []


def test_no_function_is_longer_than_40_lines_without_a_reason():
    assert {name for name, lines in lines_of_functions() if lines > LONGEST_FUNCTION} - set(LONG_FUNCTIONS) == set()


def test_no_reason_is_left_of_a_function_that_became_short():
    long = {name for name, lines in lines_of_functions() if lines > LONGEST_FUNCTION}
    assert set(LONG_FUNCTIONS) - long == set()


def test_no_folder_of_code_has_more_than_12_files():
    counted = Counter(
        path.parent.relative_to(ROOT).as_posix() for path in files_under(*CODE) if path.name != "__init__.py"
    )
    assert {folder: files for folder, files in counted.items() if files > LARGEST_FOLDER} == {}


def lines_of_functions():
    """Give every function with its lines, from its first statement behind the docstring to its last."""
    for path in files_under(*CODE, "tests"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                told = ast.get_docstring(node) is not None and len(node.body) > 1
                first = node.body[1 if told else 0].lineno
                yield f"{path.relative_to(ROOT).as_posix()} {node.name}", node.end_lineno - first + 1
