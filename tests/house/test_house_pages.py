"""What the pages say is so: examples run, commands and links exist, cited sections are there, no workplace shows."""

import doctest
import os
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from house_code import CODE, ROOT, files_under

import sekisho
from examples.town.places import CITY_CODE
from examples.way import sources
from sekisho.cli.main import command_tree
from sekisho.pages.words import Language, words_in
from sekisho.tables.rewriting import rewritten

MADE = {".git", ".venv", "build", "__pycache__", ".hypothesis"}
BINARY = {".parcel", ".pyc", ".png"}
LANGUAGES = [("README.md", Language.EN), ("README.ja.md", Language.JA)]
READMES = ("README.md", "README.ja.md")
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("spec/*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
CITED = re.compile(r"spec/([a-z]+)\.md(?:[ \n#]+(\d+(?:\.\d+)?))?")
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
# Spelled in pieces, so that this file does not find itself.
WORKPLACE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"work\b",
            r"\.\./" + "shared",
            "py" + r"pi\.",
            "files\\.python" + "hosted",
            r"(?<!\w)/" + r"tmp/",
        ]
    )
)


@pytest.mark.parametrize("name", READMES)
def test_the_library_example_of_the_readme_runs(name, monkeypatch):
    monkeypatch.chdir(ROOT)
    results = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert (results.failed, results.attempted > 5) == (0, True)


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_the_stops_that_the_readme_shows_are_what_the_way_prints(name, language):
    words = words_in(language)
    keys = ("seal", "receive", "fetch", "deidentify", "seal_again", "release", "deliver", "unseal", "audit")
    shown = re.findall(r"^  (\d)  (.+)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert shown == [(str(place), words.say(f"way.{key}")) for place, key in enumerate(keys, 1)]


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """Give the report of the made town's register, sealed and de-identified as `make way` does it."""
    source = sources(tmp_path_factory.mktemp("town"))[0]
    with source.table.open("rb") as stream:
        schema, pieces = rewritten(stream, sekisho.read_schema(source.schema.read_bytes()))
        table = sekisho.read_csv(BytesIO(b"".join(pieces)), schema)
    return sekisho.deidentify(table, sekisho.open_policy(source.policy), schema, entropy=bytes(32)).report


@pytest.mark.parametrize(("name", "language"), LANGUAGES)
def test_the_figures_that_the_readme_shows_are_those_of_the_way(name, language, town):
    facts = {
        "case": f"{CITY_CODE}-000001",
        "k": int(town.number("k")),
        "asked": town.k,
        "suppressed": town.rows_changed - town.rows_after,
        "share": f"{float(town.number('suppressed-share')):.2%}",
        "loss": f"{float(town.number('loss')):.1%}",
        "page": "",
    }
    line = words_in(language).say("cli.done.run", **facts).splitlines()[0]
    assert line in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["README.md", "README.ja.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md"])
def test_every_command_that_a_page_names_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    code = " ".join(re.findall(r"`[^`]+`", text)) + " ".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert set(MAKE.findall(code)) - targets == set()
    known = {
        f"{group} {command}"
        for group, one in command_tree(words_in(Language.EN)).commands.items()
        for command in one.commands
    }
    called = re.findall(r"(?:bin/|`)sekisho (?:--lang \w+ )?([a-z]+ [a-z]+)\b", code.replace("\n", " "))
    assert set(called) - known == set()


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
def test_every_link_of_a_page_leads_somewhere(path):
    assert [one for one in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / one).exists()] == []


def test_every_cited_page_of_the_spec_and_its_section_exist():
    missing = set()
    for path in files_under(*CODE, "tests"):
        for page, section in CITED.findall(path.read_text(encoding="utf-8")):
            if not has_section(page, section):
                missing.add(f"{path.relative_to(ROOT).as_posix()}: spec/{page}.md {section}".rstrip())
    assert missing == set()


def has_section(page, section):
    """Tell whether a page is there, with a heading or paragraph of that number, if one is named."""
    path = ROOT / "spec" / f"{page}.md"
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    return not section or re.search(rf"^(#+ )?{re.escape(section)}\b", text, re.MULTILINE) is not None


def test_the_index_of_the_spec_names_every_page():
    index = (ROOT / "spec" / "README.md").read_text(encoding="utf-8")
    assert set(LINK.findall(index)) == {path.name for path in (ROOT / "spec").glob("*.md")} - {"README.md"}


def test_both_drawings_have_one_shape_and_words_for_those_who_cannot_see_them():
    shapes = []
    for name in ("way.svg", "way.ja.svg"):
        root = ET.parse(ROOT / "docs" / name).getroot()
        kinds = [one.tag.rpartition("}")[2] for one in root.iter()]
        assert {"title", "desc"} <= set(kinds)
        shapes.append([(one.tag, one.get("x"), one.get("y"), one.get("d")) for one in root.iter()])
    assert shapes[0] == shapes[1]


def test_no_workplace_shows():
    found = [
        path.relative_to(ROOT).as_posix()
        for path in kept_files()
        if path.suffix not in BINARY and WORKPLACE.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def kept_files():
    """Give what the repository keeps: everything here but what the Makefile and its tools make."""
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [one for one in inside if one not in MADE and not one.endswith("_cache")]
        yield from (Path(folder) / name for name in names)
