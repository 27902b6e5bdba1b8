"""Rows left out for a cell that they have (レコード削除).

Nothing of such a row stays but what its absence tells to someone who knows that the person was there. One step for each
row. The order of the rows that stay is kept.
"""

import numpy as np
import numpy.typing as npt

from sekisho.deid.changes.change import DeleteRows
from sekisho.deid.changes.leaving_out.meant import rows_meant
from sekisho.deid.table import Table
from sekisho.errors import CannotMeet, Reason


def leave_out_rows(table: Table, change: DeleteRows) -> Table:
    """Give back the table without the rows that have a meant cell; where none has one, all is as asked already.

    Refuses with CHANGE_LEAVES_NO_ROW.
    """
    return keep_rows(table, ~rows_meant(table, change.where), "delete-rows")


def keep_rows(table: Table, kept: npt.NDArray[np.bool_], change: str) -> Table:
    """Give back these rows in their order; refuse, if there were any, to keep none."""
    if kept.all():
        return table
    rows = np.flatnonzero(kept)
    if not rows.size:
        raise CannotMeet(Reason.CHANGE_LEAVES_NO_ROW, change=change, rows=table.rows)
    return table.take(rows)
