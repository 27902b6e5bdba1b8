"""What `sekisho deid feasibility` and `sekisho processing fee` say, write and refuse."""

import json
import re

import pytest

import sekisho.cli.proposal.fee as fee_command
from sekisho.cli.main import main
from sekisho.pages.columns import width_of
from sekisho.pages.words import Language, words_in
from sekisho.statement import read_canonical
from tests.journey.trial_site import POLICY, SCHEMA
from tests.unit.processing.processing_room import clock, desk_in
from tests.unit.processing.test_processing_metering import CASE, work

SECRET = "ヒミツ神埼"
REQUEST = """\
format = "sekisho-request-v1"
dataset = "made register"
purpose = "research"
[proposer]
id = "aozora"
name = "Aozora Inc."
[period]
begins = 2026-04-01
ends = 2028-03-31
[[item]]
column = "age"
level = {level}
[[item]]
column = "sex"
level = 0
"""
FEE = """\
format = "sekisho-fee-v1"
ordinance = "the ordinance, Art. 5"
valid_from = 2023-04-01
base_yen = 21_000
per_started_hour_yen = 3_950
started_hours_of = "sum"
contractor = "added"
again_yen = 12_600
"""


def table(rows=1_200):
    lines = [f"{SECRET}{one:05},{one * 7 % 60 + 20},{'FM'[one % 2]},{one % 50}" for one in range(rows)]
    return "\n".join(["id,age,sex,income", *lines, ""])


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Give back exit code, output and errors of a command run among the files of a proposal."""
    monkeypatch.delenv("SEKISHO_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    policy = POLICY.replace("k = 3", "k = 30").replace("0.2", "0.01")
    files = {"table.csv": table(), "schema.toml": SCHEMA, "policy.toml": policy, "sex.csv": "F;*\nM;*\n"}
    requests = {f"level{level}.toml": REQUEST.format(level=level) for level in (0, 1)}
    for name, text in {**files, **requests, "fee.toml": FEE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def call(*arguments, lang="en"):
        with pytest.raises(SystemExit) as caught:
            main(["--lang", lang, *map(str, arguments)])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return call


def asked(run, request, *options, lang="en"):
    files = ("--table", "table.csv", "--schema", "schema.toml", "--policy", "policy.toml")
    return run("deid", "feasibility", request, *files, *options, lang=lang)


def test_a_request_that_can_be_met_ends_with_0(run):
    code, out, err = asked(run, "level1.toml")
    assert (code, err) == (0, "")
    assert out.startswith("It can be made as proposed")
    assert "about 1,200 persons" in out


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_request_that_cannot_be_met_ends_with_3_and_what_would_help(run, lang):
    code, out, err = asked(run, "level0.toml", lang=lang)
    assert (code, err) == (3, "")
    assert ("up to level 1" if lang == "en" else "第1段階まで") in out
    assert max(width_of(line) for line in out.splitlines()) <= 80
    assert SECRET not in out


def test_the_advice_of_an_answer_works_when_it_is_followed(run, tmp_path):
    code, _, _ = asked(run, "level0.toml", "--out", "first")
    first = read_canonical((tmp_path / "first" / "feasibility.json").read_bytes())
    (advice,) = next(one["moves"] for one in first["loosenings"] if one["moves"][0]["do"] == "coarser")
    text = REQUEST.format(level=0).replace(
        f'column = "{advice["column"]}"\nlevel = 0', f'column = "{advice["column"]}"\nlevel = {advice["level"]}'
    )
    (tmp_path / "second.toml").write_text(text, encoding="utf-8")
    assert (code, asked(run, "second.toml")[0]) == (3, 0)


def test_the_folder_has_the_answer_as_json_and_as_a_page_in_each_language(run, tmp_path):
    code, out, _ = asked(run, "level0.toml", "--out", "out")
    assert (code, out.splitlines()[-1]) == (3, "out")
    assert {one.name for one in (tmp_path / "out").iterdir()} == {
        "feasibility.json",
        "feasibility.en.html",
        "feasibility.ja.html",
    }
    told = read_canonical((tmp_path / "out" / "feasibility.json").read_bytes())
    assert (told["format"], told["feasible"]) == ("sekisho-feasibility-v1", False)
    for language in Language:
        page = (tmp_path / "out" / f"feasibility.{language.value}.html").read_text(encoding="utf-8")
        assert words_in(language).say("feasibility.verdict.loosened", count=len(told["loosenings"])) in page
        assert words_in(language).say("feasibility.heading.draft") in page
        assert not re.search(r"(src|href)=|<script", page)
        assert SECRET not in page + json.dumps(told, ensure_ascii=False)


def test_what_a_page_repeats_of_a_request_is_escaped(run, tmp_path):
    text = REQUEST.format(level=1).replace("Aozora Inc.", "<b>Aozora</b>")
    (tmp_path / "level1.toml").write_text(text, encoding="utf-8")
    asked(run, "level1.toml", "--out", "out")
    page = (tmp_path / "out" / "feasibility.en.html").read_text(encoding="utf-8")
    assert "<b>Aozora" not in page
    assert "&lt;b&gt;Aozora" in page


def test_too_few_persons_are_told_with_the_number_that_the_law_asks_for(run):
    code, out, _ = asked(run, "level1.toml", "--least", "1300")
    assert code == 3
    assert "1,300 are needed" in out


@pytest.mark.parametrize(
    ("wrong", "right", "line"), [("aozora", "AOZORA", 5), ("level = 1", "level = 9", 12), ('"age"', '"height"', 11)]
)
def test_a_request_that_is_not_written_so_is_refused_with_its_line(run, tmp_path, wrong, right, line):
    (tmp_path / "wrong.toml").write_text(REQUEST.format(level=1).replace(wrong, right), encoding="utf-8")
    code, _, err = asked(run, "wrong.toml", "--out", "out")
    assert code == 4
    assert "[proposal.request-malformed]" in err
    assert f"line {line}" in err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def worked(tmp_path, monkeypatch):
    """Give the home of a processing zone in which a case took an hour and a second."""
    monkeypatch.setattr(fee_command, "now", clock)
    with desk_in(tmp_path) as desk:
        work(desk, CASE, 1, 3_601)
    return tmp_path / "processing"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_fee_is_told_with_how_it_came_about(run, worked, lang):
    code, out, err = run("processing", "fee", CASE, "--home", worked, "--formula", "fee.toml", lang=lang)
    assert (code, err) == (0, "")
    assert {"21,000", "7,900", "28,900"} <= set(re.findall(r"[\d,]+", out))
    assert ("1 h 00 min 01 s" if lang == "en" else "1時間00分01秒") in out


def test_hours_of_staff_and_a_contractor_are_added(run, worked, tmp_path):
    (tmp_path / "hours.toml").write_text('format = "sekisho-hours-v1"\n[[work]]\nwhat = "審査"\nminutes = 59\n')
    more = ("--hours", "hours.toml", "--contractor-yen", "500", "--out", "fee.json")
    code, out, _ = run("processing", "fee", CASE, "--home", worked, "--formula", "fee.toml", *more)
    told = read_canonical((tmp_path / "fee.json").read_bytes())
    assert (code, told["started_hours"], told["yen"]["total"]) == (0, 2, 29_400)
    assert "審査" in out


def test_asking_again_costs_the_fixed_amount(run, worked):
    code, out, _ = run("processing", "fee", CASE, "--home", worked, "--formula", "fee.toml", "--again")
    assert (code, "12,600 yen" in out, "h 00 min" in out) == (0, True, False)


@pytest.mark.parametrize(
    ("file", "wrong"), [("fee.toml", FEE.replace("base_yen", "basic_yen")), ("hours.toml", 'format = "other"\n')]
)
def test_a_formula_or_hours_that_are_not_written_so_are_refused_by_name(run, worked, tmp_path, file, wrong):
    (tmp_path / file).write_text(wrong)
    hours = ("--hours", "hours.toml") if file == "hours.toml" else ()
    code, _, err = run("processing", "fee", CASE, "--home", worked, "--formula", "fee.toml", *hours)
    assert code == 4
    assert "[proposal.fee-malformed]" in err
    assert file in err
