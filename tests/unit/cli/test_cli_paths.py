"""Paths of the clerk's commands: what cannot work is said at once, before a large file is read (exit code 64)."""

import os
from pathlib import Path

import click
import pytest

from sekisho.cli.municipality import NewFile, NewSchemaFile, SchemaFile
from sekisho.cli.speaking import EmptyValue, WrongPath
from tests.journey.trial_site import SCHEMA, said_here, table

BASIS = ("--basis", "law", "--reference", "1")


@pytest.fixture
def given(tmp_path):
    """A folder with a good table and its schema."""
    (tmp_path / "table.csv").write_bytes(table())
    (tmp_path / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


@pytest.fixture
def denied(monkeypatch):
    """Make it so that the account has no right to do something with a path: root, who may run this, has every right."""
    real = os.access

    def deny(path, right):
        def access(asked, mode, **rest):
            return not (Path(asked).absolute() == path and mode & right) and real(asked, mode, **rest)

        monkeypatch.setattr(os, "access", access)

    return deny


def converted(of, value):
    return of(exists=of is SchemaFile, dir_okay=False, path_type=Path).convert(str(value), None, None)


def wrong_of(of, value):
    with pytest.raises(WrongPath) as caught:
        converted(of, value)
    assert isinstance(caught.value, click.BadParameter)
    return caught.value.wrong


@pytest.mark.parametrize("of", [NewFile, NewSchemaFile])
def test_a_new_file_is_the_path_as_it_was_given(given, of):
    assert converted(of, given / "new.toml") == given / "new.toml"


@pytest.mark.parametrize("of", [NewFile, NewSchemaFile])
def test_a_new_file_is_no_file_or_link_that_is_there(given, of):
    (given / "link").symlink_to(given / "nowhere")
    assert [wrong_of(of, given / one) for one in ("table.csv", "link")] == ["taken", "taken"]


@pytest.mark.parametrize("of", [NewFile, NewSchemaFile])
def test_a_new_file_is_no_folder(given, of):
    assert wrong_of(of, given) == "not_a_file"


@pytest.mark.parametrize("of", [NewFile, NewSchemaFile])
def test_the_folder_of_a_new_file_has_to_be_there(given, of):
    assert [wrong_of(of, given / one) for one in ("none/new", "table.csv/new")] == ["no_parent", "no_parent"]


@pytest.mark.parametrize("of", [NewFile, NewSchemaFile])
def test_the_folder_of_a_new_file_has_to_be_writable(given, denied, of):
    denied(given, os.W_OK)
    assert wrong_of(of, given / "new") == "unwritable"


def test_the_page_beside_a_new_schema_takes_no_name_that_is_taken(given):
    (given / "new.html").touch()
    assert wrong_of(NewSchemaFile, given / "new.toml") == "taken"
    assert wrong_of(NewSchemaFile, given / "other.html") == "page_of_itself"


def test_a_schema_is_a_file_or_the_name_of_a_ready_made_one(given, denied):
    assert converted(SchemaFile, given / "schema.toml") == given / "schema.toml"
    assert converted(SchemaFile, "resident-register").name == "schema.toml"
    assert wrong_of(SchemaFile, "resident-registers") == "no_schema"
    assert wrong_of(SchemaFile, given) == "not_a_file"
    with pytest.raises(EmptyValue):
        converted(SchemaFile, "")
    denied(given / "schema.toml", os.R_OK)
    assert wrong_of(SchemaFile, given / "schema.toml") == "unreadable"


def inspect(given, *options, lang, file="table.csv"):
    return said_here("municipality", "inspect", given / file, *options, lang=lang)


WORDS = {
    "taken": {"ja": "上書きはしない", "en": "is not overwritten"},
    "no_parent": {"ja": "を置くフォルダーがありません", "en": "there is no folder for"},
    "unwritable": {"ja": "書き込む権限がありません", "en": "may not be written to"},
    "unreadable": {"ja": "読む権限がありません", "en": "may not be read"},
    "not_a_file": {"ja": "ファイルを指定してください", "en": "folder"},
    "page_of_itself": {"ja": ".toml で終わる名前", "en": "ends in .toml"},
    "no_schema": {"ja": "付属の定義もありません", "en": "nor a ready-made schema"},
}
CALLS = {
    "taken": ("--out", "schema.toml"),
    "no_parent": ("--out", "none/new.toml"),
    "not_a_file": ("--out", "."),
    "page_of_itself": ("--out", "new.html"),
    "no_schema": ("--schema", "none.toml"),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("wrong", CALLS)
def test_a_path_that_cannot_be_is_said_with_its_option_and_name_and_nothing_is_read(given, wrong, lang):
    option, name = CALLS[wrong]
    (given / "table.csv").write_bytes(b"\x00")  # what would be said of it, were it read, is something else
    before = sorted(given.iterdir())
    done = inspect(given, option, given / name, lang=lang)
    assert (done.code, done.out) == (64, "")
    assert all(one in done.err for one in (option, str(given / name), WORDS[wrong][lang])), done.err
    assert sorted(given.iterdir()) == before


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_folder_without_the_right_to_write_is_said_before_the_table_is_read(given, denied, lang):
    denied(given, os.W_OK)
    done = inspect(given, "--schema", given / "schema.toml", "--errors", given / "errors.csv", lang=lang)
    assert (done.code, done.out) == (64, "")
    assert all(one in done.err for one in ("--errors", "errors.csv", WORDS["unwritable"][lang])), done.err


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("file", ["table.csv", "schema.toml"])
def test_a_file_without_the_right_to_read_is_named(given, denied, file, lang):
    denied(given / file, os.R_OK)
    done = inspect(given, "--schema", given / "schema.toml", lang=lang)
    assert (done.code, done.out) == (64, "")
    assert all(one in done.err for one in (file, WORDS["unreadable"][lang])), done.err


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_sealing_says_a_wrong_path_before_it_looks_for_its_own_folder(given, lang):
    options = ("--home", given / "none", "--schema", given / "schema.toml", *BASIS, "--errors", given / "table.csv")
    done = said_here("municipality", "seal", given / "table.csv", *options, lang=lang)
    assert (done.code, WORDS["taken"][lang] in done.err) == (64, True)
