"""Odd tables, names, schemas and policies through the commands: each is done, or refused with its reason; nothing breaks."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest

from tests.journey.processing_made import QuickSite, Town, copy_processing, make_site
from tests.journey.trial_site import CASE, POLICY, SCHEMA, TOWN, said_here, table

HEAD = 'format = "sekisho-schema-v1"\nname = "odd"\nencoding = "utf-8"\n'
AGED = 'format = "sekisho-policy-v1"\nk = 2\nsuppression_limit = 0.2\n[ladder]\nage = { bands = [10, 20] }\n'
BLANK = SCHEMA.replace('role = "', 'blank = true\nrole = "')
STRIPPED = SCHEMA + '\n[[column]]\nname = "number"\ntype = "code"\nrole = "stripped"\nwithhold = ["1"]\nblank = true\n'
LONGEST_NAME = 100
GOOD_NAMES = (
    "__proto__", "constructor", "..", "../../etc/passwd", "<script>alert(1)</script>", "</title><b>", "{{ 7*7 }}", "%s{0}",
    "a'b", 'a"b', "a;b|c", "a\\b", "toml = 1", "# no comment", "$x$ *b* @ref", "列" * LONGEST_NAME, "ｶﾅ", "\U00020bb7",
)  # fmt: skip
UNLIKE_NAMES = {"$x$ *b* @ref", "列" * LONGEST_NAME}  # a proposal cannot know that these head a column
BAD_NAMES = (
    "a\u202eb", "a\u200fb", "a\u200bb", "a\nb", "\x1b[31mred", " a", "", "=1+1", "か\u3099", "列" * (LONGEST_NAME + 1), "a" * 10_000,
)  # fmt: skip


def column(name, role="plain"):
    """Give back a column of texts; JSON spells a name as TOML does, but for what lies beyond the first plane."""
    spelled = json.dumps(name) if max(map(ord, name), default=0) < 0x10000 else f'"{name}"'
    return f'[[column]]\nname = {spelled}\ntype = "text"\nrole = "{role}"\n'


def schema_with(*names, role="plain"):
    aged = '[[column]]\nname = "age"\ntype = "integer"\nrole = "quasi-identifier"\n'
    return HEAD + aged + "".join(column(name, role) for name in names)


def table_with(*names, rows=20):
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(["age", *names])
    writer.writerows([20 + row % 2 * 10, *("xy"[row % 2] for _ in names)] for row in range(rows))
    return sink.getvalue().encode()


@pytest.fixture
def run(tmp_path):
    """Give back what the commands said of a table, its schema and policy, by name; each result is in its folder."""
    (tmp_path / "sex.csv").write_text("F;*\nM;*\n;*\n", encoding="utf-8")

    def ran(raw, schema, policy=AGED):
        for name, content in (("t.csv", raw), ("s.toml", schema.encode()), ("p.toml", policy.encode())):
            (tmp_path / name).write_bytes(content)
        given = (tmp_path / "t.csv", "--schema", tmp_path / "s.toml")
        made = {
            "proposed": said_here("municipality", "inspect", given[0], "--out", tmp_path / "made.toml"),
            "inspected": said_here("municipality", "inspect", *given, "--errors", tmp_path / "errors.csv"),
            "done": said_here("deid", "run", *given, "--policy", tmp_path / "p.toml", "--out", tmp_path / "out"),
        }
        for one in made.values():
            check_calm(one)
        return made

    return ran


def check_calm(done):
    """Nothing steers the terminal, nothing is our fault, and what is refused has a next step."""
    said = done.out + done.err
    assert "[fault.ours]" not in said
    assert {one for one in said if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp"}} <= {"\n"}
    assert done.code == 0 or "Next: " in said or "mend" in said.lower(), said


def codes(made):
    return [one.code for one in made.values()]


@pytest.mark.parametrize(
    ("raw", "schema", "policy", "expected", "reason"),
    [
        (b"id,age,sex,income\np1,30,F,5\n", SCHEMA, POLICY, [0, 0, 3], "deid.k-larger-than-table"),
        (b"id,age,sex,income\n", SCHEMA, POLICY, [0, 2, 2], "table.empty"),
        (b"", SCHEMA, POLICY, [2, 2, 2], "table.empty"),
        (b"\n\n\n", SCHEMA, POLICY, [2, 2, 2], "table.does-not-fit"),
        (b"id,age,sex,income\n" + b",,,\n" * 20, BLANK, POLICY, [0, 0, 0], ""),
        (b"id,age,sex,income\n" + b",,,\n" * 20, SCHEMA, POLICY, [0, 2, 2], "table.does-not-fit"),
        (table(), SCHEMA, POLICY.replace("0.2", "0"), [0, 0, 0], ""),
        (table(), SCHEMA + column("more"), POLICY, [0, 2, 2], "table.does-not-fit"),
        (table(), SCHEMA.rpartition("[[column]]")[0], POLICY, [0, 2, 2], "table.does-not-fit"),
    ],
    ids=["one row", "header only", "no bytes", "empty lines", "all blank", "blank where it may not", "nothing left out",
         "column that the file lacks", "column that the schema lacks"],
)  # fmt: skip
def test_a_table_of_an_odd_shape_is_done_or_refused_with_its_reason(run, raw, schema, policy, expected, reason):
    made = run(raw, schema, policy)
    assert codes(made) == expected
    assert f"[{reason}]" in made["done"].err or not reason


@pytest.mark.parametrize("name", GOOD_NAMES, ids=range(len(GOOD_NAMES)))
def test_a_column_with_an_odd_name_is_a_column_like_any_other(run, tmp_path, name):
    made = run(table_with(name), schema_with(name, role="sensitive"))
    assert codes(made) == [0, 0, 0]
    with (tmp_path / "out" / "table.csv").open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader(stream)) == ["age", name]
    for page in (tmp_path / "out" / "report.en.html", tmp_path / "made.html"):
        seen = Seen(page.read_text(encoding="utf-8"))
        assert (name in seen.text) == (page.name != "made.html" or name not in UNLIKE_NAMES)
        assert {"script", "b"}.isdisjoint(seen.tags)
    again = said_here("municipality", "inspect", tmp_path / "t.csv", "--schema", tmp_path / "made.toml")
    assert again.code == 0, again.err


class Seen(HTMLParser):
    """What a browser makes of a page: its tags and its text, with the text of attributes."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = set(), ""
        self.feed(page)

    def handle_starttag(self, tag, _attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
def test_a_name_that_no_column_can_have_is_refused_by_its_place(run, tmp_path, name):
    made = run(table_with(name), schema_with(name))
    assert codes(made)[1:] == [4, 4]
    for one in ("inspected", "done"):
        assert "[schema.malformed]" in made[one].err
        assert "key column.2.name" in made[one].err
    page = tmp_path / "made.html"
    shown = page.read_text(encoding="utf-8") if page.exists() else ""
    assert {one for one in shown if unicodedata.category(one) in {"Cc", "Cf"}} <= {"\n"}


def test_names_that_only_compatibility_makes_equal_are_two_columns(run, tmp_path):
    names = ("ｶﾅ", "カナ", "Ａ", "A", "①", "1")
    assert codes(run(table_with(*names), schema_with(*names))) == [0, 0, 0]
    header = (tmp_path / "out" / "table.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert header.split(",") == ["age", *names]


def test_a_header_in_another_form_of_the_same_letters_is_the_declared_one(run):
    assert codes(run(table_with("か\u3099"), schema_with("が"))) == [0, 0, 0]


def test_1000_columns_are_read_and_done_and_1001_are_refused(run, tmp_path):
    """That many columns are proposed, inspected and de-identified in about six seconds."""
    names = [f"c{place}" for place in range(1_000)]
    assert codes(run(table_with(*names[:999], rows=6), schema_with(*names[:999]))) == [0, 0, 0]
    for one in ("made.toml", "made.html"):
        (tmp_path / one).unlink()
    made = run(table_with(*names, rows=6), schema_with(*names))
    assert codes(made) == [2, 4, 4]
    assert "[schema.malformed]" in made["inspected"].err


@pytest.mark.parametrize("changed", [
    "", 'delete = ["number"]', '[[change]]\ndo = "delete-rows"\ncolumn = "number"\nvalues = ["2"]',
])  # fmt: skip
def test_stripped_columns_are_deleted_and_withheld_rows_left_out_at_the_desk_too(run, tmp_path, changed):
    """A protected person's row leaves in no form, whoever reads the municipality's own file."""
    rows = [f"{line},{place % 3}" for place, line in enumerate(table().decode().split()[1:])]
    raw = "\n".join(["id,age,sex,income,number", *rows, ""]).encode()
    key = "\n[ladder]" if changed.startswith("delete") else ""
    policy = POLICY.replace("[ladder]", changed + key) if key else POLICY + changed
    made = run(raw, STRIPPED, policy)
    assert codes(made) == [0, 0, 0]
    released = (tmp_path / "out" / "table.csv").read_text(encoding="utf-8").splitlines()
    assert released[0] == "age,sex,income"
    assert len(released) == 1 + (20 if "delete-rows" in changed else 40)
    assert "never leaves the municipality" in (tmp_path / "out" / "report.en.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", [
    '[[change]]\ndo = "pseudonym"\ncolumn = "number"', '[[bound]]\nmeasure = "distinct-l"\ncolumn = "number"\nat_least = 2',
    '[exam]\nsubject = "number"', "[code]\nnumber = { top = 5 }", "[weight]\nnumber = 2",
])  # fmt: skip
def test_a_policy_cannot_bring_a_stripped_column_out(run, part):
    made = run(table().replace(b"\n", b",0\n").replace(b"income,0", b"income,number"), STRIPPED, POLICY + part + "\n")
    assert codes(made) == [0, 0, 4]
    assert "[policy.malformed]" in made["done"].err


def test_a_table_of_which_every_row_is_withheld_is_empty(run):
    made = run(table().replace(b"\n", b",1\n").replace(b"income,1", b"income,number"), STRIPPED, POLICY)
    assert [(one.code, "[table.empty]" in one.err) for one in made.values()] == [(0, False), (2, True), (2, True)]


def test_a_schema_that_nobody_knows_is_wrong_usage(tmp_path):
    (tmp_path / "t.csv").write_bytes(table())
    done = said_here("municipality", "inspect", tmp_path / "t.csv", "--schema", "no-such-dataset")
    assert (done.code, "municipality datasets" in done.err) == (64, True)


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """A site to which a town sent one file twice, with an odd name in its header."""
    trial = make_site(tmp_path_factory.mktemp("twice"), TOWN, made=QuickSite)
    town, raw = Town(trial, TOWN), table().replace(b"income", b"<b>..</b>")
    (trial.folder / "schema.toml").write_text(SCHEMA.replace("income", "<b>..</b>"), encoding="utf-8")
    sealed = [trial.seal(raw), trial.seal(raw)]
    trial.start("receiving")
    try:
        return trial, [*sealed, town.send(), trial.pull()]
    finally:
        trial.close()


def test_one_file_sealed_twice_is_two_cases(twice):
    trial, steps = twice
    assert [one.code for one in steps] == [0, 0, 0, 0]
    events = [(one["case"], one["event"]) for one in trial.events("processing")]
    assert [case for case, event in events if event == "Disarmed"] == [CASE, f"{TOWN}-000002"]
    parcels = {one.read_bytes() for one in (trial.municipality / "outbox").glob("*.parcel")}
    assert len(parcels) == 2


def test_an_odd_name_is_escaped_in_report_and_judgement(twice, tmp_path):
    trial = copy_processing(twice[0], tmp_path / "site")
    assert trial.work().code == 0
    pages = sorted((trial.home("processing") / "shelf" / "reports").glob("*.html"))
    assert len(pages) == 4
    for page in pages:
        seen = Seen(page.read_text(encoding="utf-8"))
        assert "b" not in seen.tags
    assert any("<b>..</b>" in Seen(page.read_text(encoding="utf-8")).text for page in pages)
    assert not re.search("<b>", pages[0].read_text(encoding="utf-8"))
