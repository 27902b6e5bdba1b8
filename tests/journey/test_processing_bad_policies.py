"""Policies that do not fit or cannot be kept: the operator is told why, the ledger remembers, the case stays open."""

import pytest

from tests.journey.processing_made import (
    SECRET,
    QuickSite,
    Town,
    copy_processing,
    denials,
    entries_of,
    files_under,
    make_site,
    spellings,
    unfinished,
)
from tests.journey.trial_site import CASE, TOWN

SCHEMA = """\
format = "sekisho-schema-v1"
name = "marked register"
encoding = "utf-8"
delimiter = ","
column = [
  { name = "id", type = "text", role = "identifier" },
  { name = "age", type = "integer", role = "quasi-identifier" },
  { name = "area", type = "text", role = "quasi-identifier" },
  { name = "income", type = "integer", role = "sensitive" },
]
"""
GOOD = """\
format = "sekisho-policy-v1"
k = 3
suppression_limit = 0.2
[ladder]
age = { bands = [10, 20] }
area = { file = "area.csv" }
"""
ROWS = 60
AREA = f"{SECRET};市;*\n北区;市;*\n"


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    trial = make_site(tmp_path_factory.mktemp("policies"), TOWN, made=QuickSite)
    town = Town(trial, TOWN)
    rows = [f"{SECRET}{one},{20 + one % 5 * 10},{SECRET if one % 2 else '北区'},300" for one in range(ROWS)]
    raw = ("id,age,area,income\n" + "\n".join(rows) + "\n").encode()
    town.craft(1, {"table.csv": raw, "schema.toml": SCHEMA.encode()}, ROWS)
    trial.start("receiving")
    try:
        assert town.send().code == 0
        assert trial.pull().code == 0
    finally:
        trial.close()
    (trial.folder / "area.csv").write_text(AREA, encoding="utf-8")
    return trial


BAD = {
    "no TOML": ("policy.malformed", "k = ", AREA),
    "k of one": ("policy.malformed", GOOD.replace("k = 3", "k = 1"), AREA),
    "an unknown key": ("policy.malformed", GOOD.replace("k = 3", "k = 3\nkk = 1"), AREA),
    "an unknown column": ("policy.malformed", GOOD + "town = { bands = [5] }\n", AREA),
    "a quasi-identifier without a ladder": ("policy.malformed", GOOD.replace('area = { file = "area.csv" }', ""), AREA),
    "bands for a text": ("policy.malformed", GOOD.replace('file = "area.csv"', "bands = [5]"), AREA),
    "a ladder outside of the folder": ("policy.malformed", GOOD.replace("area.csv", "../area.csv"), AREA),
    "a ladder that is not there": ("file.missing", GOOD.replace("area.csv", "no.csv"), AREA),
    "a ladder that is no tree": ("ladder.malformed", GOOD, f"{SECRET};市;*\n北区;*\n"),
    "bands that do not nest": ("ladder.malformed", GOOD.replace("[10, 20]", "[10, 15]"), AREA),
    "a ladder without a value of the table": ("ladder.missing-value", GOOD, "北区;市;*\n"),
    "no quasi-identifier left": (
        "deid.no-quasi-identifier",
        'format = "sekisho-policy-v1"\nk = 3\ndelete = ["age", "area"]\n',
        AREA,
    ),
    "k above the rows": ("deid.k-larger-than-table", GOOD.replace("k = 3", f"k = {ROWS + 1}"), AREA),
    "bounds that no plan keeps": (
        "deid.no-plan",
        GOOD.replace("k = 3", "k = 30").replace("0.2", "0").replace("[10, 20]", "[10], highest = 0"),
        AREA,
    ),
}


@pytest.mark.requirement("A07", "A16")
@pytest.mark.parametrize("bad", BAD)
def test_a_policy_that_cannot_be_kept_is_refused_and_the_next_one_runs(pulled, tmp_path, bad):
    reason, policy, area = BAD[bad]
    trial = copy_processing(pulled, tmp_path / "site")
    (trial.folder / "policy.toml").write_text(policy, encoding="utf-8")
    (trial.folder / "area.csv").write_text(area, encoding="utf-8")
    done = trial.work()
    assert done.code == 3, done.err
    assert f"[{reason}]" in done.err
    assert "Next:" in done.err
    assert denials(trial)[-1] == (CASE, {"move": "plan", "persons": "kakou", "reason": reason})
    assert {"Planned", "Applied", "Measured"}.isdisjoint(one["event"] for one in entries_of(trial, CASE))
    processing = trial.home("processing")
    assert sorted(one.name for one in (processing / "work" / CASE).iterdir()) == ["schema.toml", "table.parquet"]
    assert not (processing / "shelf" / "reports").exists()
    assert unfinished(processing) == []
    assert SECRET not in done.out + done.err
    assert where_secret(trial) == []

    (trial.folder / "policy.toml").write_text(GOOD, encoding="utf-8")
    (trial.folder / "area.csv").write_text(AREA, encoding="utf-8")
    again = trial.work()
    assert again.code == 0, again.err
    assert where_secret(trial) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_report_that_is_named_is_in_the_readers_language(pulled, tmp_path, lang):
    trial = copy_processing(pulled, tmp_path / "site")
    (trial.folder / "policy.toml").write_text(GOOD, encoding="utf-8")
    (trial.folder / "area.csv").write_text(AREA, encoding="utf-8")
    home, policy = trial.home("processing"), trial.folder / "policy.toml"
    done = trial.run("processing", "run", CASE, "--home", home, "--operator", "kakou", "--policy", policy, lang=lang)
    assert done.code == 0, done.err
    page = home / "shelf" / "reports" / f"{CASE}.v1.{lang}.html"
    assert page.is_file()
    assert str(page) in done.out
    paper = (
        home / "shelf" / "reports" / f"{CASE}.v1.standard.ja.pdf"
    )  # the judgement is for Japanese files, whoever reads
    assert paper.read_bytes().startswith(b"%PDF-")
    assert done.out.rstrip().endswith(str(paper))


def where_secret(trial):
    """Give back the files of ledger and shelf that hold an identifier; ladders and the open table lie elsewhere."""
    processing = trial.home("processing")
    wanted = [raw for number in range(ROWS) for raw in spellings(f"{SECRET}{number}")]
    return [
        path.name
        for folder in ("ledger", "shelf")
        for path in files_under(processing / folder)
        if any(raw in path.read_bytes() for raw in wanted)
    ]
