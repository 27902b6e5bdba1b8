"""Rows of protected persons left out (spec/schema.md 3, `withhold`): they leave the municipality in no form."""

import numpy as np

from sekisho.deid.schema import Schema
from sekisho.deid.table import Table
from sekisho.errors import BadTable, Reason


def leave_out_withheld(table: Table, schema: Schema) -> Table:
    """Give back the table without the rows that the schema withholds; the order of those that stay is kept.

    One step for each row and column that withholds. Refuses with TABLE_EMPTY where every row is withheld.
    """
    kept = np.ones(table.rows, np.bool_)
    for declared in schema.columns:
        if declared.withhold:
            column, held = table.column(declared.name), set(declared.withhold)
            kept &= ~np.array([one in held for one in column.values], np.bool_)[column.codes]
    if kept.all():
        return table
    if not kept.any():
        raise BadTable(Reason.TABLE_EMPTY)
    return table.take(np.flatnonzero(kept))
