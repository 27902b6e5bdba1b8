"""A policy with changes on the way: what it does is remembered, what chance decided is forgotten."""

import base64
import json
import os

import pytest

from tests.journey.processing_made import SECRET, QuickSite, Town, entries_of, files_under, make_site, where_found
from tests.journey.trial_site import CASE, TOWN

POLICY = """
format = "sekisho-policy-v1"
k = 3
[ladder]
age = { bands = [10, 20] }
sex = { file = "sex.csv" }
[[change]]
do = "round"
columns = ["income"]
to = 1000
[[change]]
do = "swap"
columns = ["income"]
share = 0.5
[[change]]
do = "noise"
columns = ["income"]
scale = 0.5
[[change]]
do = "sample"
share = 0.9
[[change]]
do = "pseudonym"
column = "id"
[[change]]
do = "add-synthetic"
share = 0.1
"""


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A case worked on with every kind of chance, and the bytes that were drawn for it."""
    trial = make_site(tmp_path_factory.mktemp("changes"), TOWN, made=QuickSite)
    (trial.folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    rows = [f"{SECRET}{one:04d},{20 + one % 5 * 10},{'FM'[one % 2]},{one * 977}" for one in range(80)]
    schema = (trial.folder / "schema.toml").read_bytes()
    town = Town(trial, TOWN)
    town.craft(1, {"table.csv": ("id,age,sex,income\n" + "\n".join(rows) + "\n").encode(), "schema.toml": schema}, 80)
    trial.start("receiving")
    drawn = []

    def draw(size_bytes):
        drawn.append(os.urandom(size_bytes))
        return drawn[-1]

    try:
        assert town.send().code == 0
        assert trial.pull().code == 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sekisho.cli.operator.entropy", draw)
            done = trial.work()
        assert done.code == 0, done.err
    finally:
        trial.close()
    return trial, drawn


@pytest.mark.requirement("A07")
def test_the_entropy_of_a_job_is_in_no_file_of_the_site_once_it_is_done(worked):
    trial, drawn = worked
    assert len(drawn) == 1
    spelled = [(one, one.hex().encode(), base64.b64encode(one), base64.urlsafe_b64encode(one)) for one in drawn]
    found = [
        str(path)
        for path in files_under(trial.folder)
        for forms in spelled
        if any(form in path.read_bytes() for form in forms)
    ]
    assert found == []


def test_what_was_changed_is_told_in_report_plan_and_ledger(worked):
    trial, _ = worked
    work = trial.home("processing") / "work" / CASE
    report = json.loads(
        next(
            path
            for path in files_under(trial.home("processing"))
            if path.suffix == ".json" and b"sekisho-report" in path.read_bytes()
        ).read_bytes()
    )
    plan = json.loads((work / "plan.json").read_bytes())
    applied = entries_of(trial, CASE, "Applied")[-1]["facts"]
    kinds = ["round", "swap", "noise", "sample", "pseudonym", "add-synthetic"]
    assert [one["do"] for one in report["changes"]] == [one["do"] for one in plan["changes"]] == kinds
    assert report["rows"] == {"before": 80, "changed": 72, "after": 72, "suppressed": 0, "added": 8}
    assert (applied["rows_before"], applied["rows_after"], applied["rows_added"]) == (80, 80, 8)
    assert len((work / "released.csv").read_text().splitlines()) == 81


def test_no_identifier_is_left_where_tokens_took_its_place(worked):
    trial, _ = worked
    work = trial.home("processing") / "work" / CASE
    header, *rows = (work / "released.csv").read_text().splitlines()
    tokens = [one.split(",")[header.split(",").index("id")] for one in rows]
    assert len(set(tokens)) == 80
    assert {len(one) for one in tokens} == {16}
    assert [one for one in where_found(work, SECRET) if one.startswith("released")] == []
