"""Measures on a terminal: their numbers in columns, and below each what it says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from sekisho.deid.measure import UNBOUNDED, Measure
from sekisho.deid.report.report import MeasurePair
from sekisho.pages.columns import GAP, width_of, wrap
from sekisho.pages.report.measures import OF_COLUMNS, Group, group_of, sentence_of, view_measure
from sekisho.pages.report.parts import Measured
from sekisho.pages.words import Words

WIDTH = 80
_INDENT = 2


@dataclass(frozen=True)
class _Lines:
    """How wide the numbers are: `widths` of those before, if there are any, and of those after."""

    words: Words
    widths: tuple[int, ...]
    width: int

    @property
    def left(self) -> int:
        return _INDENT + sum(one + GAP for one in self.widths)

    def row(self, numbers: Sequence[str], text: str) -> str:
        """Give back a line: numbers that end together, then `text`."""
        shown = list(numbers)[-len(self.widths) :]
        cells = (" " * (width - width_of(one)) + one for one, width in zip(shown, self.widths, strict=True))
        return (" " * _INDENT + "".join(cell + " " * GAP for cell in cells) + text).rstrip()

    def says(self, text: str) -> Iterator[str]:
        yield from (" " * self.left + line for line in wrap(text, max(self.width - self.left, 30)))


def measures_text(words: Words, pairs: Sequence[MeasurePair], width: int = WIDTH) -> str:
    """Give back the measures in the groups of a report, each with the sentence that says what its number means.

    Numbers before stand at the left of those after, if there are any. `width` is that of a line, in cells; a long name may
    go beyond it.
    """
    told = [_measured(one) for one in pairs]
    compared = any(one.before is not None for one in told)
    heads = [words.say("cli.deid.measure.before"), words.say("cli.deid.measure.after")] if compared else []
    views = [view_measure(words, one) for one in told]
    numbers = [[one.before for one in views], [one.after for one in views]]
    widths = [max(map(width_of, column), default=0) for column in numbers][-2 if compared else -1 :]
    wide = [max(one, width_of(head)) for one, head in zip(widths, heads, strict=True)] if heads else widths
    layout = _Lines(words, tuple(wide), width)
    lines = [layout.row(heads, "")] if heads else []
    for group in Group:
        inside = [one for one in told if group_of(one) is group]
        if inside:
            lines += ["", words.say(f"report.group.{group.value}.name"), *_group(layout, inside)]
    return "\n".join(lines).strip("\n")


def _group(layout: _Lines, measures: Sequence[Measured]) -> Iterator[str]:
    for name, run in groupby(measures, lambda one: one.name):
        if name in OF_COLUMNS:
            yield from _ranking(layout, sorted(run, key=_rank))
            continue
        for view in (view_measure(layout.words, one) for one in run):
            yield layout.row((view.before, view.after), view.name)
            yield from layout.says(view.says)


def _ranking(layout: _Lines, columns: Sequence[Measured]) -> Iterator[str]:
    """Give the lines of a measure that each column has: the sentence is said of the first, the greatest."""
    views = [view_measure(layout.words, one, sentence_of(layout.words, one, columns)) for one in columns]
    first = layout.words.say("report.fine.of_column", name=views[0].name, column=columns[0].column)
    yield layout.row((views[0].before, views[0].after), first)
    yield from layout.says(views[0].says)
    for one, view in zip(columns[1:], views[1:], strict=True):
        yield layout.row((view.before, view.after), one.column)


def _rank(one: Measured) -> tuple[Decimal, Decimal]:
    return -one.after, -(one.before or Decimal(0))


def _measured(pair: MeasurePair) -> Measured:
    kind = pair.after.kind
    return Measured(
        name=kind.name,
        column=pair.after.column,
        unit=kind.unit.value,
        formula=kind.formula,
        attacker=kind.attacker,
        source=kind.source,
        better=kind.better,
        before=None if pair.before is None else _number(pair.before),
        after=_number(pair.after),
    )


def _number(measure: Measure) -> Decimal:
    return Decimal("Infinity") if measure.text == UNBOUNDED else Decimal(measure.text)
