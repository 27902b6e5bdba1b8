"""How much of what has to be masked in free text is masked, and how much is masked without need.

    make bench-freetext
    python -m bench.freetext [--out freetext.md]

On the sentences of tests/vectors/freetext/test.txt, which the rules were not written for, beside the analyser alone: the
words that its dictionary calls names of persons or places. Then on unseen.txt, with what was measured there first.
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from bench.freetext.labelled import Sentence, read_first, read_sentences
from bench.freetext.scored import Score, Scores, score
from sekisho.freetext.masking import find_spans
from sekisho.freetext.morphemes import PERSONS, PLACES, words_of
from sekisho.freetext.spans import Kind, Span

SECONDS = 5.0
"""How long speed is measured, at least."""
CELL_BYTES = 1_000_000
"""Bytes of UTF-8 of the one long cell that is read."""
HEAD = "| kind | have to be masked | whole | touched | masked | recall | at least | precision | F1 |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, help="write the tables here too")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    text = "\n".join(markdown(load)) + "\n"
    print(text)
    if given.out:
        given.out.write_text(text, encoding="utf-8")


def analyser_alone(text: str) -> tuple[Span, ...]:
    """Give back the words that the dictionary calls names of persons and places, neighbours of one kind joined."""
    named = [(one, _kind_of(one.sort)) for one in words_of(text)]
    spans = []
    for kind, row in groupby(named, key=lambda pair: pair[1]):
        if kind is not None:
            words = [word for word, _ in row]
            spans.append(Span(words[0].start, words[-1].end, kind))
    return tuple(spans)


def _kind_of(sort: object) -> Kind | None:
    if sort in PERSONS:
        return Kind.NAME
    return Kind.PLACE if sort in PLACES else None


def markdown(load: float) -> Iterator[str]:
    """Give the lines of the whole result."""
    dev, test = read_sentences("dev"), read_sentences("test")
    ours, alone = score(test, find_spans), score(test, analyser_alone)
    yield "# Masking of free text"
    yield ""
    yield f"Printed by `make bench-freetext` on Python {platform.python_version()}, SudachiPy {version('sudachipy')} with"
    yield f"sudachidict-core {version('sudachidict-core')}; {os.cpu_count()} cores, load {load:.1f} at the start."
    yield ""
    yield f"{len(test)} sentences, of which {sum(not one.spans for one in test)} have nothing to mask. Whole: every letter and"
    yield "digit of what has to be masked is masked, as whatever kind. Recall is of whole ones. Precision: of the masked spans,"
    yield "those that share a character with one that has to be masked. Names of facilities count neither way. At least: the"
    yield "lower end of Wilson's interval for recall, 95 %, if the sentences were drawn by chance; they were made up."
    yield from ("", "## Sekisho", "", *_table(ours))
    yield ""
    yield f"Sentences that give nothing away: {ours.sentences_without_leak} of {ours.sentences}; by the analyser alone"
    yield f"{alone.sentences_without_leak}. Read: {_speed(dev + test):,.0f} sentences in a second on one core."
    yield f"A cell of {CELL_BYTES:,} bytes takes {_seconds_of_cell(test):.1f} s, one of twice that {_seconds_of_cell(test, 2):.1f} s."
    yield from ("", "## The analyser alone", "", *_table(alone))
    yield from (
        "",
        "## By where the sentences stand",
        "",
        "| group | sentences | recall | precision |",
        "|---|---|---|---|",
    )
    for group, sentences in groupby(test, key=lambda one: one.group):
        yield _line_of(group, tuple(sentences))
    yield from _unseen()
    both = score(dev, find_spans)
    yield ""
    yield f"On the {len(dev)} sentences that the rules were tuned on: recall {both.total.recall:.3f}, precision"
    yield f"{both.total.precision:.3f}."


def _unseen() -> Iterator[str]:
    """Give the lines about the sentences by somebody who had not read the rules: the first figure, and today's."""
    unseen = read_sentences("unseen")
    yield from ("", f"## Sentences by somebody who had not read the rules ({len(unseen)})", "")
    yield f"First: {read_first('unseen')}. That is what to expect of text that nobody"
    yield "has tuned the rules on. Schools, surgeries and homes with a name of their own have to be masked here. Since then the rules were mended for classes of what was missed; today:"
    yield from ("", *_table(score(unseen, find_spans)))


def _seconds_of_cell(sentences: tuple[Sentence, ...], times: int = 1) -> float:
    """Give back how long one text of that many bytes takes, of the sentences one behind the other, by the processor's clock."""
    text = "".join(one.text for one in sentences)
    size = CELL_BYTES * times
    cell = (text * (size // len(text.encode()) + 1)).encode()[:size].decode(errors="ignore")
    begun = time.process_time()
    find_spans(cell)
    return time.process_time() - begun


def _table(scores: Scores) -> Iterator[str]:
    yield from (HEAD, "|" + "---|" * 9)
    for kind, one in scores.kinds.items():
        yield _row(kind.value, one)
    yield _row("all", scores.total)


def _row(name: str, one: Score) -> str:
    right = f"{one.precision:.3f} | {one.f1:.3f}" if one.masked else "– | –"
    shares = f"{one.recall:.3f} | {one.lowest_recall:.3f} | {right}"
    return f"| {name} | {one.wanted} | {one.whole} | {one.touched} | {one.masked} | {shares} |"


def _line_of(group: str, sentences: tuple[Sentence, ...]) -> str:
    total = score(sentences, find_spans).total
    return f"| {group} | {len(sentences)} | {total.recall:.3f} | {total.precision:.3f} |"


def _speed(sentences: tuple[Sentence, ...]) -> float:
    """Give back the sentences read in a second, by the processor's clock: it does not see what else runs."""
    begun, read = time.process_time(), 0
    while (spent := time.process_time() - begun) < SECONDS:
        for one in sentences:
            find_spans(one.text)
        read += len(sentences)
    return read / spent


if __name__ == "__main__":
    main()
