"""Do what a plan says."""

import hashlib
from typing import assert_never

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.adding.pseudonyms import draw_pseudonyms
from sekisho.deid.changes.chance import LEAST_ENTROPY_BYTES, Chance
from sekisho.deid.changes.perform import add_to_table
from sekisho.deid.ladders.spelling import code_number
from sekisho.deid.passes.gathering import translate
from sekisho.deid.passes.sorting import order_of_random
from sekisho.deid.plan import Code, Delete, Generalise, Keep, Plan, Recode, Star, Token, Transformation
from sekisho.deid.policy import Policy
from sekisho.deid.recoding import ColumnRecoding
from sekisho.deid.schema import Schema
from sekisho.deid.search.answer import Answer
from sekisho.deid.table import Codes, Column, Table, Value, rank_of

Counts = npt.NDArray[np.int64]


def apply_plan(table: Table, plan: Plan, answer: Answer, *, entropy: bytes) -> Table:
    """Give back the de-identified table: columns transformed, rows left out, the rest shuffled.

    `answer` was found for this table. `entropy`, at least 32 secret bytes, orders the rows and is kept nowhere: the order of
    a file tells who is who. The dictionaries of the columns are sorted and hold only what rows use.
    """
    if len(entropy) < LEAST_ENTROPY_BYTES:
        raise ValueError("the shuffle needs at least 32 bytes of entropy")
    shuffled = _released_rows(answer, entropy)
    tuples = answer.tuples.of_row[shuffled]
    found = {one.name: one for one in answer.recoding.columns}
    released = [
        _tokens(table.column(name), entropy, shuffled)
        if isinstance(one, Token)
        else _released(table.column(name), one, found.get(name), shuffled, tuples)
        for name, one in plan.columns
        if not isinstance(one, Delete)
    ]
    return Table(tuple(_sorted(one.used()) for one in released))


def subjects_of_release(table: Table, subject: str, answer: Answer, *, entropy: bytes) -> Column:
    """Give back whose each row of `apply_plan` is, in its order: what persons are counted by where `subject` goes no further.

    It holds the values that were deleted: it is for measuring, and never released.
    """
    column = table.column(subject)
    return Column(subject, column.values, column.codes[_released_rows(answer, entropy)])


def _released_rows(answer: Answer, entropy: bytes) -> Counts:
    """Give back the rows that are released, in the order of the release."""
    of_row, kept = answer.tuples.of_row, answer.recoding.kept
    if kept.all():
        return permutation(of_row.size, entropy)
    rows = np.flatnonzero(kept[of_row])
    shuffled: Counts = rows[permutation(rows.size, entropy)]
    return shuffled


def recode_population(answer: Answer) -> Table:
    """Give back the persons of the population as the released rows are recoded; others' tuples are not among them."""
    of_person = answer.tuples.of_person
    kept = of_person[answer.recoding.kept[of_person]]
    return Table(tuple(Column(one.name, one.labels, translate(kept, one.of_tuple)) for one in answer.recoding.columns))


def _released(column: Column, one: Transformation, found: ColumnRecoding | None, rows: Counts, tuples: Codes) -> Column:
    """Give back the column's cells in `rows`, whose tuples are `tuples`."""
    match one:
        case Delete() | Token():
            raise ValueError("no column that is released as it was recoded")
        case Keep():
            return Column(column.name, column.values, column.codes[rows])
        case Code(top=top, bottom=bottom):
            coded = _coded(column, top, bottom)
            return Column(coded.name, coded.values, coded.codes[rows])
        case Generalise() | Recode() | Star():
            if found is None:
                raise ValueError("a quasi-identifier needs what the search found")
            return Column(column.name, found.labels, translate(tuples, found.of_tuple))
        case _:
            assert_never(one)


def add_rows(released: Table, policy: Policy, schema: Schema, *, entropy: bytes) -> Table:
    """Give back what goes out: `released`, or with synthetic rows among the others, all shuffled anew."""
    finished = add_to_table(released, policy.changes, schema, entropy)
    if finished.rows == released.rows:
        return released
    order = Chance(entropy, "order").order(finished.rows)
    return Table(tuple(_sorted(one.used()) for one in finished.take(order).columns))


def _tokens(column: Column, entropy: bytes, rows: Counts) -> Column:
    drawn = draw_pseudonyms(column.used(), Chance(entropy, f"pseudonym/{column.name}"))
    return Column(drawn.name, drawn.values, drawn.codes[rows])


def permutation(rows: int, entropy: bytes) -> npt.NDArray[np.int64]:
    """Give back an order of `rows` rows that only `entropy` tells: rows sorted by 64-bit keys of SHAKE-256 (FIPS 202)."""
    keys = np.frombuffer(hashlib.shake_256(entropy).digest(8 * rows), dtype="<u8")
    return order_of_random(keys.astype(np.uint64)).astype(np.int64)


def _coded(column: Column, top: int | None, bottom: int | None) -> Column:
    place: dict[Value, int] = {}
    moved = [
        place.setdefault(code_number(value, top, bottom) if isinstance(value, int) else value, len(place))
        for value in column.values
    ]
    return Column(column.name, tuple(place), np.array(moved, dtype=np.int32)[column.codes])


def _sorted(column: Column) -> Column:
    """Give back the column with its values in an order that does not tell which row came first."""
    order = sorted(range(len(column.values)), key=lambda one: rank_of(column.values[one]))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return Column(column.name, tuple(column.values[one] for one in order), place[column.codes])
