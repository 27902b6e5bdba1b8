"""What commands say of the user's own files and folders, and that nothing half made stays."""

import os
import sys

import pytest

from sekisho import __main__ as entry
from sekisho.cli.main import main
from sekisho.site import trial as trial_module
from sekisho.site.role_settings import Ports
from sekisho.storage import files as files_module
from sekisho.storage import keys as keys_module
from sekisho.tables import reading as reading_module
from tests.journey.trial_site import POLICY, SCHEMA, TOWN, table

BASIS = ("--basis", "law", "--reference", "1")


@pytest.fixture
def call(capsys, monkeypatch):
    """Give back exit code, output and errors of a command."""
    for name in ("SEKISHO_LANG", "LANG", "SEKISHO_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(trial_module, "_free_ports", lambda: Ports("127.0.0.1", 1, 2, 3, 4))

    def run(*arguments, lang="en"):
        with pytest.raises(SystemExit) as caught:
            main(["--lang", lang, *map(str, arguments)])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return run


@pytest.fixture
def given(tmp_path):
    """A folder with a table, its schema, a policy and its ladder."""
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "table.csv").write_bytes(table())
    (folder / "schema.toml").write_text(SCHEMA, encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    (folder / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    return folder


@pytest.fixture
def site(call, tmp_path):
    assert call("site", "init", tmp_path / "site", "--trial")[0] == 0
    return tmp_path / "site"


def on_full_disk(_path):
    return os.fdopen(os.open("/dev/full", os.O_RDWR), "w+b")


def seal(call, site, given, *extra):
    home = site / f"municipality-{TOWN}"
    return call(
        "municipality", "seal", given / "table.csv", "--home", home, "--schema", given / "schema.toml", *BASIS, *extra
    )


def sealed(site):
    return sorted(path.name for path in (site / f"municipality-{TOWN}").glob("outbox/*.parcel*"))


MISFITS = {
    "table.does-not-fit": table().replace(b"id,age,sex,income", b"id,age,sex,wage"),
    "table.empty": b"id,age,sex,income\n",
}


@pytest.mark.parametrize("reason", MISFITS)
def test_a_table_that_does_not_fit_is_not_sealed_and_takes_no_number(call, site, given, reason):
    (given / "table.csv").write_bytes(MISFITS[reason])
    code, out, err = seal(call, site, given)
    assert (code, out) == (2, "")
    assert f"[{reason}]" in err
    assert sealed(site) == []
    (given / "table.csv").write_bytes(table())
    assert seal(call, site, given)[0] == 0
    assert sealed(site) == ["000001.parcel"]


def test_where_tables_cannot_be_read_it_is_said_and_nothing_is_sealed(call, site, given, monkeypatch):
    monkeypatch.setitem(sys.modules, reading_module.__name__, None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = seal(call, site, given)
    assert code == 4
    assert "[table.reader-missing]" in err
    assert "sekisho[municipality]" in err
    assert sealed(site) == []


def test_inspecting_counts_rows_and_columns_and_writes_nothing(call, given):
    before = sorted(given.iterdir())
    code, out, _ = call("municipality", "inspect", given / "table.csv", "--schema", given / "schema.toml")
    assert (code, "60 rows, 4 columns" in out) == (0, True)
    assert sorted(given.iterdir()) == before


def deid(call, given, out):
    files = ("--schema", given / "schema.toml", "--policy", given / "policy.toml")
    return call("deid", "run", given / "table.csv", *files, "--out", out)


@pytest.mark.parametrize("command", ["inspect", "seal", "deid"])
def test_a_mistake_in_the_users_schema_is_not_our_fault_and_names_the_file(call, site, given, tmp_path, command):
    (given / "schema.toml").write_text(SCHEMA.replace("columns", "colums").replace("type", "tipe"), encoding="utf-8")
    if command == "seal":
        code, out, err = seal(call, site, given)
    elif command == "deid":
        code, out, err = deid(call, given, tmp_path / "out")
    else:
        code, out, err = call("municipality", "inspect", given / "table.csv", "--schema", given / "schema.toml")
    assert (code, out) == (4, "")
    assert "[schema.malformed]" in err
    assert "schema.toml" in err
    assert sealed(site) == []


@pytest.mark.parametrize(
    ("reason", "old", "new"),
    [
        ("policy.malformed", "k = 3", "k = one"),
        ("policy.malformed", "age = {", "town = {"),
        ("policy.malformed", "sex.csv", "../sex.csv"),
        ("ladder.malformed", "[10, 20]", "[10, 15]"),
    ],
)
def test_a_mistake_in_the_users_policy_is_not_our_fault_and_names_the_file(call, given, tmp_path, reason, old, new):
    (given / "policy.toml").write_text(POLICY.replace(old, new), encoding="utf-8")
    code, out, err = deid(call, given, tmp_path / "out")
    assert (code, out) == (4, "")
    assert f"[{reason}]" in err
    assert "policy.toml" in err or "sex.csv" in err
    assert not (tmp_path / "out").exists()


def test_a_full_disk_leaves_no_half_table(call, given, tmp_path, monkeypatch):
    for module in (files_module, keys_module):
        monkeypatch.setattr(module, "open_new", on_full_disk)
    code, out, err = deid(call, given, tmp_path / "out")
    assert (code, out) == (4, "")
    assert "[disk.full]" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given"]


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/x", "table.csv/x"])
def test_a_place_where_nothing_can_be_written_is_named(call, given, place):
    for code, out, err in (deid(call, given, given / place), call("site", "init", given / place, "--trial")):
        assert (code, out) == (4, "")
        assert "[folder.unwritable]" in err
        assert str(given / place).removesuffix("/x") in err


WRONG = [
    (("--municipality", "13299=関所市"), "--municipality"),
    (("--municipality", "132993="), "--municipality"),
    (("--municipality", "132993"), "--municipality"),
    (("--municipality", "132993=甲", "--municipality", "132993=乙"), "--municipality"),
    (("--business", "Riyou=利用"), "--business"),
    (("--business", "../riyou=利用"), "--business"),
    (("--business", "processing=利用"), "--business"),
    (("--business", "riyou= "), "--business"),
    (("--purpose", "a\nb"), "--purpose"),
]


@pytest.mark.parametrize(("options", "named"), WRONG)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_site_that_cannot_be_made_leaves_nothing_and_says_what_is_expected(call, tmp_path, options, named, lang):
    code, out, err = call("site", "init", tmp_path / "site", "--trial", *options, lang=lang)
    assert (code, out) == (64, "")
    assert "[usage.wrong]" in err
    assert named in err
    assert {"ja": "正しい形", "en": "expected"}[lang] in err
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_a_site_is_made_leaves_no_key(call, tmp_path, monkeypatch):
    for module in (files_module, keys_module):
        monkeypatch.setattr(module, "open_new", on_full_disk)
    assert call("site", "init", tmp_path / "site", "--trial")[0] == 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_folder_of_another_role_is_told_with_the_role_that_is_needed(call, site, lang):
    code, _, err = call("processing", "cases", "--home", site / "receiving", lang=lang)
    assert (code, "[settings.other-role]" in err) == (4, True)
    assert "receiving" in err
    assert "processing" in err


def test_an_interrupt_while_the_command_still_loads_is_one_sentence(capsys, monkeypatch):
    class Loading:
        def __getattr__(self, _name):
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "sekisho.cli.main", Loading())
    with pytest.raises(SystemExit) as caught:
        entry.run()
    said = capsys.readouterr()
    assert (caught.value.code, said.out) == (130, "")
    assert said.err.splitlines() == ["中断しました。 Interrupted."]
