"""Bar charts as boxes and texts with their places; the templates draw them as SVG.

Lengths are in units of the drawing, which the page scales to the column it stands in. Bars are shares of the rows of
their side (before or after), so that both sides add up to the whole.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sekisho.pages.report.parts import Bar, Step

HALF, WHOLE = 340, 400  # widths of drawings
MOST_LINES = 12
FEW = 7  # upright bars that each have room for their share
_ROW, _BAR = 21, 11
_LABEL, _SHARE = 126, 50
_FONT = 11.5
_RANGE = re.compile(r"([−-]?\d+)-[−-]?\d+")
_LONG_NUMBER = re.compile(r"\d{5,}")


Rule = tuple[float, float, float, float]


@dataclass(frozen=True)
class Box:
    """A bar; `side` is before or after."""

    side: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Text:
    """A text at its anchor: start, middle or end."""

    text: str
    x: float
    y: float
    anchor: str
    look: str = "label"


@dataclass(frozen=True)
class Chart:
    """A drawing; `title` and `telling` say it to those who do not see it; `rules` are thin lines (x1, y1, x2, y2)."""

    name: str
    title: str
    telling: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Side:
    """One side's bars with the words for them; `rows` are all rows of that side."""

    side: str
    bars: tuple[Bar, ...]
    rows: int

    def share(self, bar: Bar) -> str:
        return share_text(Fraction(bar.rows, self.rows or 1))


@dataclass(frozen=True)
class Pair:
    """A label with its shares of the rows before and of the rows after."""

    label: str
    before: Fraction
    after: Fraction


def group_digits(label: str) -> str:
    """Give back the label of a number or a range with commas in long numbers."""
    return _LONG_NUMBER.sub(lambda digits: f"{int(digits[0]):,}", label)


@dataclass(frozen=True)
class Naming:
    """What the bars without a label of their own are called, and how labels are spelled: codes are no numbers."""

    others: str
    blank: str
    spell: Callable[[str], str] = group_digits

    def label(self, bar: Bar) -> str:
        if bar.label is None:
            return self.others
        return self.spell(bar.label) or self.blank


def share_text(share: Fraction) -> str:
    """Give back a share in percent with one decimal; what is more than nothing is never shown as 0.0%."""
    if not share:
        return "0%"
    return "<0.1%" if share < Fraction(1, 2000) else f"{int(share * 1000 + Fraction(1, 2)) / 10:.1f}%"


def fit(bars: Sequence[Bar], most: int = MOST_LINES) -> tuple[Bar, ...]:
    """Give back at most `most` bars in their order: the largest stay, the others join the pool at the end."""
    if len(bars) <= most:
        return tuple(bars)
    named = [one for one in bars if one.label is not None]
    large = sorted(range(len(named)), key=lambda place: -named[place].rows)[: most - 1]
    kept = [named[place] for place in sorted(large)]
    return (*kept, Bar(None, sum(one.rows for one in bars) - sum(one.rows for one in kept)))


def lines_chart(name: str, title: str, one: Side, naming: Naming) -> Chart:
    """Give back horizontal bars, one line a value: for texts. The pool has its share but no bar: it is no value."""
    bars = fit(one.bars)
    largest = max((bar.rows for bar in bars if bar.label is not None), default=0) or 1
    room = HALF - _LABEL - _SHARE
    boxes, texts = [], []
    for place, bar in enumerate(bars):
        middle = place * _ROW + _ROW / 2
        width = room * bar.rows / largest if bar.label is not None else 0.0
        if width:
            boxes.append(Box(one.side, _LABEL, middle - _BAR / 2, _shown(width), _BAR))
        texts.append(Text(shorten(naming.label(bar), _LABEL - 10), _LABEL - 8, middle + 4, "end"))
        texts.append(Text(one.share(bar), _round(_LABEL + width + 6), middle + 4, "start", "share"))
    height = len(bars) * _ROW
    rules: tuple[Rule, ...] = ((_LABEL, 0, _LABEL, height),)
    return Chart(name, title, _tell(one, naming), HALF, height, tuple(boxes), tuple(texts), rules)


def pair_up(before: Side, after: Side, naming: Naming) -> tuple[Pair, ...]:
    """Give back the values of both sides, each with its share before and after; the pool stands last."""
    was, now = ({bar.label: bar.rows for bar in side.bars} for side in (before, after))
    labels = sorted(dict.fromkeys([*was, *now]), key=lambda label: label is None)
    return tuple(
        Pair(
            naming.label(Bar(label, 0)),
            Fraction(was.get(label, 0), before.rows or 1),
            Fraction(now.get(label, 0), after.rows or 1),
        )
        for label in labels
    )


