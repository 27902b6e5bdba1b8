"""Do what a plan says."""

import hashlib
from collections.abc import Mapping
from typing import assert_never

import numpy as np
import numpy.typing as npt

from sekisho.deid.ladders.ladder import Ladder
from sekisho.deid.ladders.rule import code_number
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Plan, Transformation
from sekisho.deid.search.classes import class_of_rows
from sekisho.deid.table import Column, Table, Value

LEAST_ENTROPY_BYTES = 32


def apply_plan(table: Table, plan: Plan, ladders: Mapping[str, Ladder], *, entropy: bytes) -> Table:
    """Give back the de-identified table: columns transformed, small classes left out, rows shuffled.

    `ladders` are bound to this table. `entropy`, at least 32 secret bytes, orders the rows and is kept nowhere: the
    order of a file tells who is who. The dictionaries of the columns are sorted and hold only what rows use.
    """
    if len(entropy) < LEAST_ENTROPY_BYTES:
        raise ValueError("the shuffle needs at least 32 bytes of entropy")
    done = {
        name: column
        for name, one in plan.columns
        if (column := transform(table.column(name), one, ladders.get(name))) is not None
    }
    alike = [done[name] for name in plan.generalised]
    place, counts = class_of_rows([one.codes for one in alike], [len(one.values) for one in alike])
    kept = np.flatnonzero(counts[place] >= plan.k)
    shuffled = kept[permutation(kept.size, entropy)]
    released = Table(tuple(done.values())).take(shuffled)
    return Table(tuple(_sorted(one.used()) for one in released.columns))


def transform(column: Column, one: Transformation, ladder: Ladder | None) -> Column | None:
    """Give back the column as `one` makes it, or None where it is deleted."""
    match one:
        case Delete():
            return None
        case Keep():
            return column
        case Code(top=top, bottom=bottom):
            return _coded(column, top, bottom)
        case Generalise(level=level):
            if ladder is None:
                raise ValueError("a generalised column needs its ladder")
            return Column(column.name, ladder.labels[level], ladder.codes_at(column, level))
        case _:
            assert_never(one)


def permutation(rows: int, entropy: bytes) -> npt.NDArray[np.int64]:
    """Give back an order of `rows` rows that only `entropy` tells: rows sorted by 64-bit keys of SHAKE-256 (FIPS 202)."""
    keys = np.frombuffer(hashlib.shake_256(entropy).digest(8 * rows), dtype="<u8")
    return np.argsort(keys, kind="stable")


def _coded(column: Column, top: int | None, bottom: int | None) -> Column:
    place: dict[Value, int] = {}
    moved = [
        place.setdefault(code_number(value, top, bottom) if isinstance(value, int) else value, len(place))
        for value in column.values
    ]
    return Column(column.name, tuple(place), np.array(moved, dtype=np.int32)[column.codes])


def _sorted(column: Column) -> Column:
    """Give back the column with its values in an order that does not tell which row came first."""
    order = sorted(range(len(column.values)), key=lambda one: _rank(column.values[one]))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return Column(column.name, tuple(column.values[one] for one in order), place[column.codes])


def _rank(value: Value) -> tuple[int, int, str]:
    match value:
        case None:
            return (0, 0, "")
        case int():
            return (1, value, "")
        case str():
            return (3, 0, value)
        case _:
            return (2, value.toordinal(), "")
