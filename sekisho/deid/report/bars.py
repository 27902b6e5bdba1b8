"""What stands in a column, as at most thirty bars in which no small count can be read (spec/report.md 4)."""

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.spelling import code_number, signed, written
from sekisho.deid.plan import Code, Transformation
from sekisho.deid.table import Column, Value

MOST_BARS = 30
MOST_BINS = 25
RARE = 1_000  # before, no bar stands for less than one row in so many
TAIL = 200  # one row in so many may lie beyond the last bin, on either side

Spelling = Callable[[Value], str]


@dataclass(frozen=True)
class Bar:
    """A label and its rows; None is the bar of all that is too rare or too much to show, "" the blank cells."""

    label: str | None
    rows: int


@dataclass(frozen=True)
class Scale:
    """Bins of `width` from `low` on, all below `low` in one, all from `high` on in one."""

    width: int
    low: int
    high: int

    def spell(self, number: int) -> str:
        if number >= self.high:
            return f"≥{signed(self.high)}"
        if number < self.low:
            return f"≤{signed(self.low - 1)}"
        first = number // self.width * self.width
        return signed(first) if self.width == 1 else f"{signed(first)}-{signed(first + self.width - 1)}"


def spelling_of(column: Column, done: Transformation | None = None) -> Spelling:
    """Give back how the values of a column are labelled, before and after alike: as they are unless they are many.

    Where `done` codes numbers at limits beyond the last bins, these labels are those of the bins.
    """
    used = column.used()
    rows = dict(zip(used.values, used.counts.tolist(), strict=True))
    scale = _scale_of({value: rows[value] for value in rows if isinstance(value, int)})
    spell_day = _day_spelling([value for value in rows if isinstance(value, date)])
    limits = _limit_labels(scale, done)

    def spell(value: Value) -> str:
        match value:
            case int() if scale:
                return scale.spell(value)
            case int():
                return signed(value)
            case date():
                return spell_day(value)
            case str() if value in limits:
                return limits[value]
            case _:
                return written(value)

    return spell


def bars_before(
    column: Column, k: int, spell: Spelling, order: Sequence[str] = (), gone: frozenset[str] = frozenset()
) -> tuple[Bar, ...]:
    """Give back the bars of a column as it came in; rows are rounded to multiples of `k` after pooling.

    A bar stands for `k` rows and for one row in a thousand at least: five rows can be one family, or one clinic.
    Texts stand in `order` as far as it names them, then by rows, most first. Rounding keeps the few rows that were
    left out from being read off as a difference to the bars after. Labels that are `gone` are pooled.
    """
    return round_bars(_pool(_binned(column.used(), spell, order), _least_before(column, k), gone), k)


