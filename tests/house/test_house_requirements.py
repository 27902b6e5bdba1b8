"""The requirements' page has its 68 rows, and tests name no others."""

from pathlib import Path

import pytest
from house_code import ROOT

from tools.requirements import PAGE, Mark, find_marks, read_requirements, table_text, unknown_ids

GROUPS = read_requirements(PAGE.read_text(encoding="utf-8"))
SIZES = {"A": 16, "B": 15, "C": 9, "D": 5, "E": 9, "F": 14}


def test_the_page_has_every_id_once_and_in_order():
    given = [row.id for rows in GROUPS.values() for row in rows]
    assert given == [f"{letter}{number:02}" for letter, size in SIZES.items() for number in range(1, size + 1)]


def test_tests_name_known_ids_only():
    assert unknown_ids(GROUPS, find_marks(ROOT / "tests")) == []


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    folder = tmp_path / "tests"
    folder.mkdir()
    return folder


def test_a_mark_is_found_on_a_test_a_class_and_a_module(marked):
    (marked / "test_one.py").write_text(
        "import pytest\npytestmark = [pytest.mark.requirement('B10')]\n"
        "@pytest.mark.requirement('A01', 'A02')\ndef test_one(): ...\n"
        "@pytest.mark.requirement('C01')\nclass TestTwo:\n    def test_two(self): ...\n"
        "@pytest.mark.requirement('D01')\ndef no_test(): ...\n"
    )
    assert find_marks(marked) == [
        *(Mark(one, "tests/test_one.py::test_one") for one in ("B10", "A01", "A02")),
        *(Mark(one, "tests/test_one.py::test_two") for one in ("B10", "C01")),
    ]


def test_an_id_that_the_page_lacks_is_named_with_its_test(marked):
    (marked / "test_one.py").write_text("@pytest.mark.requirement('Z99', ID)\ndef test_one(): ...\n")
    assert unknown_ids(GROUPS, find_marks(marked)) == [
        "tests/test_one.py::test_one: Z99",
        "tests/test_one.py::test_one: ?",
    ]


def test_the_table_tells_what_is_shown_and_what_is_not():
    text = table_text(GROUPS, [Mark("A01", "tests/a.py::test_a")])
    assert "duties of the organisation and its people: 1 of 16 shown by a test" in text.lower()
    assert "All: 1 of 68 shown by a test, by 1 tests" in text
    assert "  D01† · Servers stand safely" in text
