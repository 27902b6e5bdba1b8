"""Made rows among the released ones, so that nobody can be sure that a row is anybody's.

A made row looks like the rows of a released class, drawn with a chance in proportion to the class's rows. Each of its other
cells is that of a row of the class, drawn evenly and for each column alone: a random hot deck within classes (Andridge and
Little 2010, Int Stat Rev 78(1)). So what the classes tell of each column stays in expectation, and what columns have to do
with one another within a class does not. By coincidence a made row can equal a real one, and where a class has c rows all
cells of j columns come from one row with chance c^(1 − j); a class of one row could only be copied, and none is drawn
from it. The made rows lower no class below the rows that it has, and every claim about classes is to be measured anew.

An identifier's column of pseudonyms gets tokens of its own, in groups as large as those of the real rows. Where persons
have several rows, those of a made person do not go together, by which they may be told. Linear in the rows.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.adding.pseudonyms import draw_tokens
from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import AddSynthetic
from sekisho.deid.schema import Role, Schema
from sekisho.deid.table import Codes, Column, Table
from sekisho.errors import CannotMeet, Reason

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Classes:
    """Rows alike: `of_row[row]` is the class of a row, `rows[begins[c]:begins[c] + sizes[c]]` are the rows of class c."""

    of_row: Codes
    rows: Rows
    begins: Rows
    sizes: Rows

    def draw_rows(self, classes: Codes, chance: Chance) -> Rows:
        """Give back a row of each of `classes`, all of a class alike."""
        within = (chance.shares(classes.size) * self.sizes[classes]).astype(np.int64)
        found: Rows = self.rows[self.begins[classes] + within]
        return found


def add_synthetic(released: Table, change: AddSynthetic, schema: Schema, chance: Chance) -> Table:
    """Give back the released rows as they are and, behind them, share / (1 − share) times as many made ones, rounded.

    The order of rows, and that of an identifier's values, tells which are made: it is for the caller to shuffle and sort.
    Refuses with CHANGE_TOO_FEW_ROWS so few rows that none would be made, with CHANGE_NOBODY_ALIKE if no two rows are alike.
    """
    made = _made_rows(released.rows, change)
    alike = [one for one in released.columns if schema.column(one.name).role is Role.QUASI_IDENTIFIER]
    classes = _classes_of(alike, released.rows)
    company = np.flatnonzero(classes.sizes[classes.of_row] > 1)
    if not company.size:
        raise CannotMeet(Reason.CHANGE_NOBODY_ALIKE, change="add-synthetic", rows=released.rows)
    base = company[chance.of("class").below(company.size, made)]
    columns = []
    for place, one in enumerate(released.columns):
        source = base if one in alike else classes.draw_rows(classes.of_row[base], chance.of(f"column/{place}"))
        if schema.column(one.name).role is Role.IDENTIFIER:
            columns.append(_with_tokens(one, source, chance.of(f"persons/{place}")))
        else:
            columns.append(Column(one.name, one.values, np.concatenate([one.codes, one.codes[source]])))
    return Table(tuple(columns))


def _made_rows(rows: int, change: AddSynthetic) -> int:
    ratio = change.share / (1 - change.share)
    made = round(ratio * rows)
    if not made:
        needed = floor(1 / (2 * ratio)) + 1
        raise CannotMeet(Reason.CHANGE_TOO_FEW_ROWS, change="add-synthetic", rows=rows, needed=needed)
    return made


def _classes_of(alike: list[Column], rows: int) -> _Classes:
    from sekisho.deid.passes.sorting import bits_of, sort_rows  # compiled loops take half a second to load
    from sekisho.deid.passes.tuples import collapse

    of_row = np.zeros(rows, dtype=np.int32)
    if alike:
        of_row = collapse([one.codes for one in alike], [len(one.values) for one in alike]).of_row
    sizes = np.bincount(of_row).astype(np.int64)
    _, ordered = sort_rows(of_row.astype(np.uint64), bits_of(sizes.size))
    return _Classes(of_row, ordered.astype(np.int64), np.cumsum(sizes) - sizes, sizes)


def _with_tokens(column: Column, source: Rows, chance: Chance) -> Column:
    """Give back the column with fresh tokens for the made rows, blank where the cell of `source` is.

    The rows are given out to made persons with as many rows as persons of the table have, each drawn evenly.
    """
    blank = np.array([one is None for one in column.values], dtype=np.bool_)
    sizes = column.counts[~blank & (column.counts > 0)]
    named = np.flatnonzero(~blank[column.codes[source]])
    drawn = np.cumsum(sizes[chance.of("sizes").below(sizes.size, named.size)])
    person = np.searchsorted(drawn, np.arange(named.size), side="right")
    fresh = draw_tokens(int(person.max(initial=-1)) + 1, chance, set(column.values))
    codes = column.codes[source]
    codes[named] = (len(column.values) + person).astype(np.int32)
    return Column(column.name, (*column.values, *fresh), np.concatenate([column.codes, codes]))
