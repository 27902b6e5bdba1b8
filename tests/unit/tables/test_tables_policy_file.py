import pytest

from sekisho.errors import BadSettings, Reason
from sekisho.tables.policy_file import LARGEST_FILE_BYTES, open_policy

POLICY = """\
format = "sekisho-policy-v1"
k = 3
[ladder]
age = { bands = [10, 20] }
sex = { file = "sex.csv" }
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with a policy and its ladder, and a ladder outside of it."""
    inside = tmp_path / "policies"
    inside.mkdir()
    (inside / "policy.toml").write_text(POLICY, encoding="utf-8")
    (inside / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    (tmp_path / "sex.csv").write_text("F;*\nM;*\n", encoding="utf-8")
    return inside


def why(folder, text):
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings) as caught:
        open_policy(folder / "policy.toml")
    return caught.value.reason, caught.value.facts


def test_a_policy_is_read_with_the_ladders_beside_it(folder):
    policy = open_policy(folder / "policy.toml")
    assert policy.k == 3
    assert sorted(policy.ladders) == ["age", "sex"]


def test_the_tree_of_a_distance_is_read_from_beside_it_too(folder):
    (folder / "care.csv").write_text("1;light;*\n2;heavy;*\n", encoding="utf-8")
    bound = '[[bound]]\nmeasure = "t-closeness"\ncolumn = "care"\nat_most = 0.2\ndistance = "hierarchical"\n'
    (folder / "policy.toml").write_text(f'{POLICY}{bound}ladder = {{ file = "care.csv" }}\n', encoding="utf-8")
    (one,) = open_policy(folder / "policy.toml").sensitive_bounds
    assert one.ladder.height == 2


def test_ladders_may_lie_in_folders_below(folder):
    (folder / "ladders").mkdir()
    (folder / "sex.csv").rename(folder / "ladders" / "sex.csv")
    (folder / "policy.toml").write_text(POLICY.replace('"sex.csv"', '"ladders/sex.csv"'), encoding="utf-8")
    assert sorted(open_policy(folder / "policy.toml").ladders) == ["age", "sex"]


def test_a_table_of_merged_municipalities_is_read_from_beside_it_and_not_from_outside(folder):
    (folder / "merged.txt").write_text("sekisho-merged-v1\n2006-02-01 01236 01335\n", encoding="utf-8")
    ladder = 'town = { builtin = "municipality", merged = "merged.txt" }\n'
    (folder / "policy.toml").write_text(POLICY + ladder, encoding="utf-8")
    assert "01335" in open_policy(folder / "policy.toml").ladders["town"].rule.merged.ends
    told = {"file": "../merged.txt", "rule": "outside-folder"}
    assert why(folder, POLICY + ladder.replace("merged.txt", "../merged.txt")) == (Reason.POLICY_MALFORMED, told)
    (folder / "merged.txt").write_text("sekisho-merged-v1\n2006-02-01 01236\n", encoding="utf-8")
    reason, facts = why(folder, POLICY + ladder)
    assert (reason, facts["rule"], facts["line"]) == (Reason.LADDER_MALFORMED, "merged-line", 2)
    assert facts["file"] == "merged.txt"


@pytest.mark.parametrize("name", ["../sex.csv", "../policies/../sex.csv", "/etc/passwd"])
def test_a_ladder_outside_of_the_policys_folder_is_not_read(folder, name):
    told = {"file": name, "rule": "outside-folder"}
    assert why(folder, POLICY.replace("sex.csv", name)) == (Reason.POLICY_MALFORMED, told)


def test_a_link_that_leads_outside_is_not_followed(folder):
    (folder / "sex.csv").unlink()
    (folder / "sex.csv").symlink_to(folder.parent / "sex.csv")
    assert why(folder, POLICY) == (Reason.POLICY_MALFORMED, {"file": "sex.csv", "rule": "outside-folder"})


def test_a_ladder_that_is_not_there_is_named(folder):
    (folder / "sex.csv").unlink()
    assert why(folder, POLICY) == (Reason.FILE_MISSING, {"file": "sex.csv"})


def test_a_policy_that_is_not_there_is_named(folder):
    with pytest.raises(BadSettings, match=Reason.FILE_MISSING.value):
        open_policy(folder / "other.toml")


def test_a_file_larger_than_any_policy_is_not_read(folder):
    with (folder / "sex.csv").open("wb") as stream:
        stream.truncate(LARGEST_FILE_BYTES + 1)
    assert why(folder, POLICY) == (Reason.POLICY_MALFORMED, {"file": "sex.csv"})


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("k = ", {"file": "policy.toml", "rule": "toml", "line": 1}),
        (POLICY.replace("k = 3", "k = 1"), {"file": "policy.toml", "line": 2, "key": "k", "rule": "k-or-population"}),
        ("ladder = 7\n", {"file": "policy.toml", "line": 1, "key": "format", "rule": "missing"}),
        (
            POLICY.replace("k = 3", "kk = 3"),
            {"file": "policy.toml", "line": 2, "key": "kk", "rule": "extra_forbidden", "nearest": "k"},
        ),
    ],
)
def test_what_is_wrong_with_a_policy_is_named_and_the_one_who_runs_it_must_act(folder, text, facts):
    assert why(folder, text) == (Reason.POLICY_MALFORMED, facts)


def test_a_ladder_that_is_no_tree_is_named(folder):
    (folder / "sex.csv").write_text("F;*\nM\n", encoding="utf-8")
    reason, facts = why(folder, POLICY)
    assert (reason, facts["file"], facts["column"]) == (Reason.LADDER_MALFORMED, "sex.csv", "sex")
