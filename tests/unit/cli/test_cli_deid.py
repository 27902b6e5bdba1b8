"""What `sekisho deid run` says in every mode, how it is watched, and how it is stopped."""

import io
import json
import os
import re
import signal
import sys
from types import SimpleNamespace

import pytest

from sekisho.cli import progress as progress_module
from sekisho.cli import scientist
from sekisho.cli.main import main
from sekisho.cli.progress import share_bar, stopping
from sekisho.deid.numbers.check_digits import MY_NUMBER, digit_asked
from tests.journey.trial_site import POLICY, SCHEMA, table

LOCAL = POLICY.replace("k = 3", 'k = 3\nmode = "local"')
GLOBAL = POLICY.replace("k = 3", 'k = 3\nmode = "global"')
CELLS = POLICY.replace("k = 3", 'k = 3\nmode = "cells"').split("[ladder]")[0]
ANYTHING = CELLS.replace('"cells"', '"cells"\nstar = "anything"')
K_MAP = POLICY.replace("[ladder]", '[[bound]]\nmeasure = "k-map"\nat_least = 6\n[ladder]')


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Give back exit code, output and errors of a de-identification; its results stand in `out`."""
    monkeypatch.delenv("SEKISHO_LANG", raising=False)
    files = {"table.csv": table().decode(), "schema.toml": SCHEMA, "sex.csv": "F;*\nM;*\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def deid(policy, *options, lang="en"):
        (tmp_path / "policy.toml").write_text(policy, encoding="utf-8")
        given = ("--schema", tmp_path / "schema.toml", "--policy", tmp_path / "policy.toml", "--out", tmp_path / "out")
        with pytest.raises(SystemExit) as caught:
            main(["--lang", lang, "deid", "run", str(tmp_path / "table.csv"), *map(str, (*given, *options))])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return deid


def report_in(folder):
    value = json.loads((folder / "out" / "report.json").read_bytes())
    return value, {one["name"]: one["after"] for one in value["measures"]}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("policy", [LOCAL, GLOBAL, CELLS, ANYTHING], ids=["local", "global", "cells", "anything"])
def test_every_mode_ends_with_k_how_it_was_done_and_the_folder(run, tmp_path, policy, lang):
    code, out, err = run(policy, lang=lang)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert (len(lines), lines[-1]) == (4, str(tmp_path / "out"))
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        *("table.csv", "plan.json", "report.json", "report.ja.html", "report.en.html")
    }


def test_the_summary_tells_k_in_the_reading_that_was_asked_and_both_beside_it(run, tmp_path):
    out = run(ANYTHING)[1]
    numbers = report_in(tmp_path)[1]
    assert f"k {numbers['k-wildcard']} (asked: 3)" in out
    assert f"k is {numbers['k-wildcard']}; as a value of its own, {numbers['k']}." in out


def test_only_a_proven_plan_is_called_proven(run):
    assert "proven" in run(GLOBAL)[1]


def test_the_best_that_a_local_search_found_is_not_called_proven(run):
    out = run(LOCAL)[1]
    assert "This is the best way found." in out
    assert "proven" not in out


def population():
    persons = table().decode().splitlines()
    return "\n".join(",".join(line.split(",")[1:3]) for line in [*persons, *persons[1:]]) + "\n"


def test_a_population_is_a_table_of_the_quasi_identifiers_alone(run, tmp_path):
    (tmp_path / "persons.csv").write_text(population(), encoding="utf-8")
    code, _, err = run(K_MAP, "--population", tmp_path / "persons.csv")
    assert (code, err) == (0, "")
    assert int(report_in(tmp_path)[1]["k-map"]) >= 6


def test_a_population_with_a_column_more_is_refused_and_nothing_stays(run, tmp_path):
    (tmp_path / "persons.csv").write_text(table().decode(), encoding="utf-8")
    code, out, err = run(K_MAP, "--population", tmp_path / "persons.csv")
    assert (code, out) == (2, "")
    assert "[table.does-not-fit]" in err
    assert not (tmp_path / "out").exists()


def test_a_bound_on_the_population_without_one_is_refused(run, tmp_path):
    code, _, err = run(K_MAP)
    assert (code, "[deid.population-missing]" in err) == (3, True)
    assert not (tmp_path / "out").exists()


def with_schema(tmp_path, more, cells):
    """One more column behind the others, declared so, with these cells by turns."""
    (tmp_path / "schema.toml").write_text(f"{SCHEMA}\n[[column]]\n{more}\n", encoding="utf-8")
    head, *rows = table().decode().splitlines()
    lines = [f"{head},more", *(f"{row},{cells(at)}" for at, row in enumerate(rows))]
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("lang", "said"), [("en", "withholds"), ("ja", "出さないと定めた")])
def test_rows_of_protected_persons_are_left_out_and_counted(run, tmp_path, lang, said):
    with_schema(
        tmp_path,
        'name = "more"\ntype = "code"\nrole = "stripped"\nwithhold = ["x"]',
        lambda at: "x" if at in {3, 5} else "y",
    )
    code, out, err = run(LOCAL, lang=lang)
    assert (code, err) == (0, "")
    assert said in out.splitlines()[0]
    assert "2" in out.splitlines()[0]


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_column_of_my_numbers_is_refused_before_anything_is_done(run, tmp_path, lang):
    bodies = [f"{at * 7_919_113 + 10_000_000_019:011}" for at in range(5_000)]
    numbers = [f"{one}{digit_asked(MY_NUMBER, f'{one}0')}" for one in bodies]
    with_schema(tmp_path, 'name = "more"\ntype = "code"\nrole = "plain"', lambda at: numbers[at])
    code, out, err = run(LOCAL, lang=lang)
    assert (code, out, "[table.forbidden-number]" in err) == (2, "", True)
    assert not (tmp_path / "out").exists()
    assert numbers[0] not in err
    assert not re.search("municipality|地方公共団体|seal|封", err)


@pytest.mark.parametrize(("lang", "you"), [("en", "To be done by: you"), ("ja", "対応する方: 操作している方")])
@pytest.mark.parametrize(
    ("broken", "code", "reason"),
    [
        ("policy.toml", 4, "policy.malformed"),
        ("schema.toml", 4, "schema.malformed"),
        ("sex.csv", 4, "ladder.malformed"),
        ("table.csv", 2, "table.does-not-fit"),
    ],
)
def test_whoever_sits_at_the_desk_mends_every_file(run, tmp_path, broken, code, reason, lang, you):
    if broken != "policy.toml":
        (tmp_path / broken).write_text("x\n1\n", encoding="utf-8")
    exit_code, out, err = run("x" if broken == "policy.toml" else POLICY, lang=lang)
    assert (exit_code, out, f"[{reason}]" in err) == (code, "", True)
    assert you in err
    assert not re.search("municipality|this machine|地方公共団体|運用担当者|seal|封", err)


@pytest.mark.parametrize(
    ("written", "declared"), [("cp932", "utf-8"), ("utf-8", "cp932")], ids=["cp932 as utf-8", "utf-8 as cp932"]
)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_header_in_another_encoding_is_told_with_the_key_to_look_at(run, tmp_path, written, declared, lang):
    (tmp_path / "table.csv").write_text("宛名番号,年齢,性別\n1,30,F\n", encoding=written)
    declaring = SCHEMA.replace('encoding = "utf-8"', f'encoding = "{declared}"')
    for name, japanese in {"id": "宛名番号", "age": "年齢", "sex": "性別"}.items():
        declaring = declaring.replace(f'name = "{name}"', f'name = "{japanese}"')
    (tmp_path / "schema.toml").write_text(declaring.partition('[[column]]\nname = "income"')[0], encoding="utf-8")
    code, out, err = run(POLICY, lang=lang)
    assert (code, out) == (2, "")
    assert {"en": "another character encoding", "ja": "文字コードの指定が違うかもしれません"}[lang] in err
    assert {"en": "missing 3, out of place 0", "ja": "不足 3、順序違い 0"}[lang] in err
    assert "cp932" in err


def test_ctrl_c_during_the_search_keeps_the_best_so_far_and_says_so(run, tmp_path, monkeypatch):
    def interrupted_at_once(says):
        return stopping_after_a_signal(says)

    monkeypatch.setattr(scientist, "stopping", interrupted_at_once)
    code, out, _ = run(LOCAL)
    assert code == 0
    assert "The search was interrupted" in out
    value, numbers = report_in(tmp_path)
    assert value["search"]["interrupted"]
    assert int(numbers["k"]) >= 3


class stopping_after_a_signal:  # noqa: N801 - stands in for a function
    """The real one, with Ctrl-C pressed as soon as the search may begin."""

    def __init__(self, says):
        self.inside = stopping(says)

    def __enter__(self):
        asked = self.inside.__enter__()
        os.kill(os.getpid(), signal.SIGINT)
        return asked

    def __exit__(self, *given):
        return self.inside.__exit__(*given)


def test_the_first_ctrl_c_asks_to_stop_and_the_second_breaks_off(capfd):
    with stopping("stopping now") as asked:
        assert not asked()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked()
        assert "stopping now" in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with stopping(""):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def watched(monkeypatch, steps):
    """Give back what a terminal shows of work whose share is told at each of these seconds."""
    shown, clock = Terminal(), SimpleNamespace(now=0.0)
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    with share_bar("searching") as progress:
        for clock.now, share in steps:
            progress(share)
    return shown.getvalue()


def test_progress_tells_the_share_done_and_the_seconds_that_remain(monkeypatch):
    assert "searching   25%  30 s" in watched(monkeypatch, [(10.0, 0.25)])


def test_progress_that_begins_anew_measures_its_time_from_there(monkeypatch):
    assert "searching   50%  2 s" in watched(monkeypatch, [(10.0, 1.0), (10.0, 0.0), (12.0, 0.5)])


def test_nothing_is_shown_where_nobody_looks(capsys):
    with share_bar("searching") as progress:
        progress(1.0)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kept", [True, False])
def test_the_first_run_on_a_terminal_says_that_it_compiles(run, monkeypatch, kept):
    monkeypatch.setattr(scientist, "_never_compiled", lambda: not kept)
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    assert run(LOCAL)[0] == 0
    assert ("less than a minute" in shown.getvalue()) is not kept


def test_machine_code_that_is_kept_is_found(tmp_path, monkeypatch):
    from sekisho.deid.search.local import refine as module

    monkeypatch.setattr(module, "refine", SimpleNamespace(stats=SimpleNamespace(cache_path=str(tmp_path))))
    assert scientist._never_compiled()
    (tmp_path / "refine.refine-1.nbi").touch()
    assert not scientist._never_compiled()
