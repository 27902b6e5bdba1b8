"""Whatever is made from the code is as the code would make it now."""

import pytest

from tools import generated


@pytest.fixture(scope="module")
def made():
    return generated.pages()


def test_generated_files_are_in_step(made):
    assert generated.differing(made) == [], f"run `{generated.COMMAND}`"


def test_a_file_that_differs_or_lacks_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "ROOT", tmp_path)
    (tmp_path / "same.md").write_text("as made\n")
    (tmp_path / "other.md").write_text("by hand\n")
    wanted = {"same.md": "as made\n", "other.md": "as made\n", "none.md": "as made\n"}
    assert generated.differing(wanted) == ["other.md", "none.md"]


def test_every_generated_page_names_the_command_that_makes_it(made):
    assert [name for name, text in made.items() if name.endswith(".md") and f"`{generated.COMMAND}`" not in text] == []
