"""All rows of a person left out: for a cell in one of them, or for having too many.

A person with very many rows is known by their number alone, whatever stands in them. A row without a subject is nobody
else's: it goes only for a cell of its own, and its number of rows is not counted. One step for each row.
"""

import numpy as np

from sekisho.deid.changes.change import DeleteSubjects
from sekisho.deid.changes.leaving_out.meant import rows_meant
from sekisho.deid.changes.leaving_out.rows import keep_rows
from sekisho.deid.changes.whose import subjects_of
from sekisho.deid.table import Table


def leave_out_subjects(table: Table, change: DeleteSubjects) -> Table:
    """Give back the table without the rows of the meant subjects; where none is meant, all is as asked already.

    Refuses with CHANGE_LEAVES_NO_ROW.
    """
    of_row, subjects = subjects_of(table, change.subject)
    out = np.zeros(subjects, dtype=np.bool_)
    if change.where is not None:
        out[of_row[rows_meant(table, change.where)]] = True
    if change.more_rows_than is not None:
        out |= np.bincount(of_row, minlength=subjects) > change.more_rows_than
    return keep_rows(table, ~out[of_row], "delete-subjects")
