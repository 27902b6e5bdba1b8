"""What does not meet the five items of the law is not sealed: it is mended, or somebody weighs it and answers for it."""

import json

import pytest

from sekisho.cli.clock import now
from sekisho.digest import digest_of
from sekisho.release.dossier import check_dossier
from sekisho.zones.processing.desk import open_desk
from tests.journey.processing_made import (
    QuickSite,
    Town,
    copy_processing,
    denials,
    entries_of,
    make_site,
    roster_of,
    unfinished,
)
from tests.journey.trial_site import POLICY, SCHEMA, TOWN

WEIGHED, NUMBERED, TOLD = f"{TOWN}-000001", f"{TOWN}-000002", f"{TOWN}-000003"  # the cases by what is odd about them
ROUNDED = POLICY + '[[change]]\ndo = "round"\ncolumns = ["income"]\nto = 1000000\n'
MASKED = POLICY + '[[change]]\ndo = "mask"\ncolumns = ["note"]\n'
NOTE = '\n[[column]]\nname = "note"\ntype = "free-text"\nrole = "sensitive"\nblank = true\n'
REASON = "端数まで一致する所得の一覧はほかに作成されていない。"
DECISION = '[[decision]]\nitem = {}\ncheck = "{}"\ncolumn = "{}"\nreason = "' + REASON + '"\n'


def rows_of(income, note=""):
    """Give back a register of sixty rows with an income, and what stands behind it, for each."""
    lines = [f"p{one:04d},{20 + one % 5 * 10},{'FM'[one % 2]},{income(one)}{note}" for one in range(60)]
    return ("id,age,sex,income" + (",note" if note else "") + "\n" + "\n".join(lines) + "\n").encode()


@pytest.fixture(scope="module")
def pulled(tmp_path_factory):
    trial = make_site(tmp_path_factory.mktemp("judged"), TOWN, made=QuickSite)
    town = Town(trial, TOWN)
    plain, noted = SCHEMA.encode(), (SCHEMA + NOTE).encode()
    town.craft(1, {"table.csv": rows_of(lambda one: 2_000_000 + one * one * 977), "schema.toml": plain}, 60)
    town.craft(2, {"table.csv": rows_of(lambda one: 3_000_000 + one), "schema.toml": plain}, 60)
    told = rows_of(lambda one: 3_000_000 + one % 4 * 500_000, ",神埼花子様から電話があった")
    town.craft(3, {"table.csv": told, "schema.toml": noted}, 60)
    trial.start("receiving")
    try:
        assert town.send().code == 0
        assert trial.pull().code == 0
    finally:
        trial.close()
    return trial


@pytest.fixture
def site(pulled, tmp_path):
    return copy_processing(pulled, tmp_path / "site")


def reports(site):
    return site.home("processing") / "shelf" / "reports"


def events(site, case):
    return [one["event"] for one in entries_of(site, case)]


def decided(site, *decisions):
    """Write a file of decisions: item, check and column of each."""
    path = site.folder / "decisions.toml"
    parts = [DECISION.format(*one) for one in decisions]
    path.write_text("\n".join(['format = "sekisho-decisions-v1"', *parts]), encoding="utf-8")
    return path


def judge(site, case, *decisions, operator="kakou"):
    more = ("--decisions", decided(site, *decisions)) if decisions else ()
    home = site.home("processing")
    return site.run("processing", "judge", case, "--home", home, "--operator", operator, *more)


def work_with(site, case, policy):
    (site.folder / "policy.toml").write_text(policy, encoding="utf-8")
    return site.work(case)


def refused(site, done, case, reason, move="judge", person="kakou"):
    """Check that a person was refused with a reason and a next step, and that the ledger says so."""
    assert (done.code, f"[{reason}]" in done.err, "Next: " in done.err) == (3, True, True), done.err
    assert denials(site)[-1] == (case, {"move": move, "persons": person, "reason": reason})


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("case", [WEIGHED, NUMBERED])
def test_what_does_not_meet_the_standard_is_told_printed_and_not_sealed(site, case):
    done = site.work(case)
    refused(site, done, case, "standard.not-met")
    assert "items not met 3" in done.err
    assert events(site, case)[-2:] == ["Measured", "Denied"]
    page, paper = (reports(site) / f"{case}.v1.standard.ja.{ending}" for ending in ("html", "pdf"))
    assert str(page) in done.err
    assert "income" in page.read_text(encoding="utf-8")
    assert paper.read_bytes().startswith(b"%PDF-")
    sealed = site.seal_again(case)
    assert (sealed.code, "[release.move-not-allowed]" in sealed.err) == (3, True), sealed.err
    assert "Judged" not in events(site, case)
    assert not list((site.home("processing") / "shelf" / "sealed").glob("*"))


