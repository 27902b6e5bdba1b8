"""Bands of whole numbers, so many at each level; where they lie the column says (spec/policy.md 4.1)."""

from bisect import bisect_left
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil
from typing import assert_never

from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.table import Column
from sekisho.errors import Malformed, Reason


class Cutting(Enum):
    """What bands have alike."""

    EQUAL_WIDTH = "equal_width"
    QUANTILES = "quantiles"  # about as many rows


@dataclass(frozen=True)
class Parts:
    """So many bands of a column at each level, ever fewer."""

    by: Cutting
    parts: tuple[int, ...]

    @property
    def height(self) -> int:
        return len(self.parts) + 1


def check_parts(column: str, rule: Parts) -> Parts:
    """Give back `rule` if its numbers of bands fall, and the last is two or more."""
    if not rule.parts or rule.parts[-1] < 2 or any(low <= high for low, high in pairwise(rule.parts)):
        raise Malformed(Reason.LADDER_MALFORMED, column=column, rule="parts-not-falling")
    return rule


def settle_parts(rule: Parts, column: Column) -> Cuts:
    """Give back the cuts of `rule` in the numbers of `column`, blank cells apart.

    Each level keeps those cuts of the level before that come nearest to where its own would be, the lower of two as
    near. Fewer bands come out where there are fewer numbers, or one number has the rows of several bands.
    """
    used = column.used()
    rows = {value: count for value, count in zip(used.values, used.counts.tolist(), strict=True) if value is not None}
    numbers = sorted(one for one in rows if isinstance(one, int))
    if len(numbers) < len(rows):
        raise TypeError("parts are for whole numbers")
    if not numbers:
        return Cuts(((),) * len(rule.parts))
    match rule.by:
        case Cutting.EQUAL_WIDTH:
            whole = numbers[-1] - numbers[0] + 1
            ends = (Fraction(place * whole, rule.parts[0]) for place in range(1, rule.parts[0]))
            places = {numbers[0] + ceil(end): end for end in ends if ceil(end) < whole}
        case Cutting.QUANTILES:
            below = list(accumulate(rows[one] for one in numbers))
            whole = below[-1]
            places = dict(zip(numbers[1:], map(Fraction, below), strict=False))
        case _:
            assert_never(rule.by)
    levels = []
    for parts in rule.parts:
        places = _nearest(places, whole, parts)
        levels.append(tuple(places))
    return Cuts(tuple(levels))


def _nearest(places: dict[int, Fraction], whole: int, parts: int) -> dict[int, Fraction]:
    """Give back of `places`, cuts with what lies below each, those nearest to each of `parts` parts of `whole`."""
    cuts = sorted(places)
    if not cuts:
        return {}
    below = [places[cut] for cut in cuts]
    chosen = set()
    for part in range(1, parts):
        wanted = Fraction(part * whole, parts)
        after = bisect_left(below, wanted)
        near = cuts[max(after - 1, 0) : after + 1]
        chosen.add(min((abs(places[cut] - wanted), cut) for cut in near)[1])
    return {cut: places[cut] for cut in sorted(chosen)}