def bars_after(column: Column, k: int, spell: Spelling, order: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Give back the bars of a column as it is released, numbers and days as before, texts in `order`."""
    return _pool(_binned(column.used(), spell, order), k)


def bars_alike(
    before: Column,
    after: Column,
    k: int,
    spell: Spelling,
    order: Sequence[str] = (),
    gone: frozenset[str] = frozenset(),
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """Give back the bars before and after of a column whose labels stayed: a label pooled in one is in the other too.

    Else a value that is pooled before and shown after would look invented, and the other way round lost. Labels that are
    `gone` are pooled before in any case.
    """
    was, now = (_binned(column.used(), spell, order) for column in (before, after))
    both = {one.label for one in was} & {one.label for one in now}
    pooled: frozenset[str | None] = gone
    while True:
        bars = _pool(was, _least_before(before, k), pooled), _pool(now, k, pooled)
        shown = {one.label for one in bars[0]} & {one.label for one in bars[1]}
        if gone | (both - shown) == pooled:
            return round_bars(bars[0], k), bars[1]
        pooled = gone | (both - shown)


def round_bars(bars: tuple[Bar, ...], k: int) -> tuple[Bar, ...]:
    """Give back the bars with their rows rounded to multiples of `k`, so that no difference to others tells of few rows."""
    return tuple(Bar(one.label, (one.rows + k // 2) // k * k) for one in bars)


def order_of_labels(ladder: Ladder, level: int) -> tuple[str, ...]:
    """Give back the labels of a level in the ladder's order."""
    return tuple(written(one) for one in ladder.labels[level])


def _binned(column: Column, spell: Spelling, order: Sequence[str]) -> list[Bar]:
    """Give back bars in a natural order: numbers and days rising, then text."""
    place = {label: number for number, label in enumerate(order)}
    rows: Counter[str] = Counter()
    rank: dict[str, tuple[int, int]] = {}
    for value, count in zip(column.values, column.counts.tolist(), strict=True):
        label = spell(value)
        rows[label] += count
        here = _rank(value, place)
        rank[label] = min(rank.get(label, here), here)
    labels = sorted(rows, key=lambda label: (rank[label], -rows[label], label))
    return [Bar(label, rows[label]) for label in labels]


def _rank(value: Value, place: dict[str, int]) -> tuple[int, int]:
    match value:
        case int():
            return (0, value)
        case date():
            return (1, value.toordinal())
        case _:
            return (2, place.get(written(value), len(place)))


def _scale_of(numbers: dict[int, int]) -> Scale | None:
    """Give back bins of a round width for the bulk of the rows, or None where each value can have its bar."""
    if len(numbers) <= MOST_BARS:
        return None
    low = _quantile(sorted(numbers), numbers)
    high = _quantile(sorted(numbers, reverse=True), numbers)
    widths = (nice * 10**power for power in range(20) for nice in (1, 2, 5))
    width = next(one for one in widths if high // one - low // one < MOST_BINS)
    return Scale(width, low // width * width, (high // width + 1) * width)


def _limit_labels(scale: Scale | None, done: Transformation | None) -> dict[Value, str]:
    """Give back the bins of the labels that coding made, for limits that lie beyond the last bins."""
    match done:
        case Code(top=top, bottom=bottom) if scale:
            labels: dict[Value, str] = {}
            if top is not None and top >= scale.high:
                labels[code_number(top, top, None)] = scale.spell(top)
            if bottom is not None and bottom < scale.low:
                labels[code_number(bottom, None, bottom)] = scale.spell(bottom)
            return labels
        case _:
            return {}


def _quantile(ordered: list[int], numbers: dict[int, int]) -> int:
    """Give back the first of `ordered` beyond which no more than a tail of the rows lies."""
    beyond = sum(numbers.values()) // TAIL
    for value in ordered:
        beyond -= numbers[value]
        if beyond < 0:
            return value
    raise ValueError("a quantile needs rows")


def _day_spelling(days: list[date]) -> Callable[[date], str]:
    spellings: tuple[Callable[[date], str], ...] = (
        date.isoformat,
        lambda day: f"{day.year:04}-{day.month:02}",
        lambda day: f"{day.year:04}",
    )
    for spell in spellings:
        if len({spell(day) for day in days}) <= MOST_BARS:
            return spell
    return lambda day: f"{day.year // 10 * 10:04}-{day.year // 10 * 10 + 9:04}"


def _least_before(column: Column, k: int) -> int:
    return max(k, len(column) // RARE)


def _pool(bars: list[Bar], k: int, pooled: AbstractSet[str | None] = frozenset()) -> tuple[Bar, ...]:
    """Give back the bars with at least `k` rows, at most thirty with the pool of the others at the end.

    What is named in `pooled` goes into the pool in any case. A pool below `k` takes in the smallest bar as well; if
    none is left and it still is below `k`, nothing is shown.
    """
    shown = [one for one in bars if one.rows >= k and one.label not in pooled]
    if len(shown) > MOST_BARS or (len(shown) == MOST_BARS and len(shown) < len(bars)):
        largest = set(sorted(shown, key=lambda one: (-one.rows, one.label))[: MOST_BARS - 1])
        shown = [one for one in shown if one in largest]
    rest = sum(one.rows for one in bars) - sum(one.rows for one in shown)
    while 0 < rest < k and shown:
        smallest = min(shown, key=lambda one: one.rows)
        shown.remove(smallest)
        rest += smallest.rows
    return (*shown, Bar(None, rest)) if rest >= k else tuple(shown)
