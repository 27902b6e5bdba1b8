"""The first page for data scientists does what it says, in both languages."""

import doctest
from pathlib import Path

import pytest

from sekisho.deid.changes.change import DeleteRows, Swap
from sekisho.deid.written.policy import read_policy

ROOT = Path(__file__).parents[3]
PAGES = ("library.md", "library.ja.md")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give an empty folder, the current one, with the examples beside it as the page names them."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_example_of_the_page_runs_and_gives_what_is_shown(page, folder):
    results = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, encoding="utf-8")
    assert (results.failed, results.attempted > 20) == (0, True)
    assert {one.name for one in folder.iterdir()} == {"examples", "adult.parquet", "report.html"}


@pytest.mark.parametrize("page", PAGES)
def test_the_page_comes_to_a_table_and_a_report_in_five_lines(page, folder):
    first = (ROOT / "docs" / page).read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    lines = [line.removeprefix(">>> ") for line in first.splitlines() if line]
    assert len(lines) == 5
    exec("\n".join(lines), {})  # the page is ours
    assert (folder / "adult.parquet").stat().st_size > 10_000
    assert "<svg" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_the_changes_that_the_page_writes_in_a_file_can_be_read(page):
    (part,) = (ROOT / "docs" / page).read_text(encoding="utf-8").split("```toml\n")[1:]
    policy = f'format = "sekisho-policy-v1"\nk = 5\nmode = "cells"\n{part.split("```")[0]}'
    assert [type(one) for one in read_policy(policy.encode(), {}).changes] == [DeleteRows, Swap]


def test_both_languages_show_the_same_code():
    code = [
        [line for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines() if line[:3] in {">>>", "..."}]
        for page in PAGES
    ]
    plain = [[line.partition("  #")[0].replace('"ja"', '"en"') for line in one] for one in code]
    assert plain[0] == plain[1]
