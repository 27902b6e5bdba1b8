"""The page of features: Sekisho beside other tools, each tick of ours with its test, and users' wishes with our answers.

`docs/features.toml` is the source; `faults_of` says what in it is not so.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sekisho.pages.words import Language

ROOT = Path(__file__).parents[1]
SOURCE = "docs/features.toml"
PAGES = {Language.EN: "docs/features.md", Language.JA: "docs/features.ja.md"}

_THREAD = re.compile(r"([a-z-]+)(#|!)([0-9]+)")
_OTHER = re.compile(r"([●○]) (.+)")
_Text = Annotated[str, Field(min_length=1)]


class Mark(Enum):
    """What a tool does of a feature; of a model that is only measured and never kept, a part."""

    YES = "●"
    PART = "○"
    NO = "–"


class Answer(Enum):
    """What became of a wish."""

    DONE = "done"
    PARTLY = "partly"
    LATER = "not yet"
    NEVER = "never"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(_Shape):
    """One text in both languages."""

    en: _Text
    ja: _Text

    def __getitem__(self, language: Language) -> str:
        return self.ja if language is Language.JA else self.en


class Tool(_Shape):
    """Another tool; `source` is the address of what its marks were read from."""

    key: _Text
    name: _Text
    version: _Text
    source: _Text


class Row(_Shape):
    """One feature. `others` has `● where it stands` or `○ where it stands` by tool; a tool that is not there lacks it."""

    name: Said
    sekisho: Mark
    tests: tuple[str, ...] = ()
    note: Said | None = None
    others: dict[str, str] = {}

    def other(self, tool: str) -> tuple[Mark, str]:
        """Give back the mark of another tool, and where in it that stands."""
        found = _OTHER.fullmatch(self.others.get(tool, ""))
        return (Mark(found[1]), found[2]) if found else (Mark.NO, "")


class Group(_Shape):
    """Features that stand in one table."""

    name: Said
    row: tuple[Row, ...]


class Wish(_Shape):
    """What users asked for; `threads` are public ones: `name#1` an issue, `name!1` a pull request."""

    name: Said
    threads: tuple[str, ...]
    answer: Answer
    note: Said
    tests: tuple[str, ...] = ()


class Features(_Shape):
    """All of the source; `repository` has the GitHub address of each name that a thread has."""

    words: dict[str, Said]
    repository: dict[str, str]
    tool: tuple[Tool, ...]
    group: tuple[Group, ...]
    wish: tuple[Wish, ...]


def read_features() -> Features:
    return Features.model_validate(tomllib.loads((ROOT / SOURCE).read_text(encoding="utf-8")))


def known_tests(folder: Path) -> frozenset[str]:
    """Give back every test as `file::name`, a file named from above `folder`."""
    return frozenset(
        f"{path.relative_to(folder.parent).as_posix()}::{name}"
        for path in folder.rglob("test_*.py")
        for name in _names(ast.parse(path.read_text(encoding="utf-8")).body)
    )


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for part in body:
        if isinstance(part, ast.ClassDef):
            yield from (f"{part.name}::{name}" for name in _names(part.body))
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and part.name.startswith("test_"):
            yield part.name


def faults_of(features: Features, known: frozenset[str]) -> list[str]:
    """Give back what is said without a test, a reason or a place where it stands; `known` are the tests there are."""
    tools = [one.key for one in features.tool]
    rows = [(row.name.en, fault) for group in features.group for row in group.row for fault in _of_row(row, tools)]
    wishes = [(wish.name.en, fault) for wish in features.wish for fault in _of_wish(wish, features.repository)]
    named = [(row.name.en, row.tests) for group in features.group for row in group.row]
    named += [(wish.name.en, wish.tests) for wish in features.wish]
    missing = [(name, f"no such test: {test}") for name, tests in named for test in tests if test not in known]
    return [f"{name}: {fault}" for name, fault in (*rows, *wishes, *missing)]


def _of_row(row: Row, tools: list[str]) -> Iterator[str]:
    if (row.sekisho is Mark.NO) == bool(row.tests):
        yield "a tick has a test, and what is lacking has none"
    lacks = row.sekisho is Mark.NO and any(row.other(one)[0] is not Mark.NO for one in ("arx", "sdcmicro"))
    if row.note is None and (row.sekisho is Mark.PART or lacks):
        yield "says neither what is missing nor why"
    for tool, mark in row.others.items():
        if tool not in tools or not _OTHER.fullmatch(mark):
            yield f"no known tool, or no mark with its place: {tool}"


def _of_wish(wish: Wish, repositories: dict[str, str]) -> Iterator[str]:
    if (wish.answer in {Answer.DONE, Answer.PARTLY}) != bool(wish.tests):
        yield "what is done has a test, and what is not has none"
    found = [_THREAD.fullmatch(one) for one in wish.threads]
    if not found or any(one is None or one[1] not in repositories for one in found):
        yield "names no thread, or one of an unknown repository"


def feature_pages() -> dict[str, str]:
    """Give back the page in each language, by its path from the root."""
    features = read_features()
    return {path: "\n".join(_page(features, language)) + "\n" for language, path in PAGES.items()}


def _page(features: Features, language: Language) -> Iterator[str]:
    words = {key: said[language] for key, said in features.words.items()}
    yield f"<!-- Made by `make generated` from {SOURCE}; a change by hand is lost. -->"
    yield from ("", f"# {words['title']}", "", words["other_page"], "", words["introduction"], "")
    yield from (f"- {one.value} {words[f'mark_{one.name.lower()}']}" for one in Mark)
    yield from ("", words["sources"], "")
    yield from (f"- [{one.name} {one.version}]({one.source})" for one in features.tool)
    for place, group in enumerate(features.group, 1):
        yield from ("", f"## {place}. {group.name[language]}", "", *_table(group, features.tool, language, words))
    yield from ("", f"## {len(features.group) + 1}. {words['wishes']}", "", words["about_wishes"], "")
    yield f"| | {words['wish']} | {words['answer']} | |"
    yield "|---|---|---|---|"
    for place, wish in enumerate(features.wish, 1):
        asked = ", ".join(_thread(one, features.repository) for one in wish.threads)
        told = _cell(wish.note[language], wish.tests)
        yield f"| {place} | {wish.name[language]}<br>{asked} | {words[f'answer_{wish.answer.name.lower()}']} | {told} |"


def _table(group: Group, tools: Iterable[Tool], language: Language, words: dict[str, str]) -> Iterator[str]:
    yield f"| {words['feature']} | Sekisho | {' | '.join(one.name for one in tools)} | {words['shown']} |"
    yield f"|---|:-:|{':-:|' * len(list(tools))}---|"
    for row in group.row:
        marks = " | ".join(row.other(one.key)[0].value for one in tools)
        told = _cell(row.note[language] if row.note else "", row.tests)
        yield f"| {row.name[language]} | {row.sekisho.value} | {marks} | {told} |"
    yield from ("", f"<details><summary>{words['places']}</summary>", "")
    for row in group.row:
        stands = [f"{one.name} {_code(row.other(one.key)[1])}" for one in tools if row.other(one.key)[1]]
        if stands:
            yield f"- {row.name[language]} — {'; '.join(stands)}"
    yield from ("", "</details>")


def _cell(note: str, tests: Iterable[str]) -> str:
    """Give back the text, and below it each test: its name as the sentence that it is, leading to its file."""
    links = [f"✓ [{sentence(one)}](../{one.partition('::')[0]})" for one in tests]
    return "<br>".join([*([note] if note else []), *links])


def _code(names: str) -> str:
    return ", ".join(f"`{one}`" for one in names.split(", "))


def sentence(test: str) -> str:
    """Give back a test's name as the sentence that it is."""
    return test.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def _thread(thread: str, repositories: dict[str, str]) -> str:
    found = _THREAD.fullmatch(thread)
    if found is None:
        raise ValueError(thread)
    kind = "issues" if found[2] == "#" else "pull"
    place = repositories[found[1]]
    return f"[{place.rpartition('/')[2]}#{found[3]}](https://github.com/{place}/{kind}/{found[3]})"
