"""What stands in a column, as at most thirty bars in which no small count can be read (spec/report.md 4)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import signed, written
from sekisho.deid.table import Column, Value

MOST_BARS = 30
_NICE = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """A label and its rows; None is the bar of all that is too rare or too much to show, "" the blank cells."""

    label: str | None
    rows: int


def bars_before(column: Column, k: int, order: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Give back the bars of a column as it came in; rows are rounded to multiples of `k` after pooling.

    Texts stand in `order` as far as it names them, then by rows, most first. Rounding keeps the few rows that were left out from being read off as a difference to the bars after.
    """
    pooled = _pool(_binned(column.used(), order), k)
    rounded = (Bar(one.label, (one.rows + k // 2) // k * k) for one in pooled)
    return tuple(one for one in rounded if one.rows)


def bars_after(column: Column, k: int, order: Sequence[str] = ()) -> tuple[Bar, ...]:
    """Give back the bars of a column as it is released, texts in `order`."""
    return _pool(_binned(column.used(), order), k)


def order_of_labels(ladder: Ladder, level: int) -> tuple[str, ...]:
    """Give back the labels of a level in the ladder's order."""
    return tuple(written(one) for one in ladder.labels[level])


def _binned(column: Column, order: Sequence[str]) -> list[Bar]:
    """Give back bars in a natural order: numbers and days rising and in wider bins where they are many, then text."""
    place = {label: number for number, label in enumerate(order)}
    rows: dict[Value, int] = dict(zip(column.values, column.counts.tolist(), strict=True))
    numbers = {value: rows[value] for value in column.values if isinstance(value, int)}
    days = {value: rows[value] for value in column.values if isinstance(value, date)}
    texts = [Bar(written(value), rows[value]) for value in column.values if isinstance(value, str) or value is None]
    texts.sort(key=lambda one: (place.get(one.label or "", len(place)), -one.rows, one.label or ""))
    return _number_bars(numbers) + _day_bars(days) + texts


def _number_bars(numbers: dict[int, int]) -> list[Bar]:
    if len(numbers) <= MOST_BARS:
        return [Bar(signed(value), numbers[value]) for value in sorted(numbers)]
    low, high = min(numbers), max(numbers)
    width = next(one for one in _widths() if high // one - low // one < MOST_BARS - 2)
    bins: Counter[int] = Counter()
    for value, rows in numbers.items():
        bins[value // width] += rows
    return [Bar(f"{signed(one * width)}-{signed(one * width + width - 1)}", bins[one]) for one in sorted(bins)]


def _widths() -> list[int]:
    return [nice * 10**power for power in range(20) for nice in _NICE]


def _day_bars(days: dict[date, int]) -> list[Bar]:
    spellings: tuple[Callable[[date], str], ...] = (
        date.isoformat,
        lambda day: f"{day.year:04}-{day.month:02}",
        lambda day: f"{day.year:04}",
        lambda day: f"{day.year // 10 * 10:04}-{day.year // 10 * 10 + 9:04}",
    )
    for spell in spellings:
        bins: Counter[str] = Counter()
        for day, rows in days.items():
            bins[spell(day)] += rows
        if len(bins) <= MOST_BARS:
            break
    return [Bar(label, bins[label]) for label in sorted(bins)]


def _pool(bars: list[Bar], k: int) -> tuple[Bar, ...]:
    """Give back the bars with at least `k` rows, at most thirty with the pool of the others at the end.

    A pool below `k` takes in the smallest bar as well; if none is left and it still is below `k`, nothing is shown.
    """
    shown = [one for one in bars if one.rows >= k]
    if len(shown) > MOST_BARS or (len(shown) == MOST_BARS and len(shown) < len(bars)):
        least = sorted(shown, key=lambda one: -one.rows)[: MOST_BARS - 1][-1].rows
        larger = [one for one in shown if one.rows > least]
        equal = [one for one in shown if one.rows == least][: MOST_BARS - 1 - len(larger)]
        shown = [one for one in shown if one in larger or one in equal]
    rest = sum(one.rows for one in bars) - sum(one.rows for one in shown)
    while 0 < rest < k and shown:
        smallest = min(shown, key=lambda one: one.rows)
        shown.remove(smallest)
        rest += smallest.rows
    return (*shown, Bar(None, rest)) if rest >= k else tuple(shown)
