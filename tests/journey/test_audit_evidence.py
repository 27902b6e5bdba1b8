"""What an auditor is told of a site that went the whole way, and of one whose evidence is not whole."""

import shutil

import pytest

from tests.journey.audited import HELD, ON_ITS_WAY, REFUSED, made_once
from tests.journey.trial_site import CASE, TrialSite


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return made_once(tmp_path_factory)


@pytest.fixture
def copy(whole, tmp_path):
    """A copy of the whole site, to be spoilt."""
    shutil.copytree(whole.site, tmp_path / "site")
    return TrialSite(tmp_path)


def test_the_audit_tells_every_story_in_words(whole):
    told = whole.run("audit", "run", whole.site)
    assert told.code == 0, told.err
    for said in (
        f"{CASE}  acknowledged by the recipient",
        "approved by shinsa (privacy review), anzen (safety)",
        f"{REFUSED}  refused",
        "[table.does-not-fit]",
        f"{HELD}  held",
        "[release.held-by-person]",
        f"{ON_ITS_WAY}  open and disarmed",
        "every story is lawful",
    ):
        assert said in told.out


@pytest.mark.requirement("F09")
def test_the_audit_speaks_japanese(whole):
    told = whole.run("audit", "run", whole.site, lang="ja")
    assert told.code == 0, told.err
    for said in (
        f"{CASE}  受領確認済み",
        "承認: shinsa（匿名化審査）、anzen（安全管理）",
        f"{REFUSED}  拒否",
        f"{HELD}  停止中",
        "どの案件も定められた手順どおり",
    ):
        assert said in told.out


def test_one_zone_alone_is_audited_when_it_is_named_and_the_others_are_said_to_be_left_out(copy):
    for other in ("receiving", "processing"):
        shutil.rmtree(copy.home(other))
    told = copy.run("audit", "run", copy.site, "--zone", "delivery")
    assert told.code == 0, told.err
    assert "Not audited: receiving, processing" in told.out
    assert "every story is lawful" not in told.out


def test_a_zone_that_is_not_there_is_a_finding_and_not_an_empty_ledger(copy):
    shutil.rmtree(copy.home("delivery") / "ledger")
    told = copy.run("audit", "run", copy.site)
    assert told.code == 4
    assert "delivery/ledger" in told.out
    assert told.out.count("[evidence.missing]") == 1
    assert "[evidence.missing]" not in told.err
    assert "Next: " in told.err


def test_a_changed_entry_is_named_with_zone_and_place_and_exit_code_4(copy):
    path = copy.home("delivery") / "ledger" / "entries"
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"Delivered"', b'"DeliverEd"'))
    told = copy.run("audit", "run", copy.site)
    assert told.code == 4
    assert f"delivery, entry 1, case {CASE}" in told.out or "delivery, entry 1" in told.out
    assert told.out.count("[ledger.entry-changed]") == 1
    japanese = copy.run("audit", "run", copy.site, lang="ja")
    assert "送信台帳の1番" in japanese.out
    assert "次にすること" in japanese.err


@pytest.mark.parametrize("spoil", ["changed", "other founders", "missing"])
def test_a_roster_that_is_not_the_founders_ends_the_audit_with_one_clear_refusal(copy, spoil):
    roster, founders = copy.home("auditor") / "roster.json", copy.home("auditor") / "founders.txt"
    match spoil:
        case "changed":
            roster.write_bytes(roster.read_bytes().replace(b"c", b"d", 1))
        case "other founders":
            founders.write_text("".join(reversed(founders.read_text().splitlines(keepends=True)[:1])))
        case _:
            roster.unlink()
    told = copy.run("audit", "run", copy.site)
    assert told.code == 4
    assert "Next: " in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_a_folder_that_is_no_site_is_said_to_be_none(tmp_path):
    told = TrialSite(tmp_path).run("audit", "run", tmp_path)
    assert told.code == 4
    assert "[file.missing]" in told.err
    assert str(tmp_path / "auditor") in told.err


def test_an_audit_writes_nothing_into_the_site(copy):
    before = {path: path.read_bytes() for path in copy.site.rglob("*") if path.is_file()}
    assert copy.run("audit", "run", copy.site).code == 0
    assert {path: path.read_bytes() for path in copy.site.rglob("*") if path.is_file()} == before
