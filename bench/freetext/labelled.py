"""Sentences with the spans that have to be masked, as tests/vectors/freetext keeps them.

A span is written [kind:text]. The kinds are those of `Kind`, and 施設: the name of a facility, which may be masked or not.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sekisho.freetext.spans import Kind, Span

FOLDER = Path(__file__).parents[2] / "tests" / "vectors" / "freetext"
FACILITY = "施設"
_MARK = re.compile(r"\[(?P<kind>[^\[\]:]+):(?P<text>[^\[\]]+)\]")


@dataclass(frozen=True)
class Sentence:
    """One sentence: `spans` have to be masked, what lies in `either` may be."""

    group: str
    text: str
    spans: tuple[Span, ...]
    either: tuple[tuple[int, int], ...]


def read_sentences(part: str) -> tuple[Sentence, ...]:
    """Give back the sentences of one part, `dev`, `test` or `unseen`; a kind that is none is a ValueError."""
    group, sentences = "", []
    for line in (FOLDER / f"{part}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            group = line.removeprefix("## ")
        elif line and not line.startswith("#"):
            sentences.append(read_sentence(group, line))
    return tuple(sentences)


def read_first(part: str) -> str:
    """Give back what the file says of the first measure of its sentences; empty where it says nothing."""
    lines = (FOLDER / f"{part}.txt").read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix("# first: ") for line in lines if line.startswith("# first: ")), "")


def read_sentence(group: str, line: str) -> Sentence:
    pieces: list[str] = []
    spans: list[Span] = []
    either: list[tuple[int, int]] = []
    at = done = 0
    for mark in _MARK.finditer(line):
        pieces += (line[done : mark.start()], mark["text"])
        start = at + mark.start() - done
        done, at = mark.end(), start + len(mark["text"])
        if mark["kind"] == FACILITY:
            either.append((start, at))
        else:
            spans.append(Span(start, at, Kind(mark["kind"])))
    return Sentence(group, "".join((*pieces, line[done:])), tuple(spans), tuple(either))
