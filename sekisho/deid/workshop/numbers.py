"""Ladders for a column of whole numbers: ages, bands of a round width, bands of one width, bands of as many rows."""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate

from sekisho.deid.ladders.bands import Bands
from sekisho.deid.ladders.builtin.age import OLDEST
from sekisho.deid.ladders.builtin.known import BuiltIn, Known
from sekisho.deid.ladders.parts import Cutting, Parts
from sekisho.deid.workshop.proposal import Idea, Why

MOST_BANDS = 20  # of the finest width, over the bulk of the rows
TAIL = 100  # one row in so many, on either side, is no part of the bulk
CROWDED = 2  # a band that has more than one row in so many is too much for one band
FINEST_PARTS = 16
_AGE = re.compile(r"(^|[^a-z])age([^a-z]|$)|年齢|年令", re.IGNORECASE)
_AGES = 40  # as many numbers, none of them below 0 or above a long life, look like ages
_LONG_LIFE = range(60, 121)


def propose_for_numbers(name: str, rows: Mapping[int, int], k: int) -> Iterator[Idea]:
    """Yield the ladders of a column of numbers, the fittest first; `rows` says how many rows have each number."""
    bands = _round_bands(rows, k)
    parts = [
        Idea(Parts(by, counts), why)
        for by, why in ((Cutting.QUANTILES, Why.QUANTILES), (Cutting.EQUAL_WIDTH, Why.EQUAL_WIDTH))
        if len(counts := _falling(len(rows))) > 0
    ]
    ages = [Idea(BuiltIn(Known.AGE), Why.AGES)] if _look_like_ages(name, rows) else []
    crowded = _is_crowded(bands, rows)
    if _AGE.search(name):
        yield from ages
    yield from parts[:1] if crowded else []
    yield Idea(bands, Why.ROUND_BANDS)
    yield from [] if _AGE.search(name) else ages
    yield from parts[1:] if crowded else parts


def _look_like_ages(name: str, rows: Mapping[int, int]) -> bool:
    low, high = min(rows), max(rows)
    if _AGE.search(name):
        return low >= 0 and high <= OLDEST and high - low >= 10
    return low >= 0 and high in _LONG_LIFE and len(rows) >= _AGES


def _round_bands(rows: Mapping[int, int], k: int) -> Bands:
    """Give back bands of 2, 5, 10, 50, 100, … with a last one at either end that is no smaller than `k` rows."""
    numbers = sorted(rows)
    low, high = _beyond(numbers, rows, 1), _beyond(numbers[::-1], rows, 1)
    first = next(width for width in _round_widths() if high // width - low // width < MOST_BANDS)
    widths = [first]
    while high // widths[-1] - low // widths[-1] > 1 and len(widths) < 6:
        widths.append(_next_width(widths[-1]))
    top = _beyond(numbers[::-1], rows, k) // first * first
    bottom = -(-(_beyond(numbers, rows, k) + 1) // first) * first - 1
    return Bands(
        tuple(widths),
        top=top if top + first <= numbers[-1] and top - bottom > 1 else None,
        bottom=bottom if bottom - first >= numbers[0] and top - bottom > 1 else None,
    )


def _beyond(ordered: list[int], rows: Mapping[int, int], least: int) -> int:
    """Give back the first of `ordered` up to which one row in a hundred lies, and no fewer than `least` rows."""
    wanted = max(sum(rows.values()) // TAIL, least)
    return next(
        (one for one, sums in zip(ordered, accumulate(rows[one] for one in ordered), strict=True) if sums >= wanted),
        ordered[-1],
    )


def _round_widths() -> Iterator[int]:
    power = 1
    while True:
        yield from (one * power for one in (1, 2, 5) if one * power > 1)
        power *= 10


def _next_width(width: int) -> int:
    """Give back the next round width that is a multiple: 2 and 5 become 10, 10 becomes 50."""
    return width * 5 if str(width)[0] in "12" else width * 2


def _is_crowded(bands: Bands, rows: Mapping[int, int]) -> bool:
    under: dict[int, int] = {}
    for number, count in rows.items():
        place = number // bands.widths[0]
        under[place] = under.get(place, 0) + count
    return max(under.values()) * CROWDED > sum(rows.values())


def _falling(numbers: int) -> tuple[int, ...]:
    """Give back how many bands the levels have, by halves down to two; none where there are too few numbers."""
    counts = []
    count = FINEST_PARTS
    while count >= 2:
        if count * 2 <= numbers:
            counts.append(count)
        count //= 2
    return tuple(counts)