def paired_chart(name: str, title: str, pairs: Sequence[Pair], line_after: int = 0) -> Chart:
    """Give back two horizontal bars for each label, with a line after so many of them; 0 is no line.

    For texts that were not grouped, and for sizes of groups.
    """
    largest = max((max(one.before, one.after) for one in pairs), default=Fraction(0)) or Fraction(1)
    row, room = 27, WHOLE - _LABEL - 92
    boxes, texts = [], []
    for place, one in enumerate(pairs):
        y = place * row + 4
        widths = [float(room * share / largest) for share in (one.before, one.after)]
        for side, width, top in (("before", widths[0], y), ("after", widths[1], y + 10)):
            if width:
                boxes.append(Box(side, _LABEL, top, _shown(width), 9))
        texts.append(Text(shorten(one.label, _LABEL - 10), _LABEL - 8, y + 14, "end"))
        told = f"{share_text(one.before)} → {share_text(one.after)}"
        texts.append(Text(told, _round(_LABEL + max(widths) + 6), y + 14, "start", "share"))
    height = len(pairs) * row + 4
    rules: list[Rule] = [(_LABEL, 0, _LABEL, height)]
    if line_after:
        rules.append((0, line_after * row + 0.5, WHOLE, line_after * row + 0.5))
    telling = "; ".join(f"{one.label} {share_text(one.before)} → {share_text(one.after)}" for one in pairs)
    return Chart(name, title, telling, WHOLE, height, tuple(boxes), tuple(texts), tuple(rules))


def columns_chart(name: str, title: str, one: Side, naming: Naming) -> Chart:
    """Give back upright bars: for numbers and days, whose order is their meaning."""
    floor, top, bars = 132.0, 18.0, one.bars
    largest = max((bar.rows for bar in bars), default=0) or 1
    slot = HALF / max(len(bars), 1)
    ticks, every = _ticks(bars, naming, slot)
    boxes, texts = [], []
    for place, bar in enumerate(bars):
        height, width = (floor - top) * bar.rows / largest, min(slot * 0.86, 46)
        middle = place * slot + slot / 2
        boxes.append(
            Box(one.side, _round(middle - width / 2), _round(floor - _shown(height)), _round(width), _shown(height))
        )
        if place % every == 0:
            texts.append(Text(ticks[place], _inside(middle, ticks[place]), floor + 16, "middle"))
        if bar.rows == largest or len(bars) <= FEW:
            share = one.share(bar)
            texts.append(Text(share, _inside(middle, share), _round(floor - height - 5), "middle", "share"))
    return Chart(name, title, _tell(one, naming), HALF, 152, tuple(boxes), tuple(texts), ((0, floor, HALF, floor),))


def size_pairs(before: Sequence[Step], after: Sequence[Step], labels: Sequence[str]) -> tuple[Pair, ...]:
    """Give back for each size of group the share of rows in such groups."""
    all_before, all_after = (sum(one.rows for one in side) or 1 for side in (before, after))
    return tuple(
        Pair(label, Fraction(was.rows, all_before), Fraction(now.rows, all_after))
        for label, was, now in zip(labels, before, after, strict=True)
    )


def shorten(text: str, room: float) -> str:
    """Give back as much of `text` as fits `room`, with `…` for the rest."""
    if text_width(text) <= room:
        return text
    while text and text_width(text + "…") > room:
        text = text[:-1]
    return text + "…"


def text_width(text: str) -> float:
    """Give back about how wide `text` is in the font of the labels: full-width characters are as wide as high."""
    return sum(_FONT if unicodedata.east_asian_width(one) in {"W", "F", "A"} else _FONT * 0.56 for one in text)


def _ticks(bars: Sequence[Bar], naming: Naming, slot: float) -> tuple[list[str], int]:
    """Give back what stands under upright bars, and of how many bars one is named, so that no two names touch.

    Ranges are written out where there is room for all, else by their beginning.
    """
    whole = [naming.label(one) for one in bars]
    if _widest(whole) <= slot:
        return whole, 1
    begun = [naming.label(one if one.label is None else Bar(_RANGE.sub(r"\1", one.label), one.rows)) for one in bars]
    return begun, next((every for every in (1, 2, 4, 5, 10) if slot * every >= _widest(begun)), 15)


def _widest(texts: Sequence[str]) -> float:
    return max((text_width(one) for one in texts), default=0.0) + 6


def _inside(middle: float, text: str) -> float:
    """Give back the middle of a text moved so far that it stays in the drawing."""
    half = text_width(text) / 2
    return _round(min(max(middle, half), HALF - half))


def _tell(side: Side, naming: Naming) -> str:
    return "; ".join(f"{naming.label(bar)} {side.share(bar)}" for bar in side.bars)


def _shown(length: float) -> float:
    """Give back a bar's length, never so short that it cannot be seen."""
    return _round(max(length, 0.75))


def _round(number: float) -> float:
    return round(number, 2)