@pytest.mark.requirement("A16")
def test_a_decision_with_its_reason_is_kept_in_the_judgement_and_lets_the_case_go_on(site):
    assert site.work(WEIGHED).code == 3
    done = judge(site, WEIGHED, (3, "unique-column", "income"))
    assert done.code == 0, done.err
    facts = entries_of(site, WEIGHED, "Judged")[-1]["facts"]
    raw = (reports(site) / f"{WEIGHED}.v1.standard.json").read_bytes()
    assert (facts["decisions"], facts["standard_sha256"]) == (1, str(digest_of(raw)))
    (kept,) = json.loads(raw)["items"][2]["decisions"]
    assert (kept["by"], kept["check"], kept["column"], kept["reason"]) == ("kakou", "unique-column", "income", REASON)
    assert REASON in (reports(site) / f"{WEIGHED}.v1.standard.ja.html").read_text(encoding="utf-8")
    sealed = site.seal_again(WEIGHED)
    assert sealed.code == 0, sealed.err
    assert unfinished(site.site) == []


@pytest.mark.requirement("A16")
def test_no_decision_mends_a_fault_but_another_policy_does(site):
    assert site.work(NUMBERED).code == 3
    refused(site, judge(site, NUMBERED, (3, "numbered-rows", "income")), NUMBERED, "standard.not-met")
    done = work_with(site, NUMBERED, ROUNDED)
    assert done.code == 0, done.err
    assert site.seal_again(NUMBERED).code == 0
    assert events(site, NUMBERED)[-4:] == ["Measured", "Judged", "Sealed", "SecretsDestroyed"]


@pytest.mark.requirement("A16")
@pytest.mark.parametrize("file", ["an item of codes", "a check that nobody knows", "the same twice"])
def test_a_file_of_decisions_that_may_not_be_written_so_is_refused_whole(site, file):
    assert site.work(WEIGHED).code == 3
    good = (3, "unique-column", "income")
    wrong = {"an item of codes": (2, "code-column", "id"), "a check that nobody knows": (3, "luck", "income")}
    refused(site, judge(site, WEIGHED, good, wrong.get(file, good)), WEIGHED, "standard.decision-malformed")
    assert "Judged" not in events(site, WEIGHED)


@pytest.mark.requirement("A16", "E06")
@pytest.mark.parametrize("person", ["kakou2", "shinsa"])
def test_nobody_decides_but_the_operator_who_did_the_work(site, person):
    assert site.work(WEIGHED).code == 3
    done = judge(site, WEIGHED, (3, "unique-column", "income"), operator=person)
    refused(site, done, WEIGHED, "release.wrong-role", person=person)
    assert "Judged" not in events(site, WEIGHED)


def test_a_judgement_that_changed_since_it_was_made_is_not_concluded(site):
    assert site.work(WEIGHED).code == 3
    path = reports(site) / f"{WEIGHED}.v1.first.standard.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b'"outcome":"decide"', b'"outcome":"clear"'))
    assert path.read_bytes() != before
    done = judge(site, WEIGHED)
    assert (done.code, "[deid.work-changed]" in done.err) == (4, True), done.err
    assert "Judged" not in events(site, WEIGHED)
    path.write_bytes(before)
    assert judge(site, WEIGHED, (3, "unique-column", "income")).code == 0


@pytest.mark.requirement("A16")
def test_the_dossier_names_the_judgement_and_counts_masked_columns(site):
    assert work_with(site, TOLD, MASKED).code == 3
    done = judge(site, TOLD, (1, "masked-text", "note"))
    assert done.code == 0, done.err
    released = (site.home("processing") / "work" / TOLD / "released.csv").read_text(encoding="utf-8")
    assert ("電話" in released, "神埼" in released, "花子" in released) == (True, False, False)
    for step in (site.seal_again, site.request):
        assert step(TOLD).code == 0
    with open_desk(site.home("processing") / "settings.toml", now) as desk:
        raw = desk.statement(entries_of(site, TOLD, "Requested")[-1]["facts"]["dossier_envelope_sha256"])
    draft = check_dossier(raw, roster_of(site).processing.label_key).draft
    assert draft.standard == digest_of((reports(site) / f"{TOLD}.v1.standard.json").read_bytes())
    assert str(draft.standard) == entries_of(site, TOLD, "Judged")[-1]["facts"]["standard_sha256"]
    assert draft.free_text_columns == 1
