"""Do the changes of a policy, one after another."""

from collections.abc import Callable, Sequence
from typing import assert_never

from sekisho.deid.changes.adding.synthesis import add_synthetic
from sekisho.deid.changes.chance import Chance
from sekisho.deid.changes.change import (
    AddSynthetic,
    Before,
    Change,
    DeleteCells,
    DeleteRows,
    DeleteSubjects,
    Mask,
    Microaggregate,
    Noise,
    Pram,
    Pseudonym,
    Round,
    Sample,
    ShiftDates,
    Swap,
    needs_chance,
)
from sekisho.deid.changes.disturbing.microaggregation import microaggregate
from sekisho.deid.changes.disturbing.noise import add_noise
from sekisho.deid.changes.disturbing.pram import randomise
from sekisho.deid.changes.disturbing.rounding import round_numbers
from sekisho.deid.changes.disturbing.shifting import shift_dates
from sekisho.deid.changes.disturbing.swapping import swap
from sekisho.deid.changes.leaving_out.cells import blank_cells
from sekisho.deid.changes.leaving_out.rows import leave_out_rows
from sekisho.deid.changes.leaving_out.sampling import draw_sample
from sekisho.deid.changes.leaving_out.subjects import leave_out_subjects
from sekisho.deid.schema import Schema
from sekisho.deid.table import Column, Table

Masking = Callable[[Column], Column]
"""What gives back a column of free text with what tells of persons replaced."""

_NOT_SECRET = bytes(32)  # for changes that draw nothing


def change_table(
    table: Table, changes: Sequence[Change], schema: Schema, entropy: bytes | None, masking: Masking | None = None
) -> Table:
    """Give back the table as the search will see it: all changes but pseudonyms and synthetic rows, in their order.

    ValueError where a change draws on chance and no entropy is given, or masks and nothing to mask with.
    """
    for place, change in enumerate(changes):
        if isinstance(change, Pseudonym | AddSynthetic):
            continue
        if isinstance(change, Mask):
            table = _mask(table, change, masking)
            continue
        if entropy is None and needs_chance(change):
            raise ValueError("the policy's changes need entropy")
        table = _changed(table, change, schema, Chance(entropy or _NOT_SECRET, f"change/{place}"))
    return table


def add_to_table(released: Table, changes: Sequence[Change], schema: Schema, entropy: bytes) -> Table:
    """Give back the released table with synthetic rows behind the others, where the changes ask for them."""
    for place, change in enumerate(changes):
        if isinstance(change, AddSynthetic):
            released = add_synthetic(released, change, schema, Chance(entropy, f"change/{place}"))
    return released


def _mask(table: Table, change: Mask, masking: Masking | None) -> Table:
    if masking is None:
        raise ValueError("the policy masks free text, and nothing to mask with was given")
    return Table(tuple(masking(one) if one.name in change.columns else one for one in table.columns))


def _changed(table: Table, change: Before, schema: Schema, chance: Chance) -> Table:  # noqa: C901, PLR0911 - one per kind
    match change:
        case DeleteCells():
            return blank_cells(table, change)
        case DeleteRows():
            return leave_out_rows(table, change)
        case DeleteSubjects():
            return leave_out_subjects(table, change)
        case Sample():
            return draw_sample(table, change, chance)
        case Round():
            return round_numbers(table, change, schema)
        case Microaggregate():
            return microaggregate(table, change)
        case Noise():
            return add_noise(table, change, schema, chance)
        case Swap():
            return swap(table, change, chance)
        case Pram():
            return randomise(table, change, chance)
        case ShiftDates():
            return shift_dates(table, change, schema, chance)
        case Mask():
            raise ValueError("masking needs what reads the language")
        case _:
            assert_never(change)
