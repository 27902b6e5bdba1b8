"""Bands of whole numbers, all of one width at a level (spec/policy.md 4.1)."""

from dataclasses import dataclass
from itertools import pairwise

from sekisho.deid.ladders.ladder import TOP, Labels
from sekisho.deid.ladders.spelling import band, code_number
from sekisho.deid.table import Value
from sekisho.errors import Malformed, Reason


@dataclass(frozen=True)
class Bands:
    """Bands of whole numbers; each width is a multiple of the one before. From `top` up and to `bottom` down: one band."""

    widths: tuple[int, ...]
    top: int | None = None
    bottom: int | None = None

    @property
    def height(self) -> int:
        return len(self.widths) + 1


def check_bands(column: str, bands: Bands) -> Bands:
    """Give back `bands` if each width is a greater multiple of the one before and the limits leave room."""
    rising = all(0 < low < high and high % low == 0 for low, high in pairwise(bands.widths))
    if not bands.widths or bands.widths[0] < 2 or not rising:
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="widths-not-multiples")
    if bands.top is not None and bands.bottom is not None and bands.top - bands.bottom < 2:
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="top-below-bottom")
    return bands


def climb_bands(rule: Bands, value: Value) -> Labels:
    if not isinstance(value, int):
        raise TypeError("bands are for whole numbers")
    coded = code_number(value, rule.top, rule.bottom)
    if isinstance(coded, str):
        return (*(coded for _ in range(rule.height)), TOP)
    return (coded, *(_label(rule, value, width) for width in rule.widths), TOP)


def _label(rule: Bands, value: int, width: int) -> str:
    low = value // width * width
    high = low + width - 1
    if rule.top is not None:
        high = min(high, rule.top - 1)
    if rule.bottom is not None:
        low = max(low, rule.bottom + 1)
    return band(low, high)
