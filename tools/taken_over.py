"""The page of hosts that were taken over: what each can still do, what not, and the tests behind each "cannot".

`docs/taken-over.toml` is the source; `faults_of` says what in it is not so.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sekisho.pages.words import Language
from tools.features import Said, sentence

ROOT = Path(__file__).parents[1]
SOURCE = "docs/taken-over.toml"
PAGES = {Language.EN: "docs/taken-over.md", Language.JA: "docs/taken-over.ja.md"}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cannot(_Shape):
    """One thing that a host cannot do; `tests` as `file::name`, at least one."""

    said: Said
    tests: Annotated[tuple[str, ...], Field(min_length=1)]


class Machine(_Shape):
    """One host: what it holds, what remains possible, what not."""

    name: Said
    about: Said
    can: Annotated[tuple[Said, ...], Field(min_length=1)]
    cannot: Annotated[tuple[Cannot, ...], Field(min_length=1)]


class Limit(_Shape):
    """Something that no test shows."""

    said: Said


class TakenOver(_Shape):
    """All of the source."""

    words: dict[str, Said]
    machine: tuple[Machine, ...]
    limit: tuple[Limit, ...]


def read_taken_over() -> TakenOver:
    return TakenOver.model_validate(tomllib.loads((ROOT / SOURCE).read_text(encoding="utf-8")))


def faults_of(page: TakenOver, known: frozenset[str]) -> list[str]:
    """Give back each "cannot" that names a test which is not there; `known` are the tests there are."""
    named = [(one.said.en, test) for machine in page.machine for one in machine.cannot for test in one.tests]
    return [f"{said}: no such test: {test}" for said, test in named if test not in known]


def taken_over_pages() -> dict[str, str]:
    """Give back the page in each language, by its path from the root."""
    page = read_taken_over()
    return {path: "\n".join(_page(page, language)) + "\n" for language, path in PAGES.items()}


def _page(page: TakenOver, language: Language) -> Iterator[str]:
    words = {key: said[language] for key, said in page.words.items()}
    yield f"<!-- Made by `make generated` from {SOURCE}; a change by hand is lost. -->"
    yield from ("", f"# {words['title']}", "", words["other_page"], "", words["introduction"])
    for place, machine in enumerate(page.machine, 1):
        yield from ("", f"## {place}. {machine.name[language]}", "", machine.about[language], "")
        yield from (f"**{words['can']}**", "")
        yield from (f"- {one[language]}" for one in machine.can)
        yield from ("", f"| {words['cannot']} | {words['shown']} |", "|---|---|")
        for one in machine.cannot:
            links = "<br>".join(f"[{sentence(test)}](../{test.partition('::')[0]})" for test in one.tests)
            yield f"| {one.said[language]} | {links} |"
    yield from ("", f"## {len(page.machine) + 1}. {words['limits']}", "")
    yield from (f"- {one.said[language]}" for one in page.limit)
