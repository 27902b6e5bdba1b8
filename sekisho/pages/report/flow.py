"""Drawings of a report's rows: how many came, stayed and were made, and how likely each is told from the others."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sekisho.pages.charts import WHOLE, Box, Chart, Rule, Text, share_text, shorten, text_width
from sekisho.pages.report.parts import Step

RISKS = (2, 5, 10, 20)  # rows in a group: from each on, a guess is right less often
_LABEL, _NUMBER = 138, 104
_ROW, _BAR = 27, 15
_SIDE, _BAND = 66, 24


@dataclass(frozen=True)
class Stage:
    """Rows that were there at one moment, with the words for it."""

    label: str
    rows: int


def rows_chart(name: str, title: str, stages: Sequence[Stage]) -> Chart:
    """Give back a bar for each stage, and what it lost or gained beside it."""
    room, largest = WHOLE - _LABEL - _NUMBER, max(one.rows for one in stages) or 1
    boxes, texts, told = [], [], []
    for place, (was, one) in enumerate(pairwise((stages[0], *stages))):
        y = place * _ROW + (_ROW - _BAR) / 2
        ends = [round(_LABEL + room * rows / largest, 2) for rows in sorted((was.rows, one.rows))]
        if ends[0] > _LABEL:
            boxes.append(Box("before" if not place else "after", _LABEL, y, round(ends[0] - _LABEL, 2), _BAR))
        if one.rows != was.rows:
            look = "lost" if one.rows < was.rows else "made"
            boxes.append(Box(look, ends[0], y, round(max(ends[1] - ends[0], 0.75), 2), _BAR))
        step = f" ({'+' if one.rows > was.rows else '−'}{abs(one.rows - was.rows):,})" if one.rows != was.rows else ""
        texts.append(Text(shorten(one.label, _LABEL - 12), _LABEL - 8, y + 12, "end"))
        texts.append(Text(f"{one.rows:,}{step}", ends[1] + 6, y + 12, "start", "share"))
        told.append(f"{one.label} {one.rows:,}{step}")
    height = len(stages) * _ROW
    rules: tuple[Rule, ...] = ((_LABEL, 0, _LABEL, height),)
    return Chart(name, title, "; ".join(told), WHOLE, height, tuple(boxes), tuple(texts), rules)


def risk_shares(steps: Sequence[Step]) -> tuple[Fraction, ...]:
    """Give back the share of rows in groups of 1, of 2 to 4, 5 to 9, 10 to 19, and of 20 and more rows."""
    rows = [0] * (len(RISKS) + 1)
    for one in steps:
        rows[bisect_right(RISKS, one.low)] += one.rows
    return tuple(Fraction(one, sum(rows) or 1) for one in rows)


def risk_chart(name: str, title: str, sides: Sequence[tuple[str, Sequence[Step]]], labels: Sequence[str]) -> Chart:
    """Give back a band for each side, parted by how likely a guess is right, and below what the parts mean."""
    shares = [risk_shares(steps) for _, steps in sides]
    boxes, texts = [], []
    for place, (side, _) in enumerate(sides):
        y, x = place * (_BAND + 8.0), float(_SIDE)
        texts.append(Text(side, _SIDE - 8, y + 16, "end"))
        for step, share in enumerate(shares[place]):
            width = float(share) * (WHOLE - _SIDE)
            if width:
                boxes.append(Box(f"risk-{step}", round(x, 2), y, round(width, 2), _BAND))
            if text_width(share_text(share)) + 8 < width:
                texts.append(Text(share_text(share), round(x + width / 2, 2), y + 16, "middle", f"on-{step}"))
            x += width
    below = len(sides) * (_BAND + 8.0) + 8
    told = [" → ".join(share_text(one[step]) for one in shares) for step in range(len(labels))]
    for step, label in enumerate(labels):
        y = below + step * 20
        boxes.append(Box(f"risk-{step}", _SIDE, y + 1, 12, 12))
        texts.append(Text(label, _SIDE + 20, y + 11, "start"))
        texts.append(Text(told[step], WHOLE, y + 11, "end", "share"))
    telling = "; ".join(f"{label} {one}" for label, one in zip(labels, told, strict=True))
    return Chart(name, title, telling, WHOLE, below + len(labels) * 20, tuple(boxes), tuple(texts))
