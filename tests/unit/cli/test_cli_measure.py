"""What `sekisho deid measure` says of a table, alone and beside the one before."""

import io
import json
import sys

import pytest

from sekisho.cli.main import main
from sekisho.errors import Who
from sekisho.pages.columns import width_of
from tests.journey.trial_site import POLICY, SCHEMA, table


class Terminal(io.StringIO):
    def isatty(self):
        return True


RELEASED = "age,sex,income\n" + "".join(f"{20 + one % 3 * 20}-{39 + one % 3 * 20},F,{one}\n" for one in range(57))


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Give back exit code, output and errors of a measuring of `released.csv`, or of `table`."""
    monkeypatch.delenv("SEKISHO_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    persons = "age,sex\n" + "30,F\n" * 5
    files = {"table.csv": table().decode(), "schema.toml": SCHEMA, "policy.toml": POLICY, "sex.csv": "F;*\nM;*\n"}
    for name, text in {**files, "released.csv": RELEASED, "persons.csv": persons}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def measure(*options, table="table.csv", lang="en"):
        with pytest.raises(SystemExit) as caught:
            main(["--lang", lang, "deid", "measure", table, "--schema", "schema.toml", *map(str, options)])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return measure


def test_a_table_alone_is_told_in_groups_with_a_sentence_for_each_number(run):
    code, out, err = run("--also", "suda")
    assert (code, err) == (0, "")
    assert out.startswith("60 rows, compared in: age, sex\n")
    assert "  6  Smallest group alike (k)\n" in out
    assert "6 or more rows" in " ".join(out.split())
    assert "Part of the column in singling rows out: " in out


@pytest.mark.parametrize(("lang", "head"), [("en", "before"), ("ja", "加工前")])
def test_a_release_is_told_beside_the_table_before(run, lang, head):
    code, out, err = run("--compare", "table.csv", "--also", "all", table="released.csv", lang=lang)
    assert (code, err) == (0, "")
    assert head in out
    assert "60" in out.splitlines()[0]
    assert "57" in out.splitlines()[0]
    sentences = [line for line in out.splitlines() if line.startswith(" " * 16)]
    assert len(sentences) > 20
    assert all(width_of(line) <= 80 for line in sentences)


def test_numbers_stand_in_one_column_in_japanese_too(run):
    out = run("--compare", "table.csv", table="released.csv", lang="ja")[1]
    rows = [line for line in out.splitlines() if line.rstrip().endswith("（k）")]
    head = next(line for line in out.splitlines() if line.strip().startswith("加工前  "))
    (row,) = rows
    assert width_of(row[: row.index("同じ")].rstrip()) == width_of(head.rstrip())


def test_the_numbers_stand_in_a_file_with_their_definitions(run, tmp_path):
    assert run("--compare", "table.csv", "--json", "made.json", table="released.csv")[0] == 0
    told = json.loads((tmp_path / "made.json").read_bytes())
    assert (told["format"], told["rows"]) == ("sekisho-measures-v1", {"before": 60, "after": 57})
    assert told["quasi_identifiers"] == ["age", "sex"]
    assert told["exam"]["threshold"] == "0.200000"
    numbers = {one["name"]: (one["before"], one["after"]) for one in told["measures"]}
    assert numbers["k"] == ("6", "19")
    assert all(one["formula"] and one["source"] for one in told["measures"])


def test_a_file_that_is_there_is_not_overwritten(run, tmp_path):
    (tmp_path / "made.json").write_text("mine", encoding="utf-8")
    code, _, err = run("--json", "made.json")
    assert code != 0
    assert "made.json" in err
    assert (tmp_path / "made.json").read_text(encoding="utf-8") == "mine"


def test_a_policy_lends_its_ladders_its_k_and_its_exam(run, tmp_path):
    (tmp_path / "policy.toml").write_text(f'{POLICY}[exam]\nthreshold = 1\nalso = ["divergence"]\n', encoding="utf-8")
    given = ("--compare", "table.csv", "--policy", "policy.toml", "--json", "made.json")
    assert run(*given, table="released.csv")[0] == 0
    measures = json.loads((tmp_path / "made.json").read_bytes())["measures"]
    numbers = {one["name"]: one["after"] for one in measures}
    assert (numbers["average-class"], numbers["prosecutor-at-risk"]) == ("6.333333", "0.000000")  # 19 rows, k is 3
    assert "kl-divergence" in numbers


def test_a_number_of_persons_tells_who_is_unique_among_them(run):
    code, out, _ = run("--persons", 5000, "--also", "all")
    assert code == 0
    assert "(Zayatz)" in out
    assert "copula" in out


def test_a_list_of_persons_tells_for_whom_rows_may_stand(run, tmp_path):
    rows = [line.split(",")[1:3] for line in table().decode().splitlines()]
    (tmp_path / "persons.csv").write_text("\n".join(",".join(one) for one in rows + rows[1:]), encoding="utf-8")
    code, out, _ = run("--population", "persons.csv")
    assert code == 0
    assert "12  Fewest persons of the population alike" in out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--also", "queries"], "--compare"),
        (["--compare", "table.csv", "--population", "persons.csv"], "--population"),
        (["--also", "copula"], "--persons"),
    ],
)
def test_options_that_do_not_go_together_are_refused(run, options, named):
    code, out, err = run(*options)
    assert (code, out) == (Who.CALLER.value, "")
    assert named in err


@pytest.mark.parametrize("asked", ["variation", "divergence", "queries"])
def test_what_two_tables_differ_in_says_that_it_needs_the_other_one(run, asked):
    assert "say with --compare which table this one was made from" in run("--also", asked)[2]
    assert "--compare で加工前の表を示してください" in run("--also", asked, lang="ja")[2]


def test_the_copula_says_that_it_needs_a_number_of_persons(run):
    assert "say it with --persons" in run("--also", "copula")[2]


def test_a_measure_that_is_not_known_is_refused_with_the_choices(run):
    code, _, err = run("--also", "suda2")
    assert code == Who.CALLER.value
    assert "suda, copula" in err


def test_labels_that_cannot_be_read_are_refused_without_being_shown(run, tmp_path):
    (tmp_path / "released.csv").write_text("age,sex,income\nyoung,F,1\nold,F,2\n", encoding="utf-8")
    code, out, err = run("--compare", "table.csv", table="released.csv")
    assert (code, out) == (Who.SENDER.value, "")
    assert "age" in err
    assert "young" not in err


def test_persons_are_not_counted_in_a_release_without_the_column_that_told_them(run, tmp_path):
    (tmp_path / "policy.toml").write_text(f'{POLICY}[exam]\nsubject = "id"\n', encoding="utf-8")
    assert run("--policy", "policy.toml", "--json", "whole.json")[0] == 0
    assert run("--policy", "policy.toml", "--json", "made.json", table="released.csv")[0] == 0
    whole, made = (json.loads((tmp_path / one).read_bytes()) for one in ("whole.json", "made.json"))
    assert "k-subjects" in {one["name"] for one in whole["measures"]}
    assert "k-subjects" not in {one["name"] for one in made["measures"]}


def test_an_exam_that_does_not_go_with_the_table_is_told_with_its_file(run, tmp_path):
    (tmp_path / "policy.toml").write_text(f'{POLICY}[exam]\nweights = "nowhere"\n', encoding="utf-8")
    code, out, err = run("--policy", "policy.toml")
    assert (code, out) == (Who.OPERATOR.value, "")
    assert "policy.toml" in err
    assert "exam.weights" in err


def test_fewer_persons_than_rows_are_refused(run):
    code, out, err = run("--persons", 59)
    assert (code, out) == (Who.STAFF.value, "")
    assert "59" in err


def test_a_table_of_other_columns_is_refused(run, tmp_path):
    (tmp_path / "released.csv").write_text("name\nx\n", encoding="utf-8")
    assert "quasi-identifier" in run(table="released.csv")[2]


def test_a_terminal_shows_how_far_the_measuring_is(run, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("--also", "suda")
    assert "measuring" in terminal.getvalue()
    assert "100%" in terminal.getvalue()
