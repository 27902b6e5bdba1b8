"""No value of a resident's row stands anywhere but where rows belong, whatever is done with them and whatever goes wrong."""

import shutil
import tempfile

import pytest

from sekisho.pages.print.typeset import choose_typeface, find_typst
from tests.journey import marked_table as marked
from tests.journey.marked_table import marked_files, marks_in, marks_in_bytes
from tests.journey.marked_way import Walk, walk_the_way
from tests.journey.processing_made import denials, findings_of, unfinished
from tests.journey.trial_site import CASE

RELEASED = f"recipient-riyou/opened/{CASE}/table.csv"
GIVEN = {"good.csv", "broken.csv", "short.csv", "bare.csv", "cp932.csv", "quoting.toml", "no-toml.toml", "listing.toml"}
AT_THE_DESK = {"table.csv", "wrong.csv", "area.csv", "broken.toml"}


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """The whole way, with a folder of its own for temporary files: `temporary`, beside the site."""
    folder = tmp_path_factory.mktemp("marked")
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder / "temporary"))
        patch.setattr(tempfile, "tempdir", None)
        return walk_the_way(folder)


def test_every_step_of_the_way_ended_as_it_should(walk: Walk):
    assert [(name, done.code) for name, code, done in walk.said if done.code != code] == []
    assert [name for name, code, done in walk.said if code > 0 and "Next: " not in done.err + done.out] == [
        "feasibility 0"  # an answer, and no refusal
    ]
    assert [name for name, _, done in walk.said if "Traceback" in done.err or "[fault.ours]" in done.err] == []


@pytest.mark.requirement("A07", "B10")
def test_nothing_that_any_command_or_server_says_repeats_a_value(walk: Walk):
    assert [(name, found) for name, _, done in walk.said if (found := marks_in(done.out + done.err))] == []
    assert marks_in(walk.servers) == []


@pytest.mark.requirement("A07", "B10")
def test_no_file_of_any_zone_holds_a_value_but_the_released_table(walk: Walk):
    """Ledgers, receipts, findings, reports, judgements on paper, statements; sealed parcels, of which only keys make rows.

    Ends of intervals are values of a row; at least k rows share them.
    """
    assert marked_files(walk.trial.site) == {RELEASED: ["day", "number"]}
    released = (walk.trial.site / RELEASED).read_text(encoding="utf-8").splitlines()[1:]
    assert min(map(released.count, released)) >= 3


@pytest.mark.requirement("A07")
def test_a_command_that_was_killed_leaves_nothing_open_once_the_next_one_ran(walk: Walk):
    processing = walk.trial.home("processing")
    assert unfinished(walk.trial.folder) == []
    assert list((processing / "work").iterdir()) == []
    assert list((processing / "shelf" / "parts").iterdir()) == []
    assert list((walk.trial.folder / "temporary").iterdir()) == []


def test_what_was_refused_is_remembered_by_its_reason_column_and_count(walk: Walk):
    found = {(one["column"], one["rule"]) for one in findings_of(walk.trial, walk.town.case(2))}
    assert {("points", "type"), ("born", "type"), ("kind", "formula"), ("income", "blank")} <= found
    assert {facts["reason"] for case, facts in denials(walk.trial) if case == CASE} >= {
        "policy.malformed", "ladder.malformed", "ladder.missing-value", "deid.no-plan", "standard.not-met",
        "standard.decision-malformed", "permit.too-few",
    }  # fmt: skip


@pytest.mark.requirement("A07")
def test_values_stay_with_the_clerk_in_lists_that_nobody_else_can_read(walk: Walk):
    """A proposed schema and its page hold none; the list of misfits does, for it is there to mend the file by."""
    lists = {path.name: path for path in walk.clerk.glob("errors-*.csv")}
    assert {path.stat().st_mode & 0o777 for path in lists.values()} == {0o600}
    held = set(marked_files(walk.clerk))
    assert held - set(lists) == GIVEN
    assert {"errors-broken-good.csv", "errors-good-unsaid.csv", "errors-good-listing.csv"} <= held


@pytest.mark.requirement("A07")
def test_reports_measures_answers_and_ladder_pages_at_the_desk_hold_no_value(walk: Walk):
    """Of a released table with intervals and sets, the table alone; with one level for each column, not even that."""
    assert set(marked_files(walk.desk)) == AT_THE_DESK | {"table-sets/table.csv"}
    assert (walk.desk / "table-global" / "table.csv").is_file()
    for made in ("table-sets/report.json", "measures.json", "compared.json", "answer-0/feasibility.json", "born.html"):
        assert (walk.desk / made).is_file()


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "utf-16-le"])
@pytest.mark.parametrize("column", [one for one in marked.HEADER if one != "number"])
def test_the_search_finds_each_kind_of_mark_in_each_encoding(encoding, column):
    assert marks_in_bytes(f"<td>{marked.cells(7)[column]}</td>".encode(encoding))


@pytest.mark.parametrize("spelled", ["1964-02-12", "1964/2/12", "S39.2.12", "19640212", "9,876,540,147", "9876507"])
def test_the_search_finds_a_value_in_the_spellings_that_a_report_could_use(spelled):
    assert marks_in(f"from {spelled}.")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed (poppler-utils)")
def test_the_search_finds_marks_on_paper():
    typst = find_typst()
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    face = choose_typeface(fonts.families())
    one = marked.cells(7)
    source = f'#set text(font: "{face.sans}", lang: "ja")\n#v(2cm) {one["area"]} \\ {one["points"]} \\ {one["born"]}'
    paper = typst.compile(source.encode(), format="pdf", pdf_standards=["a-2b"], font_paths=fonts)
    assert marks_in_bytes(paper) == ["day", "number", "word"]
