"""Which codes of a ladder are numbers or days in rising order, so that a range of them can be written as an interval."""

from datetime import date

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.spelling import signed
from sekisho.deid.table import Value


def plain_codes(ladder: Ladder) -> tuple[int, int]:
    """Give back the first and the one behind the last code whose values rise and stand for themselves at level 0.

    A blank cell, and numbers that the ladder codes at top or bottom, are part of no interval; (0, 0) where there is none.
    """
    plain = [
        type(value) in {int, date} and value == ladder.labels[0][ladder.nodes[0][code]]
        for code, value in enumerate(ladder.values)
    ]
    if not any(plain):
        return 0, 0
    first = plain.index(True)
    behind = len(plain) - plain[::-1].index(True)
    values = list(ladder.values[first:behind])
    whole = all(plain[first:behind]) and len({type(one) for one in values}) == 1
    return (first, behind) if whole and values == sorted(values) else (0, 0)  # type: ignore[type-var]


def write_interval(low: Value, high: Value) -> str:
    """Give back the interval as bands spell theirs: `31-33`, `[−10, −1]`, `2001-04-03/2001-04-09` (spec/plan.md 2.2)."""
    if isinstance(low, int) and isinstance(high, int):
        return f"{low}-{high}" if low >= 0 else f"[{signed(low)}, {signed(high)}]"
    if isinstance(low, date) and isinstance(high, date):
        return f"{low.isoformat()}/{high.isoformat()}"
    raise TypeError("intervals are of whole numbers or days")
