"""The page of hosts that were taken over says "cannot" only where tests show it."""

import pytest
from house_code import ROOT
from pydantic import ValidationError

from sekisho.pages.words import Language
from tools.features import known_tests
from tools.taken_over import TakenOver, faults_of, read_taken_over, taken_over_pages

SAID = {"en": "one", "ja": "一つ"}
TEST = "tests/test_one.py::test_one"


def made(*tests):
    cannot = [{"said": SAID, "tests": list(tests)}]
    machine = {"name": SAID, "about": SAID, "can": [SAID], "cannot": cannot}
    return TakenOver.model_validate({"words": {}, "machine": [machine], "limit": [{"said": SAID}]})


def test_every_cannot_names_tests_that_are_there():
    assert faults_of(read_taken_over(), known_tests(ROOT / "tests")) == []


def test_a_test_that_is_not_there_is_found_and_one_that_is_has_no_fault():
    assert faults_of(made(TEST), frozenset({TEST})) == []
    assert faults_of(made(TEST, "tests/test_one.py::test_two"), frozenset({TEST})) == [
        "one: no such test: tests/test_one.py::test_two"
    ]


def test_a_cannot_without_a_test_is_not_read():
    with pytest.raises(ValidationError):
        made()


@pytest.mark.parametrize("language", Language)
def test_the_page_has_each_of_the_three_machines_with_can_and_cannot(language):
    page = read_taken_over()
    (text,) = [
        text for path, text in taken_over_pages().items() if path.endswith(".ja.md") is (language is Language.JA)
    ]
    for machine in page.machine:
        assert f" {machine.name[language]}\n" in text
        assert all(one.said[language] in text for one in machine.cannot)
        assert all(one[language] in text for one in machine.can)
