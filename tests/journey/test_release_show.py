"""What reviewers and staff are shown of a case: enough to decide, and no value of a row."""

import shutil

import pytest

from tests.journey.audited import HELD, ON_ITS_WAY, REFUSED, made_once
from tests.journey.trial_site import CASE, TOWN, TrialSite


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A copy of a site with four stories, to ask of."""
    whole = made_once(tmp_path_factory)
    folder = tmp_path_factory.mktemp("shown")
    shutil.copytree(whole.site, folder / "site")
    return TrialSite(folder)


def show(site, case=CASE, lang="en"):
    return site.run("release", "show", case, "--home", site.home("processing"), lang=lang)


@pytest.mark.requirement("E06")
def test_a_reviewer_is_shown_what_is_asked_for_and_where_to_read_it(site):
    told = show(site)
    assert told.code == 0, told.err
    lines = dict(line.split(": ", 1) for line in told.out.splitlines() if ": " in line)
    assert lines["Municipality"].endswith(f"({TOWN})")
    assert lines["Recipient"].endswith("(riyou)")
    assert lines["Operator"].endswith("(kakou)")
    assert lines["Rows"] == "60 before, 60 after (0.00% left out)"
    assert int(lines["k"]) >= 3
    paths = [line.strip() for line in told.out.splitlines() if line.startswith("  ")]
    assert [path.rpartition(".")[2] for path in paths] == ["json", *("html", "pdf", "html") * 2]
    for path in paths:
        assert (site.folder / path).is_file(), path


def test_it_is_shown_in_japanese_too(site):
    told = show(site, lang="ja")
    assert told.code == 0, told.err
    for said in ("提供先: ", "契約: ", "利用目的: ", "加工前 60行、加工後 60行", "許可証の有効期間: "):
        assert said in told.out


@pytest.mark.parametrize("case", [ON_ITS_WAY, f"{TOWN}-000099"])
def test_what_was_not_asked_for_is_not_shown(site, case):
    told = show(site, case)
    assert (told.code, told.out) == (3, "")
    assert "Next: " in told.err


def test_the_list_of_cases_says_whose_why_and_what_comes_next(site):
    told = site.run("processing", "cases", "--home", site.home("processing"))
    assert told.code == 0, told.err
    blocks, case = {}, ""
    for line in told.out.splitlines():
        if not line.startswith(" "):
            case = line.split()[0]
        blocks[case] = [*blocks.get(case, []), line]
    done, refused, held, on_its_way = ("\n".join(blocks[one]) for one in (CASE, REFUSED, HELD, ON_ITS_WAY))
    assert f"({TOWN}), for " in done
    assert "(riyou)" in done
    assert "[table.does-not-fit]" in refused
    assert "for " not in blocks[REFUSED][1]
    assert "[release.held-by-person]" in held
    assert f"sekisho release resume {HELD} --person" in held
    assert f"sekisho processing run {ON_ITS_WAY} --operator" in on_its_way
    assert "p0001" not in told.out
