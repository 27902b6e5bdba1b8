"""A measure of use that asks the released table what an analyst would: how many rows have certain values."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice

import numpy as np
import numpy.typing as npt

from sekisho.deid.measure import Better, Kind, Measure, Unit, twelve_decimals
from sekisho.deid.passes.compiled import compiled
from sekisho.deid.table import Column, Value
from sekisho.deid.utility.covering import Covered

QUERY_ERROR = Kind(
    "query-error",
    Unit.SHARE,
    Better.LOWER,
    "median over 1,000 drawn counts (1 to 3 columns, at least 1 % of the rows) of |estimate − count| / count; a cell is "
    "spread evenly over the values that its label covers, a row left out over all values",
    "",
    "LeFevre, DeWitt and Ramakrishnan 2006, KDD (workload error); Xiao and Tao 2006, VLDB, section 6.2",
)
QUERY_ERROR_P90 = Kind(
    "query-error-p90",
    Unit.SHARE,
    Better.LOWER,
    "as query-error, the error that nine in ten of the drawn counts do not exceed",
    "",
    "as query-error",
)
QUERIES = 1_000
MOST_COLUMNS = 3
LEAST_SHARE = 0.01
AT_ONCE = 16  # queries handed out together
MOST_TRIES = 100  # per query wanted: where few combinations reach the least share, fewer queries are asked

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covers:
    """Which values each label stands for, as runs: label l covers `low[i]:high[i]` for i in `begins[l]:begins[l + 1]`.

    Values are counted in the column's order; no label covers nothing.
    """

    begins: Counts
    low: Counts
    high: Counts

    def shares(self, asked: Floats) -> Floats:
        """Give back for each label the share of its values that is asked for; `asked` is 0 or 1 by value."""
        before = np.concatenate([[0.0], np.cumsum(asked)])
        hits = np.add.reduceat(before[self.high] - before[self.low], self.begins[:-1])
        shares: Floats = hits / np.add.reduceat(self.high - self.low, self.begins[:-1])
        return shares


@dataclass(frozen=True, eq=False)
class Asked:
    """One column: its value in each tuple before, its label in each class after, and what labels cover.

    `before` counts in the column's order below `width`; of an `ordered` column ranges are asked, of others sets of at most half the values.
    """

    before: Codes
    width: int
    ordered: bool
    after: Codes
    covers: Covers


@dataclass(frozen=True, eq=False)
class Query:
    """A count of the rows that have, in each of these columns, one of the values asked for: 1 by value, others 0."""

    columns: tuple[int, ...]
    asked: tuple[Floats, ...]


Spreading = Callable[[Callable[[Query], float | None], Iterable[Query]], Iterable[float | None]]


def covers_of(labels: Sequence[Sequence[int] | npt.NDArray[np.integer]]) -> Covers:
    """Give back the runs of labels that cover these values, each a rising sequence."""
    sizes = np.array([len(one) for one in labels], dtype=np.int64)
    values = np.concatenate([np.asarray(one, dtype=np.int64) for one in labels] or [np.zeros(0, np.int64)])
    owners = np.repeat(np.arange(sizes.size), sizes)
    breaks = (np.diff(values) != 1) | (np.diff(owners) != 0)
    first = np.concatenate([np.ones(min(values.size, 1), bool), breaks])
    last = np.concatenate([breaks, np.ones(min(values.size, 1), bool)])
    begins = np.searchsorted(owners[first], np.arange(sizes.size + 1)).astype(np.int64)
    return Covers(begins, values[first], values[last] + 1)


def asked_of(before: Column, read: Covered) -> Asked:
    """Give back one column, row by row, from its cells before and its released ones read back."""
    values = read.ladder.values
    ordered = all(isinstance(one, int | date) for one in values)
    order = sorted(range(len(values)), key=lambda one: _rank(values[one])) if ordered else range(len(values))
    place = np.empty(len(values), dtype=np.int32)
    place[list(order)] = np.arange(len(values), dtype=np.int32)
    where = {value: number for number, value in enumerate(values)}
    codes = np.array([place[where[one]] if one in where else -1 for one in before.values], dtype=np.int32)
    covers = covers_of([np.sort(place[one]) for one in read.places])
    return Asked(codes[before.codes], len(values), ordered, read.column.codes, covers)


def query_errors(
    columns: Sequence[Asked],
    rows_before: Counts,
    rows_after: Counts,
    entropy: bytes,
    queries: int = QUERIES,
    spread: Spreading = map,
) -> Floats:
    """Give back the relative error of each drawn query; shape (at most `queries`,).

    `columns` are quasi-identifiers as `read_labels` reads them, and any others as `read_cells` does. `rows_before` and
    `rows_after` count the rows of each tuple and class; rows that lack after are spread over all values. The same `entropy`
    asks the same queries everywhere. Costs two passes over tuples and classes per query; `spread` is `map`, or the ordered
    map of a thread pool, the errors are the same.
    """
    total = int(rows_before.sum())
    left_out = max(total - int(rows_after.sum()), 0)
    before, after = np.stack([one.before for one in columns]), np.stack([one.after for one in columns])
    alone = [np.bincount(one.before, weights=rows_before, minlength=one.width) for one in columns]

    def error_of(query: Query) -> float | None:
        parts = list(zip(query.columns, query.asked, strict=True))
        if any(float(alone[one] @ asked) < LEAST_SHARE * total for one, asked in parts):
            return None  # no pass over the rows is needed to see it
        true = _count(before, rows_before, query, query.asked)
        if not true or true < LEAST_SHARE * total:
            return None
        shares = tuple(columns[one].covers.shares(asked) for one, asked in parts)
        everywhere = float(np.prod([asked.mean() for asked in query.asked]))
        return abs(_count(after, rows_after, query, shares) + left_out * everywhere - true) / true

    drawn = _draw(columns, entropy, queries * MOST_TRIES)
    errors: list[float] = []
    while len(errors) < queries and (some := list(islice(drawn, AT_ONCE))):
        errors += [one for one in spread(error_of, some) if one is not None]
    return np.array(errors[:queries])


def query_error(errors: Floats) -> Measure:
    """Give back the median relative error of counts; 0 where no query asks for enough rows.

    Six persons of 31, 32, 35, 41, 45 and 51 years are released as three of 31-35 and three of 41-51. Spread evenly
    over three ages, each class gives back every range of ages rightly; not so where the persons are not spread evenly.

    >>> import numpy as np
    >>> ages = np.arange(6, dtype=np.int32)
    >>> released = Asked(ages, 6, True, np.array([0, 1], np.int32), covers_of([[0, 1, 2], [3, 4, 5]]))
    >>> query_error(query_errors([released], np.array([1, 1, 1, 1, 1, 1]), np.array([3, 3]), bytes(32))).text
    '0.000000'
    >>> query_error(query_errors([released], np.array([4, 1, 1, 1, 1, 4]), np.array([6, 6]), bytes(32))).text
    '0.250000'
    """
    median = float(np.median(errors)) if errors.size else 0.0
    return Measure(QUERY_ERROR, Fraction(median).limit_denominator(10**9))


def query_error_p90(errors: Floats) -> Measure:
    """Give back the relative error that nine in ten counts do not exceed, to twelve decimals; 0 without queries.

    >>> import numpy as np
    >>> query_error_p90(np.array([0.0, 0.02, 0.5, 0.01, 0.04, 0.1])).text  # half way between the two greatest of six
    '0.300000'
    """
    return Measure(QUERY_ERROR_P90, twelve_decimals(float(np.quantile(errors, 0.9)) if errors.size else 0.0))


def _rank(value: Value) -> int:
    return value.toordinal() if isinstance(value, date) else int(value or 0)


def _draw(columns: Sequence[Asked], entropy: bytes, tries: int) -> Iterator[Query]:
    for number in range(tries):
        size, *keys = _numbers(entropy, (number,), 1 + len(columns))
        order = sorted(range(len(columns)), key=keys.__getitem__)
        chosen = sorted(order[: 1 + size % min(MOST_COLUMNS, len(columns))])
        asked = [_asked(columns[one], entropy, (number, place)) for place, one in enumerate(chosen, 1)]
        yield Query(tuple(chosen), tuple(asked))


def _asked(column: Asked, entropy: bytes, place: tuple[int, ...]) -> Floats:
    asked = np.zeros(column.width)
    if column.ordered:
        first, last = sorted(one % column.width for one in _numbers(entropy, place, 2))
        asked[first : last + 1] = 1
        return asked
    size, *keys = _numbers(entropy, place, 1 + column.width)
    asked[np.argsort(np.array(keys, dtype=np.uint64), kind="stable")[: 1 + size % max(1, column.width // 2)]] = 1
    return asked


def _numbers(entropy: bytes, place: tuple[int, ...], count: int) -> list[int]:
    """Give back 64-bit numbers of SHAKE-256 (FIPS 202), the same on every machine; each place has its own."""
    seed = entropy + b"".join(one.to_bytes(4, "little") for one in place)
    numbers: list[int] = np.frombuffer(hashlib.shake_256(seed).digest(8 * count), dtype="<u8").tolist()
    return numbers


def _count(codes: Codes, rows: Counts, query: Query, shares: tuple[Floats, ...]) -> float:
    begins = np.cumsum([0, *(one.size for one in shares)])
    return _expected(codes, rows, np.array(query.columns), begins, np.concatenate(shares))


@compiled
def _expected(codes: Codes, rows: Counts, columns: Counts, begins: Counts, shares: Floats) -> float:
    """Give back the sum over rows of the product of their cells' shares: a loop for each number of columns, no branch in it."""
    total = 0.0
    one = codes[columns[0]]
    if columns.size == 1:
        for row in range(rows.size):
            total += shares[one[row]] * rows[row]
        return total
    two = codes[columns[1]]
    if columns.size == 2:
        for row in range(rows.size):
            total += shares[one[row]] * shares[begins[1] + two[row]] * rows[row]
        return total
    three = codes[columns[2]]
    for row in range(rows.size):
        total += shares[one[row]] * shares[begins[1] + two[row]] * shares[begins[2] + three[row]] * rows[row]
    return total
