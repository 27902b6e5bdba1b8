"""`sekisho deid ladder`: proposals and checks on a terminal and as a page, and nothing rare on either."""

import re
import tomllib

import pytest

from sekisho.cli.main import main
from sekisho.pages.columns import width_of

RARE = ["Ursula", "Zebedee"]
TOWNS = ["東町", "西町", "南町"]
HEADER = "town,age,name,born,empty,one"


def cells(row):
    return ",".join([TOWNS[row % 3], str(20 + row % 50), "Ann", f"19{60 + row % 40}-05-{1 + row % 28:02}", "", "same"])


TABLE = "\n".join(
    [HEADER, *(cells(row) for row in range(240)), *(f"北町,117,{name},1931-01-31,,same" for name in RARE), ""]
)
SCHEMA = """
format = "sekisho-schema-v1"
name = "t"
encoding = "utf-8"
""" + "".join(
    f'[[column]]\nname = "{name}"\ntype = "{kind}"\nrole = "plain"\nblank = true\n'
    for name, kind in zip(HEADER.split(","), ["text", "integer", "text", "date", "text", "text"], strict=True)
)
POLICY = """
format = "sekisho-policy-v1"
k = 5
suppression_limit = 0.0
goal = "loss"
[ladder]
town = { file = "town.csv" }
age = { bands = [5, 10] }
born = { bands = [5] }
"""
BUILT_IN = 'format = "sekisho-policy-v1"\nk = 2\n[ladder]\ncode = { builtin = "municipality" }\n'
CODES = """format = "sekisho-schema-v1"
name = "codes"
encoding = "utf-8"
[[column]]
name = "code"
type = "code"
role = "quasi-identifier"
pattern = "[0-9]{5}"
"""
GOOD = "東町;中;*\n西町;中;*\n南町;外;*\n北町;外;*\n"


@pytest.fixture
def ladder(capsys, monkeypatch, tmp_path):
    """Give back exit code, output and errors of the command; the files lie in `tmp_path`."""
    monkeypatch.delenv("SEKISHO_LANG", raising=False)
    monkeypatch.chdir(tmp_path)
    files = {"table.csv": TABLE, "schema.toml": SCHEMA, "policy.toml": POLICY, "town.csv": GOOD}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*options, lang="en", column="town", table="table.csv"):
        with pytest.raises(SystemExit) as caught:
            main(["--lang", lang, "deid", "ladder", table, "--column", column, *options])
        said = capsys.readouterr()
        return caught.value.code, said.out, said.err

    return run


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_proposal_has_its_line_and_a_chart_for_each_level(ladder, lang):
    code, out, err = ladder(lang=lang, column="age")
    assert (code, err) == (0, "")
    lines = [one.strip() for one in out.splitlines()]
    found = next(one for one in lines if one.startswith("age = {"))
    assert tomllib.loads(found) == {"age": {"builtin": "age"}}
    assert len(re.findall("█", out)) > 20


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("column", ["age", "town", "born"])
def test_no_line_but_that_of_the_policy_is_wider_than_a_terminal(ladder, lang, column):
    out = ladder(lang=lang, column=column)[1]
    assert [one for one in out.splitlines() if width_of(one) > 80 and " = {" not in one] == []


def test_bars_begin_at_one_place_whatever_the_width_of_the_labels(ladder):
    (_, out, _) = ladder(column="town", lang="ja")
    block = out.split("段階0")[1].split("段階1")[0]
    assert len({width_of(one.partition("█")[0]) for one in block.splitlines() if "█" in one}) == 1


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("column", ["age", "town", "born", "empty", "one", "name"])
def test_no_value_that_fewer_than_k_rows_have_stands_on_screen_or_page(ladder, tmp_path, lang, column):
    (tmp_path / "none.csv").write_text("x;*\n", encoding="utf-8")
    said = ""
    for options in [("--page", "p.html"), ("--check", "none.csv", "--page", "c.html"), ("--choose", "9")]:
        code, out, err = ladder(*options, lang=lang, column=column)
        said += out + err + str(code)
    said += "".join(one.read_text(encoding="utf-8") for one in tmp_path.glob("*.html"))
    rare = [*RARE, "北町", "117", "1931-01-31", "1931-01", "1931"]
    assert [one for one in rare if one in said] == []


def test_a_ladder_is_written_as_a_file_that_the_check_accepts(ladder, tmp_path):
    code, out, _ = ladder("--out", "new.csv")
    assert (code, 'town = { file = "new.csv" }' in out, "new.csv" in out.splitlines()[-1]) == (0, True, True)
    assert (tmp_path / "new.csv").stat().st_mode & 0o077 == 0
    code, out, err = ladder("--check", "new.csv")
    assert (code, err) == (0, "")


def test_a_file_that_is_there_is_not_written_over(ladder, tmp_path):
    code, _, err = ladder("--out", "town.csv")
    assert (code, "[file.exists]" in err) == (4, True)
    assert (tmp_path / "town.csv").read_text(encoding="utf-8") == GOOD


def test_another_proposal_can_be_chosen(ladder):
    _, first, _ = ladder(column="age")
    code, second, _ = ladder("--choose", "2", column="age")
    assert code == 0
    assert second.index("Proposal 2") < second.index("Proposal 1")
    assert first.index("Proposal 1") < first.index("Proposal 2")


@pytest.mark.parametrize("options", [(), ("--schema", "schema.toml")])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_good_file_is_said_to_be_fine(ladder, options, lang):
    code, out, err = ladder("--check", "town.csv", *options, lang=lang)
    assert (code, err) == (0, "")
    assert ("nothing to mend" if lang == "en" else "直すところはありません") in out


