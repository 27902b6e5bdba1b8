"""The distinct tuples of a table's quasi-identifiers: what every search runs on (spec/plan.md 2)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sekisho.deid.passes.gathering import add_field, cut_field, translate
from sekisho.deid.passes.sorting import Keys, Rows, bits_of, number_runs, sort_rows

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

KEY_BITS = 62


@dataclass(frozen=True, eq=False)
class Spread:
    """One sensitive column over the tuples: tuple t has the values `codes[begins[t]:begins[t + 1]]`, `rows` of each."""

    name: str
    begins: Counts
    codes: Codes
    rows: Counts
    width: int

    @property
    def whole(self) -> Counts:
        """Rows of each value in the whole table; shape (width,)."""
        return np.bincount(self.codes, weights=self.rows, minlength=self.width).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Tuples:
    """Distinct tuples of codes in ladder order, sorted, the first column weighing most.

    `codes[column][tuple]`; `rows[tuple]` and, for k-map, `population[tuple]` persons (elsewhere equal to `rows`; a
    tuple of the population alone has no rows); `of_row[row]` is the row's tuple, `of_person[person]` that of a person of
    the population (empty without one).
    """

    codes: tuple[Codes, ...]
    rows: Counts
    population: Counts
    spreads: tuple[Spread, ...]
    of_row: Codes
    of_person: Codes

    def __len__(self) -> int:
        return int(self.rows.size)


def collapse(
    columns: Sequence[Codes],
    sizes: Sequence[int],
    sensitive: Sequence[tuple[str, Codes, int]] = (),
    population: Sequence[Codes] | None = None,
) -> Tuples:
    """Give back the distinct tuples of `columns`, whose codes are below `sizes`.

    `sensitive`: name, codes by row and number of values of each sensitive column that a bound looks at. `population`:
    the same columns for the persons of the population, for k-map.
    """
    rows = columns[0].size
    both = columns if population is None else [np.concatenate(one) for one in zip(columns, population, strict=True)]
    ordered, order = _sorted_keys(both, sizes)
    place, starts = number_runs(ordered, order)
    first, distinct = order[starts[:-1]], ordered[starts[:-1]]
    del ordered, order  # 12 bytes a row, not needed while the spreads are counted
    of_row = place[:rows]
    counts = np.diff(starts) if population is None else np.bincount(of_row, minlength=first.size).astype(np.int64)
    persons = counts if population is None else np.bincount(place[rows:], minlength=first.size).astype(np.int64)
    return Tuples(
        _codes_of(distinct, sizes) or tuple(translate(first, one) for one in both),
        counts,
        persons,
        tuple(_spread(name, of_row, codes, width, first.size) for name, codes, width in sensitive),
        of_row,
        place[rows:],
    )


def with_spread(tuples: Tuples, name: str, codes: Codes, width: int) -> Tuples:
    """Give back the tuples with one more column over them, before the others; `codes` by row, below `width`."""
    return replace(tuples, spreads=(_spread(name, tuples.of_row, codes, width, len(tuples)), *tuples.spreads))


def _spread(name: str, of_row: Codes, codes: Codes, width: int, tuples: int) -> Spread:
    bits = bits_of(width)
    keys = of_row.astype(np.uint64)
    add_field(keys, bits, codes)
    ordered, order = sort_rows(keys, bits_of(tuples) + bits)
    _, starts = number_runs(ordered, order)
    pairs = ordered[starts[:-1]]
    values = np.bincount(cut_field(pairs, bits, bits_of(tuples)), minlength=tuples)
    begins = np.concatenate([np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)])
    return Spread(name, begins, cut_field(pairs, 0, bits), np.diff(starts), width)


def _sorted_keys(columns: Sequence[Codes], sizes: Sequence[int]) -> tuple[Keys, Rows]:
    """Give back the key of each row in rising order, and the rows in that order.

    A key has a field of bits for each column; where 62 bits are too few, the keys so far are numbered anew.
    """
    keys = np.zeros(columns[0].size, dtype=np.uint64)
    used = 0
    for column, size in zip(columns, sizes, strict=True):
        bits = bits_of(size)
        if used + bits > KEY_BITS:
            of_row, starts = number_runs(*sort_rows(keys, used))
            keys, used = of_row.astype(np.uint64), bits_of(starts.size - 1)
        add_field(keys, bits, column)
        used += bits
    ordered, order = sort_rows(keys, used)
    return ordered, order


def _codes_of(distinct: Keys, sizes: Sequence[int]) -> tuple[Codes, ...]:
    """Give back the columns' codes that lie in the keys, or nothing where keys were numbered anew."""
    bits = [bits_of(size) for size in sizes]
    if sum(bits) > KEY_BITS:
        return ()
    return tuple(cut_field(distinct, sum(bits[place + 1 :]), one) for place, one in enumerate(bits))
