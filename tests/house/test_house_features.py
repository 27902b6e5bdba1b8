"""The page of features says only what a test shows, and gives a reason for what is not there."""

import pytest
from house_code import ROOT

from tools import features
from tools.features import Features, faults_of, known_tests, read_features

SAID = {"en": "one", "ja": "一つ"}
ROW = {"name": SAID, "sekisho": "●", "tests": ["tests/test_one.py::test_one"], "others": {"arx": "● KAnonymity"}}
WISH = {"name": SAID, "threads": ["arx#1"], "answer": "done", "note": SAID, "tests": ["tests/test_one.py::test_one"]}
TOOLS = [
    {"key": one, "name": one, "version": "1", "source": "https://example.org"} for one in ("arx", "sdcmicro", "anjana")
]


def test_every_tick_has_a_test_that_is_there_and_every_lack_a_reason():
    assert faults_of(read_features(), known_tests(ROOT / "tests")) == []


def made(row=ROW, wish=WISH):
    return Features.model_validate(
        {
            "words": {},
            "repository": {"arx": "o/arx"},
            "tool": TOOLS,
            "group": [{"name": SAID, "row": [row]}],
            "wish": [wish],
        }
    )


@pytest.fixture
def known(tmp_path):
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_one.py").write_text(
        "def test_one(): ...\ndef no_test(): ...\nclass TestTwo:\n    def test_two(self): ...\n"
    )
    return known_tests(folder)


def test_tests_are_found_in_files_and_classes(known):
    assert known == {"tests/test_one.py::test_one", "tests/test_one.py::TestTwo::test_two"}


def test_what_is_shown_has_no_fault(known):
    assert faults_of(made(), known) == []


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"tests": []},
        ROW | {"tests": ["tests/test_one.py::test_none"]},
        ROW | {"tests": ["tests/test_one.py::no_test"]},
        ROW | {"sekisho": "○"},
        ROW | {"sekisho": "–"},
        ROW | {"sekisho": "–", "tests": []},
        ROW | {"sekisho": "–", "tests": [], "others": {"sdcmicro": "○ kAnon"}},
        ROW | {"others": {"arx": "●"}},
        ROW | {"others": {"argus": "● kAnon"}},
    ],
)
def test_a_row_that_says_too_much_or_too_little_is_named(row, known):
    assert {one.partition(":")[0] for one in faults_of(made(row=row), known)} == {"one"}


@pytest.mark.parametrize(
    "row", [ROW | {"sekisho": "○", "note": SAID}, ROW | {"sekisho": "–", "tests": [], "note": SAID}]
)
def test_a_row_with_its_reason_has_no_fault(row, known):
    assert faults_of(made(row=row), known) == []


def test_what_neither_arx_nor_sdcmicro_has_needs_no_reason(known):
    assert faults_of(made(row=ROW | {"sekisho": "–", "tests": [], "others": {"anjana": "● k_anonymity"}}), known) == []


@pytest.mark.parametrize(
    "wish",
    [
        WISH | {"tests": []},
        WISH | {"answer": "never"},
        WISH | {"threads": []},
        WISH | {"threads": ["other#1"]},
        WISH | {"threads": ["arx 1"]},
        WISH | {"tests": ["tests/test_none.py::test_one"]},
    ],
)
def test_a_wish_without_what_it_needs_is_named(wish, known):
    assert [one.partition(":")[0] for one in faults_of(made(wish=wish), known)] == ["one"]


def test_both_pages_have_the_same_rows_and_links():
    shapes = []
    for text in features.feature_pages().values():
        lines = [one for one in text.splitlines() if one.startswith("| ")]
        shapes.append([(one.count(" | "), one.count("](../"), one.count("](https:")) for one in lines])
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 100
