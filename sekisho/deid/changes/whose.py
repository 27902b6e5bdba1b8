"""Whose each row is."""

import numpy as np

from sekisho.deid.table import Codes, Table


def subjects_of(table: Table, subject: str) -> tuple[Codes, int]:
    """Give back the number of each row's subject, counted from 0, and how many subjects there are; each has a row.

    `subject` is the column that tells whose row it is; "" where each row is somebody's own. A row with a blank there is
    nobody else's.
    """
    if not subject:
        return np.arange(table.rows, dtype=np.int32), table.rows
    column = table.column(subject).used()
    if None not in column.values:
        return column.codes, len(column.values)
    blank = column.values.index(None)
    alone = column.codes == blank
    of_row = column.codes - (column.codes > blank).astype(np.int32)
    told = len(column.values) - 1
    own = int(alone.sum())
    of_row[alone] = np.arange(told, told + own, dtype=np.int32)
    return of_row, told + own
