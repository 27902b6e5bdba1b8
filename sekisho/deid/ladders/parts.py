"""Bands of whole numbers, so many at each level; where they lie the column says (spec/policy.md 4.1)."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import accumulate, count, pairwise
from typing import assert_never

from sekisho.deid.ladders.cuts import Cuts
from sekisho.deid.table import Column, Value
from sekisho.errors import Malformed, Reason


class Cutting(Enum):
    """What bands have alike."""

    EQUAL_WIDTH = "equal_width"  # a round one
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

    Fewer bands come out where round widths need fewer, where there are fewer numbers, or where one number has the rows
    of several bands.
    """
    used = column.used()
    counted = zip(used.values, used.counts.tolist(), strict=True)
    rows: dict[Value, int] = {value: times for value, times in counted if value is not None}
    numbers = sorted(one for one in rows if isinstance(one, int))
    if len(numbers) < len(rows):
        raise TypeError("parts are for whole numbers")
    if not numbers:
        return Cuts(((),) * len(rule.parts))
    match rule.by:
        case Cutting.EQUAL_WIDTH:
            return _round(rule.parts, numbers[0], numbers[-1])
        case Cutting.QUANTILES:
            return _quantiles(rule.parts, numbers, rows)
        case _:
            assert_never(rule.by)


def _round(parts: tuple[int, ...], least: int, greatest: int) -> Cuts:
    """Give back cuts at the multiples of a round width; each next width is the least multiple of the one before.

    An even walk from `least` to `greatest` would say both; of these cuts each column with its ends in the same outer
    bands has the same. After the loose labels of Heckbert 1990, "Nice numbers for graph labels", Graphics Gems.
    """
    width = next(one for one in _round_widths() if _bands(one, least, greatest) <= parts[0])
    levels = []
    for most in parts:
        width = next(one for one in count(width, width) if _bands(one, least, greatest) <= most)
        levels.append(tuple(range((least // width + 1) * width, greatest + 1, width)))
    return Cuts(tuple(levels))


def _round_widths() -> Iterator[int]:
    """Give 1, 2, 5, 10, 20, 25, 50, 100, 200, 250 and so on: 1, 2, 2.5 and 5 times the powers of ten, if whole."""
    for power in count():
        yield from (times * 10**power // 10 for times in (10, 20, 25, 50) if times * 10**power % 10 == 0)


def _bands(width: int, least: int, greatest: int) -> int:
    """Give back how many bands that begin at multiples of `width` hold a number from `least` to `greatest`."""
    return greatest // width - least // width + 1


def _quantiles(parts: tuple[int, ...], numbers: list[int], rows: Mapping[Value, int]) -> Cuts:
    """Each level keeps those cuts of the level before that come nearest to where its own would be, the lower of two."""
    below = list(accumulate(rows[one] for one in numbers))
    places = dict(zip(numbers[1:], map(Fraction, below), strict=False))
    levels = []
    for most in parts:
        places = _nearest(places, below[-1], most)
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
