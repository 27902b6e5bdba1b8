"""How well spans were found: per kind, what was kept secret and what was masked without need.

A span that has to be masked is whole if every letter and digit of it is masked, under whatever kind; touched, if at least
one is. A masked span is right if it shares a character with one that has to be masked; one that lies in the name of a
facility only is neither right nor wrong.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from bench.freetext.labelled import Sentence
from sekisho.freetext.spans import Kind, Span

Z = 1.959964
"""The standard normal distribution's 97.5 % point."""
Finder = Callable[[str], Sequence[Span]]


@dataclass(frozen=True)
class Score:
    """Of one kind: spans that have to be masked, those of them whole and touched; masked spans, those of them right."""

    wanted: int
    whole: int
    touched: int
    masked: int
    right: int

    @property
    def recall(self) -> float:
        return self.whole / self.wanted if self.wanted else 1.0

    @property
    def lowest_recall(self) -> float:
        """The lower end of Wilson's 95 % interval (Wilson 1927) for recall; 0 where nothing has to be masked."""
        if not self.wanted:
            return 0.0
        square = Z * Z / self.wanted
        middle = self.recall + square / 2
        half = Z * sqrt(self.recall * (1 - self.recall) / self.wanted + square / (4 * self.wanted))
        return max(0.0, (middle - half) / (1 + square))

    @property
    def precision(self) -> float:
        return self.right / self.masked if self.masked else 1.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


@dataclass(frozen=True)
class Scores:
    """The score of every kind that has to be masked somewhere or was masked, and how many sentences stayed whole secrets."""

    kinds: dict[Kind, Score]
    sentences: int
    sentences_without_leak: int

    @property
    def total(self) -> Score:
        kinds = self.kinds.values()
        return Score(
            sum(one.wanted for one in kinds),
            sum(one.whole for one in kinds),
            sum(one.touched for one in kinds),
            sum(one.masked for one in kinds),
            sum(one.right for one in kinds),
        )


def score(sentences: Iterable[Sentence], find: Finder) -> Scores:
    counted: dict[str, Counter[Kind]] = {name: Counter() for name in ("wanted", "whole", "touched", "masked", "right")}
    all_of_them = kept = 0
    for sentence in sentences:
        found = find(sentence.text)
        hidden = {place for one in found for place in range(one.start, one.end)}
        before = counted["whole"].total()
        for span in sentence.spans:
            letters = [place for place in range(span.start, span.end) if sentence.text[place].isalnum()]
            counted["wanted"][span.kind] += 1
            counted["whole"][span.kind] += all(place in hidden for place in letters)
            counted["touched"][span.kind] += any(place in hidden for place in letters)
        for one in found:
            right = any(one.start < span.end and span.start < one.end for span in sentence.spans)
            if right or not any(one.start < end and start < one.end for start, end in sentence.either):
                counted["masked"][one.kind] += 1
                counted["right"][one.kind] += right
        all_of_them += 1
        kept += counted["whole"].total() - before == len(sentence.spans)
    kinds = [kind for kind in Kind if counted["wanted"][kind] or counted["masked"][kind]]
    return Scores({kind: Score(*(counted[name][kind] for name in counted)) for kind in kinds}, all_of_them, kept)