def test_every_fault_is_told_with_how_to_mend_it_and_the_code_is_that_of_the_form(ladder, tmp_path):
    (tmp_path / "bad.csv").write_text(GOOD + "東町;中;*\n湖町;;*\n", encoding="utf-8")
    code, out, err = ladder("--check", "bad.csv")
    assert (code, "[ladder.malformed]" in err) == (4, True)
    assert (out.count("[must be mended]"), out.count("How to mend it:")) == (2, 3)
    assert "line 5" in out


def test_a_file_that_only_lacks_values_is_refused_as_the_search_would(ladder, tmp_path):
    (tmp_path / "short.csv").write_text(GOOD.replace("南町;外;*\n", ""), encoding="utf-8")
    code, out, err = ladder("--check", "short.csv")
    assert (code, "[ladder.missing-value]" in err, "南町" in out) == (3, True, True)


def test_the_ladder_of_a_policy_is_checked_and_its_file_to_the_end(ladder, tmp_path):
    assert ladder("--policy", "policy.toml")[0] == 0
    assert ladder("--policy", "policy.toml", column="age")[0] == 0
    (tmp_path / "town.csv").write_text("東町;中\n\n", encoding="utf-8")
    code, out, _ = ladder("--policy", "policy.toml")
    assert (code, out.count("[must be mended]")) == (4, 3)


def test_a_ladder_for_another_type_is_refused(ladder):
    code, out, err = ladder("--policy", "policy.toml", "--schema", "schema.toml", column="born")
    assert (code, "[ladder.malformed]" in err, "type" in out) == (4, True, True)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ('format = "sekisho-policy-v1"\nk = 2\ndelete = ["town"]\n', "the policy deletes this column"),
        ('format = "sekisho-policy-v1"\nk = 2\nmode = "cells"\n', "no column needs a ladder"),
    ],
    ids=["deleted", "cells"],
)
def test_a_column_for_which_the_policy_needs_no_ladder_is_no_fault_of_the_policy(ladder, tmp_path, policy, why):
    (tmp_path / "policy.toml").write_text(policy, encoding="utf-8")
    code, out, err = ladder("--policy", "policy.toml")
    assert (code, out) == (64, "")
    assert "[ladder.not-needed]" in err
    assert why in err
    assert "add it to delete" not in err


def test_a_number_beyond_the_proposals_is_told_with_how_many_there_are(ladder):
    proposals = ladder(column="age")[1].count("Proposal ")
    code, out, err = ladder("--choose", "99", column="age")
    assert (code, out) == (64, "")
    assert f"proposals that there are {proposals}" in err
    assert f"提案の数 {proposals}" in ladder("--choose", "99", column="age", lang="ja")[2]


def test_values_that_a_built_in_ladder_does_not_know_are_not_to_be_added_to_it(ladder, tmp_path):
    (tmp_path / "codes.csv").write_text("code\n13101\n99999\n99999\n", encoding="utf-8")
    (tmp_path / "policy.toml").write_text(BUILT_IN, encoding="utf-8")
    (tmp_path / "schema.toml").write_text(CODES, encoding="utf-8")
    options = ("--policy", "policy.toml", "--schema", "schema.toml")
    code, _, err = ladder(*options, table="codes.csv", column="code")
    assert (code, "[ladder.missing-value]" in err, "count 1," in err) == (3, True, True)
    assert "The count is of different values" in err
    assert "If it is built in or made by a rule" in err
    assert "組込みの階層" in ladder(*options, table="codes.csv", column="code", lang="ja")[2]


def test_a_policy_without_a_ladder_for_the_column_is_refused(ladder):
    code, _, err = ladder("--policy", "policy.toml", column="name")
    assert (code, "[policy.malformed]" in err) == (4, True)


@pytest.mark.parametrize(
    ("options", "column", "told"),
    [((), "twon", "town"), ((), "x", "x"), (("--schema", "schema.toml"), "x", "town, age, name")],
)
def test_an_unknown_column_is_refused_with_the_nearest_or_all_that_are_declared(ladder, options, column, told):
    code, out, err = ladder(*options, column=column)
    assert (code, out, "[table.column-unknown]" in err, told in err) == (64, "", True, True)


def test_a_file_without_a_header_does_not_have_its_first_row_listed(ladder, tmp_path):
    (tmp_path / "table.csv").write_text("Zebedee,41\nAnn,42\n", encoding="utf-8")
    code, _, err = ladder(column="age")
    assert (code, "Zebedee" in err) == (64, False)


@pytest.mark.parametrize("column", ["empty", "one"])
def test_a_column_that_needs_no_ladder_is_refused(ladder, column):
    code, out, err = ladder(column=column)
    assert (code, out, "[ladder.no-proposal]" in err) == (3, "", True)


def test_a_table_without_rows_is_refused(ladder, tmp_path):
    (tmp_path / "table.csv").write_text(HEADER + "\n", encoding="utf-8")
    assert ladder()[0] == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--check", "town.csv", "--policy", "policy.toml"),
        ("--check", "town.csv", "--out", "new.csv"),
        ("--policy", "policy.toml", "--choose", "1"),
        ("--choose", "99"),
        ("--k", "1"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(ladder, options):
    code, _, err = ladder(*options)
    assert (code, err != "") == (64, True)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_has_a_drawing_for_each_level_and_needs_nothing_from_outside(ladder, tmp_path, lang):
    ladder("--page", "one.html", column="age", lang=lang)
    ladder("--check", "town.csv", "--page", "two.html", lang=lang)
    for name, drawings in (("one.html", 3), ("two.html", 2)):
        page = (tmp_path / name).read_text(encoding="utf-8")
        tags = re.findall(r"<(\w+)", page)
        assert tags.count("svg") == drawings
        assert "http" not in page.replace("http-equiv", "")
        assert not {"script", "img", "link"} & set(tags)
