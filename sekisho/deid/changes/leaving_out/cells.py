"""Cells made blank (セル削除; local suppression: Willenborg and de Waal 2001, Elements of SDC).

What stood there is gone: every value that the condition means gives one and the same table. That a cell was blanked can
show, and so can that its value was among those meant, to whoever knows the condition; a condition on rare values says
that much of the person. One step for each distinct value and one for each row.
"""

import numpy as np

from sekisho.deid.changes.change import DeleteCells
from sekisho.deid.changes.leaving_out.meant import values_meant
from sekisho.deid.table import Column, Table


def blank_cells(table: Table, change: DeleteCells) -> Table:
    """Give back the table with the meant cells blank; where none is meant, all is as asked already."""
    column = table.column(change.where.column)
    blanked = _blanked(column, change)
    return Table(tuple(blanked if one is column else one for one in table.columns))


def _blanked(column: Column, change: DeleteCells) -> Column:
    meant = values_meant(column, change.where)
    if not meant.any():
        return column
    kept = [one for one, out in zip(column.values, meant.tolist(), strict=True) if not out and one is not None]
    blank = np.array([one is None for one in column.values]) | meant
    place = np.where(blank, len(kept), np.cumsum(~blank) - 1).astype(np.int32)
    return Column(column.name, (*kept, None), place[column.codes])
