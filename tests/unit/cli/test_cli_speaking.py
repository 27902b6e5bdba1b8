"""What the command line says: help in both languages, mistakes in a sentence, exit codes by who must act."""

import click
import pytest

from sekisho.cli import main as command
from sekisho.cli.main import command_tree, main
from sekisho.errors import BadParcel, BadSettings, Held, Reason, SekishoError, Tampered, Who, WrongUsage
from sekisho.pages.columns import width_of
from sekisho.pages.words import Language, words_in

LEAVES = [
    f"{group} {name}"
    for group, made in sorted(command_tree(words_in(Language.EN)).commands.items())
    for name, one in sorted(made.commands.items())
    if not one.hidden
]
GROUPS = sorted(command_tree(words_in(Language.EN)).commands)


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    for name in ("SEKISHO_LANG", "LANG", "SEKISHO_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def call(capsys):
    """Give back exit code, output and errors of a command."""

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([str(one) for one in arguments])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return run


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", ["", *GROUPS, *LEAVES])
def test_every_command_has_help_in_both_languages(call, path, language):
    code, out, err = call("--lang", language, *path.split(), "--help")
    assert (code, err) == (0, "")
    words = words_in(Language(language))
    assert out.startswith(words.say("cli.help.usage"))
    assert f"{words.say('cli.help.options')}:" in out
    assert all(width_of(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize("path", ["", *GROUPS, *LEAVES])
def test_japanese_help_has_no_english_left_of_clicks_own(call, path):
    _, out, _ = call("--lang", "ja", *path.split(), "--help")
    for english in (
        "[OPTIONS]",
        "COMMAND",
        "[ARGS]",
        "[required]",
        "[default",
        "TEXT",
        "DIRECTORY",
        "INTEGER",
        "Usage",
        "Show this",
    ):
        assert english not in out


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", LEAVES)
def test_descriptions_stand_in_one_column(call, path, language):
    _, out, _ = call("--lang", language, *path.split(), "--help")
    words = words_in(Language(language))
    options = out.split(f"{words.say('cli.help.options')}:\n")[1].splitlines()
    columns = set()
    for line in options:
        body = line.strip()
        if line.startswith("  --") and "  " in body:
            columns.add(width_of(line) - width_of(body.split("  ", 1)[1].lstrip()))
        elif line.startswith("    "):
            columns.add(width_of(line) - width_of(body))
    assert len(columns) == 1


def test_what_is_needed_and_its_bounds_are_said_in_the_readers_language(call):
    _, japanese, _ = call("--lang", "ja", "municipality", "seal", "--help")
    assert "[必須]" in japanese
    assert "[1〜365] [省略時 30]" in japanese
    assert "--schema ファイル" in japanese
    _, english, _ = call("--lang", "en", "municipality", "seal", "--help")
    assert "[required]" in english
    assert "[1 to 365]" in " ".join(english.split())
    assert "[default 30]" in " ".join(english.split())


WRONG = [
    ([], None),
    (["nonsense"], "nonsense"),
    (["processing", "nonsense"], "nonsense"),
    (["municipality", "seal"], "TABLE"),
    (["municipality", "send", "--nonsense"], "--nonsense"),
    (["municipality", "seal", "no-such.csv", "--schema", "x", "--basis", "law", "--reference", "1"], None),
    (["deid", "run"], "TABLE"),
    (["release", "approve", "132993-000001"], "--person"),
    (["release", "lost", "132993", "none", "--why", "x"], "NUMBER"),
    (["municipality", "send", "too", "much"], None),
    (["--lang", "fr", "audit", "run", "."], "--lang"),
]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("arguments", "named"), WRONG)
def test_wrong_usage_is_said_in_a_sentence_and_ends_with_64(call, monkeypatch, arguments, named, language):
    monkeypatch.setenv("SEKISHO_LANG", language)
    code, out, err = call(*arguments)
    assert (code, out) == (Who.CALLER.value, "")
    assert "Traceback" not in err
    assert named is None or named in err
    japanese = any("ぁ" <= one <= "ん" for one in err)
    assert japanese == (language == "ja")


TWO = ["release", "resume", "132993-000001", "--person", "a"]
SEAL = ["municipality", "seal", __file__, "--schema", __file__, "--basis", "law", "--reference", "1"]
MISTAKES = [
    ([*SEAL, "--days", "0"], "--days must be a whole number from 1 to 365."),
    ([*SEAL, "--days", "many"], "--days must be a whole number from 1 to 365."),
    (["release", "lost", "132993", "0", "--why", "x"], "NUMBER must be a whole number of at least 1."),
    ([*SEAL, "--basis", "luck"], "--basis must be one of: entrustment, law, "),
    (["municipality", "inspect", "no-such.csv"], "TABLE: there is no file no-such.csv."),
    (["municipality", "inspect", "/"], "TABLE: / is a folder, and a file is needed."),
    (["municipality", "send", "--home", __file__], "is not a folder."),
    (["municipality", "inspect", ""], "TABLE is empty."),
    ([*SEAL, "--reference", " "], "--reference is empty."),
    (["site", "init", "x", "--trial", "--purpose", ""], "--purpose is empty."),
    (["municipality", "seal", __file__], "The option --schema is required."),
    (["municipality", "inspect", __file__, "--schema"], "The option --schema needs a value."),
    (["site", "init", "x", "--trial=1"], "The option --trial takes no value."),
    (["processing", "cases", "more"], "The command takes options only; something else was given."),
    (["audit", "run", ".", "more"], "More was given than the command takes. It takes: SITE."),
    ([*TWO, "--person", "b", "--key", __file__], "This takes two people: give --person and --key twice"),
]


@pytest.mark.parametrize(("arguments", "said"), MISTAKES)
def test_each_mistake_has_a_sentence_of_its_own(call, arguments, said):
    code, out, err = call("--lang", "en", *arguments)
    assert (code, out) == (Who.CALLER.value, "")
    assert said in err.splitlines()[0]
    assert err.splitlines()[1].startswith("See: sekisho ")
    _, _, japanese = call("--lang", "ja", *arguments)
    assert any("ぁ" <= one <= "ん" for one in japanese.splitlines()[0])


def test_a_file_that_may_not_be_read_is_said_to_be_one(call, monkeypatch, tmp_path):
    table = tmp_path / "table.csv"
    table.write_bytes(b"a\n1\n")
    monkeypatch.setattr("os.access", lambda *_given, **_more: False)
    _, _, err = call("--lang", "en", "municipality", "inspect", table)
    assert f"{table} may not be read" in err


@pytest.mark.parametrize(
    ("option", "own", "system", "expected"),
    [
        (["--lang", "en"], "ja", "ja_JP.UTF-8", "Usage:"),
        (["--lang=en"], "ja", "ja_JP.UTF-8", "Usage:"),
        ([], "en", "ja_JP.UTF-8", "Usage:"),
        ([], "", "en_GB.UTF-8", "Usage:"),
        ([], "", "C.UTF-8", "使い方:"),
        ([], "", "", "使い方:"),
        (["--lang", "ja"], "en", "en_GB.UTF-8", "使い方:"),
    ],
)
def test_the_language_is_the_options_then_sekisho_lang_then_lang_then_japanese(
    call, monkeypatch, option, own, system, expected
):
    monkeypatch.setenv("SEKISHO_LANG", own)
    monkeypatch.setenv("LANG", system)
    assert call(*option, "audit", "--help")[1].startswith(expected)


def failing(monkeypatch, error):
    """Let every command fail with `error`."""

    def tree(_words):
        def act():
            raise error

        return click.Group("sekisho", commands=[click.Command("act", callback=act)])

    monkeypatch.setattr(command, "command_tree", tree)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadParcel(Reason.NUMBER_USED, number=3), 2),
        (Held(Reason.NUMBER_GAP, missing=1), 3),
        (Tampered(Reason.LEDGER_PROOF), 4),
        (BadSettings(Reason.KEY_MISSING, file="label.pem"), 4),
        (WrongUsage(Reason.USAGE, option="--key"), 64),
        (SekishoError(Reason.OUR_FAULT), 5),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_exit_code_says_who_must_act_and_the_text_says_what_comes_next(call, monkeypatch, error, code, language):
    failing(monkeypatch, error)
    monkeypatch.setenv("SEKISHO_LANG", language)
    ended, out, err = call("act")
    assert (ended, out) == (code, "")
    words = words_in(Language(language))
    assert f"[{error.reason.value}]" in err
    assert words.say(f"refusal.who.{error.who.name.lower()}") in err
    assert words.say(f"reason.{error.reason.value}.next") in err


@pytest.mark.parametrize(
    "error", [ValueError("東京都 山田太郎 1234"), KeyError("山田太郎"), ZeroDivisionError(), MemoryError()]
)
def test_an_unknown_fault_is_ours_and_shows_neither_traceback_nor_value(call, monkeypatch, error):
    failing(monkeypatch, error)
    code, out, err = call("act")
    assert (code, out) == (5, "")
    assert "[fault.ours]" in err
    assert type(error).__name__ in err
    assert "test_cli_speaking.py:" in err  # where, for a report
    assert "Traceback" not in err
    assert "山田" not in err


def test_an_interrupt_ends_with_one_sentence(call, monkeypatch):
    failing(monkeypatch, KeyboardInterrupt())
    code, out, err = call("act")
    assert code == 130
    assert (out, err.strip()) == ("", "中断しました。")


@pytest.mark.parametrize(
    "arguments",
    [
        ("municipality", "send"),
        ("processing", "pull"),
        ("processing", "cases"),
        ("recipient", "open"),
        ("receiving", "serve"),
        ("delivery", "serve"),
        ("recipient", "serve"),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_folder_without_settings_is_said_to_have_none(call, tmp_path, arguments, language):
    code, out, err = call("--lang", language, *arguments, "--home", tmp_path)
    assert (code, out) == (4, "")
    assert err.count("[settings.missing]") == 1
    assert str(tmp_path) in err
    assert "settings.toml" in err
    assert "--home" in err


def test_settings_of_another_role_name_the_key_and_not_what_stands_there(call, tmp_path):
    (tmp_path / "settings.toml").write_text('role = "secret-in-the-wrong-place"\n', encoding="utf-8")
    code, _, err = call("--lang", "en", "processing", "cases", "--home", tmp_path)
    assert code == 4
    assert "settings.toml" in err
    assert "secret" not in err


def test_a_folder_that_cannot_be_made_is_said_to_be_the_disks_fault(call, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    code, out, err = call("--lang", "en", "site", "init", tmp_path / "file" / "site", "--trial")
    assert (code, out) == (4, "")
    assert "[folder.unwritable]" in err
    assert str(tmp_path / "file") in err
    assert "Next: " in err


def test_a_site_is_not_made_over_another(call, tmp_path):
    (tmp_path / "kept").write_bytes(b"kept")
    code, _, err = call("--lang", "en", "site", "init", tmp_path, "--trial")
    assert code == 4
    assert "[folder.not-empty]" in err
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_version_is_a_line(call):
    code, out, err = call("--version")
    assert (code, err) == (0, "")
    assert out.startswith("sekisho ")
