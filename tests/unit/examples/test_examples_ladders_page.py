"""The page on ladders does what it says, in both languages."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from sekisho.cli.main import main

ROOT = Path(__file__).parents[3]
PAGES = ("ladders.md", "ladders.ja.md")


def text_of(page):
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give an empty folder, the current one, with the examples beside it as the page names them."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "build").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_example_of_the_page_runs_and_gives_what_is_shown(page, folder):
    results = doctest.testfile(str(ROOT / "docs" / page), module_relative=False, encoding="utf-8")
    assert (results.failed, results.attempted > 8) == (0, True)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_the_page_ends_well(page, folder, capsys):
    blocks = re.findall(r"```sh\n(.*?)```", text_of(page), re.DOTALL)
    commands = [one for block in blocks for one in block.replace("\\\n", " ").splitlines()]
    assert len(commands) == 4
    for command in commands:
        program, *given = shlex.split(command)
        assert program == ".venv/bin/sekisho"
        with pytest.raises(SystemExit) as caught:
            main(given)
        assert (caught.value.code, capsys.readouterr().err) == (0, "")
    assert (folder / "workclass.csv").is_file()


def test_both_languages_show_the_same_code():
    code = [[line for line in text_of(page).splitlines() if line[:3] in {">>>", "..."}] for page in PAGES]
    assert code[0] == [line.replace('"ja"', '"en"') for line in code[1]]
